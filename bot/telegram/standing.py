"""Who the token stands for, and what Telegram lets that bot hear."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import SecretStr
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot.settings import Settings
from bot.telegram.requesting import AiohttpRequest
from pipeline.errors import ChatAnythingError

FATHER = "https://t.me/BotFather"

PRIVACY = (
    "In groups it hears commands, replies to it and mentions only (privacy mode): to call a character by its name, "
    "switch that off."
)
ALLOW_GROUPS = f"{FATHER}: /setprivacy, Disable; then add the bot to its groups anew"

CONNECTIONS = 256
"""To Telegram, at the same time."""

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]


class TelegramUnavailable(ChatAnythingError):
    """The bot cannot be on Telegram: no token, a wrong one, or no connection."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``hears``: whether it is told of all that is written in groups. ``webhook``: where updates are sent to."""

    name: str
    hears: bool
    webhook: str


async def look(settings: Settings) -> Standing:
    """Asks Telegram. Raises ``TelegramUnavailable``."""
    bot = build(settings).bot
    with understood():
        async with bot:
            webhook = (await bot.get_webhook_info()).url
            return Standing(bot.username, bool(bot.can_read_all_group_messages), webhook)


def build(settings: Settings) -> App:
    """The connection. Raises ``TelegramUnavailable`` where no token is set."""
    builder = ApplicationBuilder().token(_required(settings.telegram_token)).updater(None)
    builder = builder.request(AiohttpRequest(CONNECTIONS)).get_updates_request(AiohttpRequest(1))
    if settings.telegram_base_url is not None:
        url = settings.telegram_base_url.rstrip("/")
        builder = builder.base_url(f"{url}/bot").base_file_url(f"{url}/file/bot")
    return builder.build()


@contextmanager
def understood() -> Iterator[None]:
    """Errors of the connection become sentences. Telegram's library quotes the token in some, so none is chained."""
    try:
        yield
    except InvalidToken:
        raise TelegramUnavailable(
            "Telegram does not take this token.", remedy=f"{FATHER}: /token, and set the new one as TELEGRAM_TOKEN"
        ) from None
    except NetworkError:
        raise TelegramUnavailable("Telegram cannot be reached. Is there a connection to the internet?") from None
    except TelegramError:
        raise TelegramUnavailable("Telegram answers with an error. Try again later.") from None


def _required(token: SecretStr | None) -> str:
    found = token.get_secret_value().strip() if token else ""
    if not found:
        raise TelegramUnavailable(
            "No token for Telegram is set.",
            remedy=f"make a bot with {FATHER} (/newbot), and set TELEGRAM_TOKEN; see docs/telegram.md",
        )
    return found
