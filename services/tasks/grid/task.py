"""Objects by grid: which objects are on a picture, and where (Edge Impulse's FOMO)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from gradcam import Network
from gradcam.arrays import Floats, Mask
from gradcam.scores import head_scores
from services.errors import ProjectError
from services.fact import Fact
from services.imagenet import BACKGROUND
from services.label_sets import NONE_TRUE, SEPARATOR
from services.sample import Sample
from services.spelling import by_number, matched
from services.tasks.geometry import Geometries
from services.tasks.grades import Grades, alike
from services.tasks.grid.answers import GridAnswers
from services.tasks.grid.detection import USUAL_SCORE
from services.tasks.grid.hits import HitRule
from services.tasks.grid.targets import GridTargets
from services.tasks.task import (
    Claim,
    Evidence,
    Measure,
    Strength,
    StudioWords,
    Task,
    TaskSetting,
)


@dataclass(frozen=True)
class ObjectsByGrid(Task):
    """Which objects are on a picture: a sample has any number of them, or none.

    Attributes:
        classes: names of the grid's classes, in the order of its outputs.
        first: the first one that is no background.
        threshold: above this score a cell says that an object is there.
        rule: when a detection counts for a labelled object.
    """

    classes: tuple[str, ...]
    first: int = 1
    threshold: float = USUAL_SCORE
    rule: HitRule = HitRule.NEAR

    name = "objects"
    reads_boxes = True
    settings = (TaskSetting("threshold", most=1.0),)
    measure = Measure("balanced accuracy by picture", in_percent=True, higher_is_better=True)
    rules = tuple(map(str, HitRule))

    # ------------------------------------------------------------------------------- opening

    @classmethod
    def reads(cls, network: Network) -> bool:
        """A grid of class scores, and nothing else."""
        (first, *others) = network.heads
        return not others and first.grid is not None

    @classmethod
    def claim(cls, evidence: Evidence) -> Claim | None:
        """See `Task.claim`; one value a cell is no class."""
        grid = evidence.network.heads[0].grid
        if grid is None or evidence.network.heads[0].is_of_values:
            return None
        return Claim(f"the network gives its classes for each of {grid[0]} × {grid[1]} cells",
                     Strength.CERTAIN)  # fmt: skip

    @classmethod
    def spelled(cls, evidence: Evidence) -> Mapping[str, str]:
        """See `Task.spelled`: the classes of boxes, as the classes of the network are written.

        Numbers, as YOLO's files have them, count the classes behind the background.
        """
        head = evidence.network.heads[0]
        known = evidence.classes
        things = known[head.background_classes :] if len(known) == head.classes else known
        pairs = matched(evidence.labels, known) if known else {}
        if things and not pairs:
            places = by_number(evidence.labels, len(things))
            pairs = {label: things[place] for label, place in places.items()}
        return {label: name for label, name in pairs.items() if label != name}

    @classmethod
    def settled(cls, evidence: Evidence) -> tuple[Self, tuple[Fact, ...]]:
        """See `Task.settled`."""
        head = evidence.network.heads[0]
        first, count = head.background_classes, head.classes
        threshold = evidence.settings.get("threshold", USUAL_SCORE)
        if not evidence.classes:
            classes, fact = _named(evidence.labels, count, first)
            return cls(classes, first, threshold), (fact,)
        given = evidence.classes
        if len(given) == count:
            return cls(given, first, threshold), ()
        if first and len(given) == count - 1:
            why = "the network's first class, which nobody named"
            fact = Fact("background", BACKGROUND, why)
            return cls((BACKGROUND, *given), first, threshold), (fact,)
        there = f" in {evidence.named_in}" if evidence.named_in else ""
        raise ProjectError(
            f"{len(given)} classes are named{there}, but the network tells {count} apart in each "
            "cell, the background among them; "
            + evidence.way_out("name them in the order of its outputs")
        )

    @classmethod
    def from_studio(cls, names: Sequence[str], thresholds: Mapping[str, float]) -> StudioWords:
        """See `Task.from_studio`: the least score of a cell is the threshold."""
        least = thresholds.get("min_score")
        if least is None:
            return StudioWords(tuple(names), {}, ())
        fact = Fact("Studio's confidence threshold", f"{least:g}", "from the learning block")
        return StudioWords(tuple(names), {"threshold": least}, (fact,))

    def obstacle(self, label: str) -> str:
        """See `Task.obstacle`."""
        known = label == NONE_TRUE or self._held(label)
        return "" if known else f"none of its objects ({label}) is of a class of the network"

    def _held(self, label: str) -> set[str]:
        """The classes of objects that a sample's label names."""
        return set(label.split(SEPARATOR)) & set(self.names)

    def grade(self, network: Network, outputs: Floats, labels: Sequence[str]) -> Grades:
        """The mean balanced accuracy of whether a class is on a picture, wherever it is."""
        head = network.heads[0]
        cells = head_scores(head, outputs).reshape(len(labels), head.cells, head.classes)
        called = cells.max(axis=1)[:, self.first :] > self.threshold
        held = map(self._held, labels)
        true = np.array([[name in own for name in self.names] for own in held], bool)
        return _graded(true, called)

    # ------------------------------------------------------------------- what it is known by

    @property
    def names(self) -> tuple[str, ...]:
        """The classes of objects, without the background."""
        return self.classes[self.first :]

    @property
    def groups(self) -> tuple[str, ...]:
        """The classes of objects."""
        return self.names

    def groups_of(self, label: str) -> tuple[str, ...]:
        """Any: an object of each class may be said to be there."""
        return self.names

    def limit(self, threshold: float | None) -> float:
        """See `Task.limit`."""
        return self.threshold if threshold is None else threshold

    def at(self, threshold: float | None, *, uncertain: bool = False, rule: str = "") -> Self:
        """See `Task.at`."""
        known = HitRule(rule) if rule in self.rules else self.rule
        return replace(self, threshold=self.limit(threshold), rule=known)

    @property
    def kept_as(self) -> tuple[str, str]:
        """See `Task.kept_as`."""
        return repr(self.classes), f"Objects(threshold={self.threshold:g}, hit={self.rule.name})"

    def right_said(self, threshold: float | None) -> str:
        """See `Task.right_said`."""
        hit = self.rule.lower() + (" by 0.2" if self.rule is HitRule.NEAR else "")
        return f"with every object hit ({hit}) and no false alarm above {self.limit(threshold):g}"

    # ------------------------------------------------------------------------------- answers

    def targets(self, network: Network) -> GridTargets:
        """See `Task.targets`."""
        return GridTargets(self.classes, self.first, network.heads[0].grid or (1, 1))

    def read(
        self,
        network: Network,
        samples: Sequence[Sample],
        outputs: Floats,
        geometry: Geometries | None = None,
    ) -> GridAnswers:
        """See `Task.read`."""
        return GridAnswers(
            network, tuple(samples), outputs, self.classes, self.threshold, self.rule, geometry
        )


def _graded(true: Mask, called: Mask) -> Grades:
    """How well classes are told to be on pictures or not, (n, classes) each."""
    shares = np.stack([alike(side) for side in true.T], axis=1) / true.shape[1]
    weights = shares.sum(axis=1)
    one = bool((called == called[0]).all() and (true != true[0]).any())
    often = true.mean(axis=0)  # who says each class as often as it is there, without looking
    blind = (np.where(true, often, 1.0 - often) * shares).sum(axis=1) / weights
    right = ((called == true) * shares).sum(axis=1) / weights
    merits = np.minimum(blind, right) if one else right
    return Grades(float(right @ weights), merits, weights, blind, 0.5, 1.0, one)


def _named(labels: frozenset[str], count: int, first: int) -> tuple[tuple[str, ...], Fact]:
    """Names for classes that nobody listed: those of the boxes, with the background before them."""
    held = sorted({name for each in labels for name in each.split(SEPARATOR)} - {NONE_TRUE})
    before = (BACKGROUND,) if first else ()
    if len(held) == count - first:
        why = "those of the boxes, in sorted order" + (", after the background" if first else "")
        return (*before, *held), Fact("classes", ", ".join(held), why)
    if not held:
        names = tuple(f"class {number}" for number in range(first, count))
        return (*before, *names), Fact("classes", f"{names[0]} to {names[-1]}", "nobody named them")
    raise ProjectError(
        f"The network tells {count - first} classes of objects apart, but the boxes carry "
        f"{len(held)} ({', '.join(held[:6])}{', …' if len(held) > 6 else ''}); name the classes in "
        "labels.txt or project.toml, in the order of its outputs."
    )
