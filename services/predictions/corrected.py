"""A test set with the labels that people agreed on, beside itself: neither stands for the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from services.predictions.predictions import Predictions
from services.tables import Cell, quoted
from services.tasks.shown import Number

VERDICTS = {1.0: "correct", 0.0: "incorrect"}


@dataclass(frozen=True)
class Correction:
    """A sample whose label people agreed to change.

    Attributes:
        position: of the sample.
        given: its label; None where it has none.
        agreed: what it should be.
        before, after: 1, 0 or NaN, whether the answer is right by either.
    """

    position: int
    given: str | None
    agreed: str
    before: float
    after: float

    @property
    def turns(self) -> bool:
        """Whether the verdict is another one."""
        return not np.array_equal(self.before, self.after, equal_nan=True)

    @property
    def said(self) -> str:
        """Both verdicts, such as `incorrect → correct`."""
        before, after = (VERDICTS.get(each, "not labelled") for each in (self.before, self.after))
        return f"{before} → {after}" if self.turns else f"stays {after}"


@dataclass(frozen=True, eq=False)
class Corrected:
    """What agreed labels change.

    Attributes:
        given: with the labels as they are.
        agreed: with the agreed ones in their place.
        threshold: the live one; None for the task's own.
        unfit: agreed labels that mean nothing here, by position, and why; they change nothing.
    """

    given: Predictions
    agreed: Predictions
    threshold: float | None
    unfit: Mapping[int, str]

    @cached_property
    def corrections(self) -> tuple[Correction, ...]:
        """The samples whose label changes, those whose verdict does first."""
        before, after = (each.correct(self.threshold).tolist() for each in self._both)
        labels = [
            (one.label, other.label)
            for one, other in zip(self.given.samples, self.agreed.samples, strict=True)
        ]
        changed = [
            Correction(position, given, agreed, before[position], after[position])
            for position, (given, agreed) in enumerate(labels)
            if agreed is not None and given != agreed
        ]
        return tuple(sorted(changed, key=lambda each: not each.turns))

    @property
    def figures(self) -> tuple[Number, Number]:
        """How many are right by the given labels, and by the agreed ones."""
        given, agreed = (each.answers.pages.figures(self.threshold) for each in self._both)
        which = 0 if self.given.answers.pages.leads_with_own else 1
        return given[which], agreed[which]

    @property
    def _both(self) -> tuple[Predictions, Predictions]:
        return self.given, self.agreed

    def rows(self) -> list[dict[str, Cell]]:
        """The corrections as a table."""
        samples = self.given.samples
        return [
            {
                "sample": quoted(samples[each.position].id),
                "label": quoted(each.given or ""),
                "agreed": quoted(each.agreed),
                "predicted": quoted(self.given.answers.said(each.position)),
                "verdict": each.said,
            }
            for each in self.corrections
        ]


def corrected(
    predictions: Predictions, labels: Mapping[str, str], threshold: float | None
) -> Corrected | None:
    """The test set with agreed labels beside itself; None where they change nothing.

    Args:
        predictions: with the labels as they are.
        labels: the agreed ones, by the SHA-256 of the samples' files.
        threshold: the live one; None for the task's own.
    """
    task, samples, unfit = predictions.project.task, list(predictions.samples), {}
    for position, digest in enumerate(predictions.digests):
        label = labels.get(digest, "")
        if not label or label == samples[position].label:
            continue
        if obstacle := task.obstacle(label):
            unfit[position] = obstacle
        else:
            samples[position] = replace(samples[position], label=label)
    if tuple(samples) == predictions.samples and not unfit:
        return None
    agreed = replace(predictions, samples=tuple(samples))
    return Corrected(predictions, agreed, threshold, unfit)
