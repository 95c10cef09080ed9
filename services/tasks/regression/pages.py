"""What Project, Samples, Explain and Review show of a regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import floor, isfinite, log10

import numpy as np

from gradcam import Target
from gradcam.arrays import Mask
from services.numbers import counted, rounded
from services.tables import Cell
from services.tasks.facets import ByValue
from services.tasks.pages import Pages, Sides, View
from services.tasks.regression.verdicts import LARGEST_ERROR, SMALLEST_ERROR, ValueVerdicts
from services.tasks.shown import (
    Bars,
    By,
    Control,
    Limit,
    Number,
    Overview,
    Scatter,
    ScoreBar,
    Worst,
)
from services.tasks.targets import Sight

SAME = 1e-5  # of the largest value: rounding


@dataclass(frozen=True)
class ValuePages(Pages):
    """What pages show of N samples."""

    answers: ValueVerdicts

    side_names = ("Within the threshold", "Beyond the threshold")
    leads_with_own = True
    worst_title = closest_title = "Largest errors"

    def figures(self, threshold: float | None) -> tuple[Number, Number]:
        """The mean error, and how many are within the threshold."""
        errors = self.answers.errors
        labelled = np.isfinite(self.answers.correct(threshold)).any()
        mean = rounded(float(np.nanmean(np.abs(errors)))) if labelled else "–"
        limit = self.answers.limit(threshold)
        return Number("Mean error", mean), self.right(f"Within {limit:g}", threshold)

    def worst(self, count: int, threshold: float | None) -> Worst:
        """See `Pages.worst`; what is beyond the threshold is no mistake but an error."""
        first = super().worst(count, threshold)
        limit = f"{self.answers.limit(threshold):g}"
        correct = self.answers.correct(threshold)
        beyond = int((correct == 0).sum())
        if beyond:
            said = f"{counted(beyond, 'error')} beyond {limit}"
            return replace(first, note=f"{len(first.positions)} of {said}", mistakes=said)
        if not first.mistakes:
            return replace(first, title="Samples")
        return replace(
            first, note=f"Every error is within {limit}", mistakes=f"No error beyond {limit}"
        )

    def breakdown(self, threshold: float | None) -> ByValue | None:
        """How often it is how far off."""
        return self.answers.by_value(threshold) if len(self.answers.judged) else None

    def of_group(self, some: Mask, threshold: float | None) -> Mapping[str, Cell]:
        """The mean size of the error."""
        return {"mean absolute error": float(np.abs(self.answers.errors[some]).mean())}

    @property
    def only_answer(self) -> str:
        """See `Pages.only_answer`; where one value is true of all, it may well be right."""
        values, true = self.answers.values.astype(np.float64), self.answers.true
        if len(values) < 2 or len(np.unique(true[np.isfinite(true)])) == 1:
            return ""
        alike = np.ptp(values) <= SAME * np.abs(values).max()  # NaN where one is not finite
        return rounded(float(values[0]), 4) if alike else ""

    def overview(self, threshold: float | None) -> Overview:
        """What is read against what is true."""
        answers = self.answers
        scatter = Scatter(
            answers.true,
            answers.values,
            answers.correct(threshold) == 1,
            answers.limit(threshold),
            answers.told,
        )
        caption = "The band is the threshold. Click a point to explain it."
        return Overview("True against predicted", caption, scatter)

    def limit(self, threshold: float | None) -> Limit:
        """How far off still counts as correct."""
        own, chosen = self.answers.threshold, self.answers.limit(threshold)
        errors = np.nan_to_num(np.abs(self.answers.errors))
        most = max(4 * own, float(errors.max(initial=0.0)), chosen, 1e-6)
        tens = floor(log10(most))
        step = 10.0 ** (tens - 2) if tens >= 0 else 5 * 10.0 ** (tens - 2)
        return Limit(chosen, most, step, "A prediction with an error up to this counts as correct.")

    def bars(self, position: int, threshold: float | None) -> Bars:
        """The value read and its error."""
        answers = self.answers
        sizes = np.abs(np.concatenate([answers.true, answers.values]))
        most = float(sizes[np.isfinite(sizes)].max(initial=0.0)) or 1.0
        read, true = answers.values[position], float(answers.true[position])
        bars = (ScoreBar("read", rounded(read, 4), _share(read, most)),)
        if answers.samples[position].label is None:
            return Bars("Value", "Not labelled", bars)
        label = ScoreBar("label", rounded(true, 4), _share(true, most), true=True, mark="true")
        return Bars("Value", f"Error {answers.error_said(position)}", (*bars, label))

    def rows(self, position: int) -> tuple[Sight, ...]:
        """What raises the value, and what lowers it."""
        return tuple(
            replace(sight, title=sight.title[0].upper() + sight.title[1:])
            for sight in halves(self.answers.output)
        )

    def views(self, position: int) -> tuple[View, ...]:
        """Both halves."""
        return (View("Raises and lowers", self.rows(position)),)

    def review_controls(self, threshold: float | None) -> tuple[Control, ...]:
        """The threshold."""
        return (self.limit(threshold),)

    def sides(self, by: By, named: str, threshold: float | None) -> Sides:
        """The best of the one side and the worst of the other come first."""
        answers = self.answers
        correct = answers.correct(threshold)
        return Sides(
            tuple(answers.ordered(correct == 1, SMALLEST_ERROR, threshold).tolist()),
            tuple(answers.ordered(correct == 0, LARGEST_ERROR, threshold).tolist()),
        )


def halves(output: int) -> tuple[Sight, Sight]:
    """What raises an output's value, and what lowers it."""
    return (
        Sight(Target.for_output(output), "what raises the value", f"={output}"),
        Sight(Target.for_output(output, lowers=True), "what lowers the value", f"-{output}"),
    )


def _share(value: float, most: float) -> float:
    """A bar's length in 0..1, from zero; none for a number that is not finite, as JSON has none."""
    return min(1.0, abs(float(value)) / most) if isfinite(value) else 0.0
