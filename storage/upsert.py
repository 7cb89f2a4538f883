"""INSERT that knows what to do with a row that is there already."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Table

Insert: TypeAlias = postgresql.Insert | sqlite.Insert


def insert_into(session: AsyncSession, table: type[Table], **values: Any) -> Insert:
    """The INSERT of the session's database, which has ``on_conflict_do_nothing`` and ``on_conflict_do_update``:
    standard SQL has neither."""
    return insert_for(session.get_bind().dialect.name, table).values(**values)


def insert_for(dialect: str, table: type[Table]) -> Insert:
    """The same for a statement that is made before there is a session."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
