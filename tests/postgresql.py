"""Debian's PostgreSQL for tests: one server a run, a database of its own for each test."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, NullPool, create_engine, make_url, text

from hosting.postgres import find_postgres, running_postgres

MISSING = "PostgreSQL is not installed; on Debian: apt install postgresql"
_numbers = itertools.count()


class Postgresql:
    """A running server that listens on a Unix socket in a folder of its own alone."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._free: list[str] = []
        self._taken: list[str] = []

    def make_database(self) -> str:
        """The address of an empty database, for `GRADCAM_DATABASE`; `empty` has it back."""
        name = self._free.pop() if self._free else self._new()
        self._taken.append(name)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _new(self) -> str:
        name = f"test_{next(_numbers)}"
        with self._engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        return name

    def empty(self) -> None:
        """Empty all databases for the next test: a new one for each takes its 300 files."""
        if self._taken:
            self.cut_off()
        while self._taken:
            name = self._taken.pop()
            at = self._url.set(database=name)
            engine = create_engine(at, poolclass=NullPool, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
            self._free.append(name)

    def cut_off(self) -> int:
        """End every connection, as a restart does; how many there were."""
        others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname LIKE 'test%'"
        with self._engine.connect() as connection:
            return len(connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}")).all())


@contextmanager
def postgresql_or_none() -> Iterator[Postgresql | None]:
    """A server that ends with the block; None where it is not installed."""
    if find_postgres() is None:
        yield None
        return
    # pytest's own folders are closed to others, and too long a path for a socket.
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        Path(name).chmod(0o711)
        (logs := Path(name, "logs")).mkdir()
        with running_postgres(Path(name, "server"), logs) as address:
            yield Postgresql(make_url(address))
