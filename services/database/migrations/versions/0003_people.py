"""Who said it, what is settled for all, and a name of each event that is the same everywhere."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SUBJECT = ("sample", "network", "part")
NAMES = uuid.UUID("5f0c3c0e-8f1e-4f0b-9a52-6f5d1c8f0a11")  # of events that had none


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def upgrade() -> None:
    """Add columns and a table."""
    with op.batch_alter_table("opinion") as batch:
        for column in _texts("who"):
            batch.add_column(column)
        batch.create_index("ix_opinion_network", ["network"])
    op.create_table(
        "shared",
        *(sa.Column(name, sa.Text, primary_key=True) for name in SUBJECT),
        *_texts("assignee"),
        sa.Column("done", sa.Boolean, nullable=False),
        *_texts("agreed"),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *_texts("name", "changed", "person", "who"),
    )
    op.create_index("ix_shared_network", "shared", ["network"])
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("uid", sa.Text))
        for column in _texts("kind", "who", "author"):
            batch.add_column(column)
    _name_events()
    with op.batch_alter_table("event", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("uid", existing_type=sa.Text, nullable=False)
        batch.create_unique_constraint("uq_event_uid", ["uid"])
        batch.create_index("ix_event_sample", ["sample"])


def _name_events() -> None:
    """By what they say, so that two copies of one file name them alike."""
    connection = op.get_bind()
    event = sa.table("event", *map(sa.column, ("id", "at", "sample", "uid", "kind")))
    for row in connection.execute(sa.select(event)).all():
        uid = uuid.uuid5(NAMES, f"{row.id} {row.at} {row.sample}").hex
        named = sa.update(event).where(event.c.id == row.id).values(uid=uid, kind="opinion")
        connection.execute(named)
