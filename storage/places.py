"""What was decided for places and what people prefer, as documents, and who is at home in which channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.repository import StoredPersona, as_stored, present
from storage.statements import plain
from storage.tables import PersonaRow, PersonRow, PlaceRow, ResidentRow
from storage.upsert import insert_into
from storage.values import Json, now

Change: TypeAlias = Callable[[Json], Json]
"""From a document to the one in its place. What it raises leaves all as it was."""

Decided = TypeVar("Decided", PlaceRow, PersonRow)

_DOCUMENTS = {
    row: select(plain(row).c.document).where(plain(row).c.key == bindparam("key")) for row in (PlaceRow, PersonRow)
}


class Preferences:
    """Settings of places and people; a document is empty where nothing was decided. Methods raise ``StorageFailed``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, place: str, person: str) -> tuple[Json, Json]:
        """The documents of a place and of a person."""
        async with self._database.reading() as session:
            return await place_document(session, place), await _document(session, PersonRow, person)

    async def place(self, key: str) -> Json:
        """The document of a place."""
        async with self._database.reading() as session:
            return await place_document(session, key)

    async def person(self, key: str) -> Json:
        """The document of a person."""
        async with self._database.reading() as session:
            return await _document(session, PersonRow, key)

    async def change_place(self, key: str, change: Change) -> Json:
        """Changes the document of a place; what it is now. Two changes at once come one after the other."""
        return await self._change(PlaceRow, key, change)

    async def change_person(self, key: str, change: Change) -> Json:
        """The same for a person."""
        return await self._change(PersonRow, key, change)

    async def _change(self, table: type[Decided], key: str, change: Change) -> Json:
        async with self._database.session() as session:
            await session.execute(insert_into(session, table, key=key, document={}).on_conflict_do_nothing())
            row = await session.get_one(table, key, with_for_update=True)
            row.document = change(row.document)
            return row.document


class Residents:
    """Personas that answer everything in a conversation. Methods raise ``StorageFailed``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def at(self, conversation: str) -> StoredPersona | None:
        """Who is at home there, unless it was dismissed."""
        home = (ResidentRow.persona_id == PersonaRow.id) & (ResidentRow.conversation == conversation)
        async with self._database.reading() as session:
            row = await session.scalar(present().join(ResidentRow, home))
        return as_stored(row) if row else None

    async def of(self, place: str) -> Sequence[tuple[str, StoredPersona]]:
        """Conversations of a place and who is at home there, the longest resident first."""
        query = select(ResidentRow.conversation, PersonaRow).join(PersonaRow, ResidentRow.persona_id == PersonaRow.id)
        query = query.where(ResidentRow.place == place, PersonaRow.dismissed_at.is_(None))
        async with self._database.reading() as session:
            rows = await session.execute(query.order_by(ResidentRow.created_at, ResidentRow.conversation))
            return [(conversation, as_stored(row)) for conversation, row in rows]

    async def settle(self, place: str, conversation: str, persona_id: str, by: str) -> None:
        """Makes a persona the resident of a conversation, in the place of any other."""
        values = {"place": place, "persona_id": persona_id, "settled_by": by, "created_at": now()}
        async with self._database.session() as session:
            row = insert_into(session, ResidentRow, conversation=conversation, **values)
            await session.execute(row.on_conflict_do_update(index_elements=["conversation"], set_=values))

    async def unsettle(self, place: str, conversation: str, *, by: str | None = None) -> bool:
        """Leaves a conversation of a place without a resident; with ``by`` only one that this person settled. False
        when there is none."""
        gone = delete(ResidentRow).where(ResidentRow.place == place, ResidentRow.conversation == conversation)
        if by is not None:
            gone = gone.where(ResidentRow.settled_by == by)
        async with self._database.session() as session:
            return await session.scalar(gone.returning(ResidentRow.conversation)) is not None


async def place_document(session: AsyncSession, key: str) -> Json:
    """See ``Preferences.place``; in a transaction of the caller."""
    return await _document(session, PlaceRow, key)


async def _document(session: AsyncSession, table: type[Decided], key: str) -> Json:
    return await session.scalar(_DOCUMENTS[table], {"key": key}) or {}
