"""Lines said to characters: in private chats, in replies to them, where the bot is mentioned, and where one lives."""

from __future__ import annotations

import re

import discord
import structlog

from bot import words
from bot.addressing import Addressed, Addressing
from bot.app import Desk
from bot.asking import Incoming
from bot.discord import sent
from bot.discord.keys import incoming_of
from bot.discord.layout import SILENT
from bot.discord.mishaps import sentence
from bot.discord.permissions import missing_in
from bot.localisation.refusals import Refusal
from bot.localisation.texts import Texts, texts
from bot.places import ELSEWHERE
from pipeline.errors import BadRequest, StorageFailed

log = structlog.get_logger(__name__)

LINES = (discord.MessageType.default, discord.MessageType.reply)


class Talking:
    """Listens, and hands lines to the characters they are meant for."""

    def __init__(self, client: discord.Client, desk: Desk) -> None:
        self._client = client
        self._desk = desk
        self._addressing = Addressing(desk.characters, desk.places)

    async def hear(self, message: discord.Message) -> None:
        """A message that somebody wrote."""
        if message.author.bot or message.webhook_id is not None or message.type not in LINES:
            return
        incoming = incoming_of(message)
        aloud = message.guild is None or self._mentioned(message)
        try:
            await self._hear(message, incoming, aloud)
        except BadRequest as error:
            if not aloud and isinstance(error, Refusal) and error.id == ELSEWHERE:
                return  # moderators want quiet there
            await self._tell(message, sentence(error, await self._texts(incoming)))
        except StorageFailed as error:
            log.warning("discord.storage", error=type(error).__name__)
            if aloud:
                await self._tell(message, words.apology(None, texts(incoming.language)))

    async def _hear(self, message: discord.Message, incoming: Incoming, aloud: bool) -> None:
        text = self._text(message)
        meant = await self._addressing.meant(incoming, text, self._replied(message), aloud=aloud)
        if text and await self._desk.scenes.hear(incoming, text, meant.persona if meant.named else None):
            return
        if meant.persona is None and not meant.aloud:
            meant = Addressed(await self._addressing.resident(incoming, message.content), aloud=False)
        if meant.persona is not None or meant.aloud:
            await self._say(message, incoming, text, meant)

    async def _say(self, message: discord.Message, incoming: Incoming, text: str, meant: Addressed) -> None:
        shown, spoken = sent.shown(message), sent.spoken(message)
        if not (text or shown or spoken):
            if meant.aloud and meant.persona is not None:
                await self._tell(message, (await self._texts(incoming))("talk-unheard"))
            elif meant.aloud:
                await self._tell(message, (await self._texts(incoming))("persona-nobody"))
        elif meant.persona is None:
            await self._tell(message, (await self._texts(incoming))("persona-nobody"))
        elif lacking := await self._missing(message, incoming):
            await self._tell(message, lacking, privately=meant.aloud)
        else:
            picture = await sent.picture(shown) if shown else None
            voice = await sent.voice(spoken) if spoken else None
            look = texts(incoming.language)("talk-look") if picture and not voice else ""
            await self._desk.asking.say(incoming, meant.persona, text or look, picture=picture, spoken=voice)

    def _replied(self, message: discord.Message) -> int | None:
        """The message of ours that this replies to."""
        reference = message.reference
        if reference is None or not isinstance(reference.resolved, discord.Message):
            return None
        ours = reference.resolved.author == self._client.user or reference.resolved.webhook_id is not None
        return reference.resolved.id if ours else None

    def _mentioned(self, message: discord.Message) -> bool:
        """By name or by its role; a reply mentions as well, without saying so in its words."""
        me = self._client.user
        if me is None:
            return False
        roles = (role.tags.bot_id for role in message.role_mentions if role.tags is not None)
        return re.search(rf"<@!?{me.id}>", message.content) is not None or me.id in roles

    def _text(self, message: discord.Message) -> str:
        """What was said, with names in place of mentions."""
        text = message.content
        for one in message.mentions:
            name = "" if one == self._client.user else f"@{one.display_name}"
            text = text.replace(f"<@{one.id}>", name).replace(f"<@!{one.id}>", name)
        for role in message.role_mentions:
            ours = role.tags is not None and self._client.user is not None and role.tags.bot_id == self._client.user.id
            text = text.replace(role.mention, "" if ours else f"@{role.name}")
        return text.strip(" ,\n")

    async def _missing(self, message: discord.Message, incoming: Incoming) -> str | None:
        if not isinstance(message.channel, discord.abc.GuildChannel | discord.Thread):
            return None
        return missing_in(message.channel, await self._texts(incoming))

    async def _texts(self, incoming: Incoming) -> Texts:
        """In which the bot speaks there; that is worth a look, not a failure."""
        try:
            return texts(await self._desk.places.language(incoming))
        except StorageFailed:
            return texts(incoming.language)

    async def _tell(self, message: discord.Message, sentence: str, *, privately: bool = False) -> None:
        """A word of the bot; ``privately``: to the person alone where it must not write in the channel."""
        try:
            try:
                await message.channel.send(sentence, allowed_mentions=SILENT)
            except discord.Forbidden:
                if not privately:
                    raise
                await message.author.send(sentence, allowed_mentions=SILENT)
        except (discord.DiscordException, OSError) as error:
            log.info("discord.unsaid", error=type(error).__name__)
