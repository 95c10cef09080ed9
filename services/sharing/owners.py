"""Whose something is, and whom they share it with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from services.database.transactions import reading, writing
from services.errors import NotAllowedError
from services.people.person import Action, Person, demand
from services.sharing.shareable import EVERYONE, Shareable, ShareableKind
from services.sharing.tables import GRANTED, OWNED


@dataclass(frozen=True)
class Belonging:
    """Something that belongs to a person.

    Attributes:
        item: what.
        title: as they know it.
        since: when they brought or made it, in UTC.
        bytes: on the disk; 0 where nobody has looked yet.
        shared_with: ids of people, or `EVERYONE`.
    """

    item: Shareable
    title: str
    since: datetime
    bytes: int
    shared_with: frozenset[str]


def own(person: Person, item: Shareable, title: str) -> None:
    """Have something belong to a person, beside whoever it belongs to already.

    Raises:
        DatabaseError: it cannot be written.
    """
    row = {**_row(item), "person": person.id, "title": title, "since": _now()}
    with writing() as connection:
        connection.execute(delete(OWNED).where(*_is(OWNED, item), OWNED.c.person == person.id))
        connection.execute(insert(OWNED).values(**row, bytes=0, given_up=False))


def give_up(person: Person, item: Shareable) -> bool:
    """Have something belong to a person no longer, nor to whom they shared it with.

    Returns:
        Whether it belongs to nobody any more.

    Raises:
        DatabaseError: it cannot be written.
    """
    with writing() as connection:
        # The row stays: what never belonged to anybody is open to everybody.
        mine = update(OWNED).where(*_is(OWNED, item), OWNED.c.person == person.id)
        connection.execute(mine.values(given_up=True, bytes=0))
        grant(connection, person.id, item, ())
        others = select(OWNED.c.person).where(*_is(OWNED, item), OWNED.c.given_up.is_(False))
        return connection.execute(others).first() is None


def openers(item: Shareable) -> frozenset[str]:
    """Ids of those who may open something, or `EVERYONE`."""
    with reading() as connection:
        if connection is None:
            return frozenset({EVERYONE})
        rows = connection.execute(select(OWNED.c.person, OWNED.c.given_up).where(*_is(OWNED, item)))
        owners = {row.person: row.given_up for row in rows}
        if not owners and item.kind is not ShareableKind.PROJECT:
            return frozenset({EVERYONE})
        mine = {person for person, given_up in owners.items() if not given_up}
        return frozenset(mine | granted_to(connection, item))


def is_owner(person: Person, item: Shareable) -> bool:
    """Whether something belongs to a person."""
    if not person.id:
        return False
    with reading() as connection:
        if connection is None:
            return False
        mine = (OWNED.c.person == person.id, OWNED.c.given_up.is_(False))
        row = connection.execute(select(OWNED.c.item).where(*_is(OWNED, item), *mine)).first()
        return row is not None


def belongings(person: Person, kind: ShareableKind) -> tuple[Belonging, ...]:
    """What belongs to a person, the newest first; it may be thrown away since."""
    with reading() as connection:
        if connection is None or not person.id:
            return ()
        mine = (OWNED.c.kind == kind, OWNED.c.person == person.id, OWNED.c.given_up.is_(False))
        rows = connection.execute(select(OWNED).where(*mine).order_by(OWNED.c.since.desc()))
        return tuple(
            Belonging(
                item := Shareable(kind, row["item"]),
                row["title"],
                datetime.fromisoformat(row["since"]),
                row["bytes"],
                granted_to(connection, item),
            )
            for row in rows.mappings().all()
        )


def note_volume(item: Shareable, volume: int) -> None:
    """Write down how large something is, once it is made."""
    with writing() as connection:
        connection.execute(update(OWNED).where(*_is(OWNED, item)).values(bytes=volume))


def share(person: Person, item: Shareable, people: Collection[str]) -> None:
    """Have these people, and no others, be able to open what belongs to a person.

    Args:
        person: whose it is.
        item: what.
        people: ids of others; `EVERYONE` is for who may share with everyone.

    Raises:
        NotAllowedError: it is not theirs, or they may not share it with everyone.
        DatabaseError: it cannot be written.
    """
    if not is_owner(person, item):
        raise NotAllowedError(f"You may not share this {item.kind}: it is somebody else's.")
    if EVERYONE in people:
        demand(person, Action.SHARE)
    with writing() as connection:
        grant(connection, person.id, item, people)


def grant(connection: Connection, by: str, item: Shareable, people: Collection[str]) -> None:
    """Write down who may open something by somebody's word, in place of who might by it until now.

    Args:
        connection: of `writing`.
        by: id of whose word it is; "" for that of all admins.
        item: what.
        people: their ids, or `EVERYONE`.
    """
    connection.execute(delete(GRANTED).where(*_is(GRANTED, item), GRANTED.c.by == by))
    for each in sorted(set(people)):
        row = {**_row(item), "person": each, "by": by, "at": _now()}
        connection.execute(insert(GRANTED).values(**row))


def granted_by(person: Person, item: Shareable) -> frozenset[str]:
    """Ids of those whom a person has shared something with, or `EVERYONE`."""
    with reading() as connection:
        if connection is None:
            return frozenset()
        mine = select(GRANTED.c.person).where(*_is(GRANTED, item), GRANTED.c.by == person.id)
        return frozenset(other for (other,) in connection.execute(mine))


def granted_to(connection: Connection, item: Shareable) -> frozenset[str]:
    """Ids of those whom something was shared with, or `EVERYONE`."""
    rows = connection.execute(select(GRANTED.c.person).where(*_is(GRANTED, item)))
    return frozenset(person for (person,) in rows)


def _row(item: Shareable) -> dict[str, str]:
    return {"kind": str(item.kind), "item": item.name}


def _is(table: Table, item: Shareable) -> list[ColumnElement[bool]]:
    return [table.c.kind == str(item.kind), table.c.item == item.name]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
