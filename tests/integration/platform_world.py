"""A desk without workers; the tests play them: what a platform's adapter asks for is made here, at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.app import Desk, furnish
from bot.jobs.embedded import EmbeddedEngine
from bot.settings import Settings
from pipeline.types import Persona, Portrait
from storage import outbox, rows
from storage.asked import Request
from storage.bell import LocalBell
from storage.blobs import Blobs
from storage.company import joined
from storage.database import Database
from storage.outbox import Outbox, Part, PartKind
from storage.pictures import to_png
from storage.repository import StoredPersona
from storage.requests import Requests
from storage.tables import PartRow, RequestRow
from storage.values import Json
from tests.integration.requests_world import Transport, close

PATIENCE = 60
"""Seconds after which a test has waited long enough."""


PIP = {
    "concept": "an angry apple", "thing": "apple", "tagline": "The angriest apple in the bowl",
    "personality": "Short of temper, round of shape.", "temper": "angry", "mood": "anger", "age": "adult",
    "gender": "neutral", "size": "small", "energy": 0.5, "warmth": 0.5, "accent": "american", "likes": ["sun"],
    "dislikes": ["pies"], "catchphrase": "Bite me!", "greeting": "What do you want?", "samples": ["a", "b", "c"],
    "appearance": "red", "voice_wish": "deep",
}  # fmt: skip


def a_persona(name: str = "Pip", **changes: Any) -> Persona:
    """A character that nobody had to write."""
    return Persona.model_validate(PIP | {"name": name} | changes)


def a_desk(database: Database, blobs: Blobs, **settings: Any) -> Desk:
    """Requests that no worker takes."""
    bell, transport = LocalBell(), Transport()
    requests, outbox = Requests(database, transport, bell, close), Outbox(database, transport, bell)
    return furnish(Settings(**settings), database, blobs, bell, EmbeddedEngine(bell), requests, outbox)


@dataclass
class Played:
    """Requests that no worker takes but the test."""

    desk: Desk

    async def until(self, condition: Callable[[], Any], what: str = "it") -> Any:
        """Waits until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.01)
        return found

    async def request(self, number: int = 0) -> Request:
        """The newest request, or one before it, once there are as many."""
        async with asyncio.timeout(PATIENCE):
            while len(found := await self.desk.requests.list()) <= number:  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.01)
        return found[number]

    async def part(self, request: Request, kind: PartKind, *, final: bool = False, **document: Json) -> None:
        """A worker has something to show; returns when it is shown."""
        async with self.desk.database.session() as session:
            row = await session.get_one(RequestRow, request.id, with_for_update=True)
            await outbox.add(session, self.desk.bell, row, Part(kind, document, final))
        async with asyncio.timeout(PATIENCE):
            while await self._unsent(request):  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.01)

    async def file(self, name: str, mime: str, data: bytes, **facts: Json) -> Json:
        """A stored file for a part."""
        blob = await self.desk.blobs.put(data, mime)
        return {"hash": blob.hash, "mime": mime, "name": name, "size": len(data), **facts}

    async def made(self, request: Request, name: str = "Pip", **document: Json) -> tuple[Request, StoredPersona]:
        """A worker makes the character that a request asks for."""
        persona = a_persona(name)
        async with self.desk.database.session() as session:
            row = rows.persona_row(persona, request.person, place=request.place)
            session.add(row)
            await session.flush()
            await joined(session, request.conversation, row.id)
            (await session.get_one(RequestRow, request.id)).persona_id = row.id
        shown = {"name": persona.name, "tagline": persona.tagline, "text": persona.greeting} | document
        await self.part(request, PartKind.PLAIN, final=True, **shown)
        return request, await self.desk.stored.personas.get(row.id)

    async def paint(self, persona: StoredPersona, portrait: Portrait) -> None:
        """A character gets a portrait."""
        picture = await self.desk.blobs.put(to_png(portrait.picture), "image/png")
        async with self.desk.database.session() as session:
            await rows.name_blobs(session, [picture])
            session.add(rows.portrait_row(persona.id, portrait, [picture]))

    async def _unsent(self, request: Request) -> bool:
        query = select(PartRow.id).where(PartRow.request_id == request.id, PartRow.state.in_(("waiting", "sending")))
        async with self.desk.database.reading() as session:
            return await session.scalar(query.limit(1)) is not None
