"""Where messages are posted and edited: a channel as the bot itself, or its webhook as a character."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeAlias

import discord

from bot.discord.layout import SILENT, attached
from bot.messages import File

Face: TypeAlias = Callable[[], Awaitable[str | None]]
"""Gives the public address of a picture."""


class Surface(Protocol):
    """Takes one message at a time. Methods raise Discord's own errors."""

    @property
    def limit(self) -> int:
        """Bytes that the files of a message may have together."""

    async def post(
        self,
        text: str,
        nonce: str,
        card: discord.Embed | None = None,
        files: Sequence[File] = (),
        view: discord.ui.View | None = None,
    ) -> int:
        """The id of a new message."""

    async def edit(
        self,
        message: int,
        text: str,
        card: discord.Embed | None = None,
        files: Sequence[File] = (),
        view: discord.ui.View | None = None,
    ) -> None:
        """Makes a message show this and nothing else."""

    async def delete(self, message: int) -> None:
        """Takes a message away; it may be gone already."""


class Channel:
    """A channel, thread or private chat, where the bot speaks for itself."""

    def __init__(self, channel: discord.PartialMessageable, limit: int) -> None:
        self._channel = channel
        self.limit = limit

    async def post(
        self,
        text: str,
        nonce: str,
        card: discord.Embed | None = None,
        files: Sequence[File] = (),
        view: discord.ui.View | None = None,
    ) -> int:
        """See ``Surface``. Discord knows the nonce for some minutes."""
        embeds, uploads = [card] if card else [], attached(files)
        if view is None:
            sent = await self._channel.send(text, nonce=nonce, embeds=embeds, files=uploads, allowed_mentions=SILENT)
        else:
            sent = await self._channel.send(
                text, nonce=nonce, embeds=embeds, files=uploads, view=view, allowed_mentions=SILENT
            )
        return sent.id

    async def edit(
        self,
        message: int,
        text: str,
        card: discord.Embed | None = None,
        files: Sequence[File] = (),
        view: discord.ui.View | None = None,
    ) -> None:
        """See ``Surface``."""
        await self._channel.get_partial_message(message).edit(
            content=text, embed=card, attachments=attached(files), view=view, allowed_mentions=SILENT
        )

    async def delete(self, message: int) -> None:
        """See ``Surface``."""
        try:
            await self._channel.get_partial_message(message).delete()
        except discord.NotFound:
            return


class Stage:
    """A channel's webhook, through which a character speaks with its own name and face."""

    def __init__(
        self, hook: discord.Webhook, thread: discord.abc.Snowflake | None, limit: int, name: str, face: Face
    ) -> None:
        self._hook = hook
        self._thread: Any = thread or discord.utils.MISSING
        self._name = name
        self._face = face
        self.limit = limit

    async def post(
        self,
        text: str,
        nonce: str,
        card: discord.Embed | None = None,
        files: Sequence[File] = (),
        view: discord.ui.View | None = None,
    ) -> int:
        """See ``Surface``. Webhooks know no nonce, and buttons stay with the bot's own messages."""
        sent = await self._hook.send(
            text,
            username=self._name,
            avatar_url=await self._face() or discord.utils.MISSING,
            embeds=[card] if card else [],
            files=attached(files),
            thread=self._thread,
            allowed_mentions=SILENT,
            wait=True,
        )
        return sent.id

    async def edit(
        self,
        message: int,
        text: str,
        card: discord.Embed | None = None,
        files: Sequence[File] = (),
        view: discord.ui.View | None = None,
    ) -> None:
        """See ``Surface``."""
        await self._hook.edit_message(
            message,
            content=text,
            embeds=[card] if card else [],
            attachments=attached(files),
            thread=self._thread,
            allowed_mentions=SILENT,
        )

    async def delete(self, message: int) -> None:
        """See ``Surface``."""
        try:
            await self._hook.delete_message(message, thread=self._thread)
        except discord.NotFound:
            return
