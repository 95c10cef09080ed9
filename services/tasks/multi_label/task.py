"""Multi-label: which of several things are there, each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from gradcam import Network
from gradcam.arrays import Floats
from services.errors import ProjectError
from services.fact import Fact
from services.label_sets import holds_several, joined_labels, labels_in, names_held
from services.sample import Sample
from services.tasks.geometry import Geometries
from services.tasks.grades import Grades, alike
from services.tasks.multi_label.answers import LabelAnswers
from services.tasks.multi_label.targets import LabelTargets
from services.tasks.task import (
    Claim,
    Evidence,
    Measure,
    Strength,
    StudioWords,
    Task,
    TaskSetting,
)

USUAL = 0.5  # of the score


@dataclass(frozen=True)
class MultiLabel(Task):
    """Which of several things are there: a sample has any number of labels, or none.

    Attributes:
        labels: their names, in the order of the network's outputs.
        threshold: above this score a label is said.
    """

    labels: tuple[str, ...]
    threshold: float = USUAL

    name = "multi-label"
    settings = (TaskSetting("threshold", most=1.0),)
    measure = Measure("balanced accuracy", in_percent=True, higher_is_better=True)

    @classmethod
    def claim(cls, evidence: Evidence) -> Claim | None:
        """See `Task.claim`; outputs that share one whole are classes, whatever the labels are."""
        head = evidence.network.heads[0]
        if head.squash.is_over_classes or evidence.network.units == 1:
            return None
        names = evidence.classes or names_held(evidence.labels, evidence.network.units)
        read = (labels_in(each, names) for each in evidence.labels - set(names))
        if any(map(holds_several, evidence.labels)) or any(len(held or ()) > 1 for held in read):
            why = "samples have several labels, and each output is a score of its own"
            return Claim(why, Strength.CERTAIN)
        return None

    @classmethod
    def spelled(cls, evidence: Evidence) -> Mapping[str, str]:
        """See `Task.spelled`: the names in the order of the outputs."""
        names = evidence.classes or names_held(evidence.labels, evidence.network.units)
        held = {label: labels_in(label, names) for label in evidence.labels}
        texts = {label: joined_labels(own) for label, own in held.items() if own is not None}
        return {label: text for label, text in texts.items() if label != text}

    @classmethod
    def settled(cls, evidence: Evidence) -> tuple[Self, tuple[Fact, ...]]:
        """See `Task.settled`."""
        count, given = evidence.network.units, evidence.classes
        threshold = evidence.settings.get("threshold", USUAL)
        if given and len(given) != count:
            there = f" in {evidence.named_in}" if evidence.named_in else ""
            raise ProjectError(
                f"{len(given)} labels are named{there}, but the network has {count} outputs; "
                + evidence.way_out("name them in the order of its outputs")
            )
        if given:
            return cls(given, threshold), ()
        names, fact = _named(evidence.labels, count)
        return cls(names, threshold), (fact,)

    @classmethod
    def from_studio(cls, names: Sequence[str], thresholds: Mapping[str, float]) -> StudioWords:
        """See `Task.from_studio`; Studio trains no such block."""
        return StudioWords(tuple(names), {}, ())

    def obstacle(self, label: str) -> str:
        """See `Task.obstacle`."""
        known = labels_in(label, self.labels) is not None
        return "" if known else f"its label “{label}” holds a name that no output has"

    def grade(self, network: Network, outputs: Floats, labels: Sequence[str]) -> Grades:
        """The mean of the labels' balanced accuracies."""
        samples = [Sample(str(i), Path(), label) for i, label in enumerate(labels)]
        read = self.read(network, samples, outputs)
        true, called = read.true, read.said_labels
        shares = np.stack([alike(side) for side in true.T], axis=1) / true.shape[1]  # (n, labels)
        weights = shares.sum(axis=1)
        one = bool((called == called[0]).all() and (true != true[0]).any())
        often = true.mean(axis=0)  # who says each label as often as it is true, without looking
        blind = (np.where(true, often, 1.0 - often) * shares).sum(axis=1) / weights
        right = ((called == true) * shares).sum(axis=1) / weights
        score = float(right @ weights)
        return Grades(
            score, np.minimum(blind, right) if one else right, weights, blind, 0.5, 1.0, one
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The labels."""
        return self.labels

    @property
    def groups(self) -> tuple[str, ...]:
        """The labels."""
        return self.labels

    def groups_of(self, label: str) -> tuple[str, ...]:
        """All labels: each is right or wrong of each sample."""
        return self.labels

    def limit(self, threshold: float | None) -> float:
        """See `Task.limit`."""
        return self.threshold if threshold is None else threshold

    def at(self, threshold: float | None, *, uncertain: bool = False, rule: str = "") -> Self:
        """See `Task.at`."""
        return replace(self, threshold=self.limit(threshold))

    @property
    def kept_as(self) -> tuple[str, str]:
        """See `Task.kept_as`."""
        return repr(self.labels), f"MultiLabel(threshold={self.threshold:g})"

    def right_said(self, threshold: float | None) -> str:
        """See `Task.right_said`."""
        return f"with all labels right above {self.limit(threshold):g}"

    def targets(self, network: Network) -> LabelTargets:
        """See `Task.targets`."""
        return LabelTargets(self.labels, network.heads[0].squash.gives_shares)

    def read(
        self,
        network: Network,
        samples: Sequence[Sample],
        outputs: Floats,
        geometry: Geometries | None = None,
    ) -> LabelAnswers:
        """See `Task.read`."""
        return LabelAnswers(network, tuple(samples), outputs, self.labels, self.threshold)


def _named(labels: frozenset[str], count: int) -> tuple[tuple[str, ...], Fact]:
    """Names for labels that nobody listed."""
    ordered = tuple(sorted(labels))
    names = names_held(labels, count) or (ordered if len(ordered) == count else ())
    if names:
        return names, Fact("labels of the outputs", ", ".join(names), "in sorted order")
    if not labels:
        names = tuple(f"label {number}" for number in range(count))
        return names, Fact("labels of the outputs", f"{names[0]} to {names[-1]}", "nobody said")
    shown = ", ".join(ordered[:6]) + (", …" if len(ordered) > 6 else "")
    raise ProjectError(
        f"The network has {count} outputs, and what the samples are labelled with ({shown}) holds "
        "another number of names; list them in labels.txt or as classes in project.toml, in the "
        "order of the outputs."
    )
