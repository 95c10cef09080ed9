"""A PostgreSQL server: for several hosts."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Table, create_engine, func, select
from sqlalchemy.exc import OperationalError

from services.database.kind import Database
from services.errors import DatabaseError, DatabaseUnfitError

WRITERS = 0x6772_6164  # the advisory lock of who writes, by a number that nobody else takes
BUSY = 15  # seconds that others may take to write
REACHED = 5  # seconds to reach the server
AWAY = 3  # seconds that a server which cannot be reached is not asked again
LOST = 60  # seconds after which the server gives up on a replica that vanished while it wrote


@dataclass
class _Tried:
    """When the server could not be reached the last time, on the monotonic clock."""

    in_vain: float = -inf


@dataclass(frozen=True)
class PostgresDatabase(Database):
    """A database of a server.

    Attributes:
        url: where it lies; SQLAlchemy shows it without the password.
        pool: connections of this process at most.
    """

    url: URL
    pool: int
    _tried: _Tried = field(default_factory=_Tried, repr=False, compare=False)

    @cached_property
    def engine(self) -> Engine:
        """Keeps connections open, and looks at each before its use: a server may restart.

        Raises:
            DatabaseUnfitError: its driver is not installed.
        """
        limits = {
            "lock_timeout": BUSY,
            "idle_in_transaction_session_timeout": LOST,
        }
        options = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
        try:
            return create_engine(
                self.url,
                pool_size=self.pool,
                max_overflow=0,
                pool_pre_ping=True,
                pool_timeout=BUSY,
                hide_parameters=True,
                connect_args={
                    "connect_timeout": REACHED,
                    "keepalives_idle": LOST,
                    "application_name": "gradcam-dashboard",
                    "options": options,
                },
            )
        except ModuleNotFoundError:
            raise DatabaseUnfitError(
                "GRADCAM_DATABASE names a PostgreSQL, but its driver is not installed; "
                "install it: pip install -r requirements-postgresql.txt"
            ) from None

    @property
    def is_made(self) -> bool:
        """Always: whoever set it up made it."""
        return True

    def making(self) -> AbstractContextManager[None]:
        """The lock of who writes is enough."""
        return nullcontext()

    def begin_reading(self) -> Connection:
        """A transaction that sees one state, and cannot write."""
        connection = self._connected().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        connection.begin()
        return connection

    def begin_writing(self) -> Connection:
        """A transaction of the one who writes.

        One at a time, as SQLite has it: what was just read holds until it is written, and the
        numbers of events grow in the order in which others come to see them.
        """
        connection = self._connected()
        try:
            connection.execute(select(func.pg_advisory_xact_lock(WRITERS)))
        except BaseException:
            connection.close()
            raise
        return connection

    def _connected(self) -> Connection:
        """A connection; a page that asks several times waits for a server that is away but once.

        Raises:
            DatabaseError: it was away a moment ago.
            SQLAlchemyError: it is away.
        """
        if time.monotonic() - self._tried.in_vain < AWAY:
            raise DatabaseError(self.sentence(""))
        try:
            return self.engine.connect()
        except OperationalError:
            self._tried.in_vain = time.monotonic()
            raise

    def number_on(self, connection: Connection, table: Table) -> None:
        """Set the sequence of the primary key, which knows only what it gave."""
        (key,) = table.primary_key
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        connection.execute(select(func.setval(sequence, select(func.max(key)).scalar_subquery())))

    def copy(self, path: Path) -> None:
        """PostgreSQL's own program does that.

        Raises:
            DatabaseError: always.
        """
        raise DatabaseError(
            f"A PostgreSQL is copied by its own program: pg_dump --format=custom --file={path}"
        )

    def sentence(self, error: str) -> str:
        """What the driver's words mean, and the way out."""
        if "lock timeout" in error or "QueuePool limit" in error:
            return "Others are writing at this moment; try again."
        if "permission denied" in error or "read-only" in error:
            return f"The user of {self} may not write there; grant it the right to."
        return f"The database {self} does not answer; try again, or ask who runs this server."

    def __str__(self) -> str:
        """Such as `reviews on db.example`; no user, no password."""
        return f"{self.url.database} on {self.url.host or 'this machine'}"

    @property
    def other(self) -> str:
        """How to have another database."""
        return "name another database in GRADCAM_DATABASE"
