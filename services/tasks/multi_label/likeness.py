"""Which samples that may have several labels are alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam.arrays import Floats, Numbers
from services.tables import Cell
from services.tasks.likeness import (
    Apart,
    Likeness,
    Said,
    SameTruth,
    Separated,
    commonest,
    members_of,
)
from services.tasks.multi_label.verdicts import LabelVerdicts
from services.tasks.parts import Address, Place, sample_of
from services.tasks.shown import ByGroup, ByNumber, Colouring, Counts, Positions


@dataclass(frozen=True)
class LabelLikeness(Likeness):
    """Which of N samples are alike."""

    answers: LabelVerdicts

    @cached_property
    def _true(self) -> Counts:
        """(N,) which of the sets of labels is true; -1 where nobody said."""
        numbers = self._numbered([self.answers.set_of(row) for row in self.answers.true])
        return np.where(self.answers.labelled, numbers, -1)

    @cached_property
    def _sets(self) -> tuple[str, ...]:
        """The sets of labels that are true of some sample."""
        answers = self.answers
        return tuple(sorted({answers.set_of(row) for row in answers.true[answers.labelled]}))

    def _numbered(self, sets: list[str]) -> Counts:
        index = {name: number for number, name in enumerate(self._sets)}
        return np.array([index.get(one, -1) for one in sets], np.int64)

    @property
    def truth(self) -> Numbers:
        """(N,) float64, the number of the set of true labels; NaN where nobody said."""
        return np.where(self._true < 0, np.nan, self._true).astype(np.float64)

    def same_said(self, threshold: float | None) -> str:
        """See `Likeness.same_said`."""
        return "the same labels"

    separation = "Separation of sets of labels"
    kind = "Labels"
    apart_said = "the verdict or a label"
    strata_said = "stratified by their set of labels"

    @property
    def separated(self) -> Separated:
        """The sets of labels."""
        return Separated(self._true, "Sets of labels")

    @property
    def kinds(self) -> tuple[SameTruth, ...]:
        """The sets of labels."""
        return tuple(map(SameTruth, self._sets, members_of(self._true, len(self._sets))))

    def suggestion(self, near: Numbers) -> tuple[float, int]:
        """The commonest set."""
        return commonest(near)

    def suggestion_said(self, suggestion: float, votes: int, of: int) -> str:
        """See `Likeness.suggestion_said`."""
        return f"{votes} of {of} neighbours: {self._sets[int(suggestion)]}"

    def label_doubt(self, position: int, alike: Floats) -> tuple[str, str] | None:
        """None: neighbours that share one label need not share the others."""
        return None

    def candidates(self, address: Address, threshold: float | None) -> Positions:
        """Of a sample correct ones with the same labels; of a part those right about its label."""
        answers, position = self.answers, sample_of(address)
        if isinstance(address, Place):
            parts = answers.parts(threshold).correct.reshape(answers.scores.shape)
            right = parts[:, address.part] == 1
            right &= answers.true[:, address.part] == answers.true[position, address.part]
        else:
            right = (answers.correct(threshold) == 1) & (self._true == self._true[position])
        right[position] = False
        return np.flatnonzero(right)

    @property
    def said_alike(self) -> tuple[Said, ...]:
        """Each label with the samples of which it is said."""
        said = self.answers.said_labels
        return tuple(
            Said(name, np.flatnonzero(said[:, k])) for k, name in enumerate(self.answers.names)
        )

    @property
    def told_apart(self) -> tuple[Apart, ...]:
        """Each label."""
        answers = self.answers
        return tuple(
            Apart(name, answers.true[:, k] & answers.labelled, answers.labelled)
            for k, name in enumerate(answers.names)
        )

    @property
    def colourings(self) -> tuple[Colouring, ...]:
        """The sets of labels, true and said, and how many labels are wrong."""
        answers = self.answers
        said = self._numbered([answers.set_of(row) for row in answers.said_labels])
        wrong = np.where(answers.labelled, answers.wrong(None), np.nan).astype(np.float32)
        return (
            ByGroup("True", self._sets, self._true),
            ByGroup("Predicted", self._sets, said, "true of no sample"),
            ByNumber("Labels wrong", wrong, "labels wrong"),
        )

    def columns(self, positions: Positions) -> dict[str, list[Cell]]:
        """The labels said."""
        said = self.answers.said_labels
        return {"predicted": [self.answers.set_of(said[position]) for position in positions]}
