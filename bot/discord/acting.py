"""What the buttons below a character do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import discord
import structlog
from discord import app_commands

from bot import offers, words
from bot.asking import Asking, Incoming
from bot.conversation import MAXIMUM_LINE
from bot.discord.buttons import Action
from bot.discord.keys import Interaction, id_of, is_key, key_of
from bot.discord.layout import AI, COLOUR, SILENT, plain, short
from bot.discord.responses import say
from bot.discord.summoning import Ask, Summoning
from bot.jobs.plan import Kind
from pipeline.errors import StorageFailed
from storage.repository import Personas, StoredPersona
from storage.requests import Accepted

log = structlog.get_logger(__name__)

GONE = "This character is not here any more."
NO_CHARACTER = "No character that is still here says that."
NOT_YOURS = "Only whoever summoned this character, or a moderator, can do that."

TITLE, FIELD = 45, 1000
"""Characters of a modal's title (Discord's limit) and of a field (1024)."""


class Acting:
    """See ``Acts``."""

    def __init__(self, asking: Asking, personas: Personas, summoning: Summoning) -> None:
        self._asking = asking
        self._personas = personas
        self._summoning = summoning

    async def act(self, interaction: Interaction, action: Action, id_: str) -> None:
        """See ``Acts``."""
        try:
            await self._act(interaction, action, id_)
        except StorageFailed as error:
            log.warning("discord.storage", error=type(error).__name__)
            await say(interaction, words.apology(None))
        except (discord.DiscordException, OSError) as error:
            log.warning("discord.button", error=type(error).__name__)

    async def dismiss(self, interaction: Interaction, persona: StoredPersona) -> None:
        """Sends a character away."""
        if not may_change(interaction, persona):
            await say(interaction, NOT_YOURS)
            return
        await self._personas.dismiss(persona.id)
        left = f"{plain(persona.persona.name)} has left."
        await interaction.response.send_message(left, allowed_mentions=SILENT)

    async def restyle(self, interaction: Interaction, persona: StoredPersona, style: str | None = None) -> None:
        """Gives a character another face."""

        async def ask(incoming: Incoming) -> Accepted:
            return await self._asking.restyle(incoming, persona, offers.look(style))

        await self._change(interaction, persona, Kind.RESTYLE, ask)

    async def revoice(self, interaction: Interaction, persona: StoredPersona) -> None:
        """Gives a character another voice."""
        await self._change(interaction, persona, Kind.REVOICE, lambda incoming: self._asking.revoice(incoming, persona))

    async def _act(self, interaction: Interaction, action: Action, id_: str) -> None:
        if action is Action.ANOTHER:
            await self._take(interaction, Kind.RETRY, lambda incoming: self._asking.another(incoming, id_))
            return
        persona = await self._personas.find(id_)
        if persona is None:
            await say(interaction, GONE)
            return
        match action:
            case Action.TALK:
                await interaction.response.send_modal(TalkModal(self._asking, self._summoning, persona))
            case Action.RESTYLE:
                await self.restyle(interaction, persona)
            case Action.REVOICE:
                await self.revoice(interaction, persona)
            case Action.WHO:
                card = introduction(persona)
                await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=SILENT)
            case Action.DISMISS:
                await self.dismiss(interaction, persona)

    async def _change(self, interaction: Interaction, persona: StoredPersona, kind: Kind, ask: Ask) -> None:
        if may_change(interaction, persona):
            await self._take(interaction, kind, ask)
        else:
            await say(interaction, NOT_YOURS)

    async def _take(self, interaction: Interaction, kind: Kind, ask: Ask) -> None:
        await self._summoning.take(interaction, words.coming(kind), ask)


class Menus:
    """What can be chosen in the menu of a message: what a webhook posts has no buttons."""

    def __init__(self, acting: Acting, personas: Personas) -> None:
        self._acting = acting
        self._personas = personas

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        """Puts them into the tree."""
        for name, action in (("Reply to character", Action.TALK), ("Who summoned this?", Action.WHO)):
            menu = app_commands.ContextMenu(name=name, callback=self._doing(action))
            menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=False)
            menu.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=True)
            tree.add_command(menu)

    def _doing(self, action: Action) -> Callable[[Interaction, discord.Message], Coroutine[Any, Any, None]]:
        async def chosen(interaction: Interaction, message: discord.Message) -> None:
            behind = await self._personas.behind(key_of(message.channel.id), str(message.id))
            if behind is None:
                await say(interaction, NO_CHARACTER)
            else:
                await self._acting.act(interaction, action, behind.id)

        return chosen


class TalkModal(discord.ui.Modal):
    """Something to say to a character, for places where the bot cannot read along. All see what was said."""

    def __init__(self, asking: Asking, summoning: Summoning, persona: StoredPersona) -> None:
        super().__init__(title=short(f"Talk to {persona.persona.name}", TITLE))
        self._asking = asking
        self._summoning = summoning
        self._persona = persona
        self.line: discord.ui.TextInput[TalkModal] = discord.ui.TextInput(
            label="What do you say?", style=discord.TextStyle.paragraph, max_length=MAXIMUM_LINE
        )
        self.add_item(self.line)

    async def on_submit(self, interaction: Interaction) -> None:
        """Called by Discord's library."""
        said = self.line.value

        def ask(incoming: Incoming) -> Awaitable[Accepted]:
            return self._asking.say(incoming, self._persona, said)

        shown = f"**{plain(interaction.user.display_name)}:** {said}"
        await self._summoning.take(interaction, shown, ask, placeholder=False)


def may_change(interaction: Interaction, persona: StoredPersona) -> bool:
    """Whether a character is the person's own, or the person keeps order here."""
    moderates = interaction.guild_id is not None and interaction.permissions.manage_messages
    return persona.owner == key_of(interaction.user.id) or moderates


def introduction(stored: StoredPersona) -> discord.Embed:
    """Who a character is, and where it comes from."""
    persona = stored.persona
    tagline = short(plain(persona.tagline), FIELD)
    card = discord.Embed(title=short(plain(persona.name), FIELD // 4), description=tagline, colour=COLOUR)
    card.add_field(name="Character", value=short(plain(persona.personality), FIELD) or "…", inline=False)
    card.add_field(name="Summoned with the words", value=short(plain(persona.concept), FIELD) or "…", inline=False)
    if stored.owner is not None and is_key(stored.owner):
        card.add_field(name="By", value=f"<@{id_of(stored.owner)}>")
    card.add_field(name="On", value=discord.utils.format_dt(stored.created_at))
    card.set_footer(text=f"{AI}: what it says is made up by a computer.")
    return card
