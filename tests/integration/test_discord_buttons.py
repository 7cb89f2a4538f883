"""Buttons below a character on Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.discord.client import Client
from pipeline.errors import StorageBusy
from storage.outbox import PartKind
from tests.integration.discord_world import PNG, World, a_world
from tests.servers.sqlite import SqliteFiles


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(sqlite.fresh(), tmp_path) as world:
        yield world


@pytest.fixture
def bob(world: World) -> Any:
    return world.guild.add_member(world.env.create_user("Bob"))


def labels(message: discord.Message) -> list[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [str(button.label) for row in rows for button in row.children if isinstance(button, discord.Button)]


async def test_a_finished_character_has_six_buttons(world: World) -> None:
    await world.summoned()
    assert labels(world.messages[0]) == [
        "Talk", "New portrait", "New voice", "Another one", "Who is this?", "Dismiss",
    ]  # fmt: skip


async def test_talk_asks_for_words_and_shows_them_to_all(world: World, bob: Any) -> None:
    _, pip = await world.summoned()
    opened = await bob.click(world.messages[0], label="Talk")
    assert opened.modal["title"] == "Talk to Pip"
    (field,) = [one["custom_id"] for row in opened.modal["components"] for one in row["components"]]
    said = await bob.submit_modal(opened, {field: "Hello @everyone"})
    assert said.response.content == "**Bob:** Hello @everyone"
    request = await world.request()
    assert (request.persona_id, request.payload["text"]) == (pip.id, "Hello @everyone")
    assert request.person == f"discord:{bob.id}"
    await world.shown(request)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", text="Grr.")
    assert (world.messages[-1].author.name, world.messages[-1].content) == ("Pip", "Grr.")
    assert not world.pinged()


async def test_a_new_portrait_comes_in_a_message_of_its_own(world: World) -> None:
    _, pip = await world.summoned()
    result = await world.ann.click(world.messages[0], label="New portrait")
    assert result.response.content == "A new portrait is being made …"
    request = await world.request()
    assert (request.kind, request.persona_id) == ("restyle", pip.id)
    await world.shown(request)
    portrait = await world.file("portrait.png", "image/png", PNG)
    await world.part(request, PartKind.PORTRAIT, final=True, files=[portrait])
    assert len(world.messages) == 2
    assert world.messages[-1].id == result.response.id
    assert world.messages[-1].attachments[0].filename == "portrait.png"


async def test_a_new_voice_and_another_one(world: World, bob: Any) -> None:
    request, _ = await world.summoned()
    await world.ann.click(world.messages[0], label="New voice")
    assert (await world.request()).kind == "revoice"
    await bob.click(world.messages[0], label="Another one")
    another = await world.request()
    assert (another.kind, another.person) == ("retry", f"discord:{bob.id}")
    assert another.payload["words"] == request.payload["words"]


async def test_who_is_this_is_told_to_the_one_who_asks(world: World, bob: Any) -> None:
    await world.summoned()
    result = await bob.click(world.messages[0], label="Who is this?")
    assert result.ephemeral
    (card,) = result.response.embeds
    fields = {field.name: field.value for field in card.fields}
    assert fields["By"] == f"<@{world.ann.id}>"
    assert "Summoned with the words" not in fields
    assert card.footer.text.startswith("AI character")
    assert labels(result.response.message) == ["Talk", "Bring here", "Own thread"]
    own = await world.ann.click(world.messages[0], label="Who is this?")
    assert ("Summoned with the words", "an angry apple") in [
        (field.name, field.value) for field in own.response.embeds[0].fields
    ]
    assert labels(own.response.message)[-1] == "Dismiss"


async def test_only_its_summoner_or_a_moderator_sends_a_character_away(world: World, bob: Any) -> None:
    _, pip = await world.summoned()
    for label in ("Dismiss", "New portrait", "New voice"):
        refused = await bob.click(world.messages[0], label=label)
        assert refused.ephemeral
        assert "Only whoever summoned" in refused.response.content
    result = await world.ann.click(world.messages[0], label="Dismiss")
    assert result.response.content == "Pip has left."
    assert await world.desk.stored.personas.find(pip.id) is None
    again = await world.ann.click(world.messages[0], label="Talk")
    assert again.response.content == "This character is not here any more."


async def test_a_moderator_may(world: World) -> None:
    _, pip = await world.summoned()
    role = world.guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    mod = world.guild.add_member(world.env.create_user("Mod"), roles=[role])
    await mod.click(world.messages[0], label="Dismiss")
    assert await world.desk.stored.personas.find(pip.id) is None


async def test_a_moderator_sees_by_which_words_and_when(world: World) -> None:
    await world.summoned()
    role = world.guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    mod = world.guild.add_member(world.env.create_user("Mod"), roles=[role])
    who = await mod.context_menu(world.channel, "Who summoned this?", target=world.messages[0])
    fields = {field.name: field.value for field in who.response.embeds[0].fields}
    assert fields["Summoned with the words"] == "an angry apple"
    assert fields["On"].endswith(":f>")


async def test_whatever_fails_ends_in_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _, pip = await world.summoned()

    async def away(*_: object, **__: object) -> None:
        raise StorageBusy("The database is away.")

    async def wrong(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    opened = await world.ann.click(world.messages[0], label="Talk")
    (field,) = [one["custom_id"] for row in opened.modal["components"] for one in row["components"]]
    monkeypatch.setattr(world.client.summoning, "take", wrong)
    assert "Sorry" in (await world.ann.submit_modal(opened, {field: "Hello"})).response.content
    assert [type(one) for one in world.env.errors] == [ZeroDivisionError]
    world.env._errors.clear()
    monkeypatch.setattr(world.desk.stored.personas, "find", away)
    for label in ("Talk", "New portrait", "Who is this?", "Dismiss"):
        assert "Sorry" in (await world.ann.click(world.messages[0], label=label)).response.content
    assert await world.desk.stored.personas.get(pip.id)


async def test_buttons_work_after_a_restart(world: World, tmp_path: Path) -> None:
    await world.summoned()
    await world.env.restart_bot(Client(world.desk, content=True, commands=tmp_path / "commands", shard_count=1))
    result = await world.ann.click(world.messages[0], label="Who is this?")
    assert result.response.embeds[0].title == "Pip"
