"""Trying ways of feeding a network, each on as few pictures as will do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam import Network
from gradcam.arrays import Floats
from services.media.medium import Medium
from services.opening.check.clues import Standing, but_for_colour, is_seldom
from services.opening.check.orders import in_any_order, in_its_best_order
from services.opening.check.pictures import Handful
from services.tasks.grades import Grades
from services.tasks.task import Task
from services.work.progress import Progress

FIRST = 12  # pictures that every way is tried on
ENOUGH = 8  # pictures on which one answer for all is no chance
HOPELESS = 0.02  # the level at which a way that loses on the first pictures is left


@dataclass(frozen=True, eq=False)
class Trial:
    """How well a network does when it is fed in one way.

    Attributes:
        medium: the way.
        count: on how many pictures; those that were left early have fewer than others.
        grades: with the outputs named as the project names them.
        unnamed: whatever their names are.
        flattered: with them named as it suits these answers best.
    """

    medium: Medium
    count: int
    grades: Grades
    unnamed: Grades
    flattered: Grades


class Bench:
    """Runs a network on the same pictures in many ways; what was run is not run again."""

    def __init__(self, network: Network, task: Task, handful: Handful, progress: Progress) -> None:
        """Bring together what is tried and on what."""
        self._network, self._task, self._looked = network, task, handful
        self._progress = progress
        self._outputs: dict[Medium, Floats] = {}

    def renamed(self, task: Task) -> Bench:
        """The same, with the outputs named as another task names them."""
        other = Bench(self._network, task, self._looked, self._progress)
        other._outputs = self._outputs
        return other

    def __len__(self) -> int:
        """How many pictures there are."""
        return len(self._looked)

    def trials(self, media: Sequence[Medium], count: int) -> list[Trial]:
        """Each way on the first `count` pictures.

        Raises:
            Cancelled: the person left.
        """
        return [self._trial(medium, min(count, len(self))) for medium in media]

    def _trial(self, medium: Medium, count: int) -> Trial:
        outputs = self.outputs(medium, count)
        asked = self._task, self._network, outputs, self._looked.labels[:count]
        return Trial(
            medium,
            count,
            self._task.grade(*asked[1:]),
            in_any_order(*asked),
            in_its_best_order(*asked),
        )

    def outputs(self, medium: Medium, count: int) -> Floats:
        """What the network says of the first `count` pictures: (count, K) float32."""
        known = self._outputs.get(medium)
        done = 0 if known is None else len(known)
        for batch in self._looked.tensors(medium, done, count):
            outputs = self._network.predict(batch)
            known = outputs if known is None else np.concatenate([known, outputs])
            self._outputs[medium] = known
            self._progress.advance(len(batch))
        return self._outputs[medium][:count]


def race(bench: Bench, variants: Sequence[Medium], standing: Standing) -> list[Trial]:
    """Try ways on more and more pictures, fewer ways each time; in the order of `variants`.

    Those that are ruled out are tried only where no other does better than chance.
    """
    usual, tried = standing.usual, dict[Medium, Trial]()

    def look(ways: Iterable[Medium], count: int = FIRST) -> None:
        tried.update((trial.medium, trial) for trial in bench.trials(list(ways), count))

    plain = [way for way in standing.open if way.blue_first == usual.blue_first]
    look(plain)
    turned = [way for way in standing.open if way not in tried]
    if best_of(tried.values()).medium == usual:
        left = promising(tried.values(), usual)
        alive = {but_for_colour(way) for way in left if not is_seldom(way)}
        turned = [way for way in turned if but_for_colour(way) in alive]
    look(turned)
    if not any(trial.grades.tells or trial.unnamed.tells for trial in tried.values()):
        look(way for way in variants if way not in tried)
    left, count = promising(tried.values(), usual), FIRST
    while count < len(bench):
        count *= 2
        look(left, count)
        left = promising([tried[way] for way in left], usual)
    return [tried[way] for way in variants if way in tried]


def promising(trials: Collection[Trial], usual: Medium) -> list[Medium]:
    """The ways that are worth trying on more pictures; the usual one is in any case.

    What is left loses even with its outputs named as suits it best, or gives one answer for all
    where another way does not, or is seldom done and does worse than the best.
    """
    best = best_of(trials)

    def is_hopeless(trial: Trial) -> bool:
        same = trial.grades.is_constant and not best.grades.is_constant and trial.count >= ENOUGH
        odd = is_seldom(trial.medium) and trial.flattered.mean < best.flattered.mean
        return same or odd or best.flattered.beats(trial.flattered) <= HOPELESS

    return [trial.medium for trial in trials if trial.medium == usual or not is_hopeless(trial)]


def best_of(trials: Iterable[Trial]) -> Trial:
    """The one that does best with its outputs named as suits it best; the first of equals."""
    return max(trials, key=lambda trial: trial.flattered.mean)
