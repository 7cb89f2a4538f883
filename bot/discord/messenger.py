"""Shows requests on Discord (`bot.messages.Messenger`)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import discord

from bot import words
from bot.discord.failures import translated
from bot.discord.keys import PLATFORM, Posted, id_of
from bot.discord.layout import Sheet, lay_out
from bot.discord.responses import Responses
from bot.discord.surfaces import Channel, Surface
from bot.messages import Message, MessageLost, Place, Refused
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

    def __init__(self, client: discord.Client, responses: Responses, buttons: Buttons = no_buttons) -> None:
        self._client = client
        self._responses = responses
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
        return await self._show(place, message, Posted(channel, ()), nonce)

    async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        return await self._show(place, message, Posted.parse(key), nonce)

    async def _show(self, place: Place, message: Message, posted: Posted, nonce: str) -> str:
        with translated():
            surface = await self._surface(place, posted)
            sheet = lay_out(message, signed=posted.hook is not None)
            _fits(sheet, surface.limit)
            first = await self._first(surface, posted, message, sheet, nonce)
            rest = await self._rest(surface, posted, sheet, nonce)
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

    async def _surface(self, place: Place, posted: Posted) -> Surface:
        return Channel(self._client.get_partial_messageable(posted.channel), self._limit(place))

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
