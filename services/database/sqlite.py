"""A file of SQLite: the default.

Unlike the cache it is never thrown away or repaired by guess: whatever stands in the way is said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.pool import NullPool

from services.database.kind import Database
from services.database.network_disks import network_disk
from services.errors import DatabaseError, DatabaseUnfitError
from services.keeping.locks import locked

BUSY = 15_000  # milliseconds that others may take to write
_WRITES = "gradcam_writes"


@dataclass(frozen=True)
class SqliteDatabase(Database):
    """One file, for the processes of one machine.

    Attributes:
        path: of the file.
    """

    path: Path

    @cached_property
    def engine(self) -> Engine:
        """Opens a connection for each transaction: a session that ends leaves none behind."""
        engine = create_engine(f"sqlite:///{self.path}", poolclass=NullPool, hide_parameters=True)

        @event.listens_for(engine, "connect")
        def set_up(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
            connection.isolation_level = None  # SQLAlchemy begins, not the driver
            for pragma in (f"busy_timeout = {BUSY}", "synchronous = NORMAL", "foreign_keys = ON"):
                connection.execute(f"PRAGMA {pragma}")
            # Stays with the file; who comes next tries again, as after a copy was put in place.
            with suppress(sqlite3.OperationalError):  # others are in it, or it is read-only
                connection.execute("PRAGMA journal_mode = WAL")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # Who will write says so first: a reader that turns writer could find others' changes.
            writes = connection.get_execution_options().get(_WRITES, False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    @property
    def is_made(self) -> bool:
        """Whether there is a file.

        Raises:
            DatabaseUnfitError: it lies where SQLite's locks do not hold.
        """
        if kind := self._network_disk:
            raise DatabaseUnfitError(
                f"{self.path} lies on a network disk ({kind}), where SQLite loses what several "
                "write at once; set GRADCAM_NOTES to a folder of this machine, or GRADCAM_DATABASE "
                "to a PostgreSQL."
            )
        return self.path.exists()

    @cached_property
    def _network_disk(self) -> str:
        return network_disk(self.path)

    @contextmanager
    def making(self) -> Iterator[None]:
        """Have the folder, and be the only process that makes or changes the file's tables."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(self.path.with_suffix(".lock")):  # two processes may start at once
            yield

    def begin_reading(self) -> Connection:
        """A transaction that sees one state."""
        return _begun(self.engine.connect())

    def begin_writing(self) -> Connection:
        """A transaction of the one who writes."""
        return _begun(self.engine.connect().execution_options(**{_WRITES: True}))

    def number_on(self, connection: Connection, table: Table) -> None:
        """SQLite goes on by itself."""

    def copy(self, path: Path) -> None:
        """Write a copy with what is still in the write-ahead log, which a plain copy lacks.

        Raises:
            DatabaseError: there is nothing yet, the file is there already, or cannot be written.
        """
        if not self.is_made:
            raise DatabaseError(f"There is no {self.path} yet: nobody has written anything.")
        if path.exists():
            raise DatabaseError(f"{path} is there already; name another file.")
        driver = self.engine.raw_connection()
        try:
            driver.cursor().execute("VACUUM INTO ?", (str(path),))
        except sqlite3.Error as error:
            raise DatabaseError(f"{path} cannot be written: {error}.") from error
        finally:
            driver.close()

    def sentence(self, error: str) -> str:
        """What the driver's words mean, and the way out."""
        if "locked" in error:
            return "Others are writing at this moment; try again."
        if "not a database" in error or "malformed" in error:
            return (
                f"What was kept in {self.path} cannot be read, the file is damaged; put a copy of "
                "yours in its place, or set GRADCAM_NOTES to another folder."
            )
        return (
            f"Nothing can be kept in {self.path.parent}; set GRADCAM_NOTES to a folder that the "
            "dashboard may write to."
        )

    def __str__(self) -> str:
        """The file's path."""
        return str(self.path)

    @property
    def other(self) -> str:
        """How to have another file."""
        return "name another folder in GRADCAM_NOTES"


def _begun(connection: Connection) -> Connection:
    try:
        connection.begin()
    except BaseException:
        connection.close()
        raise
    return connection
