"""What labels say: which way is taken, and which others cannot be told from it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from services.opening.check.clues import Assurance, Standing, but_for_colour, is_seldom
from services.opening.check.trials import Trial
from services.tasks.grades import Grades

# The levels of the sign test at which something is left for a better one. A mere custom gives way
# sooner than what a network says of itself; the order of colours is nearly always red first.
LEAVES = {Assurance.GUESS: 0.05, Assurance.LIKELY: 0.005, Assurance.CERTAIN: 0.005}
SURELY = 0.005
BETTER = 0.5  # where nothing is usual, whatever does better is taken
LOSES = 0.05  # the level at which another way is worse, and no rival


@dataclass(frozen=True, eq=False)
class Ruling:
    """What labels say of some ways, all tried on the same pictures.

    Attributes:
        chosen: the way that is taken.
        rivals: others that do no worse as far as these pictures tell, best first.
        in_any_order: whether they were compared without regard to the order of the classes, since
            the named one is in doubt.
        customary: whether one of them was usual, and left for nothing that is not surely better.
    """

    chosen: Trial
    rivals: tuple[Trial, ...]
    in_any_order: bool
    customary: bool = True

    def grades(self, trial: Trial) -> Grades:
        """What it was compared by."""
        return trial.unnamed if self.in_any_order else trial.grades

    def loss(self, trial: Trial) -> float:
        """The chance that another way loses so much to the chosen one by luck."""
        return self.grades(self.chosen).beats(self.grades(trial))


def rule(trials: Sequence[Trial], standing: Standing, *, customary: bool = True) -> Ruling:
    """Choose among ways by what is true of the pictures that they were tried on.

    Args:
        trials: on the same pictures, the usual ways first.
        standing: its usual way, one of them, is left only for one that is significantly better.
        customary: whether it is usual at all; else the best one is taken, if no luck made it so.
    """
    usual = standing.usual
    doubtful = order_is_doubtful(trials)
    ruling = Ruling(trials[0], (), doubtful, customary)
    groups: dict[Hashable, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(but_for_colour(trial.medium), []).append(trial)

    def best(some: Sequence[Trial]) -> Trial:
        return max(some, key=lambda trial: ruling.grades(trial).mean)  # the first of equals

    home, level = groups[but_for_colour(usual)], LEAVES[standing.assurance]
    lead = level if customary else BETTER
    better = [
        group
        for group in groups.values()
        if ruling.grades(best(group)).beats(ruling.grades(best(home))) <= lead
        and ruling.grades(best(group)).by_luck <= level  # to beat one answer for all is not enough
    ]
    group = max(better, key=lambda each: ruling.grades(best(each)).mean, default=home)
    own = [trial for trial in group if trial.medium.blue_first == usual.blue_first]
    chosen = (own or group)[0]
    turned = ruling.grades(best(group))
    if max(turned.beats(ruling.grades(chosen)), turned.by_luck) <= SURELY:
        chosen = best(group)
    ruling = replace(ruling, chosen=chosen)
    possible = [trial for trial in trials if trial.medium in standing.open]
    return replace(ruling, rivals=_rivals(ruling, possible))


def order_is_doubtful(trials: Sequence[Trial]) -> bool:
    """Whether some way does far better than all do with the classes as they are named."""
    named = max(trials, key=lambda trial: trial.grades.mean)
    unnamed = max(trials, key=lambda trial: trial.unnamed.mean)
    return unnamed.unnamed.beats(named.grades) <= SURELY


def _rivals(ruling: Ruling, trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Those that may be right as well; what is seldom done has to do better than the chosen one."""
    chosen = ruling.grades(ruling.chosen).mean
    others = [
        trial
        for trial in trials
        if trial is not ruling.chosen
        and not trial.grades.is_constant
        and ruling.loss(trial) > LOSES
        and (not is_seldom(trial.medium) or ruling.grades(trial).mean > chosen)
    ]
    return tuple(sorted(others, key=lambda trial: -ruling.grades(trial).mean))
