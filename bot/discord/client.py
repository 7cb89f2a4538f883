"""The connection to Discord: what it listens to, and who answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import structlog
from discord import app_commands

from bot import words
from bot.app import Desk
from bot.discord.acting import Acting, Menus
from bot.discord.buttons import ActButton, buttons
from bot.discord.commands import Commands
from bot.discord.faces import Faces
from bot.discord.hooks import Hooks
from bot.discord.keys import Interaction
from bot.discord.layout import SILENT
from bot.discord.messenger import DiscordMessenger
from bot.discord.responses import Responses, say
from bot.discord.summoning import Summoning
from bot.discord.sync import sync
from bot.discord.talking import Talking
from pipeline.errors import BadRequest, StorageFailed

log = structlog.get_logger(__name__)

LONGEST_WAIT = 30.0
"""Seconds that Discord's library waits by itself when it is asked to; else the request is tried later."""


def intents(*, content: bool) -> discord.Intents:
    """What is listened to. ``content``: of all messages; else of mentions and private ones only."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    wanted.message_content = content
    return wanted


class Client(discord.AutoShardedClient):
    """The bot on Discord. ``commands``: file that remembers what Discord was told of them."""

    def __init__(self, desk: Desk, *, content: bool, commands: Path, **options: Any) -> None:
        super().__init__(
            intents=intents(content=content),
            allowed_mentions=SILENT,
            max_ratelimit_timeout=LONGEST_WAIT,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            **options,
        )
        responses = Responses()
        personas = desk.stored.personas
        self.messenger = DiscordMessenger(self, responses, Hooks(self), Faces(self, personas), buttons)
        self.talking = Talking(self, desk.asking, personas)
        self.tree = Tree(self)
        self.summoning = Summoning(desk.asking, responses)
        self.acts = Acting(desk.asking, personas, self.summoning)
        self.add_dynamic_items(ActButton)
        self.tree.add_command(self.summoning.command())
        Commands(desk.stored, self.acts).add_to(self.tree)
        Menus(self.acts, personas).add_to(self.tree)
        self._commands = commands

    async def setup_hook(self) -> None:
        """Called once, after the login."""
        await sync(self.tree, self._commands)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        await self.talking.hear(message)


class Tree(app_commands.CommandTree[Client]):
    """The commands. Nobody is left without an answer."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """What went wrong is said to the person, and to the log in full where it is a mistake of ours."""
        cause = error.__cause__ or error
        if isinstance(cause, StorageFailed | discord.DiscordException | OSError):
            log.warning("discord.command", error=type(cause).__name__)
        else:
            log.error("discord.bug", error=type(cause).__name__, exc_info=cause)
        await say(interaction, str(cause) if isinstance(cause, BadRequest) else words.apology(None))
