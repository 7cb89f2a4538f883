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
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table).values(**values)
