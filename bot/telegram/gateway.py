"""Telegram as a part of a process that serves."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from telegram import Update
from telegram.error import Conflict, TelegramError

from bot.app import Desk
from bot.service import Gateway
from bot.settings import Settings
from bot.telegram.commands import add_to, introduce
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.standing import PRIVACY, App, build, understood

log = structlog.get_logger(__name__)

UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.CHOSEN_INLINE_RESULT)
"""What we want to hear of: no edited messages, and nothing of channels."""

CONFLICT = "Telegram gives what people write to another program with this token. Only one may poll: stop the other one."


@asynccontextmanager
async def open_gateway(settings: Settings, desk: Desk) -> AsyncIterator[Gateway]:
    """Logs in, and says so when that cannot be; raises ``TelegramUnavailable``."""
    application = build(settings)
    add_to(application, desk)
    try:
        with understood():
            await application.initialize()
        log.info("telegram.login", bot=application.bot.username)
        if not application.bot.can_read_all_group_messages:
            log.info("telegram.privacy", why=PRIVACY)
        yield Gateway(TelegramMessenger(application.bot), lambda stopping: _listen(application, settings, stopping))
    finally:
        await application.shutdown()
        await application.bot.shutdown()  # else connections of a login that failed stay open


async def _listen(application: App, settings: Settings, stopping: asyncio.Event) -> None:
    """Takes what people do until ``stopping`` is set; what was accepted by then is still shown."""
    introducing = asyncio.create_task(introduce(application.bot))
    await application.start()
    try:
        await _begin(application, settings)
        await stopping.wait()
    finally:
        introducing.cancel()
        if application.updater is not None and application.updater.running:
            await application.updater.stop()
        await application.stop()


async def _begin(application: App, settings: Settings) -> None:
    """By webhook where an address is set, else by long polling."""
    assert application.updater is not None  # noqa: S101 - the builder makes one
    if settings.telegram_webhook_url is None:
        await application.updater.start_polling(
            allowed_updates=UPDATES, bootstrap_retries=-1, error_callback=_trouble, drop_pending_updates=False
        )
        return
    host, _, port = settings.telegram_webhook_listen.rpartition(":")
    given = settings.telegram_webhook_secret
    secret = given.get_secret_value() if given else secrets.token_urlsafe(32)  # Telegram is told of a new one each time
    with understood():
        await application.updater.start_webhook(
            listen=host, port=int(port), url_path="telegram", secret_token=secret, allowed_updates=UPDATES,
            webhook_url=f"{settings.telegram_webhook_url.rstrip('/')}/telegram", bootstrap_retries=-1,
        )  # fmt: skip


def _trouble(error: TelegramError) -> None:
    """Polling goes on whatever happens."""
    if isinstance(error, Conflict):
        log.error("telegram.conflict", why=CONFLICT)
    else:
        log.warning("telegram.polling", error=type(error).__name__)
