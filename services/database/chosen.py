"""The database that the server's owner chose."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.database.kind import Database
from services.database.postgresql import PostgresDatabase
from services.database.sqlite import SqliteDatabase
from services.errors import DatabaseUnfitError
from services.settings import settings

FILE = "notes.sqlite"
_POSTGRESQL = "postgresql+psycopg"
_FORM = f"{_POSTGRESQL}://NAME:PASSWORD@HOST/DATABASE"


def database() -> Database:
    """Where everything that lasts is kept.

    Raises:
        DatabaseUnfitError: `GRADCAM_DATABASE` cannot be understood.
    """
    chosen = settings()
    return _database(chosen.database, chosen.notes, chosen.database_pool)


@cache
def _database(address: str, notes: Path, pool: int) -> Database:
    if not address:
        return SqliteDatabase(notes / FILE)
    url = _url(address)
    if url.get_backend_name() in {"postgresql", "postgres"}:
        return PostgresDatabase(url.set(drivername=_POSTGRESQL), pool)
    if url.get_backend_name() == "sqlite" and url.database:
        return SqliteDatabase(Path(url.database))
    raise DatabaseUnfitError(
        f"GRADCAM_DATABASE names a database of a kind that is not known here; write {_FORM}."
    )


def _url(address: str) -> URL:
    try:
        return make_url(address)
    except (ArgumentError, ValueError):  # whose words may hold the password
        raise DatabaseUnfitError(
            f"GRADCAM_DATABASE cannot be read; write {_FORM}, with special characters of the "
            "password as %40 for @ and the like."
        ) from None
