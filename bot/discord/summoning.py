"""``/summon``: answered at once, whatever the database does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeAlias

import discord
import structlog
from discord import app_commands

from bot import words
from bot.asking import Asking, Incoming
from bot.discord import keys, sent
from bot.discord.keys import Interaction, ticket_of, tongue
from bot.discord.layout import lay_out, short
from bot.discord.options import CHOICE, CHOICES, voices
from bot.discord.permissions import missing_here
from bot.discord.responses import Response, Responses, say
from bot.jobs.plan import SUMMONED, AnswerMode, Kind, plan
from bot.localisation.foreign import translated
from bot.localisation.refusals import said
from bot.messages import placeholder_for, told
from bot.progress import expected
from pipeline.errors import BadRequest, StorageFailed
from storage.asked import Request
from storage.requests import Accepted

log = structlog.get_logger(__name__)

PATIENCE = 0.7
"""Seconds that taking a request may last before the person is told something."""

Ask: TypeAlias = Callable[[Incoming], Awaitable[Accepted]]
"""Makes a request of whatever was done."""


class Summoning:
    """Takes what people ask for through commands and buttons."""

    def __init__(self, asking: Asking, responses: Responses) -> None:
        self.asking = asking
        self.responses = responses

    def command(self) -> app_commands.Command[Any, ..., None]:
        """``/summon``, also for those who installed the bot for themselves alone, wherever they are."""

        @app_commands.command(description="Turn a few words into a character with a face and a voice.")
        @app_commands.describe(
            text="Anything: an angry apple",
            style="How its portrait looks; else one that suits it",
            voice="How it sounds, in words: a deep, slow old man",
            picture="A face to bring to life. Use only pictures that are yours to use",
            private="Meet it in a private chat with the bot",
        )
        @app_commands.allowed_installs(guilds=True, users=True)
        @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
        async def summon(
            interaction: Interaction,
            text: app_commands.Range[str, 1, 300],
            style: str | None = None,
            voice: app_commands.Range[str, 1, 200] | None = None,
            picture: discord.Attachment | None = None,
            private: bool = False,
        ) -> None:
            async def ask(incoming: Incoming) -> Accepted:
                look = interaction.client.desk.offers.look(style)
                shown = await sent.picture(picture) if picture else None
                return await self.asking.summon(incoming, text, style=look, voice=voice, picture=shown)

            if private and not interaction.context.dm_channel:
                await self._take_privately(interaction, ask)
            else:
                await self.take(interaction, words.coming(Kind.SUMMON, tongue(interaction)), ask)

        summon.autocomplete("style")(styles)
        summon.autocomplete("voice")(voices)
        return summon

    async def take(self, interaction: Interaction, text: str, ask: Ask, *, placeholder: bool = True) -> None:
        """Makes a request of an interaction, and answers that with a text.

        ``placeholder``: the answer is the message in which the request is shown later; else it stands above that.
        """
        if ticket_of(interaction) is None and (sentence := missing_here(interaction)):
            await say(interaction, sentence)
            return
        response = self.responses.expect(interaction) if placeholder else self._line(interaction, text)
        taking = asyncio.ensure_future(ask(keys.incoming(interaction)))
        await asyncio.wait([taking], timeout=PATIENCE)
        if not taking.done():
            await response.show(text)
        try:
            accepted = await taking
        except (BadRequest, StorageFailed) as error:
            await response.refuse(_why(interaction, error))
        else:
            await response.show(_opening(accepted.request) if placeholder else text)

    def _line(self, interaction: Interaction, text: str) -> Response:
        """What was said, above its answer; where only the interaction can be answered, that is a second answer."""
        line = Response(interaction)
        if line.ticket is not None:
            self.responses.expect(interaction, after=(line, text))
        return line

    async def _take_privately(self, interaction: Interaction, ask: Ask) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        self.responses.warn(interaction)
        texts = tongue(interaction)
        try:
            chat = await interaction.user.create_dm()
            await ask(keys.moved(interaction, chat.id))
        except discord.HTTPException:
            await say(interaction, texts("summoning-not-private"))
        except (BadRequest, StorageFailed) as error:
            await say(interaction, _why(interaction, error))
        else:
            await say(interaction, texts("summoning-private"))


def _why(interaction: Interaction, error: BadRequest | StorageFailed) -> str:
    """Why nothing comes, to the person."""
    if isinstance(error, BadRequest):
        return said(error, tongue(interaction))
    log.warning("discord.storage", error=type(error).__name__)
    return words.apology(None, tongue(interaction))


def _opening(request: Request) -> str:
    """What a request is shown as until there is more of it."""
    message = placeholder_for(request)
    if request.kind in SUMMONED:
        steps = plan(Kind(request.kind), AnswerMode(request.payload.get("answer", AnswerMode.VIDEO)))
        message = replace(message, progress=told(expected(steps), request))
    return lay_out(message).pieces[0]


async def styles(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The styles offered while somebody types."""
    looks, said = interaction.client.desk.offers.looks, tongue(interaction)
    labels = ((id_, f"{id_}: {translated(about, said)}") for id_, about in looks.items())
    shown = [(id_, label) for id_, label in labels if typed.strip().lower() in label.lower()]
    return [app_commands.Choice(name=short(label, CHOICE), value=id_) for id_, label in shown[:CHOICES]]
