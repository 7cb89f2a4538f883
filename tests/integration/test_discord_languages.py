"""What is said on Discord in other languages: to a person alone in theirs, to all in that of the server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from simcord import interactions

from bot.localisation.texts import texts
from bot.words import apology
from storage.outbox import PartKind
from tests.integration.discord_world import World, a_world
from tests.servers.sqlite import SqliteFiles

JAPANESE, GERMAN = texts("ja"), texts("de")


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """People who read Japanese, on a German server."""
    payload = interactions.base_payload

    def spoken(*args: Any, **options: Any) -> Any:
        record, found = payload(*args, **options)
        return record, found | {"locale": "ja"} | ({"guild_locale": "de"} if "guild_locale" in found else {})

    monkeypatch.setattr(interactions, "base_payload", spoken)
    async with a_world(sqlite.fresh(), tmp_path) as world:
        yield world


async def test_a_person_alone_is_told_in_their_language(world: World) -> None:
    shown = await world.ann.slash(world.channel, "help")
    assert shown.response.embeds[0].title == JAPANESE("help-title")
    refused = await world.ann.slash(world.channel, "persona show", persona="Nemo")
    assert (refused.ephemeral, refused.response.content) == (True, JAPANESE("characters-unknown"))
    (style,) = await world.ann.autocomplete(world.channel, "summon", "style", "noir", text="x")
    assert style["name"] == f"noir: {JAPANESE('offers-style-noir')}"
    voices = await world.ann.autocomplete(world.channel, "summon", "voice", "魔女", text="x")
    assert [one["value"] for one in voices] == [texts()("offers-voice-old-witch-creaky-sharp")]


async def test_all_are_told_in_the_language_of_the_server(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    (message,) = world.messages
    assert GERMAN("words-coming-summon") in message.content
    request = await world.request()
    assert request.language == "de"
    await world.part(request, PartKind.APOLOGY, final=True, sentence="Later.", error="EngineBusy")
    (message,) = world.messages
    assert message.content == apology(GERMAN("error-EngineBusy"), GERMAN)


async def test_a_private_chat_keeps_the_language_of_its_last_command(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple", private=True)
    await world.made(await world.request(), "Pip")
    await world.ann.send_dm("Hello again")
    request = await world.request()
    assert (request.kind, request.language) == ("reply", "ja")
