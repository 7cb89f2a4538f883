"""Telegram's Bot API over HTTP with our bot at the other end; the tests play the workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import Desk
from bot.delivery import Delivery
from bot.settings import Settings
from bot.telegram.gateway import open_gateway
from storage.blobs import Blobs
from storage.database import Database
from tests.integration.platform_world import Played, a_desk
from tests.servers.telegram import ANN, TOKEN, BotApi, Person, Shown

GROUP, FORUM = -5, -1009


@dataclass
class Telegram(Played):
    """The bot in all chats, and Ann, who writes to it."""

    desk: Desk
    api: BotApi

    def shown(self, chat: int = ANN.id) -> list[Shown]:
        """The bot's messages in a chat."""
        return [one for one in self.api.messages if one.chat == chat and not one.deleted]

    async def said(self, wanted: str, chat: int = ANN.id) -> Shown:
        """The message in which the bot says that, once it does."""

        def found() -> Shown | None:
            return next((one for one in reversed(self.shown(chat)) if wanted in one.text), None)

        message: Shown = await self.until(found)
        return message

    async def summoned(self, name: str = "Pip", *, person: Person = ANN, chat: int | None = None) -> Shown:
        """Somebody summons a character, and a worker makes it; its card."""
        before = len(await self.desk.requests.list(limit=500))
        self.api.write(person, "/summon an angry apple", chat=chat)
        await self.request(before)
        await self.made(await self.request(), name)
        return await self.said(name, person.id if chat is None else chat)

    def reply(self, shown: Shown) -> Any:
        """For a message that replies to one of the bot's."""
        about = {"id": 123456, "is_bot": True, "first_name": "ChatAnything", "username": "chat_anything_bot"}
        return {
            "reply_to_message": {
                "message_id": shown.id, "date": 1, "chat": self.api.chat(shown.chat), "from": about, "text": shown.text,
            }
        }  # fmt: skip


@asynccontextmanager
async def a_telegram(address: str, folder: Path, api: BotApi | None = None, **settings: Any) -> AsyncIterator[Telegram]:
    """All of it, with a delivery that serves."""
    async with AsyncExitStack() as stack:
        if api is None:
            api = await stack.enter_async_context(BotApi())
        yield Telegram(await stack.enter_async_context(a_bot(address, folder, api.url, **settings)), api)


@asynccontextmanager
async def a_bot(address: str, folder: Path, url: str, **settings: Any) -> AsyncIterator[Desk]:
    """The bot, with Telegram at that address."""
    async with Database(address) as database:
        desk = a_desk(database, Blobs((folder / "blobs").as_uri()))
        known = Settings.model_validate(
            {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_BASE_URL": url, "CHATANYTHING_HOME": folder} | settings
        )
        stopping = asyncio.Event()
        async with open_gateway(known, desk) as gateway:
            delivery = Delivery(desk.outbox, desk.blobs, desk.bell, [gateway.messenger], "test")
            serving = [
                asyncio.create_task(gateway.listen(stopping)),
                asyncio.create_task(delivery.serve(stopping)),
            ]
            try:
                yield desk
            finally:
                stopping.set()
                await asyncio.gather(*serving)
