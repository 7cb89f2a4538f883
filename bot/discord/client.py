"""The connection to Discord: what it listens to, and who answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.app import Desk
from bot.discord.acting import Acting
from bot.discord.buttons import ActButton, buttons
from bot.discord.commands import add_commands
from bot.discord.faces import Faces
from bot.discord.gallery import Chooser, Gallery, PageButton
from bot.discord.hooks import Hooks
from bot.discord.keys import Interaction, key_of
from bot.discord.layout import SILENT
from bot.discord.living import Living
from bot.discord.menus import Menus
from bot.discord.messenger import DiscordMessenger
from bot.discord.mishaps import tell
from bot.discord.personal import DeleteButton
from bot.discord.responses import Responses
from bot.discord.scenes import SceneCommands
from bot.discord.summoning import Summoning
from bot.discord.sync import sync
from bot.discord.talking import Talking
from pipeline.errors import StorageFailed

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
        self.desk = desk
        self.talking = Talking(self, desk)
        self.tree = Tree(self)
        self.summoning = Summoning(desk.asking, responses)
        living = Living(desk)
        self.acts = Acting(desk, living, self.summoning)
        self.gallery = Gallery(desk)
        self.add_dynamic_items(ActButton, PageButton, Chooser, DeleteButton)
        self.tree.add_command(self.summoning.command())
        add_commands(self.tree, desk, self.acts, living, self.gallery)
        self.tree.add_command(SceneCommands(desk, self.summoning))
        Menus(self.acts, desk.characters).add_to(self.tree)
        self._commands = commands

    async def setup_hook(self) -> None:
        """Called once, after the login."""
        await sync(self.tree, self._commands)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote something."""
        await self.talking.hear(message)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is gone."""
        await self._vanished(channel.guild.id, channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """A thread is gone."""
        await self._vanished(payload.guild_id, payload.thread_id)

    async def _vanished(self, guild: int, channel: int) -> None:
        try:
            await self.desk.places.vanished(key_of(guild), key_of(channel))
        except StorageFailed as error:  # then /settings lists it until somebody takes it out
            log.warning("discord.storage", error=type(error).__name__)


class Tree(app_commands.CommandTree[Client]):
    """The commands. Nobody is left without an answer."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """What went wrong is said to the person, and to the log in full where it is a mistake of ours."""
        await tell(interaction, error.__cause__ or error)
