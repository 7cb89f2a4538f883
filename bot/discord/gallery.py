"""``/personas``: pages of characters with their portraits, seen by one person.

All that the buttons need stands in their ids, so they work after a restart.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import app_commands

from bot.app import Desk
from bot.characters import Page, Whose
from bot.discord.buttons import Action
from bot.discord.cards import THUMBNAIL, Portraits, entry
from bot.discord.keys import Interaction, actor, tongue
from bot.discord.layout import SILENT, attached, short
from bot.discord.mishaps import told
from bot.localisation.refusals import Refusal
from bot.localisation.texts import Texts

OPTION, ABOUT = 100, 100
"""Letters of an option of a menu and of its description (Discord's limits)."""


class Gallery:
    """Shows pages. Methods raise ``StorageFailed`` and Discord's own errors."""

    def __init__(self, desk: Desk) -> None:
        self._characters = desk.characters
        self._portraits = Portraits(desk.stored.personas)

    async def open(self, interaction: Interaction, whose: Whose, number: int = 1) -> None:
        """A new list, for the person alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, whose, number)

    async def turn(self, interaction: Interaction, whose: Whose, number: int) -> None:
        """Another page in the same message."""
        await interaction.response.defer()
        await self._show(interaction, whose, number)

    async def _show(self, interaction: Interaction, whose: Whose, number: int) -> None:
        said = tongue(interaction)
        page = await self._characters.page(actor(interaction), whose, number)
        portraits = await asyncio.gather(*(self._portraits.of(one, THUMBNAIL) for one in page.personas))
        await interaction.edit_original_response(
            content=_title(whose, page, said),
            embeds=[entry(one, portrait) for one, portrait in zip(page.personas, portraits, strict=True)],
            attachments=attached([one for one in portraits if one is not None]),
            view=_view(whose, page, interaction, said),
            allowed_mentions=SILENT,
        )


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"cp:(mine|here):(\d{1,6}):(\d{1,20}):([a-z])"
):
    """Turns to a page. The last letter only keeps the ids of a message apart."""

    def __init__(self, whose: Whose, number: int, person: int, label: str, mark: str) -> None:
        self.whose, self.number, self.person = whose, number, person
        id_ = f"cp:{whose}:{number}:{person}:{mark}"
        super().__init__(discord.ui.Button(label=label, custom_id=id_, row=1))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """The button that was pressed."""
        return cls(Whose(match[1]), int(match[2]), int(match[3]), "…", match[4])

    async def callback(self, interaction: Interaction) -> None:
        """Called by Discord's library."""
        async with told(interaction):
            _only(interaction, self.person)
            await interaction.client.gallery.turn(interaction, self.whose, self.number)


class Chooser(discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]], template=r"cc:(\d{1,20})"):
    """Chooses a character of a page."""

    def __init__(self, person: int, options: Sequence[discord.SelectOption] = (), hint: str | None = None) -> None:
        self.person = person
        select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
            custom_id=f"cc:{person}", placeholder=hint, options=[*options], row=0
        )
        super().__init__(select)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """The menu that was used."""
        return cls(int(match[1]))

    async def callback(self, interaction: Interaction) -> None:
        """Called by Discord's library."""
        async with told(interaction):
            _only(interaction, self.person)
            await interaction.client.acts.act(interaction, Action.WHO, self.item.values[0])


def personas(gallery: Gallery) -> app_commands.Command[Any, ..., None]:
    """``/personas``."""

    @app_commands.command(description="Characters with their portraits: yours, or those of this server.")
    @app_commands.describe(whose="Whose characters; else yours")
    @app_commands.choices(
        whose=[
            app_commands.Choice(name="Mine", value=Whose.MINE.value),
            app_commands.Choice(name="This server's", value=Whose.HERE.value),
        ]
    )
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def personas(interaction: Interaction, whose: str = Whose.MINE.value) -> None:
        await gallery.open(interaction, Whose(whose))

    return personas


def _only(interaction: Interaction, person: int) -> None:
    if interaction.user.id != person:
        raise Refusal("gallery-not-yours")


def _title(whose: Whose, page: Page, said: Texts) -> str:
    if whose is Whose.MINE:
        return said("gallery-mine", number=page.number, pages=page.pages) if page.personas else said("persona-nobody")
    if not page.personas:
        return said("gallery-nobody-here")
    return said("gallery-here", number=page.number, pages=page.pages)


def _view(whose: Whose, page: Page, interaction: Interaction, said: Texts) -> discord.ui.View:
    view, person = discord.ui.View(timeout=None), interaction.user.id
    options = [
        discord.SelectOption(
            label=short(one.persona.name, OPTION), value=one.id, description=short(one.persona.tagline, ABOUT) or None
        )
        for one in page.personas
    ]
    if options:
        view.add_item(Chooser(person, options, said("gallery-choose")))
    if page.number > 1:
        view.add_item(PageButton(whose, page.number - 1, person, "◀", "b"))
    if page.number < page.pages:
        view.add_item(PageButton(whose, page.number + 1, person, "▶", "f"))
    if interaction.guild_id is not None:
        other = Whose.HERE if whose is Whose.MINE else Whose.MINE
        label = said("gallery-to-here") if other is Whose.HERE else said("gallery-to-mine")
        view.add_item(PageButton(other, 1, person, label, "o"))
    view.stop()
    return view
