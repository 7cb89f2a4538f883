"""Interactions and webhooks that fail in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.clips.clip import encode_ogg
from storage.outbox import PartKind
from tests.integration.discord_world import PNG, World, a_world
from tests.servers.sqlite import SqliteFiles

CALLBACK = "/interactions/*/*/callback"


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(sqlite.fresh(), tmp_path) as world:
        yield world


async def test_an_interaction_that_discord_forgot_is_answered_in_the_channel(world: World) -> None:
    world.env.inject_error("POST", CALLBACK, status=404, code=10062)
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", tagline="An apple", text="Here.")
    assert [message.content for message in world.messages] == ["Here."]


async def test_trouble_at_discord_is_waited_for(world: World) -> None:
    world.env.inject_error("POST", CALLBACK, status=500, times=2)
    result = await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    assert await world.shown(request) == f"{world.channel.id}/{result.response.id}"
    assert len(world.messages) == 1


async def test_a_file_that_discord_refuses_is_left_out(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    clip = await world.file("clip.mp4", "video/mp4", bytes((10 << 20) + 1))
    shown = {"name": "Pip", "tagline": "An apple", "text": "Here.", "files": [clip]}
    await world.part(request, PartKind.CLIP, final=True, **shown)
    (message,) = world.messages
    assert not message.attachments
    assert message.content.startswith("Here.\n-# A file is missing here")
    assert message.embeds[0].title == "Pip"


async def test_a_clip_that_is_too_large_becomes_a_voice_and_takes_no_portrait_with_it(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    clip = await world.file("clip.mp4", "video/mp4", bytes((10 << 20) + 1))
    portrait = await world.file("portrait.png", "image/png", PNG)
    voice = await world.file("voice.ogg", "audio/ogg", encode_ogg(np.zeros(4800, np.float32), 48_000))
    shown = {"name": "Pip", "tagline": "An apple", "text": "Here.", "files": [portrait, clip], "instead": [voice]}
    await world.part(request, PartKind.CLIP, final=True, **shown)
    card, spoken = world.messages
    assert card.content == "Here.\n-# This chat does not take the clip, so this is the voice alone."
    assert [file.filename for file in card.attachments] == ["portrait.png"]
    assert (spoken.content, [file.filename for file in spoken.attachments]) == ("", ["voice.ogg"])
    assert spoken.flags.voice
    assert await world.shown(request) == f"{world.channel.id}/{card.id}.{spoken.id}/voice"


async def test_a_channel_that_is_gone_ends_the_request(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=404, code=10003)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", tagline="An apple", text="Here.")
    found = await world.request()
    assert (found.state, found.error) == ("cancelled", "The channel was deleted.")


async def test_in_a_thread_characters_speak_through_the_webhook_of_its_channel(world: World) -> None:
    await world.summoned()
    world.env.backend.create_thread(world.channel.id, "our talk", world.ann.id, type=11, auto_archive_duration=1440)
    (thread,) = world.channel.threads
    await world.ann.slash(thread, "summon", text="an angry apple")
    await world.made(await world.request(), "Pop")
    await world.ann.send(thread, f"<@{world.client.user.id}> Hello")  # type: ignore[union-attr]
    request = await world.request()
    await world.shown(request)
    calls = [call for call in world.env.http_requests if call.path.startswith("/webhooks/") and call.method == "POST"]
    assert [str(call.params["thread_id"]) for call in calls if call.params and "thread_id" in call.params] == [
        str(thread.id)
    ]


async def test_who_takes_no_private_messages_is_told_so(world: World) -> None:
    chat = world.env.backend.get_dm_channel(world.ann.id)
    world.env.inject_error("POST", f"/channels/{chat.id}/messages", status=403, code=50007, times=None)
    result = await world.ann.slash(world.channel, "summon", text="an angry apple", private=True)
    await world.until(lambda: any("allow private messages" in one.content for one in said(result)))
    async with asyncio.timeout(10):
        while (request := await world.request()).ended_at is None:  # noqa: ASYNC110 - of tables
            await asyncio.sleep(0.01)
    assert (request.state, request.error) == ("cancelled", "The person takes no direct messages from this bot.")


def said(result: Any) -> list[Any]:
    return [one for one in (result.response, *result.followups) if one is not None]
