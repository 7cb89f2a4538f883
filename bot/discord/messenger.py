"""Shows requests on Discord (`bot.messages.Messenger`).

As the bot itself or as a character through a webhook where the bot is a member. Elsewhere (where only the person
installed it, and in the chats of people among themselves) through the interaction's ticket, for 15 minutes; what comes
later goes to the person as a private message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import discord
import structlog

from bot import words
from bot.discord.faces import Faces
from bot.discord.failures import translated
from bot.discord.hooks import Hooks
from bot.discord.keys import PLATFORM, Posted, id_of, key_of
from bot.discord.layout import Sheet, lay_out
from bot.discord.names import webhook_name
from bot.discord.responses import Response, Responses
from bot.discord.surfaces import Answer, Channel, Post, Stage, Surface
from bot.fitting import fitted
from bot.localisation.texts import texts
from bot.messages import Gone, Message, MessageLost, Place, Refused
from pipeline.errors import EngineFailed
from storage.outbox import PartKind

log = structlog.get_logger(__name__)

NONCE = 22
"""Letters that all messages of one answer share; Discord takes 25."""

ANSWERS = 5
"""Messages that one interaction may be answered with after the first, where the bot is no member."""

LOOKED = 20
"""Messages of a channel among which one is looked for whose sending was not confirmed."""

REMEMBERED = 1000
"""Messages of webhooks that are known to be somebody's."""

Buttons = Callable[[Message], discord.ui.View | None]
"""What can be done with a message."""


def no_buttons(message: Message) -> None:
    """Nothing."""


class DiscordMessenger:
    """See ``Messenger``. The first message answers the interaction that asked for it, where one is waiting."""

    platform = PLATFORM
    nonces = True  # the bot's own messages; for those of webhooks see ``_found``

    def __init__(
        self, client: discord.Client, responses: Responses, hooks: Hooks, faces: Faces, buttons: Buttons = no_buttons
    ) -> None:
        self._client = client
        self._responses = responses
        self._hooks = hooks
        self._faces = faces
        self._buttons = buttons
        self._unsure: deque[str] = deque(maxlen=REMEMBERED)
        """Nonces of what a webhook was asked to post, without an answer: it may be there or not."""
        self._known: deque[int] = deque(maxlen=REMEMBERED)

    async def send(self, place: Place, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        response = self._responses.of(message.update)
        if response is not None and (key := await self._answer(response, place, message, nonce)) is not None:
            return key
        channel = id_of(place.conversation)
        with translated():
            hook = await self._hook(place, message)
        if hook is not None:
            try:
                return await self._show(place, message, Posted(channel, (), hook.id), nonce)
            except MessageLost:  # the webhook was deleted meanwhile
                self._hooks.forget(hook.id)
        try:
            return await self._show(place, message, Posted(channel, ()), nonce)
        except Gone:
            await self._responses.unreachable(message.update)
            raise

    async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        posted = Posted.parse(key)
        try:
            return await self._show(place, message, posted, nonce)
        except MessageLost:
            if posted.ticket is not None:
                return await self._once_more(place, message, posted, nonce)
            if posted.hook is not None:  # perhaps it is the webhook that was deleted
                self._hooks.forget(posted.hook)
            raise

    async def _answer(self, response: Response, place: Place, message: Message, nonce: str) -> str | None:
        """The first message of an interaction; None where Discord knows it no more, or somebody deleted it, and the
        bot can write there by itself."""
        placeholder = message.kind is PartKind.PLACEHOLDER
        opening = lay_out(message).pieces[0] if placeholder else words.coming(None, texts(message.language))
        posted = await response.post(opening)
        if posted is not None:
            with suppress(MessageLost):
                return str(posted) if placeholder else await self.edit(place, str(posted), message, nonce)
        return await self._privately(place, message, nonce) if response.ticket else None

    async def _once_more(self, place: Place, message: Message, posted: Posted, nonce: str) -> str:
        """Where an answer to an interaction was deleted, another one; when that cannot be any more, a private
        message."""
        with suppress(MessageLost):
            return await self._show(place, message, replace(posted, messages=()), nonce)
        return await self._privately(place, message, nonce)

    async def _privately(self, place: Place, message: Message, nonce: str) -> str:
        with translated():
            chat = await self._client.create_dm(discord.Object(id_of(place.person)))
        here = replace(place, place=key_of(chat.id), conversation=key_of(chat.id))
        return await self._show(here, message, Posted(chat.id, ()), nonce)

    async def _show(self, place: Place, message: Message, posted: Posted, nonce: str) -> str:
        limit = self._limit(place, message, posted)
        message = replace(message, files=await fitted(message.files, limit, limit))
        with translated():
            surface = await self._surface(message, posted)
        sheet = lay_out(message, signed=posted.hook is not None, speaks=surface.speaks)
        shown = await self._lay(surface, posted, message, sheet, nonce)
        if sheet.voice is not None:
            shown = await self._speak(surface, shown, message, sheet, nonce)
        if message.persona and any(file.mime.startswith("image/") for file in message.files):
            self._faces.forget(message.persona)
        return str(shown)

    async def _lay(self, surface: Surface, posted: Posted, message: Message, sheet: Sheet, nonce: str) -> Posted:
        """Shows all but a voice message."""
        pieces = sheet.pieces[:ANSWERS] if posted.ticket else sheet.pieces
        first = Post(pieces[0], sheet.card, sheet.files, self._buttons(message), text_only=message.keeps_files)
        written, voices = (posted.messages[:-1], posted.messages[-1:]) if posted.voiced else (posted.messages, ())
        with translated():
            if written:
                await surface.edit(written[0], first)
            head = written[0] if written else await self._post(surface, first, posted, nonce)
            rest = await self._rest(surface, written[1:], pieces[1:], posted, nonce)
        return replace(posted, messages=(head, *rest, *voices))

    async def _rest(
        self, surface: Surface, shown: Sequence[int], pieces: Sequence[str], posted: Posted, nonce: str
    ) -> list[int]:
        """The pieces after the first: edited, posted where there are more than before, taken away where fewer."""
        ids = []
        for number, piece in enumerate(pieces):
            if number < len(shown) and await _edited(surface, shown[number], piece):
                ids.append(shown[number])
            else:
                ids.append(await self._post(surface, Post(piece), posted, f"{nonce[:NONCE]}{number:03}"))
        for one in shown[len(pieces) :]:
            await surface.delete(one)
        return ids

    async def _speak(self, surface: Surface, shown: Posted, message: Message, sheet: Sheet, nonce: str) -> Posted:
        """A voice message below the text; where none is taken, a file with it."""
        if shown.voiced or sheet.voice is None:
            return shown
        try:
            with translated():
                said = await surface.speak(sheet.voice, f"{nonce[:NONCE]}v")
        except (Refused, Gone, EngineFailed) as error:
            log.info("discord.no_voice_message", why=error.sentence)
            return await self._lay(surface, shown, message, lay_out(message), nonce)
        return replace(shown, messages=(*shown.messages, said), voiced=True)

    async def _post(self, surface: Surface, post: Post, posted: Posted, nonce: str) -> int:
        """The id of a new message. One of a webhook that may be there already is looked for first."""
        if posted.hook is None:
            return await surface.post(post, nonce)
        made = await self._found(posted, post) if nonce in self._unsure else None
        if made is not None:
            await surface.edit(made, post)
        else:
            self._unsure.append(nonce)  # until its answer is here
            made = await surface.post(post, nonce)
        self._unsure = deque((one for one in self._unsure if one != nonce), REMEMBERED)
        self._known.append(made)
        return made

    async def _found(self, posted: Posted, post: Post) -> int | None:
        """A message of the webhook with that text which is nobody's yet. After a restart nothing is known of whose
        messages are whose, so that then it may be there twice."""
        channel = self._client.get_partial_messageable(posted.channel)
        try:
            async for one in channel.history(limit=LOOKED):
                if one.webhook_id == posted.hook and one.content == post.text and one.id not in self._known:
                    return one.id
        except discord.Forbidden:
            log.info("discord.no_history")
        return None

    async def _hook(self, place: Place, message: Message) -> discord.Webhook | None:
        """What the character speaks through: none in private chats, where it is not allowed, and for cards."""
        if not message.persona or not message.name or message.tagline or place.place == place.conversation:
            return None
        return await self._hooks.of(id_of(place.conversation))

    async def _surface(self, message: Message, posted: Posted) -> Surface:
        if posted.ticket is not None:
            ticket = posted.ticket
            return Answer(discord.Webhook.partial(ticket.application, ticket.token, client=self._client))
        if posted.hook is None:
            return Channel(self._client, posted.channel)
        hook = await self._hooks.known(posted.channel, posted.hook)
        if hook is None:
            raise MessageLost("The webhook is not there any more.")
        thread = await self._hooks.thread(posted.channel)
        return Stage(hook, thread, webhook_name(message.name or ""), partial(self._faces.of, message.persona))

    def _limit(self, place: Place, message: Message, posted: Posted) -> int:
        """Bytes that files may have there. Discord counts each file of a message for itself; a request that is larger
        altogether is not worth trying."""
        response = self._responses.of(message.update)
        if posted.ticket is not None and response is not None:
            return response.limit
        guild = None if posted.ticket else self._client.get_guild(id_of(place.place))
        return guild.filesize_limit if guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES


async def _edited(surface: Surface, message: int, text: str) -> bool:
    try:
        with translated():
            await surface.edit(message, Post(text))
    except MessageLost:
        return False
    return True
