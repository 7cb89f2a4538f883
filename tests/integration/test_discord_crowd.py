"""Many people at once on Discord, and a restart in the middle of it all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
from discord.app_commands import AppCommandContext

from bot.asking import Incoming
from bot.delivery import Delivery
from bot.discord.client import Client
from storage.blobs import Blobs
from storage.database import Database
from storage.outbox import PartKind
from storage.requests import Accepted
from tests.integration.discord_world import a_world
from tests.integration.platform_world import a_desk
from tests.servers.sqlite import SqliteFiles

CROWD = 200


class Answering:
    """An interaction that notes when it was answered. The simulation runs timers one after the other, so a crowd in it
    would wait for the simulation."""

    def __init__(self, number: int) -> None:
        self.id = self.channel_id = 1000 + number
        self.guild_id = self.guild = self.channel = self.guild_locale = None
        self.context, self.locale = AppCommandContext(dm_channel=True), discord.Locale.british_english
        self.permissions = discord.Permissions.none()
        self.user = SimpleNamespace(id=5000 + number, display_name=f"user {number}")
        self.response = self
        self.began = time.perf_counter()
        self.answers: list[tuple[float, str]] = []

    async def send_message(self, text: str, **_: object) -> Any:
        self.answers.append((time.perf_counter() - self.began, text))
        await asyncio.sleep(0.1)  # the way to Discord and back
        return SimpleNamespace(message_id=self.id)


async def test_two_hundred_people_are_answered_at_once(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with Database(sqlite.fresh()) as database:
        limits: dict[str, Any] = {"LIMIT_SUMMONS_BOT": None}
        desk = a_desk(database, Blobs((tmp_path / "blobs").as_uri()), **limits)
        client = Client(desk, content=True, commands=tmp_path / "commands", shard_count=1)
        delivery = Delivery(desk.outbox, desk.blobs, desk.bell, [client.messenger], "test")
        stopping = asyncio.Event()
        serving = asyncio.create_task(delivery.serve(stopping))
        crowd: list[Any] = [Answering(number) for number in range(CROWD)]

        def asks(words: str, incoming: Incoming) -> Awaitable[Accepted]:
            return desk.asking.summon(incoming, words)

        takes = (client.summoning.take(one, "Coming.", partial(asks, "an angry apple")) for one in crowd)
        async with asyncio.timeout(60):
            await asyncio.gather(*takes)
            requests = await desk.requests.list(limit=2 * CROWD)
            while any(request.message is None for request in requests):
                await asyncio.sleep(0.05)
                requests = await desk.requests.list(limit=2 * CROWD)
        stopping.set()
        await serving
    assert {request.message for request in requests} == {f"{one.id}/{one.id}" for one in crowd}
    assert [len(one.answers) for one in crowd] == [1] * CROWD
    p95 = sorted(one.answers[0][0] for one in crowd)[int(CROWD * 0.95)]
    print(f"first answer p95 {p95:.2f} s")
    assert p95 < 3.0


async def test_a_restart_in_the_middle_of_a_summon_is_not_seen(sqlite: SqliteFiles, tmp_path: Path) -> None:
    address = sqlite.fresh()
    async with a_world(address, tmp_path) as world:
        await world.ann.slash(world.channel, "summon", text="an angry apple")
        request = await world.request()
        await world.shown(request)
        await world.part(request, PartKind.TEXT, name="Pip", tagline="An apple", text="What?")
        await world.env.restart_bot(Client(world.desk, content=True, commands=tmp_path / "commands", shard_count=1))
        await world.part(request, PartKind.PLAIN, final=True, name="Pip", tagline="An apple", text="What now?")
        assert [message.content for message in world.messages] == ["What now?"]
