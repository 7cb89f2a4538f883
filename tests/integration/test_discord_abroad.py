"""Where the bot is no member: people who installed it for themselves alone use it there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord.interactions

from bot.discord.client import Client
from bot.discord.keys import Posted, Ticket
from storage.outbox import PartKind
from tests.integration.discord_world import World, a_world
from tests.servers.sqlite import SqliteFiles

MESSAGES = "/channels/*/messages"
LAST: dict[str, Any] = {"name": "Pip", "tagline": "An apple", "text": "Here."}


@pytest.fixture
async def world(sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """The bot can write nothing in the channel but answers to interactions."""
    base = simcord.interactions.base_payload

    def abroad(*args: Any, **options: Any) -> Any:
        record, payload = base(*args, **options)
        payload["authorizing_integration_owners"] = {"1": str(options["user_id"])}
        return record, {**payload, "attachment_size_limit": 10 << 20, "app_permissions": "0"}

    monkeypatch.setattr(simcord.interactions, "base_payload", abroad)
    async with a_world(sqlite.fresh(), tmp_path) as world:
        for method, path in (("POST", MESSAGES), ("PATCH", f"{MESSAGES}/*"), ("GET", "/channels/*/webhooks")):
            world.env.inject_error(
                method, path.replace("*", str(world.channel.id), 1), status=403, code=50001, times=None
            )
        yield world


def labels(message: discord.Message) -> set[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return {button.label or "" for row in rows for button in row.children if isinstance(button, discord.Button)}


def private(world: World) -> list[str]:
    chat = world.ann.user.dm_channel
    return [message.content for message in chat.history()] if chat else []


async def test_a_summon_lives_in_the_answer_to_its_command(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    result = await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    key = Posted.parse(await world.shown(request))
    assert (key.messages, key.hook) == ((result.response.id,), None)
    assert key.ticket is not None
    await world.part(request, PartKind.TEXT, **LAST)
    await world.made(request)
    (message,) = world.messages
    assert message.embeds[0].title == "Pip"
    assert labels(message) >= {"Talk", "New portrait"}
    assert key.ticket.token not in repr(key)
    assert key.ticket.token not in "".join(capsys.readouterr())


async def test_another_process_goes_on_with_it(world: World, tmp_path: Path) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    await world.env.restart_bot(Client(world.desk, content=True, commands=tmp_path / "commands", shard_count=1))
    await world.part(request, PartKind.PLAIN, final=True, **LAST)
    assert [message.content for message in world.messages] == ["Here."]


async def test_what_comes_too_late_comes_as_a_private_message(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=401, code=50027, times=None)
    world.env.inject_error("POST", "/webhooks/*/*", status=401, code=50027, times=None)
    await world.part(request, PartKind.TEXT, **LAST | {"text": "Wait."})
    assert private(world) == ["Wait."]
    await world.part(request, PartKind.PLAIN, final=True, **LAST)
    assert private(world) == ["Here."]
    assert (await world.request()).state == "delivered"


async def test_who_takes_no_private_message_either_cannot_be_reached(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=401, code=50027, times=None)
    world.env.inject_error("POST", "/webhooks/*/*", status=401, code=50027, times=None)
    chat = world.env.backend.get_dm_channel(world.ann.id)
    world.env.inject_error("POST", f"/channels/{chat.id}/messages", status=403, code=50278, times=None)
    await world.part(request, PartKind.PLAIN, final=True, **LAST)
    found = await world.request()
    assert (found.state, found.error) == (
        "cancelled",
        "The person shares no server with this bot, so it cannot write to them.",
    )


async def test_a_deleted_answer_is_given_again(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    request = await world.request()
    await world.shown(request)
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=404, code=10008)
    await world.part(request, PartKind.PLAIN, final=True, **LAST)
    assert [message.content for message in world.messages][-1] == "Here."
    assert private(world) == []


async def test_talking_by_the_button_is_answered_below_the_line(world: World) -> None:
    await world.ann.slash(world.channel, "summon", text="an angry apple")
    await world.made(await world.request())
    (card,) = world.messages
    opened = await world.ann.click(card, label="Talk")
    (field,) = [one["custom_id"] for row in opened.modal["components"] for one in row["components"]]
    await world.ann.submit_modal(opened, {field: "Hello?"})
    request = await world.request()
    await world.shown(request)
    await world.part(request, PartKind.PLAIN, final=True, name="Pip", text="What?")
    assert [message.content for message in world.messages][-2:] == ["**Ann:** Hello?", "**Pip:** What?"]


def test_keys_of_tickets_come_back_and_hide_the_token() -> None:
    posted = Posted(1, (2, 3), ticket=Ticket(4, "a:b/c.d-e_f="))
    assert Posted.parse(str(posted)) == posted
    assert "a:b" not in repr(posted)
    assert Posted.parse(str(Posted(1, (2, 3), voiced=True))).voiced
