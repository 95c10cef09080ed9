"""Saying something, taking it back, and what was said. Safe between threads and processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from services.database.transactions import reading, writing
from services.errors import NotAllowedError, NotesError
from services.notes.events import (
    Event,
    as_columns,
    event_of,
    now,
    opinion_of,
    record,
    subject_of,
)
from services.notes.opinion import KeptOpinion, Opinion, Subject
from services.notes.settling import demand_change, present_shared, put
from services.notes.shared import Shared
from services.notes.tables import EVENTS, OPINIONS
from services.people.person import Action, Person, demand, may


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
    """What everybody says of all labels, and of a network's answers; what was said last comes last.

    Raises:
        NotesError: the notes cannot be read.
    """
    with reading() as connection:
        return [] if connection is None else opinions_in(connection, network)


def all_opinions() -> list[KeptOpinion]:
    """What everybody says of everything, of every network's answers.

    Raises:
        NotesError: the notes cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return []
        rows = connection.execute(select(OPINIONS).order_by(OPINIONS.c.changed))
        return [_kept(row) for row in rows.mappings()]


def opinions_in(
    connection: Connection, network: str, samples: Set[str] | None = None
) -> list[KeptOpinion]:
    """The same of a state that is being read, of some samples where they are given."""
    wanted = select(OPINIONS).where(OPINIONS.c.network.in_({"", network}))
    if samples is not None:
        wanted = wanted.where(OPINIONS.c.sample.in_(samples))
    rows = connection.execute(wanted.order_by(OPINIONS.c.changed))
    return [_kept(row) for row in rows.mappings()]


def say(
    person: Person, subject: Subject, name: str, change: Callable[[Opinion], Opinion]
) -> tuple[int, ...]:
    """Change what a person says of a subject.

    Args:
        person: who says it.
        subject: what it is about.
        name: of the sample, for people and tables.
        change: from what they say by now to what it shall be; nobody else writes meanwhile.

    Returns:
        The number of the change, for `undo`; none where nothing changed.

    Raises:
        NotAllowedError: the person's role does not let them.
        NotesError: the notes cannot be written.
    """
    demand(person, Action.REVIEW)
    with writing() as connection:
        new = KeptOpinion(subject, Opinion(), name, now(), person.id, person.name)
        before = _present(connection, new)
        return _write(connection, person, replace(new, opinion=change(before)), before)


def withdraw(person: Person, kept: KeptOpinion) -> tuple[int, ...]:
    """Take back an opinion, one's own or another person's.

    Returns:
        The number of the change, for `undo`; none where it was taken back already.

    Raises:
        NotAllowedError: it is another person's, and the role does not let them.
        NotesError: the notes cannot be written.
    """
    demand(person, Action.REVIEW if kept.person == person.id else Action.DELETE_OTHERS)
    with writing() as connection:
        gone = replace(kept, opinion=Opinion(), changed=now())
        return _write(connection, person, gone, _present(connection, kept))


def undo(person: Person, events: Sequence[int]) -> None:
    """Take changes back, the last one first, all of them or none.

    Raises:
        NotAllowedError: they are another person's, and the role does not let them.
        NotesError: it was changed again since, or the notes cannot be written.
    """
    demand(person, Action.REVIEW)
    with writing() as connection:
        for number in reversed(events):
            rows = connection.execute(select(EVENTS).where(EVENTS.c.id == number))
            done = event_of(rows.mappings().one())
            if done.person != person.id and not may(person, Action.DELETE_OTHERS):
                raise NotAllowedError(
                    f"{done.who} changed {done.name}; only they or an admin may undo that."
                )
            if not _undone(connection, person, done):
                raise NotesError(
                    f"{done.name} was flagged anew since, so nothing was undone; change it there."
                )


def merge(person: Person, coming: Iterable[KeptOpinion]) -> Merged:
    """Take over what was said elsewhere; of two opinions of one person the later one stays.

    Raises:
        NotAllowedError: some are of other people, and the role does not let them.
        NotesError: the notes cannot be written.
    """
    demand(person, Action.REVIEW)
    events: list[int] = []
    same, older = 0, 0
    with writing() as connection:
        for each in coming:
            if each.person != person.id:
                demand(person, Action.DELETE_OTHERS)
            here = _row(connection, each)
            before = Opinion() if here is None else here.opinion
            if before == each.opinion:
                same += 1
            elif here is not None and here.changed > each.changed:
                older += 1
            else:
                events += _write(connection, person, each, before)
    return Merged(tuple(events), same, older)


def _undone(connection: Connection, person: Person, done: Event) -> bool:
    """Whether what was done could be taken back: it is still as that change left it."""
    match done.before, done.after:
        case Shared() as before, Shared() as after:
            demand_change(person, after, before)
            present = present_shared(connection, done.subject)
            if present.differing(after) & after.differing(before):
                return False
            put(connection, person, done.name, present, present.changed(after, before))
            return True
        case Opinion() as before, after:
            kept = KeptOpinion(done.subject, before, done.name, now(), done.author)
            here = _row(connection, kept)
            if (here.opinion if here else Opinion()) != after:
                return False
            who = here.who if here else _name_of(connection, done)
            _write(connection, person, replace(kept, who=who), _present(connection, kept))
            return True
    return False


def _name_of(connection: Connection, done: Event) -> str:
    """The author's name, of an opinion that is no longer there."""
    by_author = (EVENTS.c.person == done.author, EVENTS.c.author == done.author)
    latest = select(EVENTS.c.who).where(*by_author).order_by(EVENTS.c.id.desc()).limit(1)
    return connection.execute(latest).scalar() or ""


def _present(connection: Connection, like: KeptOpinion) -> Opinion:
    here = _row(connection, like)
    return Opinion() if here is None else here.opinion


def _row(connection: Connection, like: KeptOpinion) -> KeptOpinion | None:
    """What the same person says of the same subject by now."""
    rows = connection.execute(select(OPINIONS).where(*_key(like)))
    row = rows.mappings().one_or_none()
    return None if row is None else _kept(row)


def _write(
    connection: Connection, person: Person, new: KeptOpinion, before: Opinion
) -> tuple[int, ...]:
    """Put an opinion in the place of another, with its event."""
    if new.opinion == before:
        return ()
    put_opinion(connection, new)
    return (
        record(connection, person, new.subject, new.name, (before, new.opinion), author=new.person),
    )


def put_opinion(connection: Connection, new: KeptOpinion) -> None:
    """Have a person's opinion be this one; an empty one is not kept."""
    connection.execute(delete(OPINIONS).where(*_key(new)))
    if not new.opinion.is_empty:
        told = {name: getattr(new, name) for name in ("person", "who", "name", "changed")}
        row = {**asdict(new.subject), **as_columns(new.opinion), **told}
        connection.execute(insert(OPINIONS).values(row))


def _key(kept: KeptOpinion) -> list[Any]:
    key = {"person": kept.person, **asdict(kept.subject)}
    return [OPINIONS.c[name] == value for name, value in key.items()]


def _kept(row: Mapping[Any, Any]) -> KeptOpinion:
    told = (row[name] for name in ("name", "changed", "person", "who"))
    return KeptOpinion(subject_of(row), opinion_of(row), *told)
