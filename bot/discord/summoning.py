"""``/summon``: answered at once, whatever the database does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import discord
import structlog
from discord import app_commands

from bot import offers, words
from bot.asking import Asking, Incoming
from bot.discord import keys
from bot.discord.keys import Interaction
from bot.discord.layout import short
from bot.discord.permissions import missing_here
from bot.discord.responses import NOT_PRIVATE, Response, Responses, say
from bot.jobs.plan import Kind
from pipeline.errors import BadRequest, StorageFailed
from storage.requests import Accepted

log = structlog.get_logger(__name__)

PATIENCE = 0.7
"""Seconds that taking a request may last before the person is told something."""

CHOICES, CHOICE = 25, 100
"""Discord's limits: choices while somebody types, and letters of one."""

PRIVATE = "It will come as a private message from me."

Ask: TypeAlias = Callable[[Incoming], Awaitable[Accepted]]
"""Makes a request of whatever was done."""


class Summoning:
    """Takes what people ask for through commands and buttons."""

    def __init__(self, asking: Asking, responses: Responses) -> None:
        self.asking = asking
        self.responses = responses

    def command(self) -> app_commands.Command[Any, ..., None]:
        """``/summon``."""

        @app_commands.command(description="Turn a few words into a character with a face and a voice.")
        @app_commands.describe(
            text="Anything: an angry apple",
            style="How its portrait looks; else one that suits it",
            private="Meet it in a private chat with the bot",
        )
        @app_commands.allowed_installs(guilds=True, users=False)
        @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
        async def summon(
            interaction: Interaction,
            text: app_commands.Range[str, 1, 300],
            style: str | None = None,
            private: bool = False,
        ) -> None:
            async def ask(incoming: Incoming) -> Accepted:
                return await self.asking.summon(incoming, text, style=offers.look(style))

            if private and interaction.guild_id is not None:
                await self._take_privately(interaction, ask)
            else:
                await self.take(interaction, words.coming(Kind.SUMMON), ask)

        summon.autocomplete("style")(styles)
        return summon

    async def take(self, interaction: Interaction, text: str, ask: Ask, *, placeholder: bool = True) -> None:
        """Makes a request of an interaction, and answers that with a text.

        ``placeholder``: the answer is the message in which the request is shown later.
        """
        if sentence := missing_here(interaction):
            await say(interaction, sentence)
            return
        response = self.responses.expect(interaction) if placeholder else Response(interaction)
        taking = asyncio.ensure_future(ask(keys.incoming(interaction)))
        await asyncio.wait([taking], timeout=PATIENCE)
        if not taking.done():
            await response.show(text)
        try:
            await taking
        except BadRequest as error:
            await response.refuse(str(error))
        except StorageFailed as error:
            log.warning("discord.storage", error=type(error).__name__)
            await response.refuse(words.apology(None))
        else:
            await response.show(text)

    async def _take_privately(self, interaction: Interaction, ask: Ask) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        self.responses.warn(interaction)
        try:
            chat = await interaction.user.create_dm()
            await ask(keys.moved(keys.incoming(interaction), chat.id))
        except discord.HTTPException:
            await say(interaction, NOT_PRIVATE)
        except BadRequest as error:
            await say(interaction, str(error))
        except StorageFailed as error:
            log.warning("discord.storage", error=type(error).__name__)
            await say(interaction, words.apology(None))
        else:
            await say(interaction, PRIVATE)


async def styles(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The styles offered while somebody types."""
    labels = ((id_, f"{id_}: {about}") for id_, about in offers.looks().items())
    shown = [(id_, label) for id_, label in labels if typed.strip().lower() in label.lower()]
    return [app_commands.Choice(name=short(label, CHOICE), value=id_) for id_, label in shown[:CHOICES]]
