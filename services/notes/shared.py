"""What is one for all people: whose turn it is, what is done, agreed and tagged. Plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Self

from services.errors import NotesError
from services.notes.opinion import Subject

FIELDS = ("assignee", "done", "agreed", "tags")


@dataclass(frozen=True)
class Shared:
    """What is settled for all of a sample's label, or of an answer to it.

    Attributes:
        subject: what it is about: of the label what is agreed and tagged, of the answer of a
            network whose turn it is and whether it is done.
        assignee: who shall look at it, by `Person.id`; "" for nobody in particular.
        done: whether nothing is left to do.
        agreed: the label that people agreed on; "" for none.
        tags: free words.
        version: how often it was changed; 0 where never. No part of what is equal.
    """

    subject: Subject
    assignee: str = ""
    done: bool = False
    agreed: str = ""
    tags: frozenset[str] = frozenset()
    version: int = field(default=0, compare=False)

    def changed(self, seen: Self, new: Self) -> Self:
        """The same with what somebody changed from what they saw to something new."""
        mine = {name: getattr(new, name) for name in FIELDS if name in new.differing(seen)}
        return replace(self, **mine)

    def differing(self, other: Self) -> frozenset[str]:
        """Names of what is not the same in another one."""
        return frozenset(name for name in FIELDS if getattr(self, name) != getattr(other, name))

    def since(self, before: Self) -> str:
        """What changed, in words, such as `agreed on car, done`."""
        return ", ".join(self._said_since(before))

    def _said_since(self, before: Self) -> Iterator[str]:
        differing = self.differing(before)
        if "assignee" in differing:
            yield "given to somebody" if self.assignee else "given to nobody in particular"
        if "agreed" in differing:
            yield f"agreed on {self.agreed}" if self.agreed else f"no longer {before.agreed}"
        if "done" in differing:
            yield "done" if self.done else "open again"
        yield from (f"tagged {tag}" for tag in sorted(self.tags - before.tags))
        yield from (f"no longer tagged {tag}" for tag in sorted(before.tags - self.tags))


class ConflictError(NotesError):
    """Somebody settled the same otherwise, after one saw it.

    Attributes:
        theirs: what is settled by now.
        who: the name of who did; "" on one's own machine.
        when: in UTC, as ISO 8601.
    """

    def __init__(self, name: str, theirs: Shared, who: str, when: str) -> None:
        super().__init__(
            f"{who or 'Somebody'} changed {name} a moment ago; look at what they settled, and "
            "keep theirs or settle it anew."
        )
        self.theirs, self.who, self.when = theirs, who, when
