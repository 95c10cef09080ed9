"""Which samples with and without anomalies are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats, Numbers
from services.tables import Cell
from services.tasks.anomaly.verdicts import AnomalyVerdicts
from services.tasks.likeness import (
    Apart,
    Likeness,
    Said,
    SameTruth,
    Separated,
    commonest,
    members_of,
)
from services.tasks.parts import Address, sample_of
from services.tasks.shown import ByGroup, ByNumber, Colouring, Positions


@dataclass(frozen=True)
class AnomalyLikeness(Likeness):
    """Which of N samples are alike."""

    answers: AnomalyVerdicts

    separation = "Separation of kinds"
    kind = "Kind"
    apart_said = "the verdict or the kind"
    strata_said = "stratified by kind"

    @property
    def truth(self) -> Numbers:
        """(N,) float64, the number of the kind; NaN where nobody said."""
        return np.where(self.answers.true < 0, np.nan, self.answers.true).astype(np.float64)

    @property
    def separated(self) -> Separated:
        """The kinds."""
        return Separated(self.answers.true, "Kinds")

    @property
    def kinds(self) -> tuple[SameTruth, ...]:
        """The kinds."""
        members = members_of(self.answers.true, len(self.answers.kinds))
        return tuple(map(SameTruth, self.answers.kinds, members))

    def suggestion(self, near: Numbers) -> tuple[float, int]:
        """The commonest kind."""
        return commonest(near)

    def suggestion_said(self, suggestion: float, votes: int, of: int) -> str:
        """See `Likeness.suggestion_said`."""
        return f"{votes} of {of} neighbours: {self.answers.kinds[int(suggestion)]}"

    def label_doubt(self, position: int, alike: Floats) -> tuple[str, str] | None:
        """None: a defect is small, and a picture may look like normal ones all the same."""
        return None

    def candidates(self, address: Address, threshold: float | None) -> Positions:
        """Correct ones of the same kind."""
        position = sample_of(address)
        right = self.answers.correct(threshold) == 1
        right &= self.answers.true == self.answers.true[position]
        right[position] = False
        return np.flatnonzero(right)

    @property
    def said_alike(self) -> tuple[Said, ...]:
        """What is called normal, and what is not."""
        called = self.answers.called(None)
        return tuple(
            Said(name, np.flatnonzero(called == one)) for one, name in enumerate(self.answers.sides)
        )

    @property
    def told_apart(self) -> tuple[Apart, ...]:
        """Anomalies from normal ones."""
        return (Apart(self.answers.sides[1], self.answers.anomalous, self.answers.true >= 0),)

    @property
    def colourings(self) -> tuple[Colouring, ...]:
        """The kind, what is said, and the highest score."""
        answers = self.answers
        called = answers.called(None).astype(np.int64)
        return (
            ByGroup("True", answers.kinds, answers.true),
            ByGroup("Predicted", answers.sides, called),
            ByNumber("Score", answers.scores, "highest anomaly score"),
        )

    def columns(self, positions: Positions) -> dict[str, list[Cell]]:
        """What is said, with the highest score."""
        answers = self.answers
        return {
            "predicted": [answers.answer_said(int(position)) for position in positions],
            "score": answers.scores[positions].tolist(),
        }
