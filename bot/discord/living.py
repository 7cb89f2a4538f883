"""Where characters live: in a channel, where one answers everything, or in a thread of its own."""

from __future__ import annotations

from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.app import Desk
from bot.discord.buttons import CALLED, rows
from bot.discord.cards import PORTRAIT, Portraits, calling
from bot.discord.keys import Interaction, actor, aloud, incoming, key_of, tongue
from bot.discord.layout import SILENT, attached, plain, short
from bot.discord.options import Named
from bot.discord.permissions import lacking, missing_in
from bot.discord.responses import say
from bot.localisation.refusals import Refusal
from storage.repository import StoredPersona

THREAD = 100
"""Letters of a thread's name (Discord's limit)."""

NEEDED = ("create_public_threads", "send_messages_in_threads", "embed_links", "attach_files")

Home: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.Thread


class Living:
    """Settles characters. Methods raise ``Refusal``, ``StorageFailed`` and Discord's own errors."""

    def __init__(self, desk: Desk) -> None:
        self._places = desk.places
        self._characters = desk.characters
        self._portraits = Portraits(desk.stored.personas)

    async def settle(self, interaction: Interaction, persona: StoredPersona, channel: Home) -> None:
        """From now on a character answers everything in a channel."""
        _hears(interaction)
        if sentence := missing_in(channel, tongue(interaction)):
            await say(interaction, sentence)
            return
        await self._places.settle(actor(interaction), persona, key_of(channel.id))
        quiet = (await self._places.settings(actor(interaction).place)).quiet
        said, name = await aloud(interaction), plain(persona.persona.name)
        told = said("talk-settled", name=name, channel=channel.mention, quiet=f"`{quiet}`")
        await interaction.response.send_message(told, allowed_mentions=SILENT)

    async def unsettle(self, interaction: Interaction, channel: int) -> None:
        """The other way round."""
        mention = f"<#{channel}>"
        if not await self._places.unsettle(actor(interaction), key_of(channel)):
            raise Refusal("talk-nobody-settled", channel=mention)
        told = (await aloud(interaction))("talk-unsettled", channel=mention)
        await interaction.response.send_message(told, allowed_mentions=SILENT)

    async def thread(self, interaction: Interaction, persona: StoredPersona) -> None:
        """Opens a thread in which a character lives."""
        said, name, channel, asking = (
            tongue(interaction),
            persona.persona.name,
            interaction.channel,
            incoming(interaction),
        )
        if not isinstance(channel, discord.TextChannel):
            raise Refusal("talk-thread-where", name=name)
        _hears(interaction)
        if sentence := lacking(interaction.app_permissions, NEEDED, thread=False, said=said):
            await say(interaction, sentence)
            return
        await self._places.admit(asking, moderator=asking.moderator, channels=asking.channels, summon=False)
        await interaction.response.defer(ephemeral=True, thinking=True)
        kind = discord.ChannelType.news_thread if channel.is_news() else discord.ChannelType.public_thread
        thread = await channel.create_thread(name=short(discord.utils.escape_mentions(name), THREAD), type=kind)
        await self._places.settle(actor(interaction), persona, key_of(thread.id), own=True)
        portrait, public = await self._portraits.of(persona, PORTRAIT), await aloud(interaction)
        sent = await thread.send(
            embed=calling(persona, portrait, public),
            files=attached([portrait] if portrait else []),
            view=rows(CALLED, persona.id, public),
            allowed_mentions=SILENT,
        )
        await self._characters.appeared(key_of(thread.id), str(sent.id), persona)
        await say(interaction, said("talk-thread-made", name=plain(name), thread=thread.mention))


def _here(interaction: Interaction) -> Home:
    if not isinstance(interaction.channel, Home):
        raise Refusal("talk-settle-where")
    return interaction.channel


def _hears(interaction: Interaction) -> None:
    if not interaction.client.intents.message_content:
        raise Refusal("talk-deaf")


def settle(living: Living) -> app_commands.Command[Any, ..., None]:
    """``/settle``."""

    @app_commands.command(description="Have a character live in a channel: it answers everything there.")
    @app_commands.describe(persona="The character", channel="Where; else here")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def settle(interaction: Interaction, persona: Named, channel: Home | None = None) -> None:
        await living.settle(interaction, persona, channel or _here(interaction))

    return settle


def unsettle(living: Living) -> app_commands.Command[Any, ..., None]:
    """``/unsettle``."""

    @app_commands.command(description="End that a character answers everything in a channel.")
    @app_commands.describe(channel="Where; else here")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def unsettle(interaction: Interaction, channel: Home | None = None) -> None:
        await living.unsettle(interaction, channel.id if channel else interaction.channel_id or 0)

    return unsettle


def thread(living: Living) -> app_commands.Command[Any, ..., None]:
    """``/thread``."""

    @app_commands.command(description="Open a thread in which a character answers everything.")
    @app_commands.describe(persona="The character")
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def thread(interaction: Interaction, persona: Named) -> None:
        await living.thread(interaction, persona)

    return thread
