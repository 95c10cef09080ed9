"""The tables of what replicas tell each other."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Integer, Table, Text

from services.database.tables import METADATA

JOB_ROWS = Table(
    "job",
    METADATA,
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("host", "kind", "digest", "words")),
    Column("askers", JSON, nullable=False),  # a list of session, person and name
    *(Column(name, Integer, nullable=False) for name in ("queues", "begun", "place")),
    Column("doing", Text, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("done", "total")),
    *(Column(name, Float) for name in ("wait", "left")),
    Column("beat", Integer, nullable=False),  # grows while the host lives; 0 once it has ended
    Column("told", Float, nullable=False),  # when, in seconds since the epoch, by the host's clock
)
LEAVES = Table(  # who wants a job of another host no longer, until that host has heard of it
    "job_leave",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("person", Text, primary_key=True),  # `Asker.turns`
)
