"""The characters that people see and arrange: who is visible where, and what may be changed of one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, or_, select, update

from pipeline.errors import StorageFailed
from pipeline.types import Persona
from storage.company import joined, keep_messages
from storage.database import Database
from storage.repository import StoredPersona, as_stored, present, present_in
from storage.tables import CompanyRow, PersonaRow, ResidentRow
from storage.values import slug, storable


class Cast:
    """Methods raise ``StorageFailed``; all keys are the platform's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def visible(self, person: str, place: str, conversation: str, limit: int) -> Sequence[StoredPersona]:
        """The company of a conversation, the last one first, residents and then all others of a place, and a person's
        own; each once."""
        async with self._database.reading() as session:
            found: dict[str, PersonaRow] = {}
            for query in (
                present_in(conversation),
                present().where(PersonaRow.id.in_(_residents(place))),
                present().where(PersonaRow.place == place),
                present().where(PersonaRow.owner == person),
            ):
                if len(found) < limit:
                    for row in await session.scalars(query.limit(limit)):
                        found.setdefault(row.id, row)
            return [as_stored(row) for row in found.values()][:limit]

    async def named(self, person: str, here: tuple[str, str], wanted: str) -> StoredPersona | None:
        """The newest of that id or name among a person's own, and those of a place and a conversation."""
        meant = or_(PersonaRow.id == wanted.strip().lower(), PersonaRow.slug == slug(wanted))
        seen = or_(_shown(person, None), _shown(person, here))
        async with self._database.reading() as session:
            row = await session.scalar(present().where(meant, seen).limit(1))
        return as_stored(row) if row else None

    async def count(self, person: str, here: tuple[str, str] | None) -> int:
        """The number of a person's characters; with ``here``, a place and a conversation, of those that are there."""
        query = select(func.count()).select_from(PersonaRow)
        async with self._database.reading() as session:
            return await session.scalar(query.where(PersonaRow.dismissed_at.is_(None), _shown(person, here))) or 0

    async def page(self, person: str, here: tuple[str, str] | None, limit: int, offset: int) -> Sequence[StoredPersona]:
        """Some of them, newest first."""
        async with self._database.reading() as session:
            rows = await session.scalars(present().where(_shown(person, here)).limit(limit).offset(offset))
            return [as_stored(row) for row in rows]

    async def summoned(self, place: str, limit: int, offset: int) -> tuple[int, Sequence[StoredPersona]]:
        """How many personas were summoned in a place, dismissed ones too, and some of them, newest first."""
        there = select(PersonaRow).where(PersonaRow.place == place)
        async with self._database.reading() as session:
            count = await session.scalar(there.with_only_columns(func.count())) or 0
            rows = await session.scalars(there.order_by(PersonaRow.id.desc()).limit(limit).offset(offset))
            return count, [as_stored(row) for row in rows]

    async def rename(self, persona_id: str, name: str) -> StoredPersona:
        """Another name, wherever the old one stands in what the persona knows about itself."""
        async with self._database.session() as session:
            row = await session.get(PersonaRow, persona_id, with_for_update=True)
            if row is None:
                raise StorageFailed(f"There is no persona {persona_id}.")
            persona = _renamed(as_stored(row).persona, name)
            row.name, row.slug, row.tagline = persona.name, slug(storable(persona.name)), persona.tagline
            row.document = persona.model_dump(mode="json")
            return as_stored(row)

    async def set(self, persona_id: str, **values: Any) -> None:
        """Changes columns of a persona."""
        async with self._database.session() as session:
            await session.execute(update(PersonaRow).where(PersonaRow.id == persona_id).values(**values))

    async def recall(self, person: str, place: str, conversation: str, wanted: str) -> StoredPersona | None:
        """Brings a persona into a conversation: a shared one by its id, one of the place or of the person's own by id
        or name. One of theirs that was dismissed is there again; of several, the newest of their own that was not.
        None when there is no such persona."""
        own, there = PersonaRow.owner == person, PersonaRow.dismissed_at.is_(None)
        near = or_(own, there & (PersonaRow.place == place))
        named = or_(PersonaRow.id == wanted.strip().lower(), PersonaRow.slug == slug(wanted))
        by_code = (PersonaRow.id == wanted.strip().lower()) & PersonaRow.shared & there
        query = select(PersonaRow).where(or_(near & named, by_code))
        first = (PersonaRow.dismissed_at.is_not(None), case((own, 0), else_=1), PersonaRow.id.desc())
        query = query.order_by(*first).limit(1)
        async with self._database.session() as session:
            row = await session.scalar(query.with_for_update())
            if row is None:
                return None
            row.dismissed_at = None
            await joined(session, conversation, row.id)
            return as_stored(row)

    async def send_out(self, persona_id: str, place: str, conversation: str) -> bool:
        """Takes a persona out of the company of a conversation and out of its homes in a place. False when it was in
        neither."""
        company = (CompanyRow.persona_id == persona_id) & (CompanyRow.conversation == conversation)
        homes = (ResidentRow.persona_id == persona_id) & (ResidentRow.place == place)
        async with self._database.session() as session:
            gone = (await session.scalars(delete(CompanyRow).where(company).returning(CompanyRow.persona_id))).all()
            left = (await session.scalars(delete(ResidentRow).where(homes).returning(ResidentRow.persona_id))).all()
        return bool(gone or left)

    async def appeared(self, conversation: str, message: str, persona_id: str) -> None:
        """A message that no request brought shows a persona, which is the last one in the conversation now."""
        async with self._database.session() as session:
            await joined(session, conversation, persona_id)
            await keep_messages(session, [(conversation, message, persona_id)])


def _shown(person: str, here: tuple[str, str] | None) -> ColumnElement[bool]:
    if here is None:
        return PersonaRow.owner == person
    place, conversation = here
    company = select(CompanyRow.persona_id).where(CompanyRow.conversation == conversation)
    return or_(PersonaRow.place == place, PersonaRow.id.in_(company), PersonaRow.id.in_(_residents(place)))


def _residents(place: str) -> Select[str]:
    return select(ResidentRow.persona_id).where(ResidentRow.place == place)


def _renamed(persona: Persona, name: str) -> Persona:
    old = re.compile(rf"(?<!\w){re.escape(persona.name)}(?!\w)")

    def said(value: Any) -> Any:
        if isinstance(value, str):
            return old.sub(lambda _: name, value)
        return tuple(said(one) for one in value) if isinstance(value, tuple) else value

    # The concept is what the person typed.
    fields = {
        field: said(getattr(persona, field)) for field in ("tagline", "personality", "greeting", "samples", "habits")
    }
    return persona.model_copy(update={**fields, "catchphrase": said(persona.catchphrase), "name": name})
