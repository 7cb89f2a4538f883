"""What Alembic runs around each command. `storage.migrate` hands over an open transaction, so a whole upgrade
happens or does not, and two processes cannot interleave."""

from alembic import context

from storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite alters a table by rebuilding it
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
