"""What is said and settled by now, kept while nothing changes.

A page asks several times, and where many people work something changes all the time: then only
what is about the samples of the changes is read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from sqlalchemy import Connection, select

from services.database.chosen import database
from services.database.kind import Database
from services.database.transactions import reading
from services.keeping.store import BoundedStore
from services.notes.notebook import opinions_in
from services.notes.opinion import KeptOpinion, Subject
from services.notes.settling import shared_in
from services.notes.shared import Shared
from services.notes.tables import EVENTS

FEW = 200  # samples that are read again one by one

Opinions = Mapping[str, tuple[KeptOpinion, ...]]


@dataclass(frozen=True)
class _Present:
    """What was read, and up to which change it holds.

    Attributes:
        database: that it was read from.
        last: number and name of the last change then; the name is the same nowhere else.
        opinions: of each sample, that of its label first.
        shared: what is settled.
    """

    database: Database
    last: tuple[int, str]
    opinions: Opinions
    shared: Mapping[Subject, Shared]


_present: BoundedStore[str, _Present] = BoundedStore(8)


def present(network: str) -> tuple[Opinions, Mapping[Subject, Shared]]:
    """What is said and settled of all labels and of a network's answers.

    Raises:
        NotesError: the notes cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return {}, {}
        before = _present.get(network)
        if before is not None and before.database is not database():
            before = None
        last = _last(connection)
        if before is None or before.last != last:
            now = _read(connection, network, last, before)
            _present.put(network, now)
        else:
            now = before
    return now.opinions, now.shared


def _last(connection: Connection) -> tuple[int, str]:
    latest_first = select(EVENTS.c.id, EVENTS.c.uid).order_by(EVENTS.c.id.desc()).limit(1)
    row = connection.execute(latest_first).one_or_none()
    return (0, "") if row is None else (row.id, row.uid)


def _read(
    connection: Connection, network: str, last: tuple[int, str], before: _Present | None
) -> _Present:
    touched = None if before is None else _touched(connection, before)
    opinions = _by_sample(opinions_in(connection, network, touched))
    shared = shared_in(connection, network, touched)
    if before is not None and touched is not None:
        opinions = {k: v for k, v in before.opinions.items() if k not in touched} | opinions
        rest = {k: v for k, v in before.shared.items() if k.sample not in touched}
        shared = rest | shared
    return _Present(database(), last, opinions, shared)


def _touched(connection: Connection, before: _Present) -> Set[str] | None:
    """Samples that something changed of since; None for many, or where it was another database."""
    number, name = before.last
    same = connection.execute(select(EVENTS.c.uid).where(EVENTS.c.id == number)).scalar()
    since = select(EVENTS.c.sample).where(EVENTS.c.id > number).distinct().limit(FEW + 1)
    samples = set(connection.execute(since).scalars()) if same == name else set()
    return samples if 0 < len(samples) <= FEW else None


def _by_sample(kept: list[KeptOpinion]) -> dict[str, tuple[KeptOpinion, ...]]:
    of: dict[str, tuple[KeptOpinion, ...]] = {}
    for each in sorted(kept, key=lambda each: each.subject.network):
        of[each.subject.sample] = (*of.get(each.subject.sample, ()), each)
    return of
