"""Discord as a part of a process that serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.app import Desk
from bot.discord.client import Client
from bot.discord.standing import NO_CONTENT, look, required, understood
from bot.service import Gateway
from bot.settings import Settings

log = structlog.get_logger(__name__)

COMMANDS = "discord-commands"
"""File at home: what Discord was told of the commands last."""


@asynccontextmanager
async def open_gateway(settings: Settings, desk: Desk) -> AsyncIterator[Gateway]:
    """Logs in, and says so when that cannot be; raises ``DiscordUnavailable``."""
    standing = await look(settings.discord_token)
    log.info("discord.login", bot=standing.name, servers=standing.servers)
    if not standing.content:
        log.warning("discord.no_content", why=NO_CONTENT)
    client = Client(desk, content=standing.content, commands=settings.home / COMMANDS)
    async with client:
        with understood():
            await client.login(required(settings.discord_token))
        yield Gateway(client.messenger, lambda stopping: _listen(client, stopping))


async def _listen(client: Client, stopping: asyncio.Event) -> None:
    """Stays connected until ``stopping`` is set; what was accepted by then is still shown. Raises
    ``DiscordUnavailable``."""
    connecting = asyncio.create_task(client.connect())
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait((connecting, stopped), return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            with understood():
                connecting.result()
    finally:
        stopped.cancel()
        connecting.cancel()
