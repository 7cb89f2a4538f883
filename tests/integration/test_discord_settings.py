"""What moderators decide for their server on Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.jobs.plan import AnswerMode
from bot.places import Actor, PlaceSettings
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


async def decided(world: World) -> PlaceSettings:
    return await world.desk.places.settings(f"discord:{world.guild.id}")


def fields(result: Any) -> dict[str, str]:
    (card,) = result.response.embeds
    return {field.name: field.value for field in card.fields}


async def test_what_holds_is_shown(world: World, mod: Any) -> None:
    shown = await mod.slash(world.channel, "settings show")
    assert shown.ephemeral
    assert fields(shown) == {
        "Language": "as the server's in Discord",
        "Answers": "as each character likes",
        "Who may summon": "everyone",
        "Where": "everywhere",
        "Characters in 24 hours": "none",
        "Adult content": "off",
        "Lines that nobody answers begin with": "`//`",
        "Who lives where": "none",
    }


async def test_only_moderators_decide(world: World) -> None:
    assert not [one for one in world.ann.available_commands(world.channel) if one.startswith("settings")]


async def test_who_may_summon(world: World, mod: Any) -> None:
    assert fields(await mod.slash(world.channel, "settings summoners", who="moderators"))["Who may summon"] == (
        "moderators"
    )
    refused = await world.ann.slash(world.channel, "summon", text="an angry apple")
    assert refused.ephemeral
    assert "keep order" in refused.response.content
    await mod.slash(world.channel, "summon", text="an angry apple")
    assert len(await world.desk.requests.list()) == 1


async def test_channels_are_allowed_one_by_one(world: World, mod: Any) -> None:
    there = world.guild.create_text_channel("there")
    shown = await mod.slash(world.channel, "settings channels", change="allow", channel=there)
    assert fields(shown)["Where"] == f"<#{there.id}>"
    refused = await world.ann.slash(world.channel, "summon", text="an angry apple")
    assert "not to speak here" in refused.response.content
    await mod.slash(world.channel, "settings channels", change="allow")
    assert (await decided(world)).channels == (f"discord:{there.id}", f"discord:{world.channel.id}")
    await mod.slash(world.channel, "settings channels", change="remove", channel=there)
    assert (await decided(world)).channels == (f"discord:{world.channel.id}",)
    await mod.slash(world.channel, "settings channels", change="everywhere")
    assert (await decided(world)).channels == ()


async def test_a_category_allows_what_is_in_it(world: World, mod: Any) -> None:
    category = world.guild.create_category("play")
    inside = world.guild.create_text_channel("inside", category=category)
    await mod.slash(world.channel, "settings channels", change="allow", channel=category)
    assert not (await world.ann.slash(inside, "summon", text="an angry apple")).ephemeral
    assert (await world.ann.slash(world.channel, "summon", text="an angry apple")).ephemeral


async def test_limits_hold_for_each_and_for_all(world: World, mod: Any) -> None:
    shown = await mod.slash(world.channel, "settings limits", person=1, server=5)
    assert fields(shown)["Characters in 24 hours"] == "1 for each person\n5 for the whole server"
    await world.summoned()
    refused = await world.ann.slash(world.channel, "summon", text="an angry apple")
    assert refused.ephemeral
    await mod.slash(world.channel, "settings limits")
    assert (await decided(world)).summons_person is None


async def test_language_answer_and_quiet_lines(world: World, mod: Any) -> None:
    await mod.slash(world.channel, "settings language", language="de")
    await mod.slash(world.channel, "settings answer", how="voice")
    shown = await mod.slash(world.channel, "settings quiet", prefix="((")
    assert (fields(shown)["Language"], fields(shown)["Answers"]) == ("Deutsch", "voice messages")
    found = await decided(world)
    assert (found.language, found.answer, found.quiet) == ("de", AnswerMode.VOICE, "((")
    refused = await mod.slash(world.channel, "settings quiet", prefix="ab")
    assert "no letters" in refused.response.content
    await mod.slash(world.channel, "settings language", language="discord")
    await mod.slash(world.channel, "settings answer", how="any")
    assert await decided(world) == PlaceSettings(quiet="((")


async def test_adult_content_needs_a_channel_that_asks_for_the_age(
    world: World, mod: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = await mod.slash(world.channel, "settings adult", allowed=True)
    assert "age-restricted" in refused.response.content
    assert not (await decided(world)).adult
    monkeypatch.setattr(discord.TextChannel, "is_nsfw", lambda self: True)  # simcord knows no such channels
    assert fields(await mod.slash(world.channel, "settings adult", allowed=True))["Adult content"].startswith("on")
    assert (await decided(world)).adult
    await mod.slash(world.channel, "settings adult", allowed=False)
    assert not (await decided(world)).adult


async def test_adult_content_stays_in_the_channels_that_ask_for_the_age(
    world: World, mod: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.desk.places.change(
        Actor(f"discord:{mod.id}", f"discord:{world.guild.id}", "", moderator=True, private=False), adult=True
    )
    refused = await world.ann.slash(world.channel, "summon", text="a nude dancer")
    assert "friendly" in refused.response.content
    monkeypatch.setattr(discord.TextChannel, "is_nsfw", lambda self: True)
    await world.ann.slash(world.channel, "summon", text="a nude dancer")
    assert len(await world.desk.requests.list()) == 1


async def test_moderators_see_who_summoned_whom(world: World, mod: Any) -> None:
    empty = await mod.slash(world.channel, "settings audit")
    assert "Nobody" in empty.response.embeds[0].description
    await world.summoned("Pip")
    audit = await mod.slash(world.channel, "settings audit")
    assert audit.ephemeral
    (card,) = audit.response.embeds
    assert f"**Pip**, by <@{world.ann.id}>" in card.description
    assert "an angry apple" in card.description
    await world.ann.slash(world.channel, "persona dismiss", persona="Pip")
    assert (await mod.slash(world.channel, "settings audit")).response.embeds[0].description == card.description
    assert not world.pinged()


async def test_in_a_private_chat_the_person_decides(world: World) -> None:
    shown = await world.ann.user.slash("settings language", language="fr")
    assert fields(shown)["Language"] == "Français"
    refused = await world.ann.user.slash("settings summoners", who="moderators")
    assert "private chat" in refused.response.content
