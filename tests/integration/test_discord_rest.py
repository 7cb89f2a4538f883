"""What Discord answers over HTTP and the simulation does not know: its refusals, with the real library in between."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import discord
import pytest
from aiohttp import web
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
from tests.servers.sqlite import SqliteFiles

TOKEN = "right"
HERE = Place("discord:5", "discord:5", "discord:7")
ME = {"id": "1", "username": "bot", "discriminator": "0", "avatar": None, "global_name": None, "bot": True}
NONCE = "0123456789abcdef01234567"


def as_json(document: object, status: int = 200) -> web.Response:
    """As Discord says it: the library does not take "application/json; charset=utf-8"."""
    headers = {"Content-Type": "application/json", "Via": "1.1 google"}
    return web.Response(body=json.dumps(document).encode(), status=status, headers=headers)


@dataclass
class Rest:
    """Discord's REST API, as far as it is needed: messages are taken, or answered as the tests say."""

    flags: int = 0
    answers: deque[tuple[int, dict[str, Any]] | None] = field(default_factory=deque)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""
    closing: int | None = None
    """The code with which the gateway closes a connection once it is known who connects."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/users/@me", self._me)
        app.router.add_get("/oauth2/applications/@me", self._me)
        app.router.add_get("/gateway/bot", self._gateway)
        app.router.add_get("/ws", self._connect)
        app.router.add_put("/applications/1/commands", self._commands)
        app.router.add_route("*", "/channels/{rest:.*}", self._message)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bot {TOKEN}":
            return as_json({"message": "401: Unauthorized", "code": 0}, status=401)
        if request.path.startswith("/users"):
            return as_json(ME)
        about = {"id": "1", "name": "bot", "icon": None, "description": "", "bot_public": True, "verify_key": "",
                 "bot_require_code_grant": False, "owner": ME, "team": None, "summary": "",
                 "approximate_guild_count": 3}  # fmt: skip
        return as_json(about | {"flags": self.flags})

    async def _gateway(self, request: web.Request) -> web.Response:
        start = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return as_json({"url": f"{self.url}/ws".replace("http", "ws"), "shards": 1, "session_start_limit": start})

    async def _commands(self, request: web.Request) -> web.Response:
        self.calls.append(("PUT commands", {"commands": await request.json()}))
        return as_json([])

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for message in socket:
            if json.loads(message.data)["op"] != 2:
                continue
            if self.closing is not None:
                await socket.close(code=self.closing)
                break
            about = {"v": 10, "user": ME, "guilds": [], "session_id": "s", "resume_gateway_url": self.url}
            document = about | {"shard": [0, 1], "application": {"id": "1", "flags": 0}}
            await socket.send_json({"op": 0, "s": 1, "t": "READY", "d": document})
            self.ready.set()
        return socket

    async def _message(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            body = await request.json()
        else:
            body = json.loads(str((await request.post())["payload_json"]))
        self.calls.append((f"{request.method} {request.path}", body))
        answer = self.answers.popleft() if self.answers else (200, None)
        if answer is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        status, document = answer
        if document is None:
            document = {"id": "99", "channel_id": "5", "author": ME, "content": "", "timestamp": "2026-11-22T00:00:00Z",
                        "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [],
                        "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0}  # fmt: skip
        return as_json(document, status=status)


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
