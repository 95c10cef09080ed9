"""Which samples with objects are alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam.arrays import Floats, Numbers
from services.label_sets import joined_labels
from services.tables import Cell
from services.tasks.grid.verdicts import GridVerdicts
from services.tasks.likeness import (
    Apart,
    Likeness,
    Said,
    SameTruth,
    Separated,
    commonest,
    members_of,
)
from services.tasks.marks import ObjectVerdict
from services.tasks.parts import Address, Place, sample_of
from services.tasks.shown import ByGroup, ByNumber, Colouring, Counts, Positions


@dataclass(frozen=True)
class GridLikeness(Likeness):
    """Which of N samples are alike: by the set of classes that is on them."""

    answers: GridVerdicts

    separation = "Separation of sets of objects"
    kind = "Objects"
    apart_said = "the verdict or an object"
    nearest_said = "hit in the picture most alike"
    strata_said = "stratified by their set of objects"

    @cached_property
    def _true(self) -> tuple[str | None, ...]:
        """The set of classes that is labelled in each sample."""
        return tuple(
            None if truths is None else self._set(each.kind for each in truths)
            for truths in self.answers.truths
        )

    @cached_property
    def _said(self) -> tuple[str, ...]:
        return tuple(
            self._set(one.said for one in own if one.said is not None)
            for own in self.answers.objects()
        )

    def _set(self, kinds: Iterable[int]) -> str:
        return joined_labels(self.answers.classes[kind] for kind in sorted(set(kinds)))

    @cached_property
    def _sets(self) -> tuple[str, ...]:
        return tuple(sorted({one for one in self._true if one is not None}))

    def _numbered(self, sets: Iterable[str | None]) -> Counts:
        index = {name: number for number, name in enumerate(self._sets)}
        return np.array([-1 if one is None else index.get(one, -1) for one in sets], np.int64)

    @property
    def truth(self) -> Numbers:
        """(N,) float64, the number of the set of labelled classes; NaN where nobody said."""
        of = self._numbered(self._true)
        return np.where(of < 0, np.nan, of).astype(np.float64)

    def same_said(self, threshold: float | None) -> str:
        """See `Likeness.same_said`."""
        return "objects of the same classes"

    @property
    def separated(self) -> Separated:
        """The sets of classes."""
        return Separated(self._numbered(self._true), "Sets of objects")

    @property
    def kinds(self) -> tuple[SameTruth, ...]:
        """The sets of classes."""
        members = members_of(self._numbered(self._true), len(self._sets))
        return tuple(map(SameTruth, self._sets, members))

    def suggestion(self, near: Numbers) -> tuple[float, int]:
        """The commonest set."""
        return commonest(near)

    def suggestion_said(self, suggestion: float, votes: int, of: int) -> str:
        """See `Likeness.suggestion_said`."""
        return f"{votes} of {of} neighbours: {self._sets[int(suggestion)]}"

    def label_doubt(self, position: int, alike: Floats) -> tuple[str, str] | None:
        """None: pictures that are alike need not hold the same objects."""
        return None

    def candidates(self, address: Address, threshold: float | None) -> Positions:
        """Of a sample correct ones with the same classes; of an object those with such a hit."""
        answers, position = self.answers, sample_of(address)
        if isinstance(address, Place):
            there = [at for at in range(len(answers)) if self.nearest_part(address, at) is not None]
            right = np.zeros(len(answers), bool)
            right[there] = True
        else:
            same = np.array([one == self._true[position] for one in self._true], bool)
            right = (answers.correct(threshold) == 1) & same
        right[position] = False
        return np.flatnonzero(right)

    def nearest_part(self, place: Place, position: int) -> Place | None:
        """The surest hit of an object's class in another sample; None where it has none."""
        one = self.answers.object(place)
        if one is None:
            return None
        kind = one.said if one.true is None else one.true
        hits = [
            (-each.detections[0].score, part)
            for part, each in enumerate(self.answers.objects()[position])
            if each.verdict is ObjectVerdict.HIT and each.true == kind
        ]
        return Place(position, min(hits)[1]) if hits else None

    @property
    def said_alike(self) -> tuple[Said, ...]:
        """Each class with the samples where it is detected."""
        objects = self.answers.objects()
        return tuple(
            Said(name, np.array(
                [i for i, own in enumerate(objects) if any(o.said == kind for o in own)], np.int64
            ))
            for kind, name in enumerate(self.answers.things, self.answers.first)
        )  # fmt: skip

    @property
    def told_apart(self) -> tuple[Apart, ...]:
        """Each class: labelled in a sample, or not."""
        answers = self.answers
        return tuple(
            Apart(
                name,
                np.array([any(t.kind == k for t in own or ()) for own in answers.truths], bool),
                answers.labelled,
            )
            for k, name in enumerate(answers.things, answers.first)
        )

    @property
    def colourings(self) -> tuple[Colouring, ...]:
        """The sets of classes, labelled and detected, and how many objects are wrong."""
        answers = self.answers
        wrong = np.where(answers.labelled, answers.wrong(), np.nan).astype(np.float32)
        return (
            ByGroup("True", self._sets, self._numbered(self._true)),
            ByGroup("Predicted", self._sets, self._numbered(self._said), "true of no sample"),
            ByNumber("Objects wrong", wrong, "objects wrong"),
        )

    def columns(self, positions: Positions) -> dict[str, list[Cell]]:
        """What is detected."""
        return {"detected": [self.answers.answer_said(int(each)) for each in positions]}
