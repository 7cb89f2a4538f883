"""Characters that live in channels and threads on Discord, and what reaches them there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from storage.outbox import PartKind
from storage.repository import StoredPersona
from storage.sweeping import Sweeper
from tests.integration.discord_world import World, a_world
from tests.servers.sqlite import SqliteFiles


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(sqlite.fresh(), tmp_path) as world:
        yield world


@pytest.fixture
def mod(world: World) -> Any:
    role = world.guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    return world.guild.add_member(world.env.create_user("Mod"), roles=[role])


async def at_home(world: World, mod: Any, name: str = "Pip") -> StoredPersona:
    """A character that lives in the channel."""
    _, persona = await world.summoned(name)
    await mod.slash(world.channel, "settle", persona=name)
    return persona


async def said(world: World) -> list[tuple[str | None, str]]:
    """What was said to whom, the newest last."""
    requests = [one for one in await world.desk.requests.list() if one.kind == "reply"]
    return [(one.persona_id, one.payload["text"]) for one in reversed(requests)]


async def test_a_resident_answers_everything(world: World, mod: Any) -> None:
    _, pip = await world.summoned("Pip")
    await world.ann.send(world.channel, "Nice weather")
    assert await said(world) == []
    settled = await mod.slash(world.channel, "settle", persona="Pip")
    assert settled.response.content.startswith(f"Pip lives in <#{world.channel.id}> and answers everything there.")
    await world.ann.send(world.channel, "Nice weather")
    await world.ann.send(world.channel, "// only between us")
    shown = await mod.slash(world.channel, "settings show")
    assert f"Pip in <#{world.channel.id}>" in shown.response.embeds[0].fields[-1].value
    ended = await mod.slash(world.channel, "unsettle")
    assert ended.response.content == f"Nobody lives in <#{world.channel.id}> any more."
    await world.ann.send(world.channel, "Anybody?")
    assert await said(world) == [(pip.id, "Nice weather")]
    again = await mod.slash(world.channel, "unsettle")
    assert again.ephemeral


async def test_others_can_still_be_called_where_one_lives(world: World, mod: Any) -> None:
    pip = await at_home(world, mod)
    _, zed = await world.summoned("Zed")
    await world.ann.send(world.channel, "Zed, are you there?")
    await world.ann.send(world.channel, "And you?")
    me = world.client.user
    assert me is not None
    await world.ann.send(world.channel, f"<@{me.id}> and you?")
    assert [persona for persona, _ in await said(world)] == [zed.id, pip.id, pip.id]


async def test_only_moderators_settle_and_only_where_the_bot_may_speak(world: World, mod: Any) -> None:
    await world.summoned("Pip")
    refused = await world.ann.slash(world.channel, "settle", persona="Pip")
    assert "keep order" in refused.response.content
    quiet = world.guild.create_text_channel(
        "quiet", overwrites={world.guild.default_role: discord.PermissionOverwrite(attach_files=False)}
    )
    refused = await mod.slash(world.channel, "settle", persona="Pip", channel=quiet)
    assert "“Attach Files”" in refused.response.content
    assert not await world.desk.places.residents(f"discord:{world.guild.id}")


async def test_nobody_lives_where_the_bot_cannot_hear(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with a_world(sqlite.fresh(), tmp_path, content=False) as world:
        await world.summoned("Pip")
        for command in ("settle", "thread"):
            refused = await world.ann.slash(world.channel, command, persona="Pip")
            assert "Message Content Intent" in refused.response.content


async def test_a_thread_of_its_own(world: World) -> None:
    _, pip = await world.summoned("Pip")
    opened = await world.ann.slash(world.channel, "thread", persona="Pip")
    assert opened.ephemeral
    (thread,) = world.channel.threads
    assert (thread.name, opened.response.content) == ("Pip", f"Pip waits for you in <#{thread.id}>.")
    (card,) = thread.history()
    assert card.embeds[0].title == "Pip"
    await world.ann.send(thread, "Here we are")
    request = await world.request()
    assert (request.persona_id, request.conversation) == (pip.id, f"discord:{thread.id}")
    await world.shown(request)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", text="Grr.")
    (spoken,) = [call for call in world.env.http_requests if call.method == "POST" and "thread_id" in call.params]
    assert str(spoken.params["thread_id"]) == str(thread.id)  # simcord itself shows it in the channel
    inside = await world.ann.slash(thread, "thread", persona="Pip")
    assert "only be opened in a channel" in inside.response.content


async def test_a_thread_by_button_and_without_permission(world: World) -> None:
    await world.summoned("Pip")
    who = await world.ann.click(world.messages[0], label="Who is this?")
    await world.ann.click(who.response, label="Own thread")
    assert len(world.channel.threads) == 1
    closed = world.guild.create_text_channel(
        "closed", overwrites={world.guild.default_role: discord.PermissionOverwrite(create_public_threads=False)}
    )
    refused = await world.ann.slash(closed, "thread", persona="Pip")
    assert "“Create Public Threads”" in refused.response.content
    assert not closed.threads


async def test_a_reply_reaches_who_said_it_long_after_the_request_was_swept(world: World) -> None:
    _, pip = await world.summoned("Pip")
    await world.summoned("Zed")
    assert (await Sweeper(world.desk.database, world.desk.blobs, timedelta(0)).sweep()).requests == 2
    await world.ann.send(world.channel, "Remember me?", reply_to=world.messages[0])
    assert await said(world) == [(pip.id, "Remember me?")]


async def test_a_voice_message_is_handed_on_as_it_was_spoken(world: World, mod: Any) -> None:
    pip = await at_home(world, mod)
    await world.ann.send(world.channel, attachments=[("voice-message.ogg", b"OggS spoken")])
    request = await world.request()
    assert request.persona_id == pip.id
    assert await world.desk.blobs.get(request.payload["spoken"]["hash"]) == b"OggS spoken"
    await world.ann.send(world.channel, attachments=[("song.mp3", b"ID3")])
    assert len(await said(world)) == 1


async def test_what_holds_nothing_is_left_alone_where_one_lives(world: World, mod: Any) -> None:
    await at_home(world, mod)
    before = len(world.messages)
    await world.ann.send(world.channel, attachments=[("notes.txt", b"hello")])
    assert len(world.messages) == before + 1


async def test_where_the_bot_is_not_to_speak_it_speaks_only_when_it_is_called(world: World, mod: Any) -> None:
    await at_home(world, mod)
    there = world.guild.create_text_channel("there")
    await mod.slash(world.channel, "settings channels", change="allow", channel=there)
    before = len(world.messages)
    await world.ann.send(world.channel, "Nice weather")
    await world.ann.send(world.channel, "Pip, do you hear me?")
    assert len(world.messages) == before + 2
    me = world.client.user
    assert me is not None
    await world.ann.send(world.channel, f"<@{me.id}> hello?")
    assert "not to speak here" in world.messages[-1].content
    refused = await world.ann.slash(world.channel, "thread", persona="Pip")
    assert "not to speak here" in refused.response.content
    assert await said(world) == []


async def test_a_locked_thread_is_named(world: World) -> None:
    await world.summoned("Pip")
    channel = world.guild.create_text_channel(
        "strict", overwrites={world.guild.default_role: discord.PermissionOverwrite(manage_threads=False)}
    )
    await world.ann.slash(channel, "thread", persona="Pip")
    (thread,) = channel.threads
    found = world.client.get_channel(thread.id)
    assert isinstance(found, discord.Thread)
    found.locked = True
    await world.ann.send(thread, "Hello?")
    assert "locked" in thread.history()[-1].content


async def test_where_nothing_is_missing_hostile_names_ping_nobody(world: World, mod: Any) -> None:
    loud = f"@everyone <@{world.ann.id}> **x"
    _, persona = await world.summoned(loud)
    await mod.slash(world.channel, "settle", persona=persona.id)
    await mod.slash(world.channel, "settings show")
    await world.ann.slash(world.channel, "thread", persona=persona.id)
    await mod.slash(world.channel, "persona dismiss", persona=persona.id)
    assert not world.pinged()


async def test_nobody_lives_in_a_channel_that_is_gone(world: World, mod: Any) -> None:
    await at_home(world, mod)
    other = world.guild.create_text_channel("garden")
    channel = world.client.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    await world.env.settle()
    shown = await mod.slash(other, "settings show")
    assert "Pip" not in shown.response.embeds[0].fields[-1].value
