"""Opinions and their events, as the first version of this product made them by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

REFUSED = 2  # by that first version


def upgrade() -> None:
    """Make the tables, or take them over."""
    connection = op.get_bind()
    if sa.inspect(connection).has_table("schema"):
        connection.execute(sa.text("UPDATE schema SET version = :v").bindparams(v=REFUSED))
        return
    schema = op.create_table("schema", sa.Column("version", sa.Integer, primary_key=True))
    op.bulk_insert(schema, [{"version": REFUSED}])
    op.create_table(
        "opinion",
        *(
            sa.Column(name, sa.Text, primary_key=True)
            for name in ("person", "sample", "network", "part")
        ),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("flag", "label", "note", "name", "changed")
        ),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("at", "person", "sample", "network", "part", "name")
        ),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
