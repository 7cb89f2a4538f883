"""Commands of Discord in six languages: none without a name, none that Discord refuses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from unittest.mock import MagicMock

import discord
import pytest
import pytest_asyncio
from discord.app_commands import Command, ContextMenu, Group

from bot.discord import naming
from bot.discord.client import Client
from bot.discord.naming import CommandTexts, ids
from bot.discord.sync import fingerprint
from bot.localisation.texts import NAMES, SOURCE, texts
from tests.unit.fluent_texts import messages, rendered

LOCALES = {"de": "de", "fr": "fr", "es-ES": "es", "es-419": "es", "ja": "ja", "zh-CN": "zh", "zh-TW": "zh"}
"""Discord's, and what they get."""

NAME, DESCRIPTION, CHOICE = 32, 100, 100
"""Discord's limits. https://discord.com/developers/docs/interactions/application-commands"""

WRITTEN = re.compile(r"`/([^`]*)`")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Not connected, and with nobody to ask."""
    return Client(MagicMock(), content=True, commands=tmp_path_factory.mktemp("home") / "commands")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def payloads(client: Client) -> list[dict[str, Any]]:
    """What Discord is told."""
    return [await command.get_translated_payload(client.tree, CommandTexts()) for command in client.tree.get_commands()]


def walked(payloads: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Commands, groups, options and choices."""
    for payload in payloads:
        yield payload
        yield from walked(payload.get("options", []))
        yield from walked(payload.get("choices", []))


def named(client: Client) -> Iterator[naming.Named]:
    """What has texts."""
    for command in client.tree.get_commands():
        yield command
        for one in command.walk_commands() if isinstance(command, Group) else [command]:
            if one is not command:
                yield one
            if isinstance(one, Command):
                for parameter in one.parameters:
                    yield parameter
                    yield from (choice for choice in parameter.choices if choice.name not in NAMES.values())


def test_the_texts_say_in_english_what_the_code_says(client: Client) -> None:
    english, used = texts(SOURCE), set()
    for one in named(client):
        id_ = next((id_ for id_ in ids(one) if id_ in messages(SOURCE)), None)
        assert id_ is not None, ids(one)
        used.add(id_)
        assert english.find(id_) == getattr(one, "display_name", one.name), id_
        assert english.find(id_, "description") == getattr(one, "description", None), id_
    known = {id_ for id_ in messages(SOURCE) if id_.startswith(("cmd-", "opt-", "choice-", "menu-"))}
    assert known == used


def test_everything_has_a_name_in_every_language(payloads: list[dict[str, Any]]) -> None:
    for one in walked(payloads):
        if one["name"] in NAMES.values():  # languages are called as those who speak them do
            continue
        assert set(one["name_localizations"]) == set(LOCALES), one["name"]
        if "description" in one:
            assert set(one["description_localizations"]) == set(LOCALES), one["name"]


def test_nothing_is_longer_than_discord_takes(payloads: list[dict[str, Any]]) -> None:
    for one in walked(payloads):
        limit = CHOICE if "value" in one else NAME
        for name in (one["name"], *one.get("name_localizations", {}).values()):
            assert 1 <= len(name) <= limit, name
        if "description" in one:
            for text in (one["description"], *one["description_localizations"].values()):
                assert 1 <= len(text) <= DESCRIPTION, text


def test_names_of_commands_and_options_are_such_as_discord_takes(payloads: list[dict[str, Any]]) -> None:
    for one in walked(payloads):
        if "description" not in one:  # menus and choices may have any
            continue
        for name in (one["name"], *one["name_localizations"].values()):
            assert name == name.lower(), name
            assert all(letter in "-_'" or unicodedata.category(letter)[0] in "LN" for letter in name), name


def test_no_two_have_one_name(payloads: list[dict[str, Any]]) -> None:
    def check(siblings: list[dict[str, Any]]) -> None:
        for locale in LOCALES:
            names = [(one.get("name_localizations", {}).get(locale, one["name"]), "value" in one) for one in siblings]
            assert len(names) == len(set(names)), (locale, names)
        for one in siblings:
            check(one.get("options", []))
            check(one.get("choices", []))

    check([one for one in payloads if one["type"] == discord.AppCommandType.chat_input.value])
    check([one for one in payloads if one["type"] != discord.AppCommandType.chat_input.value])


@pytest.mark.parametrize("language", [SOURCE, *sorted(set(LOCALES.values()))])
def test_texts_name_commands_that_are_there(client: Client, language: str) -> None:
    said, paths = texts(language), set()
    for command in client.tree.get_commands():
        if isinstance(command, ContextMenu):
            continue
        for one in command.walk_commands() if isinstance(command, Group) else [command]:
            steps = [*((one.parent, one) if one.parent else (one,))]
            paths.add(" ".join(said.find(ids(step)[0]) or "" for step in steps))
    tops = {path.partition(" ")[0] for path in paths}
    for id_, text in rendered(language):
        for written in WRITTEN.findall(text):
            words = written.split()
            assert " ".join(words[:2]) in paths or (words[0] in paths) or (len(words) == 1 and words[0] in tops), id_


async def test_another_translation_has_another_fingerprint(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await fingerprint(client.tree, CommandTexts())
    assert await fingerprint(client.tree, CommandTexts()) == before
    monkeypatch.setattr(naming, "texts", lambda language: MagicMock(find=lambda id_, attribute=None: "andere-worte"))
    assert await fingerprint(client.tree, CommandTexts()) != before
