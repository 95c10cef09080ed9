"""Trying ways of feeding a network, each on as few pictures as will do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam import Network
from gradcam.arrays import Floats
from services.media.medium import Medium
from services.numbers import counted
from services.opening.check.clues import Standing, but_for_colour, is_seldom, is_turned
from services.opening.check.orders import in_any_order, in_its_best_order
from services.opening.check.pictures import Handful, read_handful
from services.tasks.grades import Grades
from services.tasks.shown import Positions
from services.tasks.task import Task
from services.work.progress import Progress

FIRST = 8  # pictures that every way is tried on; one answer for all of so many is no chance
EARLY = (12, 16)  # and then; on the last of these the other order of colours begins
HOPELESS = 0.035  # the level at which a way that loses on the first pictures is left


@dataclass(frozen=True, eq=False)
class Trial:
    """How well a network does when it is fed in one way.

    Attributes:
        medium: the way.
        outputs: what the network said of the first pictures, (count, K) float32; of ways that were
            left early there are fewer.
        grades: with the outputs named as the project names them.
        unnamed: whatever their names are.
        flattered: with them named as it suits these answers best.
    """

    medium: Medium
    outputs: Floats
    grades: Grades
    unnamed: Grades
    flattered: Grades

    @property
    def count(self) -> int:
        """On how many pictures."""
        return len(self.outputs)


class Bench:
    """Runs a network on the same pictures in many ways; what was run is not run again."""

    def __init__(self, network: Network, task: Task, handful: Handful, progress: Progress) -> None:
        """Bring together what is tried and on what."""
        self._network, self._task, self._handful = network, task, handful
        self._progress = progress
        self._outputs: dict[Medium, Floats] = {}

    def renamed(self, task: Task) -> Bench:
        """The same, with the outputs named as another task names them."""
        other = Bench(self._network, task, self._handful, self._progress)
        other._outputs = self._outputs
        return other

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self._handful)

    def trials(self, media: Sequence[Medium], count: int) -> list[Trial]:
        """Each way on the first `count` pictures.

        Raises:
            Cancelled: the person left.
        """
        least = min(count, len(self))
        more = sum(max(0, least - len(self._outputs.get(medium, ()))) for medium in media)
        if more:
            doing = next((each.doing for each in media[0].options if each.tried), "")
            self._progress.begin(f"Trying {counted(len(media), 'way')} of {doing}", more)
        return [self.graded(medium, self._run(medium, least)) for medium in media]

    def graded(self, medium: Medium, outputs: Floats) -> Trial:
        """A trial by what the network said of the first pictures: (count, K) float32."""
        asked = self._task, self._network, outputs, self._handful.labels[: len(outputs)]
        grades = self._task.grade(*asked[1:])
        return Trial(medium, outputs, grades, in_any_order(*asked), in_its_best_order(*asked))

    def anew(self, medium: Medium, some: Positions) -> Floats | None:
        """What the network says of some pictures that a way cuts in its own manner: (n, K) float32.

        None where they cannot be read, or where nothing about them is another.
        """
        handful = read_handful([self._handful.samples[i] for i in some], medium)
        if handful is None or len(handful) != len(some):
            return None
        if np.array_equal(handful.cuts, self._handful.cuts[some]):
            return None
        outputs = []
        for batch in handful.tensors(medium, 0, len(handful)):
            outputs.append(self._network.predict(batch))
            self._progress.advance(len(batch))
        return np.concatenate(outputs)

    def _run(self, medium: Medium, count: int) -> Floats:
        known = [self._outputs[medium]] if medium in self._outputs else []
        for batch in self._handful.tensors(medium, len(known[0]) if known else 0, count):
            known.append(self._network.predict(batch))
            self._progress.advance(len(batch))
        self._outputs[medium] = np.concatenate(known)
        return self._outputs[medium][:count]


def race(bench: Bench, variants: Sequence[Medium], standing: Standing) -> list[Trial]:
    """Try ways on more and more pictures, fewer ways each time; in the order of `variants`.

    Those that are ruled out are tried only where no other does better than chance.
    """
    usual, tried = standing.usual, dict[Medium, Trial]()

    def look(ways: Iterable[Medium], count: int) -> None:
        tried.update((trial.medium, trial) for trial in bench.trials(list(ways), count))

    def narrowed(left: Sequence[Medium], counts: Iterable[int]) -> list[Medium]:
        for count in counts:
            look(left, count)
            left = promising([tried[way] for way in left], usual)
        return list(left)

    def usually_coloured(ways: Iterable[Medium]) -> list[Medium]:
        return [way for way in ways if way.blue_first == usual.blue_first and way not in tried]

    look(usually_coloured(standing.open), FIRST)
    if not any(trial.grades.tells or trial.unnamed.tells for trial in tried.values()):
        look(usually_coloured(variants), FIRST)
    left = narrowed(promising(tried.values(), usual), EARLY)
    best = best_of(tried[way] for way in left).medium
    alike = {but_for_colour(way) for way in left if not is_seldom(way)}

    def may_be_turned(way: Medium) -> bool:
        by_itself = is_turned(best) or (is_turned(way) and best != usual)
        return by_itself or but_for_colour(way) in alike

    turned = [way for way in standing.open if way not in tried and may_be_turned(way)]
    look(turned, EARLY[-1])
    left = promising([tried[way] for way in (*left, *turned)], usual)
    narrowed(left, range(2 * EARLY[-1], len(bench) + EARLY[-1], EARLY[-1]))
    return [tried[way] for way in variants if way in tried]


def promising(trials: Collection[Trial], usual: Medium) -> list[Medium]:
    """The ways that are worth trying on more pictures; the usual one is in any case.

    None but that is where all ways give one answer for all. What is left loses even with its
    outputs named as suits it best, or is seldom done and does worse than the best.
    """
    best = best_of(trials)
    if best.grades.is_constant and best.count >= FIRST:  # an untrained network, for one
        return [usual]

    def is_hopeless(trial: Trial) -> bool:
        odd = is_seldom(trial.medium) and trial.flattered.mean < best.flattered.mean
        return odd or best.flattered.beats(trial.flattered) <= HOPELESS

    return [trial.medium for trial in trials if trial.medium == usual or not is_hopeless(trial)]


def best_of(trials: Iterable[Trial]) -> Trial:
    """The one that does best with its outputs named as suits it best; the first of equals."""
    return max(trials, key=lambda trial: trial.flattered.mean)
