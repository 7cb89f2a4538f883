"""Where messages are posted and edited: a channel as the bot itself, its webhook as a character, or an interaction's
answers where the bot is not itself."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import discord
from discord.http import MultipartParameters

from bot.discord.layout import SILENT, attached
from bot.messages import File
from pipeline.waveform import waveform

Face: TypeAlias = Callable[[], Awaitable[str | None]]
"""Gives the public address of a picture."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message. ``text_only``: of a message that is edited everything else stays as it is."""

    text: str
    card: discord.Embed | None = None
    files: Sequence[File] = ()
    view: discord.ui.View | None = None
    text_only: bool = False

    def parts(self) -> dict[str, Any]:
        """What a message is made to show, as Discord's library takes it for edits."""
        if self.text_only:
            return {"content": self.text}
        return {
            "content": self.text,
            "embeds": [self.card] if self.card else [],
            "attachments": attached(self.files),
            "view": self.view,
        }


class Surface(Protocol):
    """Takes one message at a time. Methods raise Discord's own errors."""

    @property
    def speaks(self) -> bool:
        """Whether it takes voice messages."""

    async def post(self, post: Post, nonce: str) -> int:
        """The id of a new message."""

    async def edit(self, message: int, post: Post) -> None:
        """Makes a message show this and nothing else."""

    async def delete(self, message: int) -> None:
        """Takes a message away; it may be gone already."""

    async def speak(self, voice: File, nonce: str) -> int:
        """The id of a new voice message."""


class Channel:
    """A channel, thread or private chat, where the bot speaks for itself."""

    speaks = True

    def __init__(self, client: discord.Client, channel: int) -> None:
        self._client = client
        self._channel = client.get_partial_messageable(channel)

    async def post(self, post: Post, nonce: str) -> int:
        """See ``Surface``. Discord knows the nonce for some minutes."""
        view: Any = {"view": post.view} if post.view else {}
        sent = await self._channel.send(
            post.text,
            nonce=nonce,
            embeds=[post.card] if post.card else [],
            files=attached(post.files),
            allowed_mentions=SILENT,
            **view,
        )
        return sent.id

    async def edit(self, message: int, post: Post) -> None:
        """See ``Surface``."""
        await self._channel.get_partial_message(message).edit(**post.parts(), allowed_mentions=SILENT)

    async def delete(self, message: int) -> None:
        """See ``Surface``."""
        try:
            await self._channel.get_partial_message(message).delete()
        except discord.NotFound:
            return

    async def speak(self, voice: File, nonce: str) -> int:
        """See ``Surface``. Discord's library knows no voice messages, so the request is written out here
        (https://discord.com/developers/docs/resources/message#voice-messages)."""
        amplitudes, seconds = await asyncio.to_thread(waveform, voice.data)
        about = {
            "id": 0,
            "filename": voice.name,
            "duration_secs": round(voice.seconds or seconds, 3),
            "waveform": base64.b64encode(amplitudes).decode(),
        }
        message = {
            "flags": discord.MessageFlags(voice=True).value,
            "nonce": nonce,
            "enforce_nonce": True,
            "allowed_mentions": SILENT.to_dict(),
            "attachments": [about],
        }
        file = discord.File(io.BytesIO(voice.data), voice.name)
        form: list[dict[str, Any]] = [
            {"name": "payload_json", "value": json.dumps(message)},
            {"name": "files[0]", "value": file.fp, "filename": voice.name, "content_type": voice.mime},
        ]
        params = MultipartParameters(payload=None, multipart=form, files=[file])
        sent = await self._client.http.send_message(self._channel.id, params=params)
        return int(sent["id"])


class Stage:
    """A channel's webhook, through which a character speaks with its own name and face."""

    speaks = False

    def __init__(self, hook: discord.Webhook, thread: discord.abc.Snowflake | None, name: str, face: Face) -> None:
        self._hook = hook
        self._thread: Any = thread or discord.utils.MISSING
        self._name = name
        self._face = face

    async def post(self, post: Post, nonce: str) -> int:
        """See ``Surface``. Webhooks know no nonce, and buttons stay with the bot's own messages."""
        sent = await self._hook.send(
            post.text,
            username=self._name,
            avatar_url=await self._face() or discord.utils.MISSING,
            embeds=[post.card] if post.card else [],
            files=attached(post.files),
            thread=self._thread,
            allowed_mentions=SILENT,
            wait=True,
        )
        return sent.id

    async def edit(self, message: int, post: Post) -> None:
        """See ``Surface``."""
        parts = {name: part for name, part in post.parts().items() if name != "view"}
        await self._hook.edit_message(message, **parts, thread=self._thread, allowed_mentions=SILENT)

    async def delete(self, message: int) -> None:
        """See ``Surface``."""
        try:
            await self._hook.delete_message(message, thread=self._thread)
        except discord.NotFound:
            return

    async def speak(self, voice: File, nonce: str) -> int:
        """Never called: a webhook's files are attachments."""
        raise NotImplementedError


class Answer:
    """The answers to an interaction: all that the bot can post and edit where it is no member. They cost nothing of
    its rate, but Discord takes five new ones of an app that only the person installed."""

    speaks = False

    def __init__(self, hook: discord.Webhook) -> None:
        self._hook = hook

    async def post(self, post: Post, nonce: str) -> int:
        """See ``Surface``."""
        view: Any = {"view": post.view} if post.view else {}
        sent = await self._hook.send(
            post.text,
            embeds=[post.card] if post.card else [],
            files=attached(post.files),
            allowed_mentions=SILENT,
            wait=True,
            **view,
        )
        return sent.id

    async def edit(self, message: int, post: Post) -> None:
        """See ``Surface``."""
        await self._hook.edit_message(message, **post.parts(), allowed_mentions=SILENT)

    async def delete(self, message: int) -> None:
        """See ``Surface``."""
        try:
            await self._hook.delete_message(message)
        except discord.NotFound:
            return

    async def speak(self, voice: File, nonce: str) -> int:
        """Never called, as with webhooks."""
        raise NotImplementedError
