"""What was said of samples that may be unlike what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from gradcam import Target
from services.numbers import rounded
from services.tasks.anomaly.export import AnomalyExport
from services.tasks.anomaly.likeness import AnomalyLikeness
from services.tasks.anomaly.mistakes import AnomalyMistakes
from services.tasks.anomaly.pages import AnomalyPages
from services.tasks.anomaly.verdicts import AnomalyVerdicts
from services.tasks.anomaly.words import ANOMALY
from services.tasks.answers import Compared
from services.tasks.other_answer import OtherAnswer
from services.tasks.parts import Address, sample_of

SAME = 0.05  # of the threshold: two computations that are no further apart say the same


class AnomalyAnswers(AnomalyVerdicts):
    """What was said of N samples."""

    def targets(self, addresses: Sequence[Address], target: str, against: str) -> list[Target]:
        """See `Answers.targets`."""
        return [self.own_target(sample_of(address), target) for address in addresses]

    def compared(self, position: int, other: OtherAnswer) -> Compared | None:
        """By the highest score of any place and what that is called; None where it is not told."""
        places = [abs(score) for row in other.grid or () for score in row]
        if not places and len(other.scores) != 1:
            return None
        there = max(places) if places else next(iter(other.scores.values()))
        here = float(self.scores[position])
        limit = self.threshold
        if other.called:
            own = self.answer_said(position)
            said = (f"{own} {rounded(here)}", f"{other.called} {rounded(there)}")
            return Compared(own == other.called, *said, abs(here - there))
        agrees = (here >= limit) == (there >= limit) or abs(here - there) <= SAME * limit
        return Compared(agrees, rounded(here), rounded(there), abs(here - there))

    def as_other(self, position: int) -> OtherAnswer:
        """See `Answers.as_other`: the highest score, and what it is called by its own threshold."""
        score = {ANOMALY: float(self.scores[position])}
        return OtherAnswer(score, called=self.answer_said(position))

    @cached_property
    def pages(self) -> AnomalyPages:
        """See `Answers.pages`."""
        return AnomalyPages(self)

    @cached_property
    def mistakes(self) -> AnomalyMistakes:
        """See `Answers.mistakes`."""
        return AnomalyMistakes(self)

    @cached_property
    def likeness(self) -> AnomalyLikeness:
        """See `Answers.likeness`."""
        return AnomalyLikeness(self)

    @cached_property
    def export(self) -> AnomalyExport:
        """See `Answers.export`."""
        return AnomalyExport(self)
