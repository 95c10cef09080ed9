"""The table of what was written to Studio: a row for each value, made before the call."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from services.database.tables import METADATA

_WHO = ("run", "at", "person", "who", "step", "undoes", "origin")
WRITTEN = Table(
    "written_back",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    *(Column(name, Text, nullable=False) for name in _WHO),
    *(Column(name, Integer, nullable=False) for name in ("project", "sample")),
    *(Column(name, Text, nullable=False) for name in ("name", "field", "before", "after")),
    Column("outcome", Text, nullable=False),
    sqlite_autoincrement=True,
)
