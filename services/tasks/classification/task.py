"""Classification: which of several classes it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from gradcam import Network, class_count, class_scores
from gradcam.arrays import Floats, Mask
from gradcam.head import Squash
from gradcam.scores import is_binary
from services.errors import ProjectError
from services.fact import Fact
from services.imagenet import imagenet
from services.label_sets import NONE_TRUE, holds_several
from services.numbers import are_numbers
from services.sample import Sample
from services.spelling import by_number, matched, some_of
from services.tasks.classification.answers import ClassAnswers
from services.tasks.classification.order import best_order
from services.tasks.classification.targets import HALF, ClassTargets, called
from services.tasks.geometry import Geometries
from services.tasks.grades import Grades, alike, answers_one
from services.tasks.shown import Positions
from services.tasks.task import (
    Claim,
    Evidence,
    Measure,
    Strength,
    StudioWords,
    Task,
    TaskSetting,
)

NUMBERED = re.compile(r"(\D*)(\d+)(\D*)")
# What is kept was named when each project had settings of a regression as well.
_KEPT = "Regression(output=0, threshold=0.1)"


@dataclass(frozen=True)
class Classification(Task):
    """Which of several classes it is.

    Attributes:
        classes: their names, in the order of the network's outputs.
        threshold: of two classes that one unit tells apart: above this score it is the second one;
            None where the highest score of several units counts.
        min_score: below this confidence an answer may count as uncertain; None where nobody set
            one.
        counts_uncertain: whether it does.
    """

    classes: tuple[str, ...]
    threshold: float | None = None
    min_score: float | None = None
    counts_uncertain: bool = False

    name = "classification"
    settings = (TaskSetting("threshold", most=1.0), TaskSetting("min_score", most=1.0))
    measure = Measure("balanced accuracy", in_percent=True, higher_is_better=True)

    @classmethod
    def claim(cls, evidence: Evidence) -> Claim | None:
        """See `Task.claim`."""
        if evidence.classes or evidence.network.heads[0].squash.is_over_classes:
            return Claim("the network ends in class scores", Strength.LIKELY)
        if not are_numbers(evidence.labels):
            return Claim("the labels are names", Strength.LIKELY)
        head = evidence.network.heads[0]
        is_value = head.units == 1 and head.squash is Squash.LINEAR  # of a scale, so a regression's
        if len(evidence.labels) == class_count(evidence.network) and not is_value:
            why = "there are as many labels as the network has outputs"
            return Claim(why, Strength.LIKELY)
        return None

    @classmethod
    def spelled(cls, evidence: Evidence) -> Mapping[str, str]:
        """See `Task.spelled`: by the names of the classes, else by their numbers."""
        classes = evidence.classes
        if not classes:
            return {}
        pairs = matched(evidence.labels, classes)
        if not pairs:
            places = by_number(evidence.labels, len(classes), evidence.first)
            pairs = {label: classes[place] for label, place in places.items()}
        return {label: name for label, name in pairs.items() if label != name}

    @classmethod
    def settled(cls, evidence: Evidence) -> tuple[Self, tuple[Fact, ...]]:
        """See `Task.settled`."""
        count, given = class_count(evidence.network), evidence.classes
        if given and len(given) != count:
            raise ProjectError(
                f"{len(given)} classes are named{_there(evidence)}, but the network tells {count} "
                "apart; " + evidence.way_out("name them in the order of its outputs")
            )
        threshold, facts = _threshold(evidence)
        least = evidence.settings.get("min_score")
        if given:
            return cls(given, threshold, least), (*_strange(evidence), *facts)
        classes, fact = _named(_single(evidence.labels, count), count)
        return cls(classes, threshold, least), (fact, *facts)

    @classmethod
    def from_studio(cls, names: Sequence[str], thresholds: Mapping[str, float]) -> StudioWords:
        """See `Task.from_studio`."""
        least = thresholds.get("min_score")
        if least is None or not names:
            return StudioWords(tuple(names), {}, ())
        why = "from the learning block; here the highest score counts, however low"
        fact = Fact("Studio's confidence threshold", f"{least:g}", why)
        return StudioWords(tuple(names), {"min_score": least}, (fact,))

    def obstacle(self, label: str) -> str:
        """See `Task.obstacle`."""
        if label in self._index:
            return ""
        if label == NONE_TRUE:
            return "it carries no label, and the network tells one class"
        if holds_several(label):
            return "it carries several labels, and the network tells one class"
        return f"its label “{label}” is no class of the network"

    def grade(self, network: Network, outputs: Floats, labels: Sequence[str]) -> Grades:
        """The balanced accuracy."""
        true, predicted, finite = self._read(network, outputs, labels)
        right, weights = (predicted == true) & finite, alike(true)
        one = answers_one(predicted, true)
        merits = np.zeros(len(true)) if one else right.astype(float)
        middle = np.full(len(true), 0.5)
        return Grades(
            float(right @ weights), merits, weights, middle, 1 / len(self.classes), 1.0, one
        )

    @property
    def usual_orders(self) -> tuple[Self, ...]:
        """Numbers in their own order, where they stand in the order of text: `2`, or `class_2`."""
        parts = {name: NUMBERED.fullmatch(name) for name in self.classes}
        numbers = {name: int(part[2]) for name, part in parts.items() if part}
        around = {(part[1], part[3]) for part in parts.values() if part}
        if len(numbers) < len(self.classes) or len(around) != 1:
            return ()
        numeric = tuple(sorted(self.classes, key=numbers.__getitem__))
        return () if numeric == self.classes else (replace(self, classes=numeric),)

    def fitting_order(self, network: Network, outputs: Floats, labels: Sequence[str]) -> Self:
        """See `Task.fitting_order`."""
        true, predicted, _ = self._read(network, outputs, labels)
        order = best_order(true, predicted, len(self.classes))
        return replace(self, classes=tuple(self.classes[index] for index in order))

    def _read(
        self, network: Network, outputs: Floats, labels: Sequence[str]
    ) -> tuple[Positions, Positions, Mask]:
        """What is true and what is said, as indices, and of which samples it is a number."""
        scores = class_scores(network, outputs)
        true = np.array([self._index[label] for label in labels], np.int64)
        return true, called(scores, self.threshold), np.asarray(np.isfinite(scores).all(axis=1))

    @cached_property
    def _index(self) -> Mapping[str, int]:
        """Of each class by its name."""
        return {name: number for number, name in enumerate(self.classes)}

    @property
    def names(self) -> tuple[str, ...]:
        """The classes."""
        return self.classes

    @property
    def groups(self) -> tuple[str, ...]:
        """The classes."""
        return self.classes

    def groups_of(self, label: str) -> tuple[str, ...]:
        """Its class."""
        return (label,)

    def limit(self, threshold: float | None) -> float | None:
        """See `Task.limit`; several units have none."""
        return self.at(threshold).threshold

    def at(self, threshold: float | None, *, uncertain: bool = False, rule: str = "") -> Self:
        """See `Task.at`."""
        live = self.threshold if threshold is None or self.threshold is None else threshold
        counts = uncertain and self.min_score is not None
        return replace(self, threshold=live, counts_uncertain=counts)

    @property
    def kept_as(self) -> tuple[str, str]:
        """See `Task.kept_as`."""
        usual = self.threshold in {None, HALF}
        kept = _KEPT if usual else f"{_KEPT} above {self.threshold:g}"
        if self.counts_uncertain:
            kept += f" uncertain below {self.min_score:g}"
        return repr(self.classes), kept

    def right_said(self, threshold: float | None) -> str:
        """See `Task.right_said`."""
        return "correct"

    def targets(self, network: Network) -> ClassTargets:
        """See `Task.targets`."""
        chooses = self.threshold is None or (
            self.threshold == HALF and network.heads[0].squash is Squash.SIGMOID
        )
        return ClassTargets(self.classes, self.threshold, chooses)

    def read(
        self,
        network: Network,
        samples: Sequence[Sample],
        outputs: Floats,
        geometry: Geometries | None = None,
    ) -> ClassAnswers:
        """See `Task.read`."""
        least, counts = self.min_score, self.counts_uncertain
        own = self.classes, self.threshold, least, counts
        return ClassAnswers(network, tuple(samples), outputs, *own)


def _threshold(evidence: Evidence) -> tuple[float | None, tuple[Fact, ...]]:
    """From which score one unit says the second class; beside several units it means nothing."""
    named = evidence.settings.get("threshold")
    if is_binary(evidence.network.heads):
        return (HALF if named is None else named), ()
    if named is None:
        return None, ()
    why = "means nothing where the highest of several scores counts, and was passed over"
    return None, (Fact("project.toml", "classification.threshold", why),)


def _there(evidence: Evidence) -> str:
    """Where the classes are named."""
    return f" in {evidence.named_in}" if evidence.named_in else ""


def _strange(evidence: Evidence) -> tuple[Fact, ...]:
    """Which labels are no classes.

    Raises:
        ProjectError: none is one.
    """
    strange = evidence.labels - set(evidence.classes)
    if not strange:
        return ()
    classes, labels = some_of(evidence.classes), some_of(sorted(strange))
    if strange == evidence.labels:
        raise ProjectError(
            f"No label of the samples is a class: they are labelled {labels} "
            f"({evidence.labelled_in}), but the classes are {classes} "
            f"({evidence.named_in or 'the impulse'}); "
            + evidence.way_out(f"write the same names in {evidence.named_in or 'both'}")
        )
    why = f"no class{_there(evidence)} ({classes}): their samples are left out"
    return (Fact("labels", labels, why, warns=True),)


def _single(labels: frozenset[str], count: int) -> frozenset[str]:
    """The labels that are one class each, unless it takes all to make as many as there are."""
    single = frozenset(each for each in labels if not holds_several(each) and each != NONE_TRUE)
    return labels if len(labels) == count != len(single) else single


def _named(labels: frozenset[str], count: int) -> tuple[tuple[str, ...], Fact]:
    """Names for classes that nobody named."""
    if not labels:
        names = tuple(f"class {number}" for number in range(count))
        return names, Fact("classes", f"class 0 to class {count - 1}", "nobody named them")
    ordered = tuple(sorted(labels))
    if len(ordered) == count:
        return ordered, Fact("classes", f"{count} names", "the labels in sorted order")
    width = min(map(len, ordered))  # of numbers with zeros before them, as in 00042
    numbers = tuple(sorted(str(number).zfill(width) for number in range(count)))
    if labels <= set(numbers):
        why = "the labels are numbers; sorted as text, as Keras' folder loader does"
        return numbers, Fact("classes", f"0 to {count - 1}", why + _offered(count))
    shown = some_of(ordered)
    raise ProjectError(
        f"The network tells {count} classes apart, but the samples carry {len(ordered)} labels "
        f"({shown}); name the classes in project.toml or labels.txt{_offered(count)}."
    )


def _offered(count: int) -> str:
    """Where the names of ImageNet's classes can be had, for as many outputs."""
    names = imagenet().for_units(count)
    return '; classes = "imagenet" in project.toml gives them ImageNet\'s names' if names else ""
