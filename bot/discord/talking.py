"""Lines said to characters: in private chats, in replies to them, and where the bot is mentioned."""

from __future__ import annotations

import asyncio
import re

import discord
import structlog

from bot import words
from bot.asking import Asking
from bot.attachments import MAXIMUM_BYTES, picture
from bot.discord.keys import incoming_of, key_of
from bot.discord.layout import SILENT
from bot.discord.permissions import missing
from pipeline.errors import BadRequest, StorageFailed
from pipeline.types import Attachment
from storage.repository import Personas, StoredPersona

log = structlog.get_logger(__name__)

LINES = (discord.MessageType.default, discord.MessageType.reply)

LOOK = "Look at this."
"""Said by a picture that comes without words."""

CALL = re.compile(r"[^,:!?\n]{1,80}[,:!?]")
"""May begin with a name: all else in a channel is not looked at."""

NOBODY = "Nobody is here yet. Summon somebody: `/summon text: an angry apple`"
UNHEARD = "I could not read that. Mention me in your reply, or use the button “Talk” below the character."


class Talking:
    """Listens, and hands lines to the characters they are meant for."""

    def __init__(self, client: discord.Client, asking: Asking, personas: Personas) -> None:
        self._client = client
        self._asking = asking
        self._personas = personas

    async def hear(self, message: discord.Message) -> None:
        """A message that somebody wrote."""
        if message.author.bot or message.webhook_id is not None or message.type not in LINES:
            return
        replied, mentioned = self._replied(message), self._mentioned(message)
        meant = message.guild is None or mentioned
        try:
            persona = await self._persona(message, replied, meant)
            if persona is not None or meant:
                await self._say(message, persona)
        except BadRequest as error:
            await self._tell(message, str(error))
        except StorageFailed as error:
            log.warning("discord.storage", error=type(error).__name__)
            if meant:
                await self._tell(message, words.apology(None))

    async def _say(self, message: discord.Message, persona: StoredPersona | None) -> None:
        text, shown = self._text(message), _shown(message)
        if persona is None:
            await self._tell(message, NOBODY)
        elif not text and shown is None:
            await self._tell(message, UNHEARD)
        elif sentence := _missing(message):
            await self._tell(message, sentence)
        else:
            picture = await _picture(shown) if shown else None
            await self._asking.say(incoming_of(message), persona, text or LOOK, picture=picture)

    async def _persona(self, message: discord.Message, replied: int | None, meant: bool) -> StoredPersona | None:
        """Whom the message is for: who said what it replies to, who is called by name, or, where nobody is and the bot
        is ``meant``, who spoke last."""
        conversation = key_of(message.channel.id)
        if replied is not None and (behind := await self._personas.behind(conversation, str(replied))):
            return behind
        text = self._text(message)
        if not (meant or CALL.match(text)):
            return None
        company = await self._personas.company(conversation)
        called = next((one for one in company if _calls(one, text, loosely=meant)), None)
        return called or (company[0] if meant and company else None)

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

    async def _tell(self, message: discord.Message, sentence: str) -> None:
        """A word of the bot. Where that is not allowed, there is nobody to tell."""
        try:
            await message.channel.send(sentence, allowed_mentions=SILENT)
        except (discord.DiscordException, OSError) as error:
            log.info("discord.unsaid", error=type(error).__name__)


def _calls(persona: StoredPersona, text: str, *, loosely: bool) -> bool:
    """Whether a text begins with the name; a comma must follow it, or the like, unless ``loosely``."""
    name = re.escape(persona.persona.name.casefold())
    return re.match(rf"\W*{name}(\b|$)" if loosely else rf"{name}\s*[,:!?]", text.casefold()) is not None


def _shown(message: discord.Message) -> discord.Attachment | None:
    """The first picture that came along."""
    return next((one for one in message.attachments if (one.content_type or "").startswith("image/")), None)


async def _picture(shown: discord.Attachment) -> Attachment:
    """Raises ``BadRequest`` when it cannot be shown to anybody."""
    if shown.size > MAXIMUM_BYTES:
        raise BadRequest(f"That picture is too large; at most {MAXIMUM_BYTES // 1_000_000} MB, please.")
    try:
        data = await shown.read()
    except (discord.DiscordException, OSError) as error:
        raise BadRequest("That picture could not be loaded. Please send it again.") from error
    return await asyncio.to_thread(picture, data)


def _missing(message: discord.Message) -> str | None:
    if message.guild is None:
        return None
    permissions = message.channel.permissions_for(message.guild.me)
    return missing(permissions, thread=isinstance(message.channel, discord.Thread))
