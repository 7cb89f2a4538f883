"""A simulated Discord with our bot in it; the tests play the workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
from simcord.env import Env
from sqlalchemy import select

from bot.app import Desk, Stored
from bot.asking import Asking
from bot.delivery import Delivery
from bot.discord.client import Client
from bot.jobs.embedded import EmbeddedEngine
from bot.limits import Limits
from bot.settings import Settings
from pipeline.types import Persona, Portrait
from storage import outbox, repository
from storage.asked import Request
from storage.bell import LocalBell
from storage.blobs import Blobs
from storage.database import Database
from storage.memory import Memories
from storage.outbox import Outbox, Part, PartKind
from storage.pictures import to_png
from storage.repository import Personas, StoredPersona
from storage.requests import Requests
from storage.tables import Json, PartRow, RequestRow
from storage.usage import Usages
from tests.integration.requests_world import Transport, close

PATIENCE = 10
"""Seconds after which a test has waited long enough."""

PNG = b"\x89PNG portrait"

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


@dataclass
class World:
    """One server with one channel and one member, and the bot."""

    env: Env
    desk: Desk
    client: Client
    guild: Any
    channel: Any
    ann: Any

    @property
    def messages(self) -> list[discord.Message]:
        """All that is to be seen in the channel."""
        return list(self.channel.history())

    def pinged(self) -> list[int]:
        """Everybody and every role that any message of ours has pinged."""
        messages = [one for channel in self.env.backend.messages.values() for one in channel.values()]
        messages = [one for one in messages if one.author_id != self.ann.id]
        return [id_ for one in messages for id_ in (*one.ping_user_ids, *one.ping_role_ids)]

    async def until(self, condition: Callable[[], Any], what: str = "it") -> Any:
        """Waits until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.01)
        return found

    async def request(self, number: int = 0) -> Request:
        """The newest request, or one before it."""
        return (await self.desk.requests.list())[number]

    async def shown(self, request: Request) -> str:
        """The key of the message that shows a request."""
        async with asyncio.timeout(PATIENCE):
            while (found := await self.desk.requests.find(request.id)) is None or found.message is None:  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.01)
        return found.message

    async def part(self, request: Request, kind: PartKind, *, final: bool = False, **document: Json) -> None:
        """A worker has something to show; returns when it is shown."""
        async with self.desk.database.session() as session:
            row = await session.get_one(RequestRow, request.id, with_for_update=True)
            await outbox.add(session, self.desk.bell, row, Part(kind, document, final))
        async with asyncio.timeout(PATIENCE):
            while await self._unsent(request):  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.01)
        await self.env.settle()

    async def file(self, name: str, mime: str, data: bytes) -> Json:
        """A stored file for a part."""
        blob = await self.desk.blobs.put(data, mime)
        return {"hash": blob.hash, "mime": mime, "name": name, "size": len(data)}

    async def summoned(self, name: str = "Pip", **document: Json) -> tuple[Request, StoredPersona]:
        """Ann summons a character, and a worker makes it."""
        await self.ann.slash(self.channel, "summon", text="an angry apple")
        return await self.made(await self.request(), name, **document)

    async def made(self, request: Request, name: str = "Pip", **document: Json) -> tuple[Request, StoredPersona]:
        """A worker makes what a request asks for."""
        persona = a_persona(name)
        async with self.desk.database.session() as session:
            row = repository.persona_row(persona, request.person)
            session.add(row)
            await session.flush()
            (await session.get_one(RequestRow, request.id)).persona_id = row.id
        shown = {"name": persona.name, "tagline": persona.tagline, "text": persona.greeting} | document
        await self.part(request, PartKind.PLAIN, final=True, **shown)
        return request, await self.desk.stored.personas.get(row.id)

    async def paint(self, persona: StoredPersona, portrait: Portrait) -> None:
        """A character gets a portrait."""
        picture = await self.desk.blobs.put(to_png(portrait.picture), "image/png")
        async with self.desk.database.session() as session:
            await repository.name_blobs(session, [picture])
            session.add(repository.portrait_row(persona.id, portrait, [picture]))

    async def _unsent(self, request: Request) -> bool:
        query = select(PartRow.id).where(PartRow.request_id == request.id, PartRow.state.in_(("waiting", "sending")))
        async with self.desk.database.reading() as session:
            return await session.scalar(query.limit(1)) is not None


def a_desk(database: Database, blobs: Blobs, **settings: Any) -> Desk:
    """Requests that no worker takes."""
    bell, transport = LocalBell(), Transport()
    personas = Personas(database, blobs)
    requests = Requests(database, transport, bell, close)
    asking = Asking(requests, personas, blobs, Limits(Settings(**settings)))
    stored = Stored(personas, Memories(database), Usages(database))
    return Desk(
        database, blobs, stored, bell, EmbeddedEngine(bell), requests, Outbox(database, transport, bell), asking
    )


@asynccontextmanager
async def a_world(address: str, folder: Path, *, content: bool = True, **settings: Any) -> AsyncIterator[World]:
    """All of it, with a delivery that serves."""
    async with Database(address) as database:
        desk = a_desk(database, Blobs((folder / "blobs").as_uri()), **settings)
        client = Client(desk, content=content, commands=folder / "commands", shard_count=1)
        env = Env(client)
        await env.start()
        guild = env.create_guild(shard_id=0)
        channel = guild.create_text_channel("general")
        ann = guild.add_member(env.create_user("Ann"))
        delivery = Delivery(desk.outbox, desk.blobs, desk.bell, [client.messenger], "test")
        stopping = asyncio.Event()
        with env.time_context():  # its clock and its webhooks, but none of the bot's tasks, which are waited for
            serving = asyncio.create_task(delivery.serve(stopping))
        try:
            yield World(env, desk, client, guild, channel, ann)
            env.raise_errors()
        finally:
            stopping.set()
            await serving
            await env.shutdown()
