"""The tables of people."""

from __future__ import annotations

from sqlalchemy import Column, Float, Table, Text

from services.database.tables import METADATA

PEOPLE = Table(  # who was here
    "person",
    METADATA,
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("name", "email", "role", "seen")),
)
REVOKED = Table(  # whose sign-ins count no longer, and up to which time
    "revoked",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("before", Float(53), nullable=False),  # seconds since 1970
    Column("by", Text, nullable=False),
)
