"""The other commands on Discord, and telling Discord about them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.discord.client import Client
from pipeline.types import Fact, FactKind
from tests.integration.discord_world import World, a_world
from tests.servers.sqlite import SqliteFiles


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(sqlite.fresh(), tmp_path) as world:
        yield world


@pytest.fixture
def bob(world: World) -> Any:
    return world.guild.add_member(world.env.create_user("Bob"))


async def test_help_says_that_it_is_ai(world: World) -> None:
    result = await world.ann.slash(world.channel, "help")
    assert result.ephemeral
    assert "/summon" in result.response.content
    assert "AI" in result.response.content


async def test_people_see_their_own_characters(world: World, bob: Any) -> None:
    await world.summoned("Pip")
    await world.summoned("Pop")
    mine = await world.ann.slash(world.channel, "personas")
    assert mine.response.embeds[0].description.splitlines()[0].startswith("**Pop**")
    assert len(mine.response.embeds[0].description.splitlines()) == 2
    assert "/summon" in (await bob.slash(world.channel, "personas")).response.content


async def test_names_are_offered_and_understood(world: World, bob: Any) -> None:
    _, pip = await world.summoned("Pip")
    await world.summoned("Zed")
    (offered,) = await bob.autocomplete(world.channel, "persona show", "name", "pi")
    assert (offered["name"], offered["value"]) == ("Pip", pip.id)
    for name in (pip.id, "  PIP!"):
        shown = await bob.slash(world.channel, "persona show", name=name)
        assert shown.response.embeds[0].title == "Pip"
    elsewhere = world.guild.create_text_channel("elsewhere")
    unknown = await bob.slash(elsewhere, "persona show", name="Pip")
    assert unknown.response.content == "I know nobody of that name here."


async def test_a_character_is_sent_away(world: World, bob: Any) -> None:
    await world.summoned("Pip")
    assert "Only whoever" in (await bob.slash(world.channel, "persona dismiss", name="Pip")).response.content
    assert (await world.ann.slash(world.channel, "persona dismiss", name="Pip")).response.content == "Pip has left."
    assert "nobody" in (await world.ann.slash(world.channel, "persona show", name="Pip")).response.content


async def test_what_a_character_knows_is_shown_and_forgotten(world: World) -> None:
    _, pip = await world.summoned("Pip")
    assert "nothing" in (await world.ann.slash(world.channel, "memory show", name="Pip")).response.content
    fact = Fact(kind=FactKind.NAME, text="Ann likes tea.")
    await world.desk.stored.memories.add(
        pip.id, f"discord:{world.ann.id}", [(fact, np.eye(1, 384, dtype=np.float32)[0])]
    )
    shown = await world.ann.slash(world.channel, "memory show", name="Pip")
    assert shown.ephemeral
    assert "Ann likes tea." in shown.response.content
    forgotten = await world.ann.slash(world.channel, "memory forget", name="Pip")
    assert forgotten.response.content == "Pip forgot one fact about you."


async def test_discord_is_told_of_the_commands_once(world: World, tmp_path: Path) -> None:
    def told() -> int:
        return sum(call.method == "PUT" and call.path.endswith("/commands") for call in world.env.http_requests)

    assert told() == 1
    await world.env.restart_bot(Client(world.desk, content=True, commands=tmp_path / "commands", shard_count=1))
    assert told() == 1
    changed = Client(world.desk, content=True, commands=tmp_path / "commands", shard_count=1)
    changed.tree.remove_command("help")
    await world.env.restart_bot(changed)
    assert told() == 2


async def test_face_and_voice_are_changed_by_command(world: World, bob: Any) -> None:
    _, pip = await world.summoned("Pip")
    for command in ("persona restyle", "persona revoice"):
        assert "Only whoever" in (await bob.slash(world.channel, command, name="Pip")).response.content
    await world.ann.slash(world.channel, "persona restyle", name="Pip", style="noir")
    request = await world.request()
    assert (request.kind, request.persona_id, request.payload["style"]) == ("restyle", pip.id, "noir")
    refused = await world.ann.slash(world.channel, "persona restyle", name="Pip", style="cubist")
    assert refused.ephemeral
    await world.ann.slash(world.channel, "persona revoice", name="Pip")
    assert (await world.request()).kind == "revoice"
