"""What work costs before it starts: how much of it there is, and how long that takes here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from services.numbers import counted, duration
from services.work.pace import seconds_each


@dataclass(frozen=True)
class Price:
    """How much work there is.

    Attributes:
        count: how many units.
        unit: one of them, in words.
        work: the name under which the time of a unit is measured, see `note_pace`.
        like: other work whose units take about as long, for as long as this was never measured.
        units: several of them, where it is not the unit with an s.
        trial: has a few units of the kind run and timed; None where that would take too long.
    """

    count: int
    unit: str
    work: str
    like: tuple[str, ...] = ()
    units: str = ""
    trial: Callable[[], None] | None = field(default=None, compare=False, repr=False)

    @property
    def seconds(self) -> float | None:
        """What it takes on this machine; None where nothing of the kind has run yet."""
        known = (seconds_each(work) for work in (self.work, *self.like))
        each = next((pace for pace in known if pace is not None), None)
        return None if each is None else self.count * each

    def tried(self) -> Self:
        """The same, once a few units ran where nothing of the kind has run yet.

        Raises:
            GradcamError: they cannot be run.
        """
        if self.trial is not None and self.seconds is None:
            self.trial()
        return self

    def __str__(self) -> str:
        """`1,000 predictions, about 4 s here`."""
        words = counted(self.count, self.unit, self.units)
        if self.seconds is None:
            return words
        return f"{words}, {duration(self.seconds)} here"
