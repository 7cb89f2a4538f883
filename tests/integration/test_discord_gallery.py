"""The gallery on Discord: pages of portraits that one person sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.discord.client import Client
from storage import rows
from storage.repository import StoredPersona
from tests.integration.discord_world import World, a_world
from tests.integration.platform_world import a_persona
from tests.servers.sqlite import SqliteFiles
from tests.unit.faces import disc_portrait


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(sqlite.fresh(), tmp_path) as world:
        yield world


@pytest.fixture
def bob(world: World) -> Any:
    return world.guild.add_member(world.env.create_user("Bob"))


async def a_crowd(world: World, number: int, **changes: Any) -> list[StoredPersona]:
    """Characters of Ann that nobody had to make, the oldest first."""
    owner, place = f"discord:{world.ann.id}", f"discord:{world.guild.id}"
    async with world.desk.database.session() as session:
        pips = [rows.persona_row(a_persona(f"Pip {one}", **changes), owner, place=place) for one in range(number)]
        session.add_all(pips)
    return [await world.desk.stored.personas.get(row.id) for row in pips]


def titles(result: Any) -> list[str]:
    return [embed.title for embed in result.embeds]


def ids(message: Any) -> list[str]:
    return [one["custom_id"] for row in message.components for one in row["components"]]


async def test_pages_are_turned_and_survive_a_restart(world: World, tmp_path: Path) -> None:
    crowd = await a_crowd(world, 7)
    await world.paint(crowd[6], disc_portrait(side=64))
    opened = await world.ann.slash(world.channel, "personas")
    assert opened.ephemeral
    assert opened.response.content == "Your characters, page 1 of 2"
    assert titles(opened.response) == [f"Pip {number}" for number in (6, 5, 4, 3, 2)]
    (portrait,) = opened.response.attachments
    assert opened.response.embeds[0].thumbnail.url == f"attachment://{portrait.filename}"
    await world.env.restart_bot(Client(world.desk, content=True, commands=tmp_path / "commands", shard_count=1))
    await world.ann.click(opened.response, label="▶")
    assert titles(opened.response) == ["Pip 1", "Pip 0"]
    assert not opened.response.attachments
    await world.ann.click(opened.response, label="◀")
    assert len(titles(opened.response)) == 5


async def test_the_characters_of_the_server_are_another_list(world: World, bob: Any) -> None:
    nobody = await bob.slash(world.channel, "personas")
    assert "/summon" in nobody.response.content
    assert "on this server" in (await bob.slash(world.channel, "personas", whose="here")).response.content
    await a_crowd(world, 1)
    await bob.click(nobody.response, label="This server's")
    assert titles(nobody.response) == ["Pip 0"]
    await bob.click(nobody.response, label="Yours")
    assert titles(nobody.response) == []


async def test_one_is_chosen_shown_talked_to_and_brought_here(world: World, bob: Any) -> None:
    (pip,) = await a_crowd(world, 1)
    opened = await world.ann.slash(world.channel, "personas")
    chosen = await world.ann.select(opened.response, [pip.id])
    assert chosen.ephemeral
    assert chosen.response.embeds[0].title == "Pip 0"
    assert (await world.ann.click(chosen.response, label="Talk")).modal["title"] == "Talk to Pip 0"
    brought = await world.ann.click(chosen.response, label="Bring here")
    assert not brought.ephemeral
    await bob.send(world.channel, "Hello", reply_to=brought.response.message)
    assert (await world.request()).persona_id == pip.id


async def test_who_has_too_many_for_a_menu_finds_them_by_name(world: World) -> None:
    await a_crowd(world, 101)
    offered = await world.ann.autocomplete(world.channel, "persona show", "persona", "")
    assert len(offered) == 25
    shown = await world.ann.slash(world.channel, "persona show", persona="pip 0")
    assert shown.response.embeds[0].title == "Pip 0"


async def test_a_list_is_its_own_persons(world: World, bob: Any) -> None:
    await a_crowd(world, 6)
    opened = await world.ann.slash(world.channel, "personas")
    stored = world.env.backend.messages[world.channel.id][opened.response.id]
    stored.flags = 0  # as if somebody else saw it
    refused = await bob.click(opened.response, label="▶")
    assert "somebody else's" in refused.response.content


async def test_a_private_chat_has_no_server(world: World) -> None:
    await a_crowd(world, 1)
    opened = await world.ann.user.slash("personas")
    assert titles(opened.response) == ["Pip 0"]
    assert not [one for one in ids(opened.response) if one.startswith("cp:")]


async def test_hostile_characters_break_no_page(world: World) -> None:
    loud = "@everyone <@1> `**" + "x" * 500
    crowd = await a_crowd(world, 5, tagline=loud, personality=loud * 9, concept=loud)
    opened = await world.ann.slash(world.channel, "personas")
    assert sum(map(len, opened.response.embeds)) <= 6000
    chosen = await world.ann.select(opened.response, [crowd[0].id])
    assert "@everyone" not in str(chosen.response.embeds[0].to_dict())
    assert isinstance(chosen.response.embeds[0], discord.Embed)
    assert not world.pinged()
