"""Which samples of a regression are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats, Numbers
from services.numbers import rounded
from services.tables import Cell
from services.tasks.likeness import Likeness, Said, SameTruth, Separated, middle, most_alike
from services.tasks.parts import Address, sample_of
from services.tasks.regression.verdicts import ValueVerdicts
from services.tasks.shown import ByNumber, Colouring, Positions

NEIGHBOURS = 5


@dataclass(frozen=True)
class ValueLikeness(Likeness):
    """Which of N samples are alike."""

    answers: ValueVerdicts

    separation = "Cluster separation"
    apart_said = "the verdict"
    strata_said = "stratified by value"

    @property
    def truth(self) -> Numbers:
        """(N,) float64, the true value; NaN where nobody said."""
        return self.answers.true.astype(np.float64)

    def tolerance(self, threshold: float | None) -> float:
        """The threshold."""
        return self.answers.limit(threshold)

    def same_said(self, threshold: float | None) -> str:
        """See `Likeness.same_said`."""
        return f"a value within {rounded(self.tolerance(threshold))}"

    @property
    def strata(self) -> tuple[Positions, ...]:
        """All samples by value."""
        return (np.argsort(self.truth, kind="stable"),)

    @property
    def separated(self) -> Separated:
        """None."""
        note = "Values form no groups; silhouette and Davies-Bouldin are of clusters only."
        return Separated(np.full(len(self.answers), -1), note=note)

    @property
    def kinds(self) -> tuple[SameTruth, ...]:
        """None."""
        return ()

    def suggestion(self, near: Numbers) -> tuple[float, int]:
        """The median of all."""
        return middle(near)

    def suggestion_said(self, suggestion: float, votes: int, of: int) -> str:
        """See `Likeness.suggestion_said`."""
        return f"{of} neighbours, at {rounded(suggestion)} in the middle"

    def label_doubt(self, position: int, alike: Floats) -> tuple[str, str] | None:
        """Whether the nearest are labelled rather as what was read."""
        true, read = float(self.answers.true[position]), float(self.answers.values[position])
        alike = np.where(np.isfinite(self.answers.true), alike, -np.inf)
        near = most_alike(alike, NEIGHBOURS)
        near = near[np.isfinite(alike[near])]
        if not len(near):
            return None
        mean = float(self.answers.true[near].mean())
        if 2 * abs(mean - read) > abs(mean - true):
            return None
        return f"Is the label wrong? (could be {rounded(mean)})", (
            f"its {len(near)} nearest neighbours are labelled {rounded(mean)} on average, "
            f"and the network predicts {rounded(read)}"
        )

    def candidates(self, address: Address, threshold: float | None) -> Positions:
        """The fifth of the correct ones whose true value is nearest, five at least."""
        right = self.answers.correct(threshold) == 1
        right[sample_of(address)] = False
        correct = np.flatnonzero(right)
        if self.answers.samples[sample_of(address)].label is None or not len(correct):
            return correct[:0]
        distance = np.abs(self.answers.true[correct] - self.answers.true[sample_of(address)])
        return correct[np.argsort(distance, kind="stable")[: max(5, len(correct) // 5)]]

    @property
    def said_alike(self) -> tuple[Said, ...]:
        """All in one."""
        return (Said(None, np.arange(len(self.answers))),)

    @property
    def colourings(self) -> tuple[Colouring, ...]:
        """The true value, the value read, and how far off it is."""
        answers = self.answers
        return (
            ByNumber("True", answers.true, "true value"),
            ByNumber("Predicted", answers.values, "predicted value"),
            ByNumber("Error", np.abs(answers.errors), "size of error"),
        )

    def columns(self, positions: Positions) -> dict[str, list[Cell]]:
        """The value read, and its error."""
        return {
            "predicted": self.answers.values[positions].tolist(),
            "error": self.answers.errors[positions].tolist(),
        }
