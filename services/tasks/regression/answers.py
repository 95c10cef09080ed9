"""What a regression said of its samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from gradcam import Target
from services.numbers import rounded
from services.tasks.answers import Compared
from services.tasks.other_answer import OtherAnswer
from services.tasks.parts import Address
from services.tasks.regression.export import ValueExport
from services.tasks.regression.likeness import ValueLikeness
from services.tasks.regression.mistakes import ValueMistakes
from services.tasks.regression.pages import ValuePages
from services.tasks.regression.targets import ValueTargets
from services.tasks.regression.verdicts import SAME, ValueVerdicts


class ValueAnswers(ValueVerdicts):
    """What a regression said of N samples."""

    def targets(self, addresses: Sequence[Address], target: str, against: str) -> list[Target]:
        """See `Answers.targets`."""
        return [ValueTargets(self.network.units, self.output).of(target)] * len(addresses)

    def compared(self, position: int, other: OtherAnswer) -> Compared | None:
        """Value by value; a tenth of the threshold apart is still the same."""
        if len(other.scores) != 1:
            return None
        (there,) = other.scores.values()
        here = float(self.values[position])
        difference = abs(here - there)
        agrees = difference <= self.threshold * SAME
        return Compared(agrees, self.answer_said(position), rounded(there, 4), difference)

    def as_other(self, position: int) -> OtherAnswer:
        """See `Answers.as_other`: the value."""
        return OtherAnswer({"value": float(self.values[position])})

    @cached_property
    def pages(self) -> ValuePages:
        """See `Answers.pages`."""
        return ValuePages(self)

    @cached_property
    def mistakes(self) -> ValueMistakes:
        """See `Answers.mistakes`."""
        return ValueMistakes(self)

    @cached_property
    def likeness(self) -> ValueLikeness:
        """See `Answers.likeness`."""
        return ValueLikeness(self)

    @cached_property
    def export(self) -> ValueExport:
        """See `Answers.export`."""
        return ValueExport(self)
