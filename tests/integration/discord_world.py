"""A simulated Discord with our bot in it; the tests play the workers."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from simcord.env import Env

from bot.delivery import Delivery
from bot.discord.client import Client
from pipeline.errors import BadRequest
from storage.asked import Request
from storage.blobs import Blobs
from storage.database import Database
from storage.outbox import PartKind
from storage.repository import StoredPersona
from storage.values import Json
from tests.integration.platform_world import PATIENCE, Played, a_desk

PNG = b"\x89PNG portrait"
_translated: dict[str, Any] = {}


@dataclass
class World(Played):
    """One server with one channel and one member, and the bot."""

    env: Env
    client: Client
    guild: Any
    channel: Any
    ann: Any
    delivery: Delivery

    @property
    def messages(self) -> list[discord.Message]:
        """All that is to be seen in the channel."""
        return list(self.channel.history())

    def pinged(self) -> list[int]:
        """Everybody and every role that any message of ours has pinged."""
        messages = [one for channel in self.env.backend.messages.values() for one in channel.values()]
        messages = [one for one in messages if one.author_id != self.ann.id]
        return [id_ for one in messages for id_ in (*one.ping_user_ids, *one.ping_role_ids)]

    async def shown(self, request: Request) -> str:
        """The key of the message that shows a request."""
        async with asyncio.timeout(PATIENCE):
            while (found := await self.desk.requests.find(request.id)) is None or found.message is None:  # noqa: ASYNC110 - of tables
                await asyncio.sleep(0.01)
        return found.message

    async def part(self, request: Request, kind: PartKind, *, final: bool = False, **document: Json) -> None:
        """See ``Played``; returns when everybody has heard of it, too."""
        await super().part(request, kind, final=final, **document)
        await self.env.settle()

    async def summoned(self, name: str = "Pip", **document: Json) -> tuple[Request, StoredPersona]:
        """Ann summons a character, and a worker makes it."""
        await self.ann.slash(self.channel, "summon", text="an angry apple")
        return await self.made(await self.request(), name, **document)


def translated_once(command: type[Any]) -> Callable[..., Awaitable[Any]]:
    """As the library does it, but the same command only once for all tests: in 34 locales it takes longer than most of
    them."""
    original = command.get_translated_payload

    async def payload(self: Any, tree: app_commands.CommandTree[Any], translator: app_commands.Translator) -> Any:
        key = json.dumps([type(translator).__qualname__, self.to_dict(tree)], sort_keys=True)
        if key not in _translated:
            _translated[key] = await original(self, tree, translator)
        return copy.deepcopy(_translated[key])

    return payload


@asynccontextmanager
async def a_world(address: str, folder: Path, *, content: bool = True, **settings: Any) -> AsyncIterator[World]:
    """All of it, with a delivery that serves."""
    async with Database(address) as database:
        desk = a_desk(database, Blobs((folder / "blobs").as_uri()), **settings)
        client = Client(desk, content=content, commands=folder / "commands", shard_count=1)
        env = Env(client)
        with pytest.MonkeyPatch.context() as patch:
            for command in (app_commands.Command, app_commands.Group, app_commands.ContextMenu):
                patch.setattr(command, "get_translated_payload", translated_once(command))
            await env.start()
        guild = env.create_guild(shard_id=0)
        channel = guild.create_text_channel("general")
        ann = guild.add_member(env.create_user("Ann"))
        delivery = Delivery(desk.outbox, desk.blobs, desk.bell, [client.messenger], "test")
        stopping = asyncio.Event()
        with env.time_context():  # its clock and its webhooks, but none of the bot's tasks, which are waited for
            serving = asyncio.create_task(delivery.serve(stopping))
        try:
            yield World(desk, env, client, guild, channel, ann, delivery)
            assert not [one for one in env.errors if not isinstance(one.__cause__, BadRequest)]  # refusals are answers
        finally:
            stopping.set()
            await serving
            await env.shutdown()
