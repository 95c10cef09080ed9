"""Who asks for work: a person, at one of their browser's tabs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asker:
    """Who asks for work.

    Attributes:
        session: opaque, of one tab; it is what waits, and what leaves.
        person: `Person.id` of whoever sits there; "" where nobody signs in.
        name: theirs, to be shown to others; "" where nobody signs in.
    """

    session: str
    person: str = ""
    name: str = ""

    @property
    def turns(self) -> str:
        """Whose turn it is: a person's, at however many tabs; else that of the session."""
        return self.person or self.session

    def is_same(self, other: Asker) -> bool:
        """Whether both are one person, as far as that is known."""
        return self.turns == other.turns
