"""The whole life of a character on Discord, with everything real but Discord itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.env import Env

from bot import engines
from bot.app import Desk, open_desk, open_stages
from bot.discord.client import Client
from bot.jobs.worker import Watched
from bot.observe.metrics import Metrics
from bot.observe.tracing import open_tracer
from bot.service import queues, serve
from bot.settings import Settings
from pipeline.mark import SOURCE_TYPE

PATIENCE = 240


@dataclass
class Bot:
    """The bot in a simulated server, with its workers."""

    env: Env
    desk: Desk
    channel: Any
    ann: Any

    async def done(self) -> discord.Message:
        """The last message of the channel, when all requests have ended."""
        async with asyncio.timeout(PATIENCE):
            while any(request.ended_at is None for request in await self.desk.requests.list()):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await self.env.settle()
        message = self.channel.last_message
        assert isinstance(message, discord.Message)
        return message


@pytest.fixture
async def bot(assets_home: Path, tmp_path: Path) -> AsyncIterator[Bot]:
    (tmp_path / "assets").symlink_to(assets_home)
    chosen: dict[str, Any] = {"CHATANYTHING_HOME": tmp_path, "MIND": "scripted", "VOICE": "hibari"}
    settings = Settings(**chosen)
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(open_desk(settings))
        stages = await stack.enter_async_context(open_stages(settings, desk, await engines.choose(settings)))
        watched = Watched(Metrics(), await stack.enter_async_context(open_tracer(settings)))
        client = Client(desk, content=True, commands=tmp_path / "commands", shard_count=1)
        env = Env(client, settle_timeout=30)
        await env.start()
        guild = env.create_guild(shard_id=0)
        stopping = asyncio.Event()
        with env.time_context():
            serving = asyncio.create_task(serve(desk, stages.run, queues(), [client.messenger], watched, stopping))
        try:
            yield Bot(env, desk, guild.create_text_channel("general"), guild.add_member(env.create_user("Ann")))
            env.raise_errors()
        finally:
            stopping.set()
            await serving
            await env.shutdown()


@pytest.mark.slow
async def test_the_life_of_a_character(bot: Bot) -> None:
    ann, channel = bot.ann, bot.channel

    await ann.slash(channel, "summon", text="an angry apple")
    card = await bot.done()
    name = card.embeds[0].title
    assert name
    assert card.content
    assert [file.filename for file in card.attachments] == ["portrait.png", "clip.mp4"]
    for file in card.attachments:  # as uploaded, they say that they are AI
        assert SOURCE_TYPE.encode() in await file.read()

    await ann.send(channel, "My name is Ann. How are you?", reply_to=card)
    answer = await bot.done()
    assert answer.author.name == name
    assert answer.webhook_id is not None
    assert [file.filename for file in answer.attachments] == ["clip.mp4"]
    assert len(await bot.env.bot.fetch_application_emojis()) == 1

    await ann.click(card, label="New portrait")
    assert [file.filename for file in (await bot.done()).attachments] == ["portrait.png"]
    await ann.click(card, label="New voice")
    tried = await bot.done()
    assert (tried.flags.voice, [file.filename for file in tried.attachments]) == (True, ["voice.ogg"])

    known = await ann.slash(channel, "memory show", persona=name)
    assert "Ann" in known.response.content
    await ann.slash(channel, "memory forget", persona=name)
    assert "nothing" in (await ann.slash(channel, "memory show", persona=name)).response.content

    await ann.slash(channel, "persona dismiss", persona=name)
    assert "/summon" in (await ann.slash(channel, "personas")).response.content
    assert all(request.state == "delivered" for request in await bot.desk.requests.list())
