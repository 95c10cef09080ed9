"""The tables of what people say, settle and have changed."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, Table, Text

from services.database.tables import METADATA

SUBJECT = ("sample", "network", "part")


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False, server_default="") for name in names]


OPINIONS = Table(  # one of a person about a subject, so that people can disagree
    "opinion",
    METADATA,
    Column("person", Text, primary_key=True),  # "" for whoever sits at their own machine
    *(Column(name, Text, primary_key=True) for name in SUBJECT),
    *(Column(name, Text, nullable=False) for name in ("flag", "label", "note", "name", "changed")),
    *_texts("who"),
)
SHARED = Table(  # one for all people about a subject
    "shared",
    METADATA,
    *(Column(name, Text, primary_key=True) for name in SUBJECT),
    *_texts("assignee"),
    Column("done", Boolean, nullable=False),
    *_texts("agreed"),
    Column("tags", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    *_texts("name", "changed", "person", "who"),
)
EVENTS = Table(  # every change of either, in the transaction that makes it
    "event",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    *(Column(name, Text, nullable=False) for name in ("at", "person", *SUBJECT, "name")),
    *(Column(name, JSON, nullable=False) for name in ("before", "after")),
    Column("uid", Text, nullable=False, unique=True),  # the same in each database it came to
    *_texts("kind", "who", "author"),
    sqlite_autoincrement=True,
)
INDEXES = (
    Index(None, OPINIONS.c.network),
    Index(None, OPINIONS.c.sample),
    Index(None, SHARED.c.network),
    Index(None, EVENTS.c.sample),
)
