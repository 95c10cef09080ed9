"""Events: every change of what people say and settle.

Each stands in the transaction that makes the change, so that history, feed and undo miss none.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, select

from services.notes.opinion import Flag, Opinion, Subject
from services.notes.shared import Shared
from services.notes.tables import EVENTS
from services.people.person import Person

State = Opinion | Shared


class Kind(StrEnum):
    """What was changed."""

    OPINION = "opinion"
    SHARED = "shared"


@dataclass(frozen=True)
class Event:
    """One change.

    Attributes:
        number: grows with time, in this database.
        at: when, in UTC, as ISO 8601.
        person: who made it, by `Person.id`; "" for whoever sits at their own machine.
        who: their name at that time.
        author: whose opinion it is, by `Person.id`; "" of what is shared.
        subject: what it is about.
        name: of the sample.
        before: what was said or settled.
        after: what is since.
    """

    number: int
    at: str
    person: str
    who: str
    author: str
    subject: Subject
    name: str
    before: State
    after: State

    def __str__(self) -> str:
        """Such as `Ann: a.jpg: unclear`."""
        return ": ".join(filter(None, (self.who, self.name, self.words)))

    @property
    def words(self) -> str:
        """What is said or settled since, such as `unclear`."""
        return _told(self.before, self.after)


def _told(before: State, after: State) -> str:
    match before, after:
        case Shared(), Shared():
            return after.since(before)
        case _, Opinion(is_empty=True):
            return f"{before} taken back"
    return str(after)


def record(
    connection: Connection,
    person: Person,
    subject: Subject,
    name: str,
    states: tuple[State, State],
    author: str = "",
) -> int:
    """Write an event.

    Args:
        connection: that of the change itself.
        person: who makes it.
        subject: what it is about.
        name: of the sample.
        states: what was, and what is.
        author: whose opinion it is.

    Returns:
        The event's number.
    """
    kind = Kind.SHARED if isinstance(states[0], Shared) else Kind.OPINION
    values = {
        "uid": uuid.uuid4().hex,
        "at": now(),
        "kind": kind,
        "person": person.id,
        "who": person.name,
        "author": author,
        "name": name,
        **asdict(subject),
        **dict(zip(("before", "after"), map(as_columns, states), strict=True)),
    }
    written = insert(EVENTS).values(values).returning(EVENTS.c.id)
    return int(connection.execute(written).scalar_one())


def last_event(connection: Connection) -> int:
    """The number of the last change; 0 where there is none."""
    return connection.execute(select(func.max(EVENTS.c.id))).scalar() or 0


def event_of(row: Mapping[Any, Any]) -> Event:
    """What an event tells."""
    subject = subject_of(row)
    before, after = (_unpacked(row["kind"], subject, row[name]) for name in ("before", "after"))
    told = {name: row[name] for name in ("at", "person", "who", "author", "name")}
    return Event(row["id"], subject=subject, before=before, after=after, **told)


def as_columns(state: State) -> dict[str, Any]:
    """A state as columns and events hold it."""
    if isinstance(state, Opinion):
        return {"flag": str(state.flag or ""), "label": state.label, "note": state.note}
    told = {name: getattr(state, name) for name in ("assignee", "done", "agreed")}
    return {**told, "tags": sorted(state.tags)}


def opinion_of(told: Mapping[Any, Any]) -> Opinion:
    """What `as_columns` made of an opinion."""
    return Opinion(Flag(told["flag"]) if told["flag"] else None, told["label"], told["note"])


def subject_of(row: Mapping[Any, Any]) -> Subject:
    """What a row is about."""
    return Subject(row["sample"], row["network"], row["part"])


def now() -> str:
    """The time, as it is kept."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _unpacked(kind: str, subject: Subject, told: Mapping[str, Any]) -> State:
    if Kind(kind) is Kind.OPINION:
        return opinion_of(told)
    return Shared(subject, **{**told, "tags": frozenset(told["tags"])})
