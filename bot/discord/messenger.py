"""Shows requests on Discord (`bot.messages.Messenger`)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import discord

from bot import words
from bot.discord.faces import Faces
from bot.discord.failures import translated
from bot.discord.hooks import Hooks
from bot.discord.keys import PLATFORM, Posted, id_of
from bot.discord.layout import Sheet, lay_out
from bot.discord.names import webhook_name
from bot.discord.responses import Responses
from bot.discord.surfaces import Channel, Stage, Surface
from bot.messages import Gone, Message, MessageLost, Place, Refused
from storage.outbox import PartKind

NONCE = 22
"""Letters that all messages of one answer share; Discord takes 25."""

Buttons = Callable[[Message], discord.ui.View | None]
"""What can be done with a message."""


def no_buttons(message: Message) -> None:
    """Nothing."""


class DiscordMessenger:
    """See ``Messenger``. The first message answers the interaction that asked for it, where one is waiting."""

    platform = PLATFORM
    nonces = True  # the bot's own messages; of a webhook's, one whose answer is lost may come twice

    def __init__(
        self, client: discord.Client, responses: Responses, hooks: Hooks, faces: Faces, buttons: Buttons = no_buttons
    ) -> None:
        self._client = client
        self._responses = responses
        self._hooks = hooks
        self._faces = faces
        self._buttons = buttons

    async def send(self, place: Place, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        channel = id_of(place.conversation)
        response = self._responses.of(message.update)
        if response is not None:
            placeholder = message.kind is PartKind.PLACEHOLDER
            shown = await response.post(message.text if placeholder else words.THINKING)
            if shown is not None:
                posted = Posted(channel, (shown,))
                with suppress(MessageLost):  # somebody deleted it
                    return str(posted) if placeholder else await self.edit(place, str(posted), message, nonce)
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
            if posted.hook is not None:  # perhaps it is the webhook that was deleted
                self._hooks.forget(posted.hook)
            raise

    async def _show(self, place: Place, message: Message, posted: Posted, nonce: str) -> str:
        with translated():
            surface = await self._surface(place, message, posted)
            sheet = lay_out(message, signed=posted.hook is not None)
            _fits(sheet, surface.limit)
            first = await self._first(surface, posted, message, sheet, nonce)
            rest = await self._rest(surface, posted, sheet, nonce)
        if message.persona and any(file.mime.startswith("image/") for file in message.files):
            self._faces.forget(message.persona)
        return str(Posted(posted.channel, (first, *rest), posted.hook))

    async def _first(self, surface: Surface, posted: Posted, message: Message, sheet: Sheet, nonce: str) -> int:
        view = self._buttons(message)
        if not posted.messages:
            return await surface.post(sheet.pieces[0], nonce, sheet.card, sheet.files, view)
        await surface.edit(posted.messages[0], sheet.pieces[0], sheet.card, sheet.files, view)
        return posted.messages[0]

    async def _rest(self, surface: Surface, posted: Posted, sheet: Sheet, nonce: str) -> list[int]:
        """The pieces after the first: edited, posted where there are more than before, taken away where fewer."""
        shown, ids = posted.messages[1:], []
        for number, piece in enumerate(sheet.pieces[1:]):
            if number < len(shown) and await _edited(surface, shown[number], piece):
                ids.append(shown[number])
            else:
                ids.append(await surface.post(piece, f"{nonce[:NONCE]}{number:03}"))
        for one in shown[len(sheet.pieces) - 1 :]:
            await surface.delete(one)
        return ids

    async def _hook(self, place: Place, message: Message) -> discord.Webhook | None:
        """What the character speaks through: none in private chats, where it is not allowed, and for cards."""
        if not message.persona or not message.name or message.tagline or place.place == place.conversation:
            return None
        return await self._hooks.of(id_of(place.conversation))

    async def _surface(self, place: Place, message: Message, posted: Posted) -> Surface:
        limit = self._limit(place)
        if posted.hook is None:
            return Channel(self._client.get_partial_messageable(posted.channel), limit)
        hook = await self._hooks.known(posted.channel, posted.hook)
        if hook is None:
            raise MessageLost("The webhook is not there any more.")
        thread = await self._hooks.thread(posted.channel)
        return Stage(hook, thread, limit, webhook_name(message.name or ""), partial(self._faces.of, message.persona))

    def _limit(self, place: Place) -> int:
        guild = self._client.get_guild(id_of(place.place))
        return guild.filesize_limit if guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES


async def _edited(surface: Surface, message: int, text: str) -> bool:
    try:
        with translated():
            await surface.edit(message, text)
    except MessageLost:
        return False
    return True


def _fits(sheet: Sheet, limit: int) -> None:
    size = sum(len(file.data) for file in sheet.files)
    if size > limit:
        raise Refused(f"The files have {size:,} bytes together; {limit:,} are taken here.")
