"""All that people said and settled, and every change of it, as one JSON file, and back.

Into an empty database it comes as it was, to the row; into another one it is merged: samples are
known by their hash, authors and times stay, changes that are known are skipped, and of two states
of one thing the later one holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from services.database.chosen import database
from services.database.transactions import reading, writing
from services.errors import NotesError
from services.notes.events import event_of, last_event, opinion_of
from services.notes.settling import write_row
from services.notes.tables import EVENTS, OPINIONS, SHARED, SUBJECT
from services.numbers import counted
from services.people.person import Action, Person, demand

FORMAT, VERSION = "gradcam-notes", 1
_TABLES = {"opinions": OPINIONS, "shared": SHARED, "events": EVENTS}
_OPINION, _SHARED = ("person", *SUBJECT), SUBJECT  # what names a row of each
_Row = Mapping[str, Any]
_Key = tuple[str, ...]


@dataclass(frozen=True)
class Restored:
    """What became of a file.

    Attributes:
        events: changes that were not known here.
        known: changes that were.
        states: opinions and settled things that are now as the file says.
        later: those that stay as they are here, where they were changed later.
    """

    events: int
    known: int
    states: int
    later: int

    def __str__(self) -> str:
        """One sentence for each outcome."""
        said = [f"{counted(self.events, 'change')} taken over."]
        if self.known:
            said.append(f"{self.known:,} already here.")
        if self.later:
            said.append(f"{self.later:,} left as they are: changed here since.")
        return " ".join(said)


def backup() -> str:
    """Everything as JSON, of one moment; a new line for each row.

    Raises:
        NotesError: the notes cannot be read.
    """
    rows: dict[str, list[_Row]] = {name: [] for name in _TABLES}
    with reading() as connection:
        if connection is not None:
            for name, table in _TABLES.items():
                rows[name] = _rows(connection, table)
    lines = [f'{{"format": "{FORMAT}", "version": {VERSION}']
    for name, each in rows.items():
        told = ",\n".join(json.dumps(row, ensure_ascii=False) for row in each)
        lines.append(f'"{name}": [\n{told}\n]')
    return ",\n".join(lines) + "}\n"


def restore(person: Person, content: str | bytes) -> Restored:
    """Take over what `backup` wrote, here or elsewhere.

    Raises:
        NotAllowedError: the person's role does not let them change what others said.
        NotesError: it is no such file, or the notes cannot be written.
    """
    demand(person, Action.DELETE_OTHERS)
    coming = _read(content)
    with writing() as connection:
        known = set(connection.execute(select(EVENTS.c.uid)).scalars())
        events = [row for row in coming["events"] if row["uid"] not in known]
        here = _since(_rows(connection, EVENTS))
        there = _since(coming["events"])
        states = [
            _bring(connection, OPINIONS, _OPINION, coming["opinions"], there["opinion"], here),
            _bring(connection, SHARED, _SHARED, coming["shared"], there["shared"], here),
        ]
        _add(connection, events)
    brought, later = map(sum, zip(*states, strict=True))
    return Restored(len(events), len(coming["events"]) - len(events), brought, later)


def _add(connection: Connection, events: Sequence[_Row]) -> None:
    """Add events; they keep their numbers where there are none."""
    if not events:
        return
    if last_event(connection) == 0:
        connection.execute(insert(EVENTS), events)
        database().number_on(connection, EVENTS)
    else:
        unnumbered = [{name: row[name] for name in row if name != "id"} for row in events]
        connection.execute(insert(EVENTS), unnumbered)


def _since(events: Iterable[_Row]) -> dict[str, dict[_Key, str]]:
    """When each opinion and each settled thing was changed for the last time."""
    times: dict[str, dict[_Key, str]] = {"opinion": {}, "shared": {}}
    for row in events:
        about = tuple(row[name] for name in SUBJECT)
        key = (row["author"], *about) if row["kind"] == "opinion" else about
        of = times[row["kind"]]
        of[key] = max(of.get(key, ""), row["at"])
    return times


def _bring(
    connection: Connection,
    table: Table,
    named: Sequence[str],
    coming: Sequence[_Row],
    gone: Mapping[_Key, str],
    here: Mapping[str, Mapping[_Key, str]],
) -> tuple[int, int]:
    """Have each state be the later one; how many came, and how many were later here.

    Args:
        connection: of the transaction.
        table: of the states.
        named: columns that name one.
        coming: its rows.
        gone: when each was changed there, of those that are there no more as well.
        here: when each was changed here, by kind.
    """
    rows = {tuple(row[name] for name in named): row for row in coming}
    present = {tuple(row[name] for name in named): row for row in _rows(connection, table)}
    changed_here = here[table.name]
    brought = later = 0
    for key in rows.keys() | gone.keys():
        row, mine = rows.get(key), present.get(key)
        if row == mine:
            continue
        if _when(row, gone.get(key, "")) <= _when(mine, changed_here.get(key, "")):
            later += 1
            continue
        brought += 1
        _put(connection, table, dict(zip(named, key, strict=True)), row, mine)
    return brought, later


def _when(row: _Row | None, gone: str) -> str:
    return gone if row is None else row["changed"]


def _put(
    connection: Connection, table: Table, key: _Row, row: _Row | None, mine: _Row | None
) -> None:
    if table is SHARED and row is not None:
        # Who has it on the screen here is told that it changed.
        version = max(row["version"], mine["version"] + 1 if mine else 0)
        write_row(connection, {**row, "version": version}, known=mine is not None)
        return
    connection.execute(delete(table).where(*(table.c[name] == key[name] for name in key)))
    if row is not None:
        connection.execute(insert(table).values(row))


def _rows(connection: Connection, table: Table) -> list[_Row]:
    kept = connection.execute(select(table).order_by(*table.primary_key))
    return [{str(name): value for name, value in row.items()} for row in kept.mappings()]


def _read(content: str | bytes) -> dict[str, list[_Row]]:
    """The rows of each table.

    Raises:
        NotesError: it is no file of `backup`'s.
    """
    try:
        told = json.loads(content)
        newer = told["format"] == FORMAT and told["version"] > VERSION
        read = {} if newer else _checked(told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotesError(
            "That is no backup of notes, or it is damaged; take a file that the export wrote."
        ) from error
    if newer:
        raise NotesError(
            "That file comes from a newer version of this dashboard; install that version."
        )
    return read


def _checked(told: Mapping[str, Any]) -> dict[str, list[_Row]]:
    """The rows, if they are such as this database could have held."""
    if told["format"] != FORMAT:
        raise ValueError(FORMAT)
    for name, table in _TABLES.items():
        for row in told[name]:
            _check_columns(table, row)
    for row in told["opinions"]:
        opinion_of(row)
    for row in told["events"]:
        event_of(row)
    for row in told["shared"]:
        "".join(row["tags"])  # words, all of them
    return {name: list(told[name]) for name in _TABLES}


def _check_columns(table: Table, row: _Row) -> None:
    if set(row) != set(table.columns.keys()):
        raise ValueError(table.name)
    for name, value in row.items():
        kind = list if name == "tags" else table.c[name].type.python_type
        if not isinstance(value, kind):
            raise TypeError(name)
