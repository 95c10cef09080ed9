"""Settling something for all people. Safe between threads and processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, replace
from itertools import cycle
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from services.database.transactions import reading, writing
from services.notes.events import as_columns, now, record, subject_of
from services.notes.opinion import Subject, one_line
from services.notes.shared import ConflictError, Shared
from services.notes.tables import SHARED
from services.people.person import Action, Person, demand

_DEMANDED = {
    "assignee": Action.ASSIGN,
    "done": Action.REVIEW,
    "agreed": Action.AGREE,
    "tags": Action.REVIEW,
}


def shared_of(network: str) -> dict[Subject, Shared]:
    """What is settled of all labels, and of a network's answers.

    Raises:
        NotesError: the notes cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return {}
        return shared_in(connection, network)


def open_work(networks: Sequence[str]) -> dict[str, int]:
    """How many samples are somebody's to look at and not done, by the network that answered.

    Raises:
        NotesError: the notes cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return {}
        theirs = (SHARED.c.network.in_(networks), SHARED.c.assignee != "", SHARED.c.done.is_(False))
        counts = select(SHARED.c.network, func.count().label("samples")).where(*theirs)
        rows = connection.execute(counts.group_by(SHARED.c.network))
        return {row.network: row.samples for row in rows}


def shared_in(
    connection: Connection, network: str, samples: Set[str] | None = None
) -> dict[Subject, Shared]:
    """The same of a state that is being read, of some samples where they are given."""
    wanted = select(SHARED).where(SHARED.c.network.in_({"", network}))
    if samples is not None:
        wanted = wanted.where(SHARED.c.sample.in_(samples))
    rows = connection.execute(wanted).mappings()
    return {each.subject: each for each in map(_shared, rows)}


def settle(person: Person, name: str, seen: Shared, new: Shared) -> tuple[int, ...]:
    """Change what is settled of a subject.

    What others changed meanwhile stays, where it is something else.

    Args:
        person: who asks.
        name: of the sample.
        seen: what that person saw.
        new: what it shall be, of the same subject.

    Returns:
        The number of the change, for `undo`; none where nothing changed.

    Raises:
        ConflictError: others changed the same, to something else.
        NotAllowedError: the person's role does not let them.
        NotesError: the notes cannot be written.
    """
    demand_change(person, seen, new)
    with writing() as connection:
        row = _row(connection, new.subject)
        present = Shared(new.subject) if row is None else _shared(row)
        theirs = present.differing(seen) & present.differing(new) & new.differing(seen)
        if row is not None and theirs:
            raise ConflictError(name, present, row["who"], row["changed"])
        return put(connection, person, name, present, present.changed(seen, new))


def tag(
    person: Person,
    subject: Subject,
    name: str,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> tuple[int, ...]:
    """Add and take away tags; what others do with other tags never stands in the way.

    Args:
        person: who asks.
        subject: what is tagged.
        name: of the sample.
        add: tags, each made one line.
        remove: tags.

    Returns:
        The number of the change, for `undo`; none where nothing changed.

    Raises:
        NotAllowedError: the person's role does not let them.
        NotesError: the notes cannot be written.
    """
    demand(person, Action.REVIEW)
    added = {word for each in add if (word := one_line(each))}
    with writing() as connection:
        present = present_shared(connection, subject)
        tags = (present.tags - frozenset(remove)) | added
        return put(connection, person, name, present, replace(present, tags=tags))


def assign(
    person: Person, named_subjects: Sequence[tuple[Subject, str]], assignees: Sequence[str]
) -> tuple[int, ...]:
    """Give work to people in turn, all of it or none.

    Args:
        person: who asks.
        named_subjects: what is to be looked at, and the names of the samples.
        assignees: by `Person.id`; none to take the work back.

    Returns:
        The numbers of the changes, for `undo`.

    Raises:
        NotAllowedError: the person's role does not let them.
        NotesError: the notes cannot be written.
    """
    demand(person, Action.ASSIGN)
    events: list[int] = []
    with writing() as connection:
        turns = zip(named_subjects, cycle(assignees or ("",)), strict=False)
        for (subject, name), assignee in turns:
            present = present_shared(connection, subject)
            events += put(connection, person, name, present, replace(present, assignee=assignee))
    return tuple(events)


def demand_change(person: Person, before: Shared, after: Shared) -> None:
    """Have a person be allowed to settle what differs.

    Raises:
        NotAllowedError: their role does not let them.
    """
    for name in sorted(after.differing(before)):
        demand(person, _DEMANDED[name])


def present_shared(connection: Connection, subject: Subject) -> Shared:
    """What is settled of a subject by now."""
    row = _row(connection, subject)
    return Shared(subject) if row is None else _shared(row)


def put(
    connection: Connection, person: Person, name: str, present: Shared, new: Shared
) -> tuple[int, ...]:
    """Put a state in the place of the present one, with its event."""
    if new == present:
        return ()
    about = {"person": person.id, "who": person.name, "name": name, "changed": now()}
    write_row(
        connection,
        {**asdict(new.subject), **as_columns(new), **about, "version": present.version + 1},
        known=present.version > 0,
    )
    return (record(connection, person, new.subject, name, (present, new)),)


def write_row(connection: Connection, row: Mapping[str, Any], *, known: bool) -> None:
    """Write a whole row of what is shared, in the place of the one that is known."""
    if known:
        connection.execute(update(SHARED).where(*_about(subject_of(row))).values(row))
    else:
        connection.execute(insert(SHARED).values(row))


def _row(connection: Connection, subject: Subject) -> Mapping[Any, Any] | None:
    rows = connection.execute(select(SHARED).where(*_about(subject)))
    return rows.mappings().one_or_none()


def _about(subject: Subject) -> list[Any]:
    return [SHARED.c[name] == value for name, value in asdict(subject).items()]


def _shared(row: Mapping[Any, Any]) -> Shared:
    return Shared(
        subject_of(row),
        row["assignee"],
        row["done"],
        row["agreed"],
        frozenset(row["tags"]),
        row["version"],
    )
