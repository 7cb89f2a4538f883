"""What Discord answers over HTTP and the simulation does not know: its refusals, with the real library in between."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import numpy as np
import pytest
from discord.app_commands import AppCommandContext
from pydantic import SecretStr

from bot.app import Desk
from bot.discord.faces import Faces
from bot.discord.gateway import open_gateway
from bot.discord.hooks import Hooks
from bot.discord.messenger import DiscordMessenger
from bot.discord.responses import Response, Responses
from bot.discord.standing import ALLOW_CONTENT, DiscordUnavailable, look
from bot.doctor import services
from bot.jobs.plan import Stage
from bot.messages import File, Gone, Message, MessageLost, Patience, Place, Refused, Undelivered
from bot.progress import Mark, Progress
from bot.service import work
from bot.settings import Settings
from pipeline.clips.clip import encode_ogg
from storage.blobs import Blobs
from storage.database import Database
from storage.outbox import PartKind
from tests.integration.platform_world import a_desk
from tests.servers.discord_rest import MESSAGE, TOKEN, Rest
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
        (403, {"code": 50278, "message": "Cannot send messages to this user due to having no mutual guilds"}, Gone),
        (404, {"code": 10008, "message": "Unknown Message"}, MessageLost),
        (404, {"code": 10015, "message": "Unknown Webhook"}, MessageLost),
        (401, {"code": 50027, "message": "Invalid Webhook Token"}, MessageLost),
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


@pytest.fixture(scope="module")
def ogg() -> bytes:
    return encode_ogg(np.sin(np.arange(24_000, dtype=np.float32) / 20), 24_000)


def a_voice(ogg: bytes, name: str | None = "Pip") -> Message:
    return Message("r", PartKind.VOICE, True, "Hello", name, files=(File("audio/ogg", "voice.ogg", ogg, seconds=1.0),))


async def test_where_the_bot_speaks_itself_a_voice_is_a_voice_message(
    rest: Rest, messenger: DiscordMessenger, ogg: bytes
) -> None:
    key = await messenger.send(HERE, a_voice(ogg), NONCE)
    assert key == "5/99.99/voice"
    (_, text), (call, voice) = rest.calls
    assert (text["content"], text["attachments"]) == ("**Pip:** Hello", [])
    assert call == "POST /channels/5/messages"
    assert (voice["flags"], voice.get("content"), voice["allowed_mentions"]["parse"]) == (1 << 13, None, [])
    assert (voice["enforce_nonce"], voice["nonce"] != text["nonce"], len(voice["nonce"]) <= 25) == (True, True, True)
    (about,) = voice["attachments"]
    assert about["duration_secs"] == 1.0
    assert 1 <= len(base64.b64decode(about["waveform"])) <= 256
    assert rest.files == {"voice.ogg": ogg}

    await messenger.edit(HERE, key, a_voice(ogg), NONCE)  # shown again, it is not said again
    assert [call for call, _ in rest.calls[2:]] == ["PATCH /channels/5/messages/99"]


@pytest.mark.parametrize(("status", "code"), [(400, 50173), (403, 50013)])
async def test_where_voice_messages_are_not_allowed_it_is_a_file(
    rest: Rest, messenger: DiscordMessenger, ogg: bytes, status: int, code: int
) -> None:
    rest.answers.extend([(200, None), (status, {"code": code, "message": "Cannot send voice messages here"})])
    assert await messenger.send(HERE, a_voice(ogg), NONCE) == "5/99"
    call, body = rest.calls[-1]
    assert (call, body["content"]) == ("PATCH /channels/5/messages/99", "**Pip:** Hello")
    assert [file["filename"] for file in body["attachments"]] == ["voice.ogg"]


async def test_progress_leaves_files_and_buttons_alone(rest: Rest, messenger: DiscordMessenger) -> None:
    progress = Progress(((Stage.MIND, Mark.DONE), (Stage.CLIP, Mark.WAITING)), ahead=2, seconds=20)
    message = Message("r", PartKind.PORTRAIT, False, "Hello", "Pip", "An apple", progress=progress, keeps_files=True)
    await messenger.edit(HERE, "5/99", message, NONCE)
    ((_, body),) = rest.calls
    small = "-# ✓ character · ○ clip\n-# 2 others go first, which takes about 20 seconds."
    assert body["content"] == f"Hello\n{small}"
    assert not {"embeds", "attachments", "components"} & body.keys()


async def test_an_interaction_has_at_most_five_answers_which_ping_nobody(
    rest: Rest, messenger: DiscordMessenger
) -> None:
    key = await messenger.edit(HERE, "5/98/1:token", a_message(text="@everyone " * 1500), NONCE)
    calls = [call for call, _ in rest.calls]
    assert calls == ["PATCH /webhooks/1/token/messages/98", *["POST /webhooks/1/token"] * 4]
    assert all(body["allowed_mentions"]["parse"] == [] for _, body in rest.calls)
    assert key == "5/98.99.99.99.99/1:token"


class Hooked:
    """A channel with a webhook, of which nobody has to be asked."""

    def __init__(self, client: discord.Client) -> None:
        self._hook = discord.Webhook.partial(8, "hooked", client=client)

    async def of(self, channel: int) -> discord.Webhook:
        return self._hook

    async def known(self, channel: int, hook: int) -> discord.Webhook:
        return self._hook

    async def thread(self, channel: int) -> None:
        return None

    def forget(self, hook: int) -> None:
        """Nothing to forget."""


class Faceless:
    async def of(self, persona: str | None) -> str | None:
        return None


@pytest.fixture
async def hooked(rest: Rest) -> AsyncIterator[DiscordMessenger]:
    client = discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30)
    async with client:
        await client.login(TOKEN)
        hooks: Any = Hooked(client)
        faces: Any = Faceless()
        yield DiscordMessenger(client, Responses(), hooks, faces)


async def test_what_a_webhook_may_have_posted_is_looked_for(rest: Rest, hooked: DiscordMessenger) -> None:
    there = Place("discord:1", "discord:5", "discord:7")
    said = Message("r", PartKind.TEXT, False, "Hello", "Pip", persona="p")
    rest.answers.append(None)
    with pytest.raises(Patience):
        await hooked.send(there, said, NONCE)
    theirs = MESSAGE | {"id": "70", "content": "Hello", "webhook_id": "9"}
    rest.documents["GET /channels/5/messages"] = [theirs, theirs | {"id": "71", "webhook_id": "8"}]
    assert await hooked.send(there, said, NONCE) == "5/71/8"
    assert [call for call, _ in rest.calls] == [
        "POST /webhooks/8/hooked",
        "GET /channels/5/messages",
        "PATCH /webhooks/8/hooked/messages/71",
    ]
    # The same words of somebody else are a message of their own.
    other = "f" * 24
    rest.answers.append(None)
    with pytest.raises(Patience):
        await hooked.send(there, said, other)
    assert await hooked.send(there, said, other) == "5/99/8"


async def test_a_channel_with_all_its_webhooks_taken_hears_the_bot_itself(rest: Rest) -> None:
    client = discord.Client(intents=discord.Intents.none())
    rest.documents["GET /channels/5"] = {"id": "5", "type": 0, "guild_id": "1", "name": "general", "position": 0}
    rest.documents["GET /channels/5/webhooks"] = []
    rest.answers.append((400, {"code": 30007, "message": "Maximum number of webhooks reached (15)"}))
    async with client:
        await client.login(TOKEN)
        faces: Any = Faceless()
        messenger = DiscordMessenger(client, Responses(), Hooks(client), faces)
        said = Message("r", PartKind.TEXT, False, "Hello", "Pip", persona="p")
        assert await messenger.send(Place("discord:1", "discord:5", "discord:7"), said, NONCE) == "5/99"
        call, body = rest.calls[-1]
        assert (call, body["content"]) == ("POST /channels/5/messages", "**Pip:** Hello")


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
    note = await asyncio.to_thread(services.discord, a_bot(tmp_path))
    assert (note.state, note.remedy) == ("note", ALLOW_CONTENT)
    rest.flags = discord.ApplicationFlags.gateway_message_content_limited.flag
    fine = await asyncio.to_thread(services.discord, a_bot(tmp_path))
    assert (fine.state, fine.sentence) == ("ok", "the token is that of bot, which is on 3 servers")
    wrong = await asyncio.to_thread(services.discord, a_bot(tmp_path, "wrong"))
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

    id = channel_id = 7
    guild_id = None
    context, locale = AppCommandContext(dm_channel=True), discord.Locale.british_english

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
    assert [str(await response.post("Coming.")) for _ in range(2)] == ["7/99", "7/99"]
    assert interaction.asked == 1
    forgotten: Any = Interaction(10062)
    assert await Response(forgotten).post("Coming.") is None
