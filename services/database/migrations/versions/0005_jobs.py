"""Jobs of all replicas, and who leaves them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "job",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("host", "kind", "digest", "words")),
        sa.Column("askers", sa.JSON, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("queues", "begun", "place")),
        sa.Column("doing", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("done", "total")),
        *(sa.Column(name, sa.Float) for name in ("wait", "left")),
        sa.Column("beat", sa.Integer, nullable=False),
        sa.Column("told", sa.Float, nullable=False),
    )
    op.create_table(
        "job_leave",
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
    )
