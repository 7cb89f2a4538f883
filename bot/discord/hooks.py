"""One webhook a channel, for all characters in it: Discord allows fifteen, and other bots want theirs."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TypeAlias

import discord
import structlog

log = structlog.get_logger(__name__)

NAME = "ChatAnything"

PAUSE = 300.0
"""Seconds until a channel that allowed no webhook is asked again."""

Hooked: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel
"""Channels that can have webhooks; a thread uses that of the channel it hangs on."""


class Hooks:
    """The webhooks of this bot. Methods raise Discord's own errors when it is busy or away."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._known: dict[int, discord.Webhook] = {}
        self._refused: dict[int, float] = {}
        self._asking: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, channel: int) -> discord.Webhook | None:
        """The webhook of a channel or thread, made where there is none; None where none is allowed."""
        hooked = await self._hooked(channel)
        if hooked is None:
            return None
        async with self._asking[hooked.id]:
            if hooked.id in self._known:
                return self._known[hooked.id]
            present = asyncio.get_running_loop().time()
            if present < self._refused.get(hooked.id, 0.0):
                return None
            try:
                self._known[hooked.id] = await self._find(hooked)
            except discord.HTTPException as error:
                if error.status == 429 or error.status >= 500:
                    raise
                self._refused[hooked.id] = present + PAUSE
                log.info("discord.no_webhook", code=error.code)
        return self._known.get(hooked.id)

    async def known(self, channel: int, hook: int) -> discord.Webhook | None:
        """A webhook that posted something, if it is still there."""
        found = await self.of(channel)
        return found if found is not None and found.id == hook else None

    def forget(self, hook: int) -> None:
        """Somebody deleted it."""
        self._known = {channel: known for channel, known in self._known.items() if known.id != hook}

    async def thread(self, channel: int) -> discord.Thread | None:
        """The thread of that id, where it is one."""
        found = await self._channel(channel)
        return found if isinstance(found, discord.Thread) else None

    async def _channel(self, channel: int) -> object:
        return self._client.get_channel(channel) or await self._client.fetch_channel(channel)

    async def _hooked(self, channel: int) -> Hooked | None:
        found = await self._channel(channel)
        if isinstance(found, discord.Thread):
            found = found.parent or await self._channel(found.parent_id)
        return found if isinstance(found, Hooked) else None

    async def _find(self, channel: Hooked) -> discord.Webhook:
        me = self._client.user
        for hook in await channel.webhooks():
            if hook.token and hook.user is not None and me is not None and hook.user.id == me.id:
                return hook
        return await channel.create_webhook(name=NAME, reason="Characters speak through it.")
