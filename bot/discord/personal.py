"""What characters know about a person, and what is stored about them: ``/memory``, ``/privacy``."""

from __future__ import annotations

import io
import re
from typing import Self

import discord
from discord import app_commands

from bot.app import Desk
from bot.discord.keys import Interaction, key_of, tongue
from bot.discord.layout import SILENT, plain, short
from bot.discord.mishaps import told
from bot.discord.options import Named
from bot.discord.responses import say
from bot.discord.splitting import LIMIT
from bot.localisation.refusals import Refusal

FACT = 200
"""Characters of one fact in the list."""

EXPORT = "chatanything.zip"

ANYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
BOTH = app_commands.AppInstallationType(guild=True, user=True)
"""These commands answer to one person only, so they need nothing of the place they are used in."""


class MemoryCommands(app_commands.Group):
    """``/memory``."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            name="memory",
            description="What a character knows about you.",
            allowed_contexts=ANYWHERE,
            allowed_installs=BOTH,
        )
        self._memories = desk.stored.memories

    @app_commands.command(name="show", description="What a character knows about you.")
    @app_commands.describe(persona="The character")
    async def show(self, interaction: Interaction, persona: Named) -> None:
        """Lists facts by number."""
        said, name = tongue(interaction), plain(persona.persona.name)
        facts = await self._memories.facts(persona.id, key_of(interaction.user.id))
        if not facts:
            await say(interaction, said("memory-nothing", name=name))
            return
        lines = "\n".join(f"`{kept.id}` {short(plain(kept.fact.text), FACT)}" for kept in facts)
        await say(interaction, short(f"{said('memory-known', name=name)}\n{lines}", LIMIT))

    @app_commands.command(name="forget", description="Make a character forget one fact about you, or all.")
    @app_commands.describe(persona="The character", number="Of one fact in /memory show; without it, everything")
    async def forget(self, interaction: Interaction, persona: Named, number: int | None = None) -> None:
        """Deletes facts, and in a private chat what was said there: on a server that belongs to others as well."""
        said, name = tongue(interaction), plain(persona.persona.name)
        forgotten = await self._memories.forget(persona.id, key_of(interaction.user.id), number)
        if number is not None:
            await say(interaction, said("memory-forgot-one" if forgotten else "memory-no-such", name=name))
        elif interaction.context.dm_channel and interaction.channel_id is not None:
            await self._memories.forget_conversation(persona.id, key_of(interaction.channel_id))
            await say(interaction, said("memory-forgot-talk", name=name))
        else:
            await say(interaction, said("memory-forgot", name=name, count=forgotten))


class PrivacyCommands(app_commands.Group):
    """``/privacy``."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            name="privacy",
            description="What is stored about you.",
            allowed_contexts=ANYWHERE,
            allowed_installs=BOTH,
        )
        self._privacy = desk.privacy

    @app_commands.command(name="export", description="All that is stored about you, as a file for you alone.")
    async def export(self, interaction: Interaction) -> None:
        """Sends it so that nobody else sees it."""
        said = tongue(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        data = await self._privacy.export(key_of(interaction.user.id), most=interaction.filesize_limit)
        if len(data) > interaction.filesize_limit:
            raise Refusal("memory-export-too-large")
        await interaction.followup.send(
            said("memory-export"),
            file=discord.File(io.BytesIO(data), EXPORT),
            ephemeral=True,
            allowed_mentions=SILENT,
        )

    @app_commands.command(name="delete", description="Delete all that is stored about you.")
    async def delete(self, interaction: Interaction) -> None:
        """Asks first."""
        said = tongue(interaction)
        view = discord.ui.View(timeout=None)
        view.add_item(DeleteButton(interaction.user.id, said("buttons-delete")))
        view.stop()
        await interaction.response.send_message(
            said("memory-delete-sure"), view=view, ephemeral=True, allowed_mentions=SILENT
        )


class DeleteButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"cd:(\d{1,20})"):
    """Deletes all that is stored about a person."""

    def __init__(self, person: int, label: str = "…") -> None:
        self.person = person
        super().__init__(discord.ui.Button(label=label, style=discord.ButtonStyle.danger, custom_id=f"cd:{person}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(int(match[1]))

    async def callback(self, interaction: Interaction) -> None:
        """Called by Discord's library."""
        async with told(interaction):
            if interaction.user.id != self.person:
                raise Refusal("memory-delete-not-yours")
            await interaction.response.defer()
            await interaction.client.desk.privacy.delete(key_of(self.person))
            done = tongue(interaction)("memory-deleted")
            await interaction.edit_original_response(content=done, view=None, allowed_mentions=SILENT)
