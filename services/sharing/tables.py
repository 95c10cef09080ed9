"""The tables of what belongs to people and of what they share."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Table, Text

from services.database.tables import METADATA

_ITEM = ("kind", "item")
OWNED = Table(  # the same files brought by two people are both's
    "owned",
    METADATA,
    *(Column(name, Text, primary_key=True) for name in (*_ITEM, "person")),
    *(Column(name, Text, nullable=False) for name in ("title", "since")),
    Column("bytes", BigInteger, nullable=False),
    Column("given_up", Boolean, nullable=False),
)
GRANTED = Table(
    "granted",
    METADATA,
    # `person` may be "*" for everyone; `by` is "" where all admins have the word.
    *(Column(name, Text, primary_key=True) for name in (*_ITEM, "person", "by")),
    Column("at", Text, nullable=False),
)
SHARED_PROJECTS = Table(
    "shared_project",
    METADATA,
    Column("source", Text, primary_key=True),
    *(
        Column(name, Text, nullable=False)
        for name in ("title", "studio", "key", "network", "figure", "by", "at")
    ),
)
