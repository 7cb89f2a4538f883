"""The bot's own HTTP client for Telegram does what the one of Telegram's library does."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot, InputFile, InputMediaPhoto, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, HTTPXRequest

from bot.telegram.requesting import AiohttpRequest
from tests.servers.ports import free_port
from tests.servers.telegram import TOKEN, BotApi, Refused, Trouble

CLIENTS = {
    "aiohttp": lambda: AiohttpRequest(4, read=0.5),
    "httpx": lambda: HTTPXRequest(4, read_timeout=0.5),
}
NAME = "a clip of Äpfel 🍎.mp4"
DATA = bytes(range(256)) * 8000  # more than aiohttp takes as bare bytes


@asynccontextmanager
async def a_bot(url: str, client: Callable[[], BaseRequest], token: str = TOKEN) -> AsyncIterator[Bot]:
    request, other = client(), client()
    await request.initialize()
    await other.initialize()
    bot = Bot(token, f"{url}/bot", f"{url}/file/bot", request=request, get_updates_request=other)
    try:
        yield bot
    finally:
        await request.shutdown()
        await other.shutdown()


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> Callable[[], BaseRequest]:
    """Either of them: what holds for the library's holds for ours."""
    return CLIENTS[request.param]


TROUBLES = [
    (Trouble(how="hang"), TimedOut),
    (Trouble(how="cut"), NetworkError),
    (Trouble(how="cut_after"), NetworkError),
    (Trouble(how="half"), NetworkError),
    (Trouble(how="broken"), NetworkError),
    (Trouble(refused=Refused(400, "Bad Request: message is too long")), BadRequest),
    (Trouble(refused=Refused(403, "Forbidden: bot was blocked by the user")), Forbidden),
    (Trouble(refused=Refused(404, "Not Found")), InvalidToken),
    (Trouble(refused=Refused(409, "Conflict")), Conflict),
    (Trouble(refused=Refused(429, "Too Many Requests", retry_after=9)), RetryAfter),
    (Trouble(refused=Refused(400, "Bad Request: upgraded", migrate_to_chat_id=-1005)), ChatMigrated),
]


@pytest.mark.parametrize(("trouble", "kind"), TROUBLES, ids=lambda value: getattr(value, "how", None) or "")
async def test_errors(client: Callable[[], BaseRequest], trouble: Trouble, kind: type[TelegramError]) -> None:
    async with BotApi() as api, a_bot(api.url, client) as bot:
        api.trouble(trouble)
        with pytest.raises(kind) as caught:
            await bot.send_message(7, "hello")
        assert type(caught.value) is kind
        assert (await bot.send_message(7, "again")).text == "again"  # the next one is not harmed


async def test_nobody_listens(client: Callable[[], BaseRequest]) -> None:
    async with a_bot(f"http://127.0.0.1:{free_port()}", client) as bot:
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(7, "hello")
    assert type(caught.value) is NetworkError


@pytest.mark.parametrize("trouble", TROUBLES[:5], ids=lambda trouble: trouble[0].how)
async def test_errors_do_not_tell_the_token(trouble: tuple[Trouble, type[TelegramError]]) -> None:
    async with BotApi() as api, a_bot(api.url, CLIENTS["aiohttp"]) as bot:
        api.trouble(trouble[0])
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(7, "hello")
    assert TOKEN not in repr(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        assert TOKEN not in repr(error)
        error = error.__cause__


async def test_files_arrive_byte_for_byte(client: Callable[[], BaseRequest]) -> None:
    async with BotApi() as api, a_bot(api.url, client) as bot:
        await bot.send_document(7, DATA, filename=NAME, caption="Guten Tag, Äpfel & <b>🍎</b>")
        await bot.send_photo(7, io.BytesIO(b"\r\n--picture\r\n"))
        media = InputMediaPhoto(InputFile(b"\x89PNG", filename="p.png"), caption="= & %")
        await bot.edit_message_media(media, 7, api.messages[1].id)
        api.files["voice"] = DATA
        loaded = await (await bot.get_file("voice")).download_as_bytearray()
    document, photo = api.messages
    assert (document.files, document.text) == ({"document": DATA}, "Guten Tag, Äpfel & <b>🍎</b>")
    assert document.fields["document:filename"] == NAME
    assert [*photo.files.values()] == [b"\x89PNG"]
    assert photo.text == "= & %"
    assert bytes(loaded) == DATA


async def test_more_calls_than_connections_wait_for_one_another() -> None:
    async with BotApi() as api:
        async with a_bot(api.url, lambda: AiohttpRequest(2)) as bot:
            sent = await asyncio.gather(*(bot.send_message(7, str(number)) for number in range(20)))
            assert {message.text for message in sent} == {str(number) for number in range(20)}
        async with a_bot(api.url, lambda: AiohttpRequest(1, pool=0.1, read=5.0)) as bot:
            api.trouble(Trouble("sendMessage", how="hang"))
            first = asyncio.create_task(bot.send_message(7, "first"))
            await asyncio.sleep(0.05)
            with pytest.raises(TimedOut, match="not sent"):
                await bot.send_message(7, "second")
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            assert (await bot.send_message(7, "third")).text == "third"


async def test_proxies_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def proxy(request: web.BaseRequest) -> web.Response:
        asked.append(str(request.url))
        return web.json_response({"ok": True, "result": True})

    runner = web.ServerRunner(web.Server(proxy))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port := free_port()).start()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("all_proxy", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    try:
        async with a_bot("http://telegram.example", CLIENTS["aiohttp"]) as bot:
            assert await bot.delete_message(7, 1)
        async with BotApi() as api, a_bot(api.url, CLIENTS["aiohttp"]) as bot:
            message: Message = await bot.send_message(7, "straight")
    finally:
        await runner.cleanup()
    assert asked == [f"http://telegram.example/bot{TOKEN}/deleteMessage"]
    assert message.text == "straight"
