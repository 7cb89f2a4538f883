"""Telegram as a part of a process that serves."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog

from bot.app import Desk
from bot.service import Gateway
from bot.settings import Settings
from bot.telegram.commands import add_to
from bot.telegram.introducing import introduce
from bot.telegram.keys import PLATFORM, update_key
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.openings import Openings
from bot.telegram.receiving import UPDATES, Receiver, persistently, poll, webhook
from bot.telegram.standing import PRIVACY, App, build, understood
from storage.inbox import Inbox

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_gateway(settings: Settings, desk: Desk) -> AsyncIterator[Gateway]:
    """Logs in, and says so when that cannot be; raises ``TelegramUnavailable``."""
    application = build(settings)
    openings = Openings(application.bot)
    add_to(application, desk, openings)
    inbox = Inbox(desk.database, PLATFORM)
    receiver = Receiver(application, inbox, lambda number: openings.never(update_key(number)))
    try:
        with understood():
            await application.initialize()
        log.info("telegram.login", bot=application.bot.username)
        if not application.bot.can_read_all_group_messages:
            log.info("telegram.privacy", why=PRIVACY)
        async with TelegramMessenger(application.bot, openings) as messenger:
            yield Gateway(messenger, lambda stopping: _listen(application, receiver, settings, stopping))
    finally:
        await application.shutdown()
        await application.bot.shutdown()  # else connections of a login that failed stay open


async def _listen(application: App, receiver: Receiver, settings: Settings, stopping: asyncio.Event) -> None:
    """Takes what people do until ``stopping`` is set; what was accepted by then is still shown."""
    duties = [
        asyncio.create_task(introduce(application.bot, settings.telegram_name)),
        asyncio.create_task(receiver.serve()),
        asyncio.create_task(_receive(application, receiver, settings)),
    ]
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([stopped, *duties[1:]], return_when=asyncio.FIRST_COMPLETED)
        for duty in duties[1:]:
            if duty.done():
                duty.result()  # it raises: neither ends by itself
    finally:
        for task in (stopped, *duties):
            task.cancel()
        await asyncio.gather(stopped, *duties, return_exceptions=True)
        await receiver.finish()


async def _receive(application: App, receiver: Receiver, settings: Settings) -> None:
    """By webhook where an address is set, else by long polling."""
    if settings.telegram_webhook_url is None:
        await poll(application, receiver)
        return
    given = settings.telegram_webhook_secret
    secret = given.get_secret_value() if given else secrets.token_urlsafe(32)  # Telegram is told of a new one each time
    url = f"{settings.telegram_webhook_url.rstrip('/')}/telegram"
    async with webhook(application, receiver, settings.telegram_webhook_listen, secret):
        await persistently(partial(application.bot.set_webhook, url, allowed_updates=UPDATES, secret_token=secret))
        await asyncio.Event().wait()
