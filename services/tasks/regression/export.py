"""What a table and a report hold of a regression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from services.numbers import label_said, rounded
from services.tasks.export import Export, Section, number, verdict
from services.tasks.regression.verdicts import ValueVerdicts
from services.tasks.shown import Number, Scatter


@dataclass(frozen=True)
class ValueExport(Export):
    """What is written of N samples."""

    answers: ValueVerdicts

    worst_first = "The largest errors"

    @property
    def head(self) -> list[str]:
        """The value read with its error, then every output."""
        outputs = [f"output_{unit}" for unit in range(self.answers.network.units)]
        return ["value", "error", "correct", *outputs]

    def rows(self, threshold: float | None) -> Iterator[list[str]]:
        """See `Export.rows`."""
        answers = self.answers
        for value, error, correct, outputs in zip(
            answers.values, answers.errors, answers.correct(threshold), answers.outputs, strict=True
        ):
            own = [number(value), number(error), verdict(correct)]
            yield [*own, *(number(each) for each in outputs)]

    def figure(self, threshold: float | None) -> Number:
        """The mean error."""
        return Number("mean error", rounded(float(np.nanmean(np.abs(self.answers.errors)))))

    def sections(self, threshold: float | None) -> tuple[Section, ...]:
        """What is read against what is true."""
        answers = self.answers
        right = answers.correct(threshold) == 1
        limit = answers.limit(threshold)
        return (Scatter(answers.true, answers.values, right, limit, answers.told),)

    @property
    def badness(self) -> Floats:
        """(N,) how far off it is."""
        return np.abs(self.answers.errors)

    def mistaken(self, position: int) -> str:
        """`0.42 predicted as 0.57`."""
        label = label_said(self.answers.samples[position].label or "")
        return f"{label} predicted as {rounded(self.answers.values[position], 4)}"
