"""Interactions that want an answer within three seconds.

Where the bot is a member their response is an ordinary message of it: it becomes the placeholder of the request, and is
edited as any other message, so nothing depends on the interaction's token, which dies after 15 minutes. Elsewhere that
token is the only way to write, and its ticket stands in the key of the message.
"""

from __future__ import annotations

import asyncio

import discord
import structlog

from bot.discord.failures import ACKNOWLEDGED, DEAD, translated
from bot.discord.keys import Interaction, Posted, key_of, ticket_of, tongue
from bot.discord.layout import SILENT
from bot.messages import Undelivered

log = structlog.get_logger(__name__)

TOKEN = 15 * 60.0
"""Seconds after which Discord forgets an interaction."""


class Response:
    """The first message to an interaction, or a second one ``after`` it. It is posted once, whoever asks first."""

    def __init__(self, interaction: Interaction, after: tuple[Response, str] | None = None) -> None:
        self.born = asyncio.get_running_loop().time()
        self.ticket = ticket_of(interaction)
        self.said = tongue(interaction)
        self._interaction = interaction
        self._after = after
        self._posting = asyncio.Lock()
        self._message: int | None = None

    @property
    def limit(self) -> int:
        """Bytes that a file of the message may have."""
        return self._interaction.filesize_limit

    async def post(self, text: str) -> Posted | None:
        """The message, with that text if it was not there yet. None where Discord knows the interaction no more.
        Raises ``Undelivered``."""
        async with self._posting:
            if self._message is None:
                with translated():
                    self._message = await self._post(text)
        channel = self._interaction.channel_id or self._interaction.user.id
        return None if self._message is None else Posted(channel, (self._message,), ticket=self.ticket)

    async def show(self, text: str) -> None:
        """The same for a handler: what fails now is left to those who deliver."""
        try:
            await self.post(text)
        except Undelivered as error:
            log.warning("discord.response", error=error.sentence)

    async def refuse(self, sentence: str) -> None:
        """Says to the person alone why nothing comes, or to all where all were told that something comes."""
        async with self._posting:
            await say(self._interaction, sentence, posted=self._message is not None)

    async def _post(self, text: str) -> int | None:
        try:
            if self._after is not None:
                first, line = self._after
                await first.post(line)
                return (await self._interaction.followup.send(text, allowed_mentions=SILENT, wait=True)).id
            answer = await self._interaction.response.send_message(text, allowed_mentions=SILENT)
        except discord.InteractionResponded:
            return await self._posted()
        except discord.HTTPException as error:
            if error.code == ACKNOWLEDGED:  # the answer to an earlier attempt was lost
                return await self._posted()
            if error.code in DEAD:
                return None
            raise
        return answer.message_id or await self._posted()

    async def _posted(self) -> int | None:
        try:
            return (await self._interaction.original_response()).id
        except discord.HTTPException as error:
            if error.code in DEAD:
                return None
            raise


class Responses:
    """The interactions of this process that requests were made of."""

    def __init__(self) -> None:
        self._waiting: dict[str, Response] = {}
        self._private: dict[str, Response] = {}

    def expect(self, interaction: Interaction, after: tuple[Response, str] | None = None) -> Response:
        """From now on the first message of the request that is made of it answers this interaction; ``after`` another
        answer, with its text."""
        return self._note(self._waiting, interaction, Response(interaction, after))

    def warn(self, interaction: Interaction) -> None:
        """The request is answered in a private chat; where that fails, it is said here."""
        self._note(self._private, interaction, Response(interaction))

    async def unreachable(self, update: str | None) -> None:
        """The private chat takes nothing."""
        response = self._private.pop(update or "", None)
        if response is not None:
            await response.refuse(response.said("summoning-not-private"))

    def of(self, update: str | None) -> Response | None:
        """The response to an update, where it was an interaction."""
        return self._waiting.get(update or "")

    def _note(self, noted: dict[str, Response], interaction: Interaction, response: Response) -> Response:
        oldest = asyncio.get_running_loop().time() - TOKEN
        for key in [key for key, one in noted.items() if one.born < oldest]:
            del noted[key]
        return noted.setdefault(key_of(interaction.id), response)


async def say(interaction: Interaction, sentence: str, *, posted: bool = False) -> None:
    """A word of the bot to one person. Where that fails there is nobody left to tell."""
    try:
        if posted:
            await interaction.edit_original_response(content=sentence, allowed_mentions=SILENT)
        elif interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True, allowed_mentions=SILENT)
        else:
            await interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=SILENT)
    except (discord.DiscordException, OSError) as error:
        log.warning("discord.unsaid", error=type(error).__name__)
