"""Whether somebody may open what belongs to somebody, and whether they may bring more.

The database is asked only where people sign in.
"""

from __future__ import annotations

from services.people.person import Person
from services.settings import settings
from services.sharing.shareable import EVERYONE, Shareable, ShareableKind


def may_open(person: Person, item: Shareable) -> bool:
    """Whether somebody may open it.

    Its owners may, and those whom it was shared with. What belongs to nobody was kept before there
    was a sign-in, when the link alone was asked for, and still is.

    Args:
        person: who asks; whoever sits at their own machine may open everything.
        item: what.

    Raises:
        DatabaseError: it cannot be known.
    """
    if not person.id or (item.kind is ShareableKind.UPLOAD and settings().open_uploads):
        return True
    from services.sharing.owners import openers

    return bool({person.id, EVERYONE} & openers(item))


def take_in(person: Person, item: Shareable, title: str) -> None:
    """Have something that is about to be kept belong to a person.

    Args:
        person: nothing is written of whoever sits at their own machine.
        item: what.
        title: as they know it.

    Raises:
        ProjectError: they keep too much already.
        DatabaseError: it cannot be written.
    """
    if person.id:
        from services.sharing.holdings import demand_room
        from services.sharing.owners import own

        demand_room(person)
        own(person, item, title)
