"""Which samples of a classification are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats, Numbers
from services.tables import Cell
from services.tasks.classification.verdicts import ClassVerdicts
from services.tasks.likeness import (
    Apart,
    Likeness,
    Said,
    SameTruth,
    Separated,
    commonest,
    members_of,
    most_alike,
)
from services.tasks.parts import Address, sample_of
from services.tasks.shown import ByGroup, ByNumber, Colouring, Positions

NEIGHBOURS = 5
MOST = 4  # of these: so many carry the label that the network gave


@dataclass(frozen=True)
class ClassLikeness(Likeness):
    """Which of N samples are alike."""

    answers: ClassVerdicts

    @property
    def truth(self) -> Numbers:
        """(N,) float64, the index of the true class; NaN where nobody said."""
        return np.where(self.answers.true < 0, np.nan, self.answers.true).astype(np.float64)

    @property
    def separated(self) -> Separated:
        """The true classes."""
        return Separated(self.answers.true, "True classes")

    @property
    def kinds(self) -> tuple[SameTruth, ...]:
        """The classes."""
        return tuple(map(SameTruth, self.answers.classes, self._of_each(self.answers.true)))

    def suggestion(self, near: Numbers) -> tuple[float, int]:
        """The commonest class."""
        return commonest(near)

    def suggestion_said(self, suggestion: float, votes: int, of: int) -> str:
        """See `Likeness.suggestion_said`."""
        return f"{votes} of {of} neighbours: {self.answers.classes[int(suggestion)]}"

    def label_doubt(self, position: int, alike: Floats) -> tuple[str, str] | None:
        """Whether most of the nearest carry the label that the network gave."""
        answers, all_true = self.answers, self.answers.true
        called, true = int(answers.predicted[position]), int(all_true[position])
        if true in {-1, called} or not (all_true == called).any():
            return None
        alike = np.where(all_true < 0, -np.inf, alike)
        near = most_alike(alike, NEIGHBOURS)
        near = near[np.isfinite(alike[near])]
        so = int((all_true[near] == called).sum())
        if so < MOST:
            return None
        own, name = int((all_true[near] == true).sum()), answers.classes[called]
        of = f"all {so}" if so == len(near) else f"{so} of the {len(near)}"
        others = f", {own} {answers.samples[position].label}" if own else ""
        return (
            f"Is the label wrong? (could be {name})",
            f"{of} nearest neighbours are labelled {name}{others}",
        )

    def candidates(self, address: Address, threshold: float | None) -> Positions:
        """Correct ones of the same true class."""
        right = (self.answers.correct() == 1) & (
            self.answers.true == self.answers.true[sample_of(address)]
        )
        right[sample_of(address)] = False
        return np.flatnonzero(right)

    @property
    def said_alike(self) -> tuple[Said, ...]:
        """The predicted classes."""
        return tuple(map(Said, self.answers.classes, self._of_each(self.answers.predicted)))

    def _of_each(self, classes: Positions) -> tuple[Positions, ...]:
        return members_of(classes, len(self.answers.classes))

    @property
    def told_apart(self) -> tuple[Apart, ...]:
        """Each class from the others."""
        true, classes = self.answers.true, self.answers.classes
        # Of two classes one is the other turned round: it is asked once.
        asked = classes[:1] if len(classes) == 2 else classes
        return tuple(Apart(name, true == i, true >= 0) for i, name in enumerate(asked))

    @property
    def colourings(self) -> tuple[Colouring, ...]:
        """The true class, the predicted one, and how sure it is."""
        answers = self.answers
        return (
            ByGroup("True", answers.classes, answers.true),
            ByGroup("Predicted", answers.classes, answers.predicted),
            ByNumber("Confidence", answers.confidence, "confidence"),
        )

    def columns(self, positions: Positions) -> dict[str, list[Cell]]:
        """The predicted class and its score."""
        names = [self.answers.classes[called] for called in self.answers.predicted[positions]]
        return {
            "predicted": list(names),
            "confidence": self.answers.confidence[positions].tolist(),
        }
