"""Summoning on Discord: from the command to the last edit."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from PIL import Image
from simcord.env import Env

from bot.discord.client import Client
from bot.jobs.plan import Stage
from bot.progress import Mark, Progress
from storage.blobs import Blobs
from storage.database import Database
from storage.outbox import PartKind
from tests.integration.discord_world import PNG, World, a_world
from tests.integration.platform_world import a_desk
from tests.servers.sqlite import SqliteFiles


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(sqlite.fresh(), tmp_path) as world:
        yield world


async def test_a_summon_is_one_message_from_the_placeholder_to_the_clip(world: World) -> None:
    result = await world.ann.slash(world.channel, "summon", text="an angry apple")
    assert result.response.content == (
        "Somebody is on the way …\n-# ⏳ character · ○ portrait · ○ voice · ○ clip"  # ours alone, so it is begun
    )
    request = await world.request()
    assert request.update_key == f"discord:{result._interaction.id}"
    assert await world.shown(request) == f"{world.channel.id}/{result.response.id}"

    words: dict[str, Any] = {"name": "Pip", "tagline": "The angriest apple", "text": "What?"}
    await world.part(request, PartKind.TEXT, **words)
    (message,) = world.messages
    assert message.content == "What?"
    assert (message.embeds[0].title, message.embeds[0].footer.text) == ("Pip", "AI character")

    portrait = await world.file("portrait.png", "image/png", PNG)
    await world.part(request, PartKind.PORTRAIT, **words, files=[portrait])
    (message,) = world.messages
    assert message.attachments[0].filename == "portrait.png"
    assert message.embeds[0].image.url == "attachment://portrait.png"

    clip = await world.file("clip.mp4", "video/mp4", b"clip")
    await world.part(request, PartKind.CLIP, final=True, **words, files=[portrait, clip])
    (message,) = world.messages
    assert [file.filename for file in message.attachments] == ["portrait.png", "clip.mp4"]
    assert (await world.request()).state == "delivered"


async def test_it_goes_on_when_the_token_of_the_interaction_has_died(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    await world.env.advance_time(16 * 60)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", tagline="An apple", text="Late, am I?")
    assert [message.content for message in world.messages] == ["Late, am I?"]


async def test_a_refusal_is_told_to_the_person_alone(world: World) -> None:
    result = await world.ann.slash(world.channel, "summon", text="   ")
    assert result.ephemeral
    assert result.response.content
    assert not await world.desk.requests.list()


async def test_a_limit_is_told_to_the_person_alone(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with a_world(sqlite.fresh(), tmp_path, LIMIT_SUMMONS_PERSON=0) as world:
        result = await world.ann.slash(world.channel, "summon", text="an angry apple")
    assert result.ephemeral
    assert "switched that off" in result.response.content


async def test_a_slow_database_does_not_keep_people_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    summon, go = world.desk.asking.summon, asyncio.Event()

    async def slow(*args: object, **options: object) -> object:
        await go.wait()
        return await summon(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(world.desk.asking, "summon", slow)
    asyncio.get_running_loop().call_later(1.5, go.set)
    result = await world.ann.slash(world.channel, "summon", text="an angry apple")
    assert result.response.content.startswith("Somebody is on the way …")
    assert await world.shown(await world.request()) == f"{world.channel.id}/{result.response.id}"
    assert len(world.messages) == 1


async def test_a_private_summon_happens_in_the_private_chat(world: World) -> None:
    result = await world.ann.slash(world.channel, "summon", text="an angry apple", private=True)
    assert result.ephemeral
    request = await world.request()
    await world.shown(request)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", tagline="An apple", text="Psst.")
    assert world.messages == []
    assert request.place == request.conversation
    assert [message.content for message in world.ann.user.dm_channel.history()] == ["Psst."]


async def test_a_missing_permission_is_named(world: World) -> None:
    denied = world.guild.create_text_channel(
        "quiet", overwrites={world.guild.default_role: discord.PermissionOverwrite(attach_files=False)}
    )
    result = await world.ann.slash(denied, "summon", text="an angry apple")
    assert result.ephemeral
    assert "“Attach Files”" in result.response.content
    assert not await world.desk.requests.list()


async def test_a_deleted_message_is_posted_anew(world: World) -> None:
    result = await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    await (await world.client.get_partial_messageable(world.channel.id).fetch_message(result.response.id)).delete()
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", tagline="An apple", text="Here again.")
    assert [message.content for message in world.messages] == ["Here again."]


async def test_nothing_pings_anybody(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="@everyone")
    request = await world.request()
    await world.shown(request)
    loud = f"@everyone @here <@{world.ann.id}> <@&1>"
    await world.part(request, PartKind.PLAIN, final=True, name=loud, tagline=loud, text=loud)
    (message,) = world.messages
    assert not message.mention_everyone
    assert not world.pinged()
    for call in world.env.http_requests:
        body = call.json.get("data", call.json) if isinstance(call.json, dict) else {}
        if "content" in body:
            assert body["allowed_mentions"]["parse"] == []


async def test_styles_are_offered_and_others_refused(world: World) -> None:
    (offered,) = await world.ann.autocomplete(world.channel, "summon", "style", "noir", text="an apple")
    assert offered["value"] == "noir"
    refused = await world.ann.slash(world.channel, "summon", text="an apple", style="@everyone")
    assert refused.ephemeral
    assert "@everyone" not in refused.response.content
    await world.ann.slash(world.channel, "summon", text="an apple", style=offered["value"])
    assert (await world.request()).payload["style"] == "noir"


async def test_a_voice_is_wished_for_in_words(world: World) -> None:
    offered = await world.ann.autocomplete(world.channel, "summon", "voice", "witch", text="an apple")
    assert all("witch" in one["name"] for one in offered)
    await world.ann.slash(world.channel, "summon", text="an apple", voice=offered[0]["value"])
    assert (await world.request()).payload["voice"] == offered[0]["value"]
    await world.ann.slash(world.channel, "summon", text="an apple", voice="like gravel in a bucket")
    assert (await world.request()).payload["voice"] == "like gravel in a bucket"


async def test_a_picture_comes_along(world: World) -> None:
    data = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(data, "PNG")
    await world.ann.slash(world.channel, "summon", text="an apple", picture=("apple.png", data.getvalue()))
    shown = (await world.request()).payload["picture"]
    assert shown["mime"] == "image/jpeg"
    assert Image.open(io.BytesIO(await world.desk.blobs.get(shown["hash"]))).size == (64, 64)
    result = await world.ann.slash(world.channel, "summon", text="an apple", picture=("apple.png", b"no picture"))
    assert "not a picture" in "".join(one.content for one in (result.response, *result.followups) if one)


async def test_a_place_in_the_queue_is_told_below_what_is_there(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    portrait = await world.file("portrait.png", "image/png", PNG)
    words: dict[str, Any] = {"name": "Pip", "tagline": "The angriest apple", "text": "What?"}
    await world.part(request, PartKind.PORTRAIT, **words, files=[portrait])
    progress = Progress(((Stage.MIND, Mark.DONE), (Stage.CLIP, Mark.WAITING)), ahead=2, seconds=21.0)
    world.delivery.progress(request.id, progress)
    await world.until(lambda: "2 others go first" in world.messages[0].content)
    (message,) = world.messages
    assert message.content.splitlines()[:2] == ["What?", "-# ✓ character · ○ clip"]
    assert (message.embeds[0].title, message.attachments[0].filename) == ("Pip", "portrait.png")
    await world.part(request, PartKind.PLAIN, final=True, **words)
    assert world.messages[0].content == "What?"


async def test_servers_on_all_shards_are_served(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with Database(sqlite.fresh()) as database:
        desk = a_desk(database, Blobs((tmp_path / "blobs").as_uri()))
        env = Env(Client(desk, content=True, commands=tmp_path / "commands", shard_count=2))
        await env.start()
        try:
            ann, places = env.create_user("Ann"), [env.create_guild(shard_id=shard) for shard in (0, 1)]
            for guild in places:
                result = await guild.add_member(ann).slash(
                    guild.create_text_channel("general"), "summon", text="an apple"
                )
                assert result.response
                assert result.response.content.startswith("Somebody is on the way")
        finally:
            await env.shutdown()
        asked = {request.place for request in await desk.requests.list()}
        assert asked == {f"discord:{guild.id}" for guild in places}
