"""The whole life of a character on Telegram, with everything real but Telegram itself."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import av
import pytest
from PIL import Image

from bot.service import queues, work
from bot.settings import Settings
from bot.telegram.gateway import open_gateway
from pipeline.mark import MARK
from tests.servers.ports import free_port
from tests.servers.telegram import ANN, TOKEN, BotApi, Shown

PATIENCE = 240

pytestmark = [pytest.mark.slow]


@pytest.fixture(params=["long polling", "webhook"])
async def api(request: pytest.FixtureRequest, assets_home: Path, tmp_path: Path) -> AsyncIterator[BotApi]:
    """Telegram, where the bot is."""
    (tmp_path / "assets").symlink_to(assets_home)
    async with BotApi() as api:
        chosen: dict[str, Any] = {"CHATANYTHING_HOME": tmp_path, "MIND": "scripted", "VOICE": "hibari",
                                  "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_BASE_URL": api.url}  # fmt: skip
        posting = asyncio.create_task(asyncio.sleep(0))
        if request.param == "webhook":
            listen = f"127.0.0.1:{free_port()}"
            chosen |= {"TELEGRAM_WEBHOOK_URL": "https://bot.example", "TELEGRAM_WEBHOOK_LISTEN": listen}
            posting = asyncio.create_task(post(api, f"http://{listen}/telegram"))
        serving = asyncio.create_task(work(Settings(**chosen), queues(), gateways=[open_gateway]))
        try:
            yield api
        finally:
            for task in (posting, serving):
                task.cancel()
            await asyncio.gather(posting, serving, return_exceptions=True)


async def post(api: BotApi, url: str) -> None:
    """Brings updates to the bot's own server, as Telegram does."""
    async with aiohttp.ClientSession() as session:
        while True:
            await asyncio.sleep(0.02)
            for asked in api.of("setWebhook")[:1]:
                while api.updates:
                    headers = {"X-Telegram-Bot-Api-Secret-Token": asked["secret_token"]}
                    async with session.post(url, json=api.updates[0], headers=headers) as answer:
                        assert answer.status == 200
                    del api.updates[0]


async def until(api: BotApi, number: int, method: str, wanted: Callable[[Shown], bool] = lambda shown: True) -> Shown:
    """The message of that number among those of a kind, once it is there."""
    async with asyncio.timeout(PATIENCE):
        while len(found := [one for one in api.messages if one.method == method and wanted(one)]) <= number:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return found[number]


async def test_the_life_of_a_character(api: BotApi) -> None:
    api.write(ANN, "/summon an angry apple")
    note = await until(api, 0, "sendVideoNote")
    card = api.messages[0]
    name, tagline, ai, *_ = card.text.split("\n")
    assert (card.method, ai) == ("sendPhoto", "AI character")
    assert name
    assert tagline
    with Image.open(io.BytesIO(next(iter(card.files.values())))) as picture:
        assert picture.width == picture.height >= 768
    with av.open(io.BytesIO(next(iter(note.files.values())))) as clip:
        video, seconds = clip.streams.video[0], float(clip.duration or 0) / av.time_base
        assert (video.codec_context.name, video.width) == ("h264", video.height)
        assert video.width == int(note.fields["length"]) <= 640
        assert abs(seconds - int(note.fields["duration"])) < 1 < seconds < 60
        assert clip.metadata["comment"] == MARK

    api.write(ANN, "Hello, who are you?")
    await until(api, 1, "sendVideoNote")
    assert api.of("sendMessageDraft")
    answer = api.messages[-2]
    assert answer.text.startswith(f"{name}: ")
    assert len(answer.text) > len(name) + 10

    buttons = {one["text"]: one["callback_data"] for row in card.markup["inline_keyboard"] for one in row}
    api.press(ANN, card, buttons["New portrait"])
    await until(api, 1, "sendPhoto")
    api.press(ANN, card, buttons["New voice"])
    await until(api, 0, "sendVoice")
    api.press(ANN, card, buttons["Dismiss"])
    await until(api, 0, "sendMessage", lambda shown: shown.text == f"{name} has left.")
