"""What Discord answers over HTTP and the simulation does not know: its refusals, with the real library in between."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from pydantic import SecretStr

from bot import doctor
from bot.app import Desk
from bot.discord.faces import Faces
from bot.discord.gateway import open_gateway
from bot.discord.hooks import Hooks
from bot.discord.messenger import DiscordMessenger
from bot.discord.responses import Response, Responses
from bot.discord.standing import ALLOW_CONTENT, DiscordUnavailable, look
from bot.messages import File, Gone, Message, MessageLost, Patience, Place, Refused, Undelivered
from bot.service import work
from bot.settings import Settings
from storage.blobs import Blobs
from storage.database import Database
from storage.outbox import PartKind
from tests.integration.discord_world import a_desk
from tests.servers.discord_rest import TOKEN, Rest
from tests.servers.sqlite import SqliteFiles

HERE = Place("discord:5", "discord:5", "discord:7")
NONCE = "0123456789abcdef01234567"


@pytest.fixture
async def rest(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rest]:
    async with Rest() as rest:
        monkeypatch.setattr(discord.http.Route, "BASE", rest.url)
        yield rest


@pytest.fixture
async def messenger(rest: Rest) -> AsyncIterator[DiscordMessenger]:
    client = discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30)
    async with client:
        await client.login(TOKEN)
        personas: Any = None
        yield DiscordMessenger(client, Responses(), Hooks(client), Faces(client, personas))


def a_message(*files: File, text: str = "Hello") -> Message:
    return Message("r", PartKind.PLAIN, True, text, files=files)


async def test_a_message_carries_its_nonce_and_pings_nobody(rest: Rest, messenger: DiscordMessenger) -> None:
    assert await messenger.send(HERE, a_message(text="@everyone"), NONCE) == "5/99"
    ((call, body),) = rest.calls
    assert call == "POST /channels/5/messages"
    assert (body["nonce"], body["enforce_nonce"]) == (NONCE, True)
    assert body["allowed_mentions"]["parse"] == []
    await messenger.edit(HERE, "5/99", a_message(text="@here"), NONCE)
    assert rest.calls[1][0] == "PATCH /channels/5/messages/99"
    assert rest.calls[1][1]["allowed_mentions"]["parse"] == []


async def test_every_piece_of_a_long_text_has_a_nonce_of_its_own(rest: Rest, messenger: DiscordMessenger) -> None:
    await messenger.send(HERE, a_message(text="word " * 900), NONCE)
    nonces = [body["nonce"] for _, body in rest.calls]
    assert len(set(nonces)) == len(nonces) == 3
    assert all(len(nonce) <= 25 for nonce in nonces)


@pytest.mark.parametrize(
    ("status", "document", "expected"),
    [
        (413, {"code": 40005, "message": "Request entity too large"}, Refused),
        (400, {"code": 50035, "message": "Invalid Form Body"}, Refused),
        (403, {"code": 50013, "message": "Missing Permissions"}, Gone),
        (403, {"code": 50001, "message": "Missing Access"}, Gone),
        (403, {"code": 50007, "message": "Cannot send messages to this user"}, Gone),
        (404, {"code": 10003, "message": "Unknown Channel"}, Gone),
        (404, {"code": 10008, "message": "Unknown Message"}, MessageLost),
        (400, {"code": 50083, "message": "Thread is archived"}, MessageLost),
        (429, {"retry_after": 60.5, "message": "You are being rate limited.", "global": False}, Patience),
    ],
)
async def test_what_is_made_of_a_refusal(
    rest: Rest, messenger: DiscordMessenger, status: int, document: dict[str, Any], expected: type[Undelivered]
) -> None:
    rest.answers.append((status, document))
    with pytest.raises(expected) as caught:
        await messenger.edit(HERE, "5/99", a_message(), NONCE)
    assert type(caught.value) is expected
    if isinstance(caught.value, Patience):
        assert caught.value.seconds == 60.5


async def test_a_short_wait_is_waited_for(rest: Rest, messenger: DiscordMessenger) -> None:
    rest.answers.append((429, {"retry_after": 0.05, "message": "", "global": False}))
    assert await messenger.send(HERE, a_message(), NONCE) == "5/99"
    assert len(rest.calls) == 2


async def test_a_dropped_connection_is_tried_later_with_the_same_nonce(rest: Rest, messenger: DiscordMessenger) -> None:
    rest.answers.append(None)
    with pytest.raises(Patience):
        await messenger.send(HERE, a_message(), NONCE)
    await messenger.send(HERE, a_message(), NONCE)
    assert [body["nonce"] for _, body in rest.calls] == [NONCE, NONCE]


async def test_too_large_files_are_not_even_sent(rest: Rest, messenger: DiscordMessenger) -> None:
    large = File("video/mp4", "clip.mp4", bytes((10 << 20) + 1))
    with pytest.raises(Refused):
        await messenger.send(HERE, a_message(large), NONCE)
    assert not rest.calls


async def test_the_token_is_looked_at(rest: Rest) -> None:
    standing = await look(SecretStr(f" {TOKEN}\n"))
    assert (standing.name, standing.application, standing.content, standing.servers) == ("bot", 1, False, 3)
    rest.flags = discord.ApplicationFlags.gateway_message_content_limited.flag
    assert (await look(SecretStr(TOKEN))).content


@pytest.mark.parametrize(("token", "sentence"), [(None, "No token"), ("  ", "No token"), ("wrong", "does not take")])
async def test_a_missing_or_wrong_token_is_a_sentence(rest: Rest, token: str | None, sentence: str) -> None:
    with pytest.raises(DiscordUnavailable, match=sentence) as caught:
        await look(SecretStr(token) if token else None)
    assert caught.value.remedy
    assert "wrong" not in str(caught.value)


async def test_no_connection_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9")
    async with asyncio.timeout(20):
        with pytest.raises(DiscordUnavailable, match="cannot be reached"):
            await look(SecretStr(TOKEN))


@pytest.fixture
async def desk(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[Desk]:
    async with Database(sqlite.fresh()) as database:
        yield a_desk(database, Blobs((tmp_path / "blobs").as_uri()))


def a_bot(home: Path, token: str = TOKEN) -> Settings:
    chosen: dict[str, Any] = {"CHATANYTHING_HOME": home, "DISCORD_TOKEN": token}
    return Settings(**chosen)


async def test_the_gateway_connects_and_leaves_in_order(rest: Rest, desk: Desk, tmp_path: Path) -> None:
    stopping = asyncio.Event()
    async with asyncio.timeout(30), open_gateway(a_bot(tmp_path), desk) as gateway:
        listening = asyncio.create_task(gateway.listen(stopping))
        await rest.ready.wait()
        assert await gateway.messenger.send(HERE, a_message(), NONCE) == "5/99"
        stopping.set()
        await listening
        assert await gateway.messenger.edit(HERE, "5/99", a_message(), NONCE) == "5/99"  # what was accepted is shown
    names = {command["name"] for call, body in rest.calls if call == "PUT commands" for command in body["commands"]}
    assert {"summon", "persona", "personas", "memory", "help"} < names


@pytest.mark.parametrize(("code", "sentence"), [(4004, "does not take this token"), (4014, "right to read messages")])
async def test_a_connection_that_is_closed_for_good_is_a_sentence(
    rest: Rest, desk: Desk, tmp_path: Path, code: int, sentence: str
) -> None:
    rest.closing = code
    async with asyncio.timeout(30), open_gateway(a_bot(tmp_path), desk) as gateway:
        with pytest.raises(DiscordUnavailable, match=sentence) as caught:
            await gateway.listen(asyncio.Event())
    assert caught.value.remedy


async def test_doctor_says_how_the_bot_stands(rest: Rest, tmp_path: Path) -> None:
    note = await asyncio.to_thread(doctor._discord, a_bot(tmp_path))
    assert (note.state, note.remedy) == ("note", ALLOW_CONTENT)
    rest.flags = discord.ApplicationFlags.gateway_message_content_limited.flag
    fine = await asyncio.to_thread(doctor._discord, a_bot(tmp_path))
    assert (fine.state, fine.sentence) == ("ok", "the token is that of bot, which is on 3 servers")
    wrong = await asyncio.to_thread(doctor._discord, a_bot(tmp_path, "wrong"))
    assert (wrong.state, wrong.sentence) == ("missing", "Discord does not take this token.")


async def test_a_whole_process_serves_until_it_is_told_to_stop(rest: Rest, tmp_path: Path) -> None:
    async with asyncio.timeout(40):
        working = asyncio.create_task(work(a_bot(tmp_path), {}, gateways=[open_gateway]))
        await rest.ready.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await working


async def test_a_whole_process_ends_with_what_its_gateway_ends_with(rest: Rest, tmp_path: Path) -> None:
    rest.closing = 4014
    async with asyncio.timeout(40):
        with pytest.raises(DiscordUnavailable, match="right to read messages"):
            await work(a_bot(tmp_path), {}, gateways=[open_gateway])


class Interaction:
    """An interaction whose answer was lost on the way back."""

    id = 7

    def __init__(self, code: int) -> None:
        self.response, self.code, self.asked = self, code, 0

    async def send_message(self, text: str, **_: object) -> None:
        answer: Any = SimpleNamespace(status=400, reason="", headers={})
        raise discord.HTTPException(answer, {"code": self.code, "message": ""})

    async def original_response(self) -> SimpleNamespace:
        self.asked += 1
        return SimpleNamespace(id=99)


async def test_an_interaction_that_was_answered_already_is_not_answered_again() -> None:
    interaction: Any = Interaction(40060)
    response = Response(interaction)
    assert [await response.post("Coming."), await response.post("Coming.")] == [99, 99]
    assert interaction.asked == 1
    forgotten: Any = Interaction(10062)
    assert await Response(forgotten).post("Coming.") is None
