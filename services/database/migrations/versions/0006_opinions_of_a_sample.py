"""Opinions of a sample are found without reading all."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add an index."""
    op.create_index("ix_opinion_sample", "opinion", ["sample"])
