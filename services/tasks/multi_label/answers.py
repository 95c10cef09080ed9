"""What was said of samples that may have several labels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from gradcam import Target
from services.tasks.answers import Compared
from services.tasks.multi_label.export import LabelExport
from services.tasks.multi_label.likeness import LabelLikeness
from services.tasks.multi_label.mistakes import LabelMistakes
from services.tasks.multi_label.pages import LabelPages
from services.tasks.multi_label.verdicts import LabelVerdicts
from services.tasks.other_answer import OtherAnswer
from services.tasks.parts import Address


class LabelAnswers(LabelVerdicts):
    """What was said of N samples with K labels each."""

    def targets(self, addresses: Sequence[Address], target: str, against: str) -> list[Target]:
        """See `Answers.targets`; of a sample the network chose its surest label."""
        named = self.label_targets.of(target)
        return [self.own_target(address) if named is None else named for address in addresses]

    def compared(self, position: int, other: OtherAnswer) -> Compared | None:
        """Score by score; None where a label has none."""
        scores = other.scores
        if not all(name in scores for name in self.names):
            return None
        there, here = np.array([scores[name] for name in self.names]), self.scores[position]
        called_here, called_there = here > self.threshold, there > self.threshold
        return Compared(
            bool((called_here == called_there).all()),
            self.answer_said(position),
            ", ".join(self.named(called_there)) or "none of them",
            float(np.abs(here - there).max()),
        )

    def as_other(self, position: int) -> OtherAnswer:
        """See `Answers.as_other`: every score by its label."""
        return OtherAnswer(dict(zip(self.names, self.scores[position].tolist(), strict=True)))

    # ----------------------------------------------------------------------------- what is shown

    @cached_property
    def pages(self) -> LabelPages:
        """See `Answers.pages`."""
        return LabelPages(self)

    @cached_property
    def mistakes(self) -> LabelMistakes:
        """See `Answers.mistakes`."""
        return LabelMistakes(self)

    @cached_property
    def likeness(self) -> LabelLikeness:
        """See `Answers.likeness`."""
        return LabelLikeness(self)

    @cached_property
    def export(self) -> LabelExport:
        """See `Answers.export`."""
        return LabelExport(self)
