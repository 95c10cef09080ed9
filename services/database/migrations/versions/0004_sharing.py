"""Who was here, whose sign-ins were revoked, what belongs to whom and what is shared."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table("person", _key("id"), *_texts("name", "email", "role", "seen"))
    op.create_table(
        "revoked",
        _key("person"),
        sa.Column("before", sa.Float(53), nullable=False),
        *_texts("by"),
    )
    op.create_table(
        "owned",
        *map(_key, ("kind", "item", "person")),
        *_texts("title", "since"),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("given_up", sa.Boolean, nullable=False),
    )
    op.create_table("granted", *map(_key, ("kind", "item", "person", "by")), *_texts("at"))
    op.create_table(
        "shared_project",
        _key("source"),
        *_texts("title", "studio", "key", "network", "figure", "by", "at"),
    )


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
