"""All tables together; each room registers its own here, in a file of its own."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
# What the first version of this product asks; it refuses whatever is above 1.
SCHEMA = Table("schema", METADATA, Column("version", Integer, primary_key=True))
