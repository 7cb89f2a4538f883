"""What Discord's refusals mean for a message: later, smaller, anew, or never.

Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import aiohttp
import discord

from bot.messages import Gone, MessageLost, Patience, Refused, Undelivered

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION = 10003, 10008, 10015, 10062
TOO_MANY_WEBHOOKS, TOO_LARGE, ACKNOWLEDGED = 30007, 40005, 40060
NO_ACCESS, NO_MESSAGES, NO_PERMISSION, INVALID_TOKEN, ARCHIVED = 50001, 50007, 50013, 50027, 50083
STRANGERS = 50278

GONE: Mapping[int, str] = {
    UNKNOWN_CHANNEL: "The channel was deleted.",
    NO_ACCESS: "The bot cannot see the channel any more: it needs the permission “View Channel” there.",
    NO_MESSAGES: "The person takes no direct messages from this bot.",
    STRANGERS: "The person shares no server with this bot, so it cannot write to them.",
    NO_PERMISSION: "A permission is missing in the channel: the bot needs “Send Messages” (in threads: "
    "“Send Messages in Threads”), “Embed Links” and “Attach Files” there.",
}

DEAD = (UNKNOWN_WEBHOOK, UNKNOWN_INTERACTION, UNKNOWN_MESSAGE, NO_ACCESS, INVALID_TOKEN)
"""An interaction that cannot be answered any more."""

LOST = (UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK, INVALID_TOKEN, ARCHIVED)
"""Nothing to edit, or no way to do it any more; in an archived thread a new message opens it again."""


@contextmanager
def translated() -> Iterator[None]:
    """Discord's errors become ``Undelivered`` ones."""
    try:
        yield
    except discord.RateLimited as error:
        raise Patience("Discord asks for patience.", seconds=error.retry_after) from error
    except discord.HTTPException as error:
        raise meaning(error) from error
    except (aiohttp.ClientError, OSError) as error:  # a time-out is an OSError
        raise Patience("Discord cannot be reached.") from error


def meaning(error: discord.HTTPException) -> Undelivered:
    """The sentence holds nothing of what Discord says, which may quote the message."""
    if error.status == 429:
        return Patience("Discord asks for patience.", seconds=_retry_after(error))
    if error.status >= 500:
        return Patience(f"Discord has trouble of its own ({error.status}).")
    if error.code in GONE:
        return Gone(GONE[error.code])
    if error.code in LOST:
        return MessageLost("The message is not there any more.")
    if error.status == 401:
        return Patience("Discord does not take the token any more.", remedy="chatanything doctor")
    return Refused(f"Discord refuses the message ({error.status}, code {error.code}).")


def _retry_after(error: discord.HTTPException) -> float | None:
    try:
        return float(error.response.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
