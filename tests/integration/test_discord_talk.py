"""Talking with characters on Discord: who is addressed, and as whom they answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from bot.places import Actor
from storage.outbox import PartKind
from tests.integration.discord_world import World, a_world
from tests.servers.sqlite import SqliteFiles
from tests.unit.faces import disc_portrait


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(sqlite.fresh(), tmp_path) as world:
        yield world


async def answered(world: World, text: str = "Grr.") -> discord.Message:
    """The answer to the newest request."""
    request = await world.request()
    await world.shown(request)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", text=text)
    return world.messages[-1]


async def test_a_reply_to_a_character_is_answered_with_its_name(world: World) -> None:
    _, pip = await world.summoned()
    await world.ann.send(world.channel, "How are you?", reply_to=world.messages[0])
    request = await world.request()
    assert (request.persona_id, request.payload["text"], request.name) == (pip.id, "How are you?", "Ann")
    message = await answered(world)
    assert message.webhook_id is not None
    assert (message.author.name, message.content) == ("Pip", "Grr.")
    assert len(world.messages) == 3


async def test_a_reply_to_an_answer_goes_to_who_said_it(world: World) -> None:
    _, pip = await world.summoned("Pip")
    await world.ann.send(world.channel, "Hello", reply_to=world.messages[-1])
    answer = await answered(world)
    await world.summoned("Bob")
    await world.ann.send(world.channel, "And now?", reply_to=answer)
    assert (await world.request()).persona_id == pip.id


async def test_a_mention_goes_to_who_is_named_or_spoke_last(world: World) -> None:
    _, pip = await world.summoned("Pip")
    _, bob = await world.summoned("Bob")
    me = world.client.user
    assert me is not None
    await world.ann.send(world.channel, f"<@{me.id}> how are you?")
    assert (await world.request()).persona_id == bob.id
    await world.ann.send(world.channel, f"<@{me.id}> Pip, how are you?")
    request = await world.request()
    assert (request.persona_id, request.payload["text"]) == (pip.id, "Pip, how are you?")


async def test_what_is_said_to_nobody_is_not_heard(world: World) -> None:
    await world.summoned()
    await world.ann.send(world.channel, "Nice weather")
    theirs = await world.ann.send(world.channel, "And here?")
    await world.ann.send(world.channel, "Here too", reply_to=theirs)
    assert len(await world.desk.requests.list()) == 1


async def test_a_private_chat_is_a_conversation(world: World) -> None:
    await world.ann.send_dm("Hello?")
    assert "/summon" in world.ann.user.dm_channel.history()[-1].content
    await world.ann.slash(world.channel, "summon", text="an angry apple", private=True)
    _, pip = await world.made(await world.request())
    await world.ann.send_dm("Hello again")
    assert (await world.request()).persona_id == pip.id
    request = await world.request()
    await world.shown(request)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", text="Grr.")
    assert world.ann.user.dm_channel.history()[-1].content == "**Pip:** Grr."


async def test_without_webhooks_characters_speak_through_the_bot(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with a_world(sqlite.fresh(), tmp_path) as world:
        world.env.inject_error("POST", "/channels/*/webhooks", status=400, code=30007)
        await world.summoned()
        await world.ann.send(world.channel, "How are you?", reply_to=world.messages[0])
        message = await answered(world)
    assert message.webhook_id is None
    assert message.content == "**Pip:** Grr."


async def test_a_deleted_webhook_is_made_anew(world: World) -> None:
    await world.summoned()
    await world.ann.send(world.channel, "One", reply_to=world.messages[0])
    await answered(world)
    (hook,) = world.env.backend.webhooks
    world.env.backend.delete_webhook(hook)
    await world.ann.send(world.channel, "Two", reply_to=world.messages[0])
    message = await answered(world, "Still here.")
    assert message.content in ("Still here.", "**Pip:** Still here.")
    await world.ann.send(world.channel, "Three", reply_to=world.messages[0])
    assert (await answered(world)).webhook_id not in (None, hook)


async def test_one_webhook_serves_a_channel_also_after_a_restart(world: World) -> None:
    await world.summoned()
    await world.ann.send(world.channel, "One", reply_to=world.messages[0])
    await answered(world)
    world.client.messenger._hooks._known.clear()
    await world.ann.send(world.channel, "Two", reply_to=world.messages[0])
    await answered(world)
    assert len(world.env.backend.webhooks) == 1


async def test_a_character_speaks_with_its_face(world: World) -> None:
    _, pip = await world.summoned()
    await world.paint(pip, disc_portrait(side=64))
    await world.ann.send(world.channel, "How are you?", reply_to=world.messages[0])
    message = await answered(world)
    (emoji,) = await world.client.fetch_application_emojis()
    stored = world.env.backend.messages[world.channel.id][message.id]
    assert stored.author_avatar == emoji.url


async def test_a_face_that_is_gone_from_discord_is_shown_again(world: World) -> None:
    _, pip = await world.summoned()
    await world.paint(pip, disc_portrait(side=64))
    faces = world.client.messenger._faces
    first = await faces.of(pip.id)
    (emoji,) = await world.client.fetch_application_emojis()
    await emoji.delete()
    assert await faces.of(pip.id) == first  # Discord is not asked each time
    faces._looked = None
    second = await faces.of(pip.id)
    (emoji,) = await world.client.fetch_application_emojis()
    assert first != second == emoji.url


async def test_a_long_answer_becomes_several_messages(world: World) -> None:
    await world.summoned()
    await world.ann.send(world.channel, "Tell me", reply_to=world.messages[0])
    request = await world.request()
    await world.shown(request)
    await world.part(request, PartKind.TEXT, name="Pip", text="word " * 1000)
    assert len(world.messages) == 2 + 3
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", text="word " * 500)
    assert [len(message.content) <= 2000 for message in world.messages[2:]] == [True, True]
    assert " ".join(message.content for message in world.messages[2:]) == ("word " * 500).strip()


async def test_a_limit_is_told_where_it_was_asked(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with a_world(sqlite.fresh(), tmp_path, LIMIT_OPEN_PERSON=1) as world:
        await world.summoned()
        await world.ann.send(world.channel, "One", reply_to=world.messages[0])
        await world.ann.send(world.channel, "Two", reply_to=world.messages[0])
        assert any("waiting or in work" in message.content for message in world.messages)
        assert not world.pinged()


async def test_a_reply_to_another_word_of_the_bot_is_no_line(world: World) -> None:
    await world.summoned()
    await world.ann.send(world.channel, "x" * 1001, reply_to=world.messages[0])
    refusal = world.messages[-1]
    assert "at most 1,000" in refusal.content
    await world.ann.send(world.channel, "Oh", reply_to=refusal)
    assert len(await world.desk.requests.list()) == 1


async def test_the_menu_of_a_message_knows_who_speaks(world: World) -> None:
    _, pip = await world.summoned()
    await world.ann.send(world.channel, "Hello", reply_to=world.messages[0])
    answer = await answered(world)
    who = await world.ann.context_menu(world.channel, "Who summoned this?", target=answer)
    assert who.response.embeds[0].title == "Pip"
    opened = await world.ann.context_menu(world.channel, "Reply to character", target=answer)
    (field,) = [one["custom_id"] for row in opened.modal["components"] for one in row["components"]]
    await world.ann.submit_modal(opened, {field: "And you?"})
    request = await world.request()
    assert (request.persona_id, request.payload["text"]) == (pip.id, "And you?")
    mine = await world.ann.send(world.channel, "Nothing")
    other = await world.ann.context_menu(world.channel, "Who summoned this?", target=mine)
    assert "No character" in other.response.content


async def test_who_cannot_be_read_is_told_what_to_do(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with a_world(sqlite.fresh(), tmp_path, content=False) as world:
        await world.summoned()
        await world.ann.send(world.channel, "Hello", reply_to=world.messages[0])
        assert "Mention me" in world.messages[-1].content
        assert len(await world.desk.requests.list()) == 1
        me = world.client.user
        assert me is not None
        await world.ann.send(world.channel, f"Hello, <@{me.id}>", reply_to=world.messages[0])
        assert (await world.request()).payload["text"] == "Hello"


async def test_who_calls_where_the_bot_must_not_write_is_told_in_private(world: World) -> None:
    mute = world.guild.create_text_channel(
        "mute", overwrites={world.guild.me: discord.PermissionOverwrite(send_messages=False)}
    )
    me = world.client.user
    assert me is not None
    _, pip = await world.summoned()
    where = Actor(f"discord:{world.ann.id}", f"discord:{world.guild.id}", f"discord:{mute.id}", False, False)
    await world.desk.characters.recall(where, pip.id)
    await world.ann.send(mute, f"<@{me.id}> hello?")
    assert "“Send Messages”" in world.ann.user.dm_channel.history()[-1].content
    assert len(await world.desk.requests.list()) == 1


async def test_a_character_can_be_called_by_its_name(world: World) -> None:
    _, pip = await world.summoned("Pip O'Neill")
    await world.summoned("Bob")
    await world.ann.send(world.channel, "pip o'neill, how are you?")
    request = await world.request()
    assert (request.persona_id, request.payload["text"]) == (pip.id, "pip o'neill, how are you?")
    for words in ("Bob is nice", "Is Bob here?", "bobsled!", "Hello, Bob"):
        await world.ann.send(world.channel, words)
    assert len(await world.desk.requests.list()) == 3
