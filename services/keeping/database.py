"""The one SQLite file of the cache: file digests, and what networks said.

Losing it costs time, never a result: a damaged file is thrown away, an unwritable one is skipped.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from services.keeping.locks import locked
from services.settings import settings

log = logging.getLogger(__name__)

FILE = "kept.sqlite"
LOCK = "kept.lock"  # shared by all who use the file, had alone by who throws it away or shrinks it
BUSY = 30.0  # seconds that others may take to write
SCHEMA = """
CREATE TABLE IF NOT EXISTS digests (
    path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, digest TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS predictions (
    context TEXT, sample TEXT, outputs BLOB, features BLOB, width INTEGER, height INTEGER,
    PRIMARY KEY (context, sample)) WITHOUT ROWID;
"""
INCREMENTAL = 2  # SQLite's number for files that give space back when asked
Row = tuple[Any, ...]


def read_rows(query: str, values: tuple[str, ...] = ()) -> list[Row]:
    """Rows of a query; none where the file cannot be read."""
    try:
        with _connected() as connection:
            return connection.execute(query, values).fetchall()
    except (sqlite3.Error, OSError) as error:
        _forgive(error)
        return []


def write(query: str, rows: Sequence[Row]) -> None:
    """Run a statement for each row, all or none; none where the file cannot be written."""
    if not rows:
        return
    try:
        with _connected() as connection, connection:
            connection.executemany(query, rows)
    except (sqlite3.Error, OSError) as error:
        _forgive(error)


def files() -> list[Path]:
    """The file, and those that SQLite has beside it."""
    return [settings().cache / f"{FILE}{ending}" for ending in ("", "-wal", "-shm")]


def shrink() -> None:
    """Give the space of what was deleted back to the disk."""
    try:
        with _connected(shared=False) as connection:
            ((mode,),) = connection.execute("PRAGMA auto_vacuum").fetchall()
            if mode != INCREMENTAL:  # a file of an earlier version is written anew, once
                connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
                connection.execute("VACUUM")
            connection.executescript("PRAGMA incremental_vacuum")  # `execute` frees one page
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except (sqlite3.Error, OSError) as error:
        _forgive(error)


@contextmanager
def _connected(*, shared: bool = True) -> Iterator[sqlite3.Connection]:
    folder = settings().cache
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        locked(folder / LOCK, shared=shared),
        closing(sqlite3.connect(folder / FILE, timeout=BUSY)) as connection,
    ):
        connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")  # heard before the first table
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        yield connection


def _forgive(error: Exception) -> None:
    log.warning("nothing is kept on disk: %s", error)
    if _damaged(error):
        _throw_away()


def _damaged(error: Exception) -> bool:
    return any(said in str(error) for said in ("malformed", "not a database"))


def _throw_away() -> None:
    """Remove the file, unless another process has already put a whole one in its place."""
    with locked(settings().cache / LOCK):
        try:
            with closing(sqlite3.connect(settings().cache / FILE, timeout=BUSY)) as connection:
                ((answer,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
            whole = answer == "ok"
        except sqlite3.DatabaseError as error:
            whole = not _damaged(error)
        if not whole:
            for path in files():
                path.unlink(missing_ok=True)
