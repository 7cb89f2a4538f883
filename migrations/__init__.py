"""Alembic migrations: the history of the tables. `storage.migrate` runs them."""
