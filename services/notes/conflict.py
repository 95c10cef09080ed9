"""Two changes of one thing, of which a person says which stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from services.notes.shared import ConflictError, Shared


@dataclass(frozen=True)
class Conflict:
    """What a person settled, beside what somebody else had settled before.

    Attributes:
        name: of the sample.
        seen: what the person saw when they decided.
        mine: what they made of it.
        theirs: what it is by now.
        who: the name of who settled that.
        when: in UTC, as ISO 8601.
    """

    name: str
    seen: Shared
    mine: Shared
    theirs: Shared
    who: str
    when: str

    @classmethod
    def of(cls, error: ConflictError, name: str, seen: Shared, mine: Shared) -> Self:
        """What stood in the way of a change."""
        return cls(name, seen, mine, error.theirs, error.who, error.when)

    @property
    def about(self) -> frozenset[str]:
        """Names of what both changed, and not to the same."""
        changed = self.mine.differing(self.seen) & self.theirs.differing(self.seen)
        return changed & self.mine.differing(self.theirs)

    @property
    def again(self) -> Shared:
        """The person's own change of what it is by now, for who insists on it."""
        return self.theirs.changed(self.seen, self.mine)
