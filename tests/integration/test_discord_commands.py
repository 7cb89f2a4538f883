"""Commands about one character on Discord, and telling Discord about them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.discord import cards, commands
from bot.discord.client import Client
from bot.jobs.plan import AnswerMode
from bot.localisation.texts import LANGUAGES, texts
from pipeline.errors import StorageBusy
from pipeline.types import Fact, FactKind, Speaking, Turn
from storage.repository import StoredPersona
from storage.values import now
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


@pytest.fixture
def mod(world: World) -> Any:
    role = world.guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
    return world.guild.add_member(world.env.create_user("Mod"), roles=[role])


async def test_help_says_that_it_is_ai(world: World) -> None:
    result = await world.ann.slash(world.channel, "help")
    (card,) = result.response.embeds
    assert result.ephemeral
    assert "AI" in card.description
    told = " ".join(field.value for field in card.fields)
    for command in world.client.tree.get_commands():
        if command.name in ("help", "Reply to character", "Who summoned this?"):
            continue
        assert f"/{command.name}" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_fits_in_every_language(language: str) -> None:
    card = commands.card(texts(language))
    assert len(card) <= 6000
    assert all(len(field.value or "") <= 1024 for field in card.fields)


async def test_names_are_offered_and_understood(world: World, bob: Any) -> None:
    _, pip = await world.summoned("Pip")
    await world.summoned("Zed")
    (offered,) = await bob.autocomplete(world.channel, "persona show", "persona", "pi")
    assert (offered["name"], offered["value"]) == ("Pip", pip.id)
    for name in (pip.id, "  PIP!"):
        shown = await bob.slash(world.channel, "persona show", persona=name)
        assert shown.response.embeds[0].title == "Pip"
    unknown = await bob.slash(world.channel, "persona show", persona="Nemo")
    assert unknown.ephemeral
    assert unknown.response.content == "I know nobody of that name here."


async def test_who_is_shown_is_shown_with_its_face(world: World) -> None:
    _, pip = await world.summoned("Pip")
    await world.paint(pip, disc_portrait(side=64))
    shown = await world.ann.slash(world.channel, "persona show", persona="Pip")
    (card,) = shown.response.embeds
    assert card.thumbnail.url == f"attachment://{shown.response.attachments[0].filename}"


async def test_a_character_is_renamed(world: World, bob: Any) -> None:
    _, pip = await world.summoned("Pip")
    refused = await bob.slash(world.channel, "persona rename", persona="Pip", name="Bobsled")
    assert "Only whoever summoned" in refused.response.content
    told = await world.ann.slash(world.channel, "persona rename", persona="Pip", name="Pip_the @everyone")
    assert told.response.content == "Pip is called Pip\\_the @\u200beveryone now."
    assert (await world.desk.stored.personas.get(pip.id)).persona.name == "Pip_the @everyone"
    assert not world.pinged()


async def test_a_character_is_sent_away_and_comes_back(world: World, bob: Any) -> None:
    _, pip = await world.summoned("Pip")
    assert "Only whoever" in (await bob.slash(world.channel, "persona dismiss", persona="Pip")).response.content
    assert (await world.ann.slash(world.channel, "persona dismiss", persona="Pip")).response.content == "Pip has left."
    assert "nobody" in (await world.ann.slash(world.channel, "persona show", persona="Pip")).response.content
    back = await world.ann.slash(world.channel, "persona recall", who="Pip")
    assert not back.ephemeral
    assert back.response.embeds[0].title == "Pip"
    await bob.send(world.channel, "Welcome back", reply_to=back.response.message)
    assert (await world.request()).persona_id == pip.id


async def test_a_shared_character_comes_elsewhere_by_its_code(world: World, bob: Any) -> None:
    _, pip = await world.summoned("Pip")
    await world.paint(pip, disc_portrait(side=64))
    elsewhere = world.env.create_guild("Elsewhere", shard_id=0)
    channel = elsewhere.create_text_channel("there")
    visitor: Any = elsewhere.add_member(bob.user)
    assert "nobody" in (await visitor.slash(channel, "persona recall", who=pip.id)).response.content
    assert "Only whoever" in (await bob.slash(world.channel, "persona share", persona="Pip")).response.content
    shared = await world.ann.slash(world.channel, "persona share", persona="Pip")
    assert shared.ephemeral
    assert pip.id in shared.response.content
    came = await visitor.slash(channel, "persona recall", who=pip.id)
    assert came.response.embeds[0].image.url == f"attachment://{came.response.attachments[0].filename}"
    stopped = await world.ann.slash(world.channel, "persona share", persona="Pip", stop=True)
    assert "not shared any more" in stopped.response.content
    assert not (await world.desk.stored.personas.get(pip.id)).shared


async def test_face_and_voice_are_changed_by_command(world: World, bob: Any) -> None:
    _, pip = await world.summoned("Pip")
    for command in ("persona restyle", "persona revoice"):
        assert "Only whoever" in (await bob.slash(world.channel, command, persona="Pip")).response.content
    await world.ann.slash(world.channel, "persona restyle", persona="Pip", style="noir")
    request = await world.request()
    assert (request.kind, request.persona_id, request.payload["style"]) == ("restyle", pip.id, "noir")
    refused = await world.ann.slash(world.channel, "persona restyle", persona="Pip", style="cubist")
    assert refused.ephemeral
    offered = await world.ann.autocomplete(world.channel, "persona revoice", "voice", "", persona="Pip")
    assert offered
    await world.ann.slash(world.channel, "persona revoice", persona="Pip", voice="deep and slow")
    assert (await world.request()).payload["wish"] == "deep and slow"


async def test_how_characters_answer_is_chosen_for_oneself_for_one_and_for_all(
    world: World, bob: Any, mod: Any
) -> None:
    _, pip = await world.summoned("Pip")
    mine = await world.ann.slash(world.channel, "answer", how="text")
    assert mine.ephemeral
    assert "in writing" in mine.response.content
    assert (await world.desk.places.person(f"discord:{world.ann.id}")).answer is AnswerMode.TEXT
    await world.ann.slash(world.channel, "answer", how="any", **{"for": "me"})
    assert (await world.desk.places.person(f"discord:{world.ann.id}")).answer is None
    refused = await bob.slash(world.channel, "answer", how="voice", persona="Pip")
    assert "Only whoever summoned" in refused.response.content
    await world.ann.slash(world.channel, "answer", how="voice", persona="Pip")
    assert (await world.desk.stored.personas.get(pip.id)).answer == "voice"
    nobody = await world.ann.slash(world.channel, "answer", how="voice", **{"for": "persona"})
    assert "Which character" in nobody.response.content
    refused = await bob.slash(world.channel, "answer", how="text", **{"for": "server"})
    assert "keep order" in refused.response.content
    await mod.slash(world.channel, "answer", how="text", **{"for": "server"})
    assert (await world.desk.places.settings(f"discord:{world.guild.id}")).answer is AnswerMode.TEXT


async def test_what_a_character_knows_is_shown_and_forgotten(world: World) -> None:
    _, pip = await world.summoned("Pip")
    assert "nothing" in (await world.ann.slash(world.channel, "memory show", persona="Pip")).response.content
    fact = Fact(kind=FactKind.NAME, text="Ann likes tea.")
    vector = np.eye(1, 384, dtype=np.float32)[0]
    await world.desk.stored.memories.add(pip.id, f"discord:{world.ann.id}", [(fact, vector)])
    shown = await world.ann.slash(world.channel, "memory show", persona="Pip")
    assert shown.ephemeral
    assert "Ann likes tea." in shown.response.content
    missing = await world.ann.slash(world.channel, "memory forget", persona="Pip", number=99)
    assert "no fact of that number" in missing.response.content
    forgotten = await world.ann.slash(world.channel, "memory forget", persona="Pip")
    assert forgotten.response.content == "Pip forgot one fact about you."


async def test_in_private_the_conversation_is_forgotten_as_well(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple", private=True)
    _, pip = await world.made(await world.request())
    chat, personas = f"discord:{world.ann.user.dm_channel.id}", world.desk.stored.personas
    await personas.add_turn(pip.id, chat, Turn(speaking=Speaking.PERSON, text="Hello"))
    forgotten = await world.ann.user.slash("memory forget", persona="Pip")
    assert forgotten.response.content == "Pip forgot what it knew about you, and this conversation."
    assert await personas.turns(pip.id, chat) == []


async def test_what_is_stored_is_handed_out_and_deleted_when_it_is_confirmed(world: World, bob: Any) -> None:
    _, pip = await world.summoned("Pip")
    await world.env.settle()
    exported = await world.ann.slash(world.channel, "privacy export")
    assert exported.ephemeral
    (file,) = (exported.response or exported.followups[0]).attachments
    assert (await file.read())[:2] == b"PK"
    asked = await world.ann.slash(world.channel, "privacy delete")
    assert asked.ephemeral
    assert await world.desk.stored.personas.find(pip.id) is not None
    await world.ann.click(asked.response, label="Delete everything")
    assert await world.desk.stored.personas.find(pip.id) is None


def test_every_command_says_where_it_can_be_used(world: World) -> None:
    alone = {"summon", "personas", "persona", "answer", "memory", "privacy", "help"}
    """Can be installed by a person for themselves: they answer through the interaction."""
    for command in world.client.tree.get_commands():
        assert command.allowed_contexts is not None
        assert command.allowed_installs is not None
        assert command.allowed_installs.guild
        assert bool(command.allowed_installs.user) == (command.name in alone), command.name
        assert bool(command.allowed_contexts.private_channel) == (command.name in alone), command.name


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


async def test_a_database_that_is_away_is_said_and_offers_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StorageBusy("The database is away.")

    monkeypatch.setattr(world.desk.characters, "meant", away)
    monkeypatch.setattr(world.desk.characters, "visible", away)
    assert await world.ann.autocomplete(world.channel, "persona show", "persona", "pi") == []
    told = await world.ann.slash(world.channel, "persona show", persona="Pip")
    assert "Sorry" in told.response.content
    world.env._errors.clear()


HOSTILE = st.text(min_size=1, max_size=400).map(lambda text: f"@everyone <@1> **[x](http://x) {text}")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=HOSTILE, text=HOSTILE)
def test_no_name_and_no_text_breaks_a_card(name: str, text: str) -> None:
    persona = a_persona(name, tagline=text, personality=text * 9, concept=text)
    stored = StoredPersona("0" * 36, persona, now(), "discord:1")
    for card in (
        cards.entry(stored, None),
        cards.calling(stored, None, texts()),
        cards.introduction(stored, texts(), words=True),
    ):
        assert 0 < len(card.title or "") <= 256
        assert len(card.description or "") <= 4096
        assert all(0 < len(field.value or "") <= 1024 for field in card.fields)
        assert len(card) <= 1200 * 5
        assert "@everyone" not in f"{card.title}{card.description}"
