"""What goes wrong while somebody is answered becomes a sentence for that person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import structlog

from bot import words
from bot.discord.keys import Interaction, tongue
from bot.discord.layout import plain
from bot.discord.responses import say
from bot.localisation.refusals import Refusal, said
from bot.localisation.texts import Texts
from pipeline.errors import BadRequest, ChatAnythingError

log = structlog.get_logger(__name__)

EXPECTED = (ChatAnythingError, discord.DiscordException, OSError)
"""Everything else is a mistake of ours."""


@asynccontextmanager
async def told(interaction: Interaction) -> AsyncIterator[None]:
    """Ends what Discord's library would only write to its log: buttons and menus below messages."""
    try:
        yield
    except EXPECTED as error:
        await tell(interaction, error)


async def tell(interaction: Interaction, error: BaseException) -> None:
    """Says to the person what went wrong, and to the log in full where it is a mistake of ours."""
    texts = tongue(interaction)
    if isinstance(error, BadRequest):
        await say(interaction, sentence(error, texts))
        return
    if isinstance(error, EXPECTED):
        log.warning("discord.interaction", error=type(error).__name__)
    else:
        log.error("discord.bug", error=type(error).__name__, exc_info=error)
    await say(interaction, words.apology(None, texts))


def sentence(error: ChatAnythingError, texts: Texts) -> str:
    """What an error says; names in it format nothing."""
    if not isinstance(error, Refusal):
        return said(error, texts)
    values = {name: plain(value) if isinstance(value, str) else value for name, value in error.values.items()}
    return texts(error.id, **values)
