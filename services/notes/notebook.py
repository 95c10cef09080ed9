"""Saying something, taking it back, and what was said. Safe between threads and processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, or_, select

from services.errors import NotesError
from services.notes.database import EVENTS, OPINIONS, reading, writing
from services.notes.opinion import Flag, KeptOpinion, Opinion, Subject

PERSON = ""  # there is no sign-in yet


@dataclass(frozen=True)
class Merged:
    """What became of opinions that came from elsewhere.

    Attributes:
        events: numbers of the changes, for `undo`.
        same: how many were here already.
        older: how many stay as they are here, because that was said later.
    """

    events: tuple[int, ...]
    same: int
    older: int


def opinions(network: str) -> list[KeptOpinion]:
    """What is said of all labels, and of a network's answers.

    Raises:
        NotesError: the notes cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return []
        wanted = or_(OPINIONS.c.network == "", OPINIONS.c.network == network)
        rows = connection.execute(
            select(OPINIONS).where(OPINIONS.c.person == PERSON, wanted).order_by(OPINIONS.c.changed)
        )
        return [_kept(row) for row in rows.mappings()]


def say(subject: Subject, name: str, change: Callable[[Opinion], Opinion]) -> tuple[int, ...]:
    """Change what is said of a subject.

    Args:
        subject: what it is about.
        name: of the sample, for people and tables.
        change: from what is said by now to what shall be; nobody else writes meanwhile.

    Returns:
        The number of the change, for `undo`; none where nothing changed.

    Raises:
        NotesError: the notes cannot be written.
    """
    with writing() as connection:
        before = _now(connection, subject)
        after = change(before)
        if after == before:
            return ()
        return (_write(connection, KeptOpinion(subject, after, name, _time()), before),)


def undo(events: Sequence[int]) -> None:
    """Take changes back, the last one first.

    Raises:
        NotesError: somebody said something else since, or the notes cannot be written.
    """
    with writing() as connection:
        for number in reversed(events):
            done = connection.execute(select(EVENTS).where(EVENTS.c.id == number)).mappings().one()
            subject = _subject(done)
            before, after = _unpacked(done["before"]), _unpacked(done["after"])
            if _now(connection, subject) != after:
                raise NotesError(
                    f"{done['name']} was flagged anew since, so nothing was undone; "
                    "change it there."
                )
            _write(connection, KeptOpinion(subject, before, done["name"], _time()), after)


def merge(coming: Iterable[KeptOpinion]) -> Merged:
    """Take over what was said elsewhere; of two opinions of one subject the later one stays.

    Raises:
        NotesError: the notes cannot be written.
    """
    events, same, older = [], 0, 0
    with writing() as connection:
        for each in coming:
            here = _row(connection, each.subject)
            before = Opinion() if here is None else here.opinion
            if before == each.opinion:
                same += 1
            elif here is not None and here.changed > each.changed:
                older += 1
            else:
                events.append(_write(connection, each, before))
    return Merged(tuple(events), same, older)


def _now(connection: Connection, subject: Subject) -> Opinion:
    row = _row(connection, subject)
    return Opinion() if row is None else row.opinion


def _row(connection: Connection, subject: Subject) -> KeptOpinion | None:
    rows = connection.execute(select(OPINIONS).where(*_of(OPINIONS, subject)))
    row = rows.mappings().one_or_none()
    return None if row is None else _kept(row)


def _write(connection: Connection, new: KeptOpinion, before: Opinion) -> int:
    """Put an opinion in the place of another, and say so among the events; the event's number."""
    where = {"person": PERSON, "name": new.name, **asdict(new.subject)}
    connection.execute(delete(OPINIONS).where(*_of(OPINIONS, new.subject)))
    if not new.opinion.is_empty:
        packed = _packed(new.opinion)
        connection.execute(insert(OPINIONS).values(**where, **packed, changed=new.changed))
    event = {"at": _time(), "before": _packed(before), "after": _packed(new.opinion)}
    written = insert(EVENTS).values(**where, **event).returning(EVENTS.c.id)
    return int(connection.execute(written).scalar_one())


def _of(table: Table, subject: Subject) -> list[Any]:
    key = {"person": PERSON, **asdict(subject)}
    return [table.c[name] == value for name, value in key.items()]


def _kept(row: Mapping[Any, Any]) -> KeptOpinion:
    return KeptOpinion(_subject(row), _unpacked(row), row["name"], row["changed"])


def _subject(row: Mapping[Any, Any]) -> Subject:
    return Subject(row["sample"], row["network"], row["part"])


def _packed(opinion: Opinion) -> dict[str, str]:
    return {"flag": str(opinion.flag or ""), "label": opinion.label, "note": opinion.note}


def _unpacked(told: Mapping[Any, Any]) -> Opinion:
    return Opinion(Flag(told["flag"]) if told["flag"] else None, told["label"], told["note"])


def _time() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
