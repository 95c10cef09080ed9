"""The SQLite file of what people wrote: its tables, and how it is read and written.

Unlike the cache it is never thrown away or repaired by guess: whatever stands in the way is said.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from services.errors import NotesError
from services.keeping.locks import locked
from services.settings import settings

log = logging.getLogger(__name__)

FILE = "notes.sqlite"
LOCK = "notes.lock"  # had by who makes the file
VERSION = 1  # of the tables
BUSY = 15_000  # milliseconds that others may take to write

_METADATA = MetaData()
_SCHEMA = Table("schema", _METADATA, Column("version", Integer, primary_key=True))
_SUBJECT = ("sample", "network", "part")
OPINIONS = Table(
    "opinion",
    _METADATA,
    Column("person", Text, primary_key=True),  # "" until there is a sign-in
    *(Column(name, Text, primary_key=True) for name in _SUBJECT),
    *(Column(name, Text, nullable=False) for name in ("flag", "label", "note", "name", "changed")),
)
EVENTS = Table(  # every change, for undo
    "event",
    _METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    *(Column(name, Text, nullable=False) for name in ("at", "person", *_SUBJECT, "name")),
    *(Column(name, JSON, nullable=False) for name in ("before", "after")),
    sqlite_autoincrement=True,
)
_WRITES = "gradcam_writes"
_making = threading.Lock()
_made: set[Path] = set()


@contextmanager
def reading() -> Iterator[Connection | None]:
    """A look at the file; None where nobody has written anything yet.

    Raises:
        NotesError: it cannot be read.
    """
    path = _path()
    with _said(path):
        if not path.exists():
            yield None
            return
        with _engine(path).connect() as connection:
            made = inspect(connection).has_table(_SCHEMA.name)  # else it is just being made
            if made:
                _check(connection, path)
            yield connection if made else None


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction that nobody else writes in; all of it is kept or nothing.

    Raises:
        NotesError: it cannot be written.
    """
    path = _path()
    with _said(path):
        engine = _engine(path)
        _make(engine, path)
        connected = engine.connect().execution_options(**{_WRITES: True})
        with connected as connection, connection.begin():
            _check(connection, path)
            yield connection


def _path() -> Path:
    return settings().notes / FILE


@cache
def _engine(path: Path) -> Engine:
    # A connection is opened for each action: none is left behind by a session that ends.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        for pragma in (f"busy_timeout = {BUSY}", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Who will write says so first: a reader that turns writer could find others' changes.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make(engine: Engine, path: Path) -> None:
    with _making:
        if path in _made and path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(path.parent / LOCK):  # two processes may start at once
            driver = engine.raw_connection()
            try:
                driver.cursor().execute("PRAGMA journal_mode = WAL")
            finally:
                driver.close()
            with engine.connect() as connection, connection.begin():
                if not inspect(connection).has_table(_SCHEMA.name):
                    _METADATA.create_all(connection)
                    connection.execute(insert(_SCHEMA).values(version=VERSION))
        _made.add(path)


def _check(connection: Connection, path: Path) -> None:
    version = connection.execute(select(_SCHEMA.c.version)).scalar_one()
    if version > VERSION:
        raise NotesError(
            f"The flags in {path} come from a newer version of this dashboard; "
            "install that version, or name another folder in GRADCAM_NOTES."
        )


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        log.warning("notes: %s", error)
        raise NotesError(_sentence(str(error), path)) from error


def _sentence(error: str, path: Path) -> str:
    if "locked" in error:
        return "Others are writing flags at this moment; try again."
    if "not a database" in error or "malformed" in error:
        return (
            f"The flags in {path} cannot be read, the file is damaged; put a copy of yours in its "
            "place, or set GRADCAM_NOTES to another folder."
        )
    return (
        f"Flags cannot be kept in {path.parent}; "
        "set GRADCAM_NOTES to a folder that the dashboard may write to."
    )
