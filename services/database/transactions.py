"""Reading and writing the database, one transaction at a time; safe between threads and processes.

On one's own machine nothing is made before somebody writes.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.database.chosen import database
from services.database.kind import Database
from services.database.migrating import is_current, upgrade
from services.errors import DatabaseError
from services.metrics import DATABASE_ERRORS

log = logging.getLogger(__name__)
PATIENCE = 30.0  # seconds that others of this process may take to write
_WRITER = threading.Lock()


@contextmanager
def reading() -> Iterator[Connection | None]:
    """One state of the database; None where nobody has written anything yet.

    Raises:
        DatabaseError: it cannot be read.
    """
    kept = database()
    with _said(kept):
        if not kept.is_made:
            yield None
            return
        with _current(kept, kept.begin_reading) as connection:
            yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction that nobody else writes beside; all of it is kept or nothing.

    Raises:
        DatabaseError: it cannot be written.
    """
    kept = database()
    with _turn(), _said(kept):
        if not kept.is_made:
            upgrade(kept)
        with _current(kept, kept.begin_writing) as connection:
            yield connection
            connection.commit()


@contextmanager
def _turn() -> Iterator[None]:
    """Be the one of this process who writes, in the order in which they came.

    SQLite lets who waits look again in no order, so that with fifty at once one waited longer than
    it may; and on PostgreSQL who waits would have a connection that others could read by.
    """
    if not _WRITER.acquire(timeout=PATIENCE):
        raise DatabaseError("Others are writing at this moment; try again.")
    try:
        yield
    finally:
        _WRITER.release()


def have_schema() -> None:
    """Have the database reached and its schema be the code's: at the start of a hosted server.

    Raises:
        DatabaseUnfitError: it never will be, as things are.
        DatabaseError: it cannot be reached or written now.
    """
    with writing():
        pass


def _current(kept: Database, begin: Callable[[], Connection]) -> Connection:
    """A transaction on the code's schema, which is made where there is an older one or none."""
    connection = begin()
    if is_current(connection):
        return connection
    connection.close()
    upgrade(kept)
    return begin()


@contextmanager
def _said(kept: Database) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        # What others wrote stands in a driver's further lines: not for a log.
        said = str(error.orig if isinstance(error, DBAPIError) else error)
        DATABASE_ERRORS.add()
        log.warning("database: %s", said.partition("\n")[0])
        raise DatabaseError(kept.sentence(said)) from error
