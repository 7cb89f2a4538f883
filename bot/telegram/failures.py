"""What Telegram's refusals mean for a message: later, smaller, anew, or never."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.messages import Gone, MessageLost, Patience, Refused, Undelivered

LOST = ("message to edit not found", "message can't be edited", "message_id_invalid")
NOBODY = (
    "chat not found", "user is deactivated", "not enough rights", "have no rights", "need administrator rights",
    "chat_write_forbidden", "topic_closed", "topic_deleted", "message thread not found", "peer_id_invalid",
)  # fmt: skip
UNCHANGED = "message is not modified"
UNHEARD = ("voice_messages_forbidden", "video_messages_forbidden", "chat_send_voices_forbidden",
           "chat_send_roundvideos_forbidden", "chat_send_videos_forbidden", "chat_send_media_forbidden")  # fmt: skip
"""The receiver takes no such files."""


@contextmanager
def translated() -> Iterator[None]:
    """Telegram's errors become ``Undelivered`` ones; ``ChatMigrated`` passes. Sentences quote nothing of what it says,
    for that may quote the message."""
    try:
        yield
    except ChatMigrated:
        raise
    except TelegramError as error:
        raise meaning(error) from error


def unchanged(error: TelegramError) -> bool:
    """Whether an edit was refused because the message shows that already."""
    return isinstance(error, BadRequest) and UNCHANGED in error.message.lower()


async def edited(edit: Callable[[], Awaitable[object]]) -> None:
    """An edit that may have been made already."""
    try:
        await edit()
    except TelegramError as error:
        if not unchanged(error):
            raise


def meaning(error: TelegramError) -> Undelivered:
    """What follows from an error."""
    said = error.message.lower()
    match error:
        case RetryAfter():
            wait = error.retry_after
            return Patience("Telegram asks for patience.", seconds=_seconds(wait))
        case Forbidden():
            return Gone("The bot was blocked, or removed from the group.")
        case InvalidToken():
            return Patience("Telegram does not take the token any more.", remedy="chatanything doctor")
        case BadRequest() if any(sign in said for sign in LOST):
            return MessageLost("The message is not there any more.")
        case BadRequest() if any(sign in said for sign in UNHEARD):
            return Refused("Files of this kind are not taken there.")
        case BadRequest() if any(sign in said for sign in NOBODY):
            return Gone("The chat or topic is closed, or the bot may not write there.")
        case BadRequest():
            return Refused("Telegram refuses the message.")
    if "entity too large" in said:
        return Refused("The file is too large.")
    return Patience("Telegram cannot be reached.")


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
