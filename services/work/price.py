"""What work costs before it starts: how much of it there is, and how long that takes here."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    count: int
    unit: str
    work: str
    like: tuple[str, ...] = ()
    units: str = ""

    @property
    def seconds(self) -> float | None:
        """What it takes on this machine; None where nothing of the kind has run yet."""
        known = (seconds_each(work) for work in (self.work, *self.like))
        each = next((pace for pace in known if pace is not None), None)
        return None if each is None else self.count * each

    def __str__(self) -> str:
        """`1,000 predictions, about 4 s here`."""
        words = counted(self.count, self.unit, self.units)
        if self.seconds is None:
            return words
        return f"{words}, {duration(self.seconds)} here"
