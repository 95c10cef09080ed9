"""What was written to Edge Impulse Studio: a row for each value, made before the call."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    who = ("run", "at", "person", "who", "step", "undoes", "origin")
    op.create_table(
        "written_back",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in who),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("project", "sample")),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("name", "field", "before", "after", "outcome")
        ),
        sqlite_autoincrement=True,
    )
