"""The schema: which one a database has, and how it comes to the code's own.

A migration is a file `migrations/versions/NNNN_name.py` of Alembic's; the highest number is the
code's schema. Alembic is imported where one is due, and nowhere else.
"""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, Text, column, inspect, select, table
from sqlalchemy.exc import DBAPIError

from services.database.kind import Database
from services.errors import DatabaseUnfitError

MIGRATIONS = Path(__file__).with_name("migrations")
HEAD = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
_VERSION = select(column("version_num", Text)).select_from(table("alembic_version"))
_migrating = threading.Lock()  # Alembic's context is one for all threads


def is_current(connection: Connection) -> bool:
    """Whether a database has the code's schema; the transaction is of no use where it has none."""
    try:
        return connection.execute(_VERSION).scalar() == HEAD
    except DBAPIError:
        return False


def upgrade(database: Database) -> None:
    """Bring a database to the code's schema; of several processes one does, the others wait.

    Raises:
        DatabaseUnfitError: it comes from a newer version of this product.
        SQLAlchemyError: it cannot be written.
        OSError: its folder cannot be made.
    """
    with _migrating, database.making(), database.begin_writing() as connection:
        tables = set(inspect(connection).get_table_names())
        version = connection.execute(_VERSION).scalar() if "alembic_version" in tables else None
        if version is not None and version > HEAD:
            raise DatabaseUnfitError(
                f"What is kept in {database} comes from a newer version of this dashboard; "
                f"install that version, or {database.other}."
            )
        if version != HEAD:
            _run(connection)
            connection.commit()


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
