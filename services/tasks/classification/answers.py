"""What a classification said of its samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from gradcam import Target
from gradcam.arrays import Floats
from services.numbers import percent
from services.tasks.answers import Compared
from services.tasks.classification.export import ClassExport
from services.tasks.classification.likeness import ClassLikeness
from services.tasks.classification.mistakes import ClassMistakes
from services.tasks.classification.pages import ClassPages
from services.tasks.classification.targets import ClassTargets, called
from services.tasks.classification.verdicts import ClassVerdicts
from services.tasks.other_answer import OtherAnswer
from services.tasks.parts import Address, sample_of


class ClassAnswers(ClassVerdicts):
    """What a classification said of N samples."""

    def targets(self, addresses: Sequence[Address], target: str, against: str) -> list[Target]:
        """See `Answers.targets`."""
        classes = ClassTargets(self.classes, self.threshold)
        return [
            classes.of(target, against, self.scores[position], self.samples[position].label)
            for position in map(sample_of, addresses)
        ]

    def compared(self, position: int, other: OtherAnswer) -> Compared | None:
        """Score by score; None where a class has none."""
        scores = other.scores
        if not all(name in scores for name in self.classes):
            return None
        there, here = np.array([scores[name] for name in self.classes]), self.scores[position]
        best_here, best_there = int(self.predicted[position]), self._called(there)
        return Compared(
            best_here == best_there,
            f"{self.classes[best_here]} {percent(here[best_here], 1)}",
            f"{self.classes[best_there]} {percent(there[best_there], 1)}",
            float(np.abs(here - there).max()),
        )

    def as_other(self, position: int) -> OtherAnswer:
        """See `Answers.as_other`: every score by its class."""
        return OtherAnswer(dict(zip(self.classes, self.scores[position].tolist(), strict=True)))

    def _called(self, scores: Floats) -> int:
        return int(called(scores[None], self.threshold)[0])

    # ----------------------------------------------------------------------------- what is shown

    @cached_property
    def pages(self) -> ClassPages:
        """See `Answers.pages`."""
        return ClassPages(self)

    @cached_property
    def mistakes(self) -> ClassMistakes:
        """See `Answers.mistakes`."""
        return ClassMistakes(self)

    @cached_property
    def likeness(self) -> ClassLikeness:
        """See `Answers.likeness`."""
        return ClassLikeness(self)

    @cached_property
    def export(self) -> ClassExport:
        """See `Answers.export`."""
        return ClassExport(self)
