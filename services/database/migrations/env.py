"""What Alembic runs: within the transaction that it is given, all migrations or none."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,  # SQLite changes no column in place
    transactional_ddl=True,
)
context.run_migrations()
