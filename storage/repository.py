"""Personas, their portraits, voices and conversations: plain values in, plain values out.

Files are written before the rows that name them. Whatever interrupts in between leaves at most a file that nobody
names, and never a row without its file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np
from pydantic import ValidationError
from sqlalchemy import Select, func, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.errors import StorageFailed
from pipeline.types import Mood, Persona, Picture, Portrait, Speaking, Turn, VoiceRecipe
from storage.blobs import BlobRef, Blobs
from storage.company import speaker
from storage.database import Database
from storage.pictures import PNG, from_png, to_png
from storage.rows import name_blobs, persona_row, portrait_row, turn_row, voice_row
from storage.tables import CompanyRow, PersonaRow, PortraitRow, TurnRow, VoiceRow
from storage.values import now, slug, storable


@dataclass(frozen=True, slots=True)
class StoredPersona:
    """A persona that somebody summoned; ``created_at`` is UTC. ``owner``: the platform's key of that person.

    ``place``: where it was summoned. ``shared``: anybody may recall it by its id. ``answer``: how it answers, where
    that was decided for it. ``dismissed``: it is on no list.
    """

    id: str
    persona: Persona
    created_at: datetime
    owner: str | None = None
    place: str | None = None
    shared: bool = False
    answer: str | None = None
    dismissed: bool = False


class Personas:
    """Every persona of this bot. All methods raise ``StorageFailed`` when disk or database refuse."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def add(
        self, persona: Persona, recipe: VoiceRecipe, portrait: Portrait, *, owner: str | None = None
    ) -> StoredPersona:
        """Keeps a persona with its voice and portrait: all of it or nothing."""
        pictures = [one for one in (portrait.picture, portrait.plate) if one is not None]
        files = await asyncio.gather(*map(self._keep, pictures))
        async with self._database.session() as session:
            row = persona_row(persona, owner)
            session.add(row)
            await name_blobs(session, files)
            await session.flush()
            session.add(voice_row(row.id, recipe))
            session.add(portrait_row(row.id, portrait, files))
        return as_stored(row)

    async def find(self, name: str) -> StoredPersona | None:
        """The persona of that name or id. Where several share the name, the newest; ``namesakes`` has the rest."""
        found = await self.namesakes(name, limit=1)
        return found[0] if found else None

    async def get(self, persona_id: str) -> StoredPersona:
        """The persona of that id, also one that was dismissed."""
        async with self._database.reading() as session:
            row = await session.get(PersonaRow, persona_id)
        if row is None:
            raise StorageFailed(f"There is no persona {persona_id}.")
        return as_stored(row)

    async def namesakes(self, name: str, limit: int = 20) -> Sequence[StoredPersona]:
        """Personas of that id or name, newest first; names are compared by their ``slug``."""
        name = storable(name)  # a name is compared as it was stored
        named = select(PersonaRow.id).where(PersonaRow.slug == slug(name))
        wanted = union_all(named, select(PersonaRow.id).where(PersonaRow.id == name.strip().lower()))
        # Not OR: to give the newest first, SQLite would then walk through all personas.
        return await self._personas(present().where(PersonaRow.id.in_(wanted)).limit(limit))

    async def meant(self, start: str, concept: Callable[[str], bool], limit: int = 20) -> Sequence[StoredPersona]:
        """Personas whose ``slug`` begins so, or whose concept passes a test, newest first."""
        columns = present().with_only_columns(PersonaRow.id, PersonaRow.slug, PersonaRow.concept)
        async with self._database.reading() as session:
            rows = (await session.execute(columns)).all()

        def choose() -> Iterator[str]:
            return (row.id for row in rows if row.slug.startswith(start) or concept(row.concept))

        chosen = await asyncio.to_thread(lambda: [*islice(choose(), limit)])
        return await self._personas(present().where(PersonaRow.id.in_(chosen)))

    async def list(self, limit: int = 20, offset: int = 0, *, owner: str | None = None) -> Sequence[StoredPersona]:
        """A page of the personas that were not dismissed, newest first; of one person, or all."""
        query = present() if owner is None else present().where(PersonaRow.owner == owner)
        return await self._personas(query.limit(limit).offset(offset))

    async def company(self, conversation: str, limit: int = 20) -> Sequence[StoredPersona]:
        """Personas that were summoned, recalled or spoken to in a conversation, the last one first."""
        return await self._personas(present_in(conversation).limit(limit))

    async def behind(self, conversation: str, message: str) -> StoredPersona | None:
        """The persona that speaks in a message of a conversation, by the platform's id of it."""
        async with self._database.reading() as session:
            persona_id = await speaker(session, conversation, message)
            row = await session.scalar(present().where(PersonaRow.id == persona_id)) if persona_id else None
        return as_stored(row) if row else None

    async def portrait(self, persona_id: str) -> Portrait:
        """The newest portrait of a persona."""
        query = select(PortraitRow).where(PortraitRow.persona_id == persona_id)
        async with self._database.reading() as session:
            row = await session.scalar(query.order_by(PortraitRow.id.desc()).limit(1))
        if row is None:
            raise StorageFailed(f"There is no portrait for the persona {persona_id}.")
        files = [one for one in (row.picture_blob, row.plate_blob) if one is not None]
        picture, *plate = await asyncio.gather(*map(self._picture, files))
        return Portrait(
            picture=picture,
            landmarks=np.asarray(row.landmarks, np.float32).reshape(68, 2),
            style=row.style,
            art=row.art,
            reason=row.reason,
            plate=plate[0] if plate else None,
            rig=row.rig,
        )

    async def voice(self, persona_id: str) -> VoiceRecipe:
        """The newest voice of a persona."""
        query = select(VoiceRow).where(VoiceRow.persona_id == persona_id)
        async with self._database.reading() as session:
            row = await session.scalar(query.order_by(VoiceRow.id.desc()).limit(1))
        if row is None:
            raise StorageFailed(f"There is no voice for the persona {persona_id}.")
        return VoiceRecipe.model_validate(row.recipe)

    async def voices(self, persona_ids: Sequence[str]) -> dict[str, VoiceRecipe]:
        """The newest voice of each of these personas that has one."""
        newest = select(func.max(VoiceRow.id)).where(VoiceRow.persona_id.in_(persona_ids)).group_by(VoiceRow.persona_id)
        async with self._database.reading() as session:
            rows = await session.scalars(select(VoiceRow).where(VoiceRow.id.in_(newest)))
            return {row.persona_id: VoiceRecipe.model_validate(row.recipe) for row in rows}

    async def voices_near(
        self, place: str, conversation: str, besides: str | None = None, limit: int = 12
    ) -> Sequence[VoiceRecipe]:
        """The voices of the newest personas of a place and a conversation, but for one."""
        company = select(CompanyRow.persona_id).where(CompanyRow.conversation == conversation)
        here = or_(PersonaRow.place == place, PersonaRow.id.in_(company))
        async with self._database.reading() as session:
            found = await session.scalars(present().where(here).with_only_columns(PersonaRow.id).limit(limit + 1))
            ids = [one for one in found if one != besides][:limit]
        return list((await self.voices(ids)).values())

    async def dismiss(self, persona_id: str) -> bool:
        """Takes a persona off every list; what it said is kept. False when it was not there."""
        async with self._database.session() as session:
            return await dismiss(session, persona_id)

    async def add_turn(
        self,
        persona_id: str,
        conversation: str,
        turn: Turn,
        clip: BlobRef | None = None,
        *,
        person: str | None = None,
    ) -> None:
        """Remembers one line, with the clip that said it where there is one.

        ``person``: the platform's key of the person who spoke, or whom the persona answered.
        """
        async with self._database.session() as session:
            await name_blobs(session, [clip] if clip else [])
            session.add(turn_row(persona_id, conversation, turn, clip, person))

    async def turns(self, persona_id: str, conversation: str, limit: int = 20) -> Sequence[Turn]:
        """The last lines of a conversation, oldest first."""
        query = select(TurnRow).where(TurnRow.persona_id == persona_id, TurnRow.conversation == conversation)
        async with self._database.reading() as session:
            rows = (await session.scalars(query.order_by(TurnRow.id.desc()).limit(limit))).all()
        return [as_turn(row) for row in reversed(rows)]

    async def _keep(self, picture: Picture) -> BlobRef:
        return await self._blobs.put(await asyncio.to_thread(to_png, picture), PNG)

    async def _picture(self, digest: str) -> Picture:
        return await asyncio.to_thread(from_png, await self._blobs.get(digest))

    async def _personas(self, query: Select[PersonaRow]) -> Sequence[StoredPersona]:
        async with self._database.reading() as session:
            return [as_stored(row) for row in await session.scalars(query)]


def present() -> Select[PersonaRow]:
    """All personas that were not dismissed, newest first."""
    return select(PersonaRow).where(PersonaRow.dismissed_at.is_(None)).order_by(PersonaRow.id.desc())


def present_in(conversation: str) -> Select[PersonaRow]:
    """Those that were summoned, recalled or spoken to in a conversation, the last one first."""
    here = (CompanyRow.persona_id == PersonaRow.id) & (CompanyRow.conversation == conversation)
    query = present().join(CompanyRow, here).order_by(None)
    return query.order_by(CompanyRow.last_at.desc(), PersonaRow.id.desc())


def as_stored(row: PersonaRow) -> StoredPersona:
    """The value of a stored persona. Raises ``StorageFailed`` for one of another version."""
    try:
        persona = Persona.model_validate(row.document)
    except ValidationError as error:
        raise StorageFailed(f"The persona {row.name} was stored by another version of ChatAnything.") from error
    return StoredPersona(
        row.id,
        persona,
        row.created_at,
        row.owner,
        place=row.place,
        shared=row.shared,
        answer=row.answer,
        dismissed=row.dismissed_at is not None,
    )


async def dismiss(session: AsyncSession, persona_id: str) -> bool:
    """See ``Personas.dismiss``."""
    change = update(PersonaRow).where(PersonaRow.id == persona_id, PersonaRow.dismissed_at.is_(None))
    gone = await session.scalars(change.values(dismissed_at=now()).returning(PersonaRow.id))
    return gone.one_or_none() is not None


def as_turn(row: TurnRow) -> Turn:
    """The value of a stored line."""
    mood = Mood(row.mood) if row.mood else None
    return Turn(speaking=Speaking(row.speaking), text=row.text, mood=mood, speaker=row.speaker)
