"""Who the token stands for, and what Discord lets that bot do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import aiohttp
import discord
from pydantic import SecretStr

from pipeline.errors import ChatAnythingError

PORTAL = "https://discord.com/developers/applications"
WRONG_TOKEN = 4004
"""The gateway's code for it."""

NO_CONTENT = (
    "Discord hides from it what people write, but for mentions and private chats: "
    "replies to characters need a mention or the button “Talk”."
)
ALLOW_CONTENT = f"{PORTAL} > your application > Bot > switch on Message Content Intent"


class DiscordUnavailable(ChatAnythingError):
    """The bot cannot be on Discord: no token, a wrong one, or no connection."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``content``: whether Discord tells it what people write. ``servers``: about how many it is on."""

    name: str
    application: int
    content: bool
    servers: int


async def look(token: SecretStr | None) -> Standing:
    """Asks Discord. Raises ``DiscordUnavailable``."""
    secret = required(token)
    with understood():
        async with discord.Client(intents=discord.Intents(guilds=True)) as client:
            await client.login(secret)
            about = await client.application_info()
    flags = about.flags
    content = flags.gateway_message_content or flags.gateway_message_content_limited
    return Standing(about.name, about.id, content, about.approximate_guild_count)


def required(token: SecretStr | None) -> str:
    """The token. Raises ``DiscordUnavailable`` where none is set."""
    found = token.get_secret_value().strip() if token else ""
    if not found:
        raise DiscordUnavailable(
            "No token for Discord is set.", remedy=f"make a bot at {PORTAL}, and set DISCORD_TOKEN; see docs/discord.md"
        )
    return found


@contextmanager
def understood() -> Iterator[None]:
    """Errors of the connection become sentences. None quotes the token."""
    try:
        yield
    except discord.LoginFailure as error:
        raise _wrong_token() from error
    except discord.PrivilegedIntentsRequired as error:
        raise DiscordUnavailable(
            "Discord took the right to read messages from this bot while it was connecting.", remedy=ALLOW_CONTENT
        ) from error
    except discord.ConnectionClosed as error:
        if error.code == WRONG_TOKEN:
            raise _wrong_token() from error
        raise DiscordUnavailable(f"Discord closed the connection for good (code {error.code}).") from error
    except discord.HTTPException as error:
        raise DiscordUnavailable(f"Discord answers with an error ({error.status}). Try again later.") from error
    except (discord.GatewayNotFound, aiohttp.ClientError, OSError) as error:
        raise DiscordUnavailable("Discord cannot be reached. Is there a connection to the internet?") from error


def _wrong_token() -> DiscordUnavailable:
    return DiscordUnavailable(
        "Discord does not take this token.",
        remedy=f"{PORTAL} > your application > Bot > Reset Token, and set the new one as DISCORD_TOKEN",
    )
