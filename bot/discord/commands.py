"""Commands about characters that are there: ``/personas``, ``/persona``, ``/memory``, ``/help``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.app import Stored
from bot.discord.acting import Acting, introduction
from bot.discord.keys import Interaction, key_of
from bot.discord.layout import COLOUR, SILENT, plain, short
from bot.discord.responses import say
from bot.discord.summoning import styles
from bot.discord.talking import NOBODY
from storage.repository import StoredPersona, slug

PAGE = 10
"""Characters on a page."""

CHOICES = 25
"""Names offered while somebody types (Discord's limit)."""

NAME, LINE, LIST = 100, 200, 4000
"""Letters of a choice, of a line in a list, and of a list (Discord takes 4096)."""

UNKNOWN = "I know nobody of that name here."

HELP = """\
I turn a few words into a character with a face, a voice and a temper.

`/summon` brings somebody: *an angry apple*, *a shy lighthouse* …
**Talk** by replying to a character, by mentioning me, with the button below it, or in a private chat with me.
`/personas` lists whom you summoned, `/persona show`, `restyle`, `revoice` and `dismiss` are about one of them.
`/memory show` tells what a character knows about you, `/memory forget` makes it forget.

Characters are computer programs (AI): what they say is made up, and so are their faces and voices."""


class Commands:
    """All commands but ``/summon``. People see their own characters, and those that speak where they are."""

    def __init__(self, stored: Stored, acting: Acting) -> None:
        self._stored = stored
        self._acting = acting

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        """Puts them into the tree."""
        for command in (self._personas(), self._persona(), self._memory(), self._help()):
            command.allowed_installs = app_commands.AppInstallationType(guild=True, user=False)
            command.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=True)
            tree.add_command(command)

    def _help(self) -> app_commands.Command[Any, ..., None]:
        @app_commands.command(name="help", description="What I can do.")
        async def help_(interaction: Interaction) -> None:
            await say(interaction, HELP)

        return help_

    def _personas(self) -> app_commands.Command[Any, ..., None]:
        @app_commands.command(description="The characters that you summoned.")
        @app_commands.describe(page="Further ones")
        async def personas(interaction: Interaction, page: app_commands.Range[int, 1, 1000] = 1) -> None:
            owner, before = key_of(interaction.user.id), (page - 1) * PAGE
            found = await self._stored.personas.list(PAGE + 1, before, owner=owner)
            if not found:
                await say(interaction, NOBODY if page == 1 else "There is no such page.")
                return
            card = discord.Embed(title="Your characters", description=_listed(found[:PAGE]), colour=COLOUR)
            if len(found) > PAGE:
                card.set_footer(text=f"/personas page: {page + 1} shows more.")
            await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=SILENT)

        return personas

    def _persona(self) -> app_commands.Group:
        group = app_commands.Group(name="persona", description="One character.")

        @group.command(name="show", description="Who a character is, and where it comes from.")
        async def show(interaction: Interaction, name: str) -> None:
            if (persona := await self._meant(interaction, name)) is not None:
                card = introduction(persona)
                await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=SILENT)

        @group.command(name="dismiss", description="Send a character away.")
        async def dismiss(interaction: Interaction, name: str) -> None:
            if (persona := await self._meant(interaction, name)) is not None:
                await self._acting.dismiss(interaction, persona)

        @group.command(name="restyle", description="Give a character another portrait.")
        @app_commands.describe(style="How it looks; else one that suits it")
        async def restyle(interaction: Interaction, name: str, style: str | None = None) -> None:
            if (persona := await self._meant(interaction, name)) is not None:
                await self._acting.restyle(interaction, persona, style)

        @group.command(name="revoice", description="Give a character another voice.")
        async def revoice(interaction: Interaction, name: str) -> None:
            if (persona := await self._meant(interaction, name)) is not None:
                await self._acting.revoice(interaction, persona)

        restyle.autocomplete("style")(styles)
        restyle.autocomplete("name")(self._names)
        show.autocomplete("name")(self._names)
        dismiss.autocomplete("name")(self._names)
        revoice.autocomplete("name")(self._names)
        return group

    def _memory(self) -> app_commands.Group:
        group = app_commands.Group(name="memory", description="What a character knows about you.")

        @group.command(name="show", description="What a character knows about you.")
        async def show(interaction: Interaction, name: str) -> None:
            if (persona := await self._meant(interaction, name)) is not None:
                await say(interaction, await self._known(persona, key_of(interaction.user.id)))

        @group.command(name="forget", description="Make a character forget one fact about you, or all.")
        @app_commands.describe(number="Number of one fact in /memory show; without it, everything")
        async def forget(interaction: Interaction, name: str, number: int | None = None) -> None:
            if (persona := await self._meant(interaction, name)) is not None:
                await say(interaction, await self._forget(interaction, persona, number))

        show.autocomplete("name")(self._names)
        forget.autocomplete("name")(self._names)
        return group

    async def _known(self, persona: StoredPersona, person: str) -> str:
        facts = await self._stored.memories.facts(persona.id, person)
        name = plain(persona.persona.name)
        if not facts:
            return f"{name} knows nothing about you yet."
        lines = "\n".join(f"`{kept.id}` {short(plain(kept.fact.text), LINE)}" for kept in facts)
        return short(f"**{name}** knows about you:\n{lines}", 2000)

    async def _forget(self, interaction: Interaction, persona: StoredPersona, number: int | None) -> str:
        person, name = key_of(interaction.user.id), plain(persona.persona.name)
        forgotten = await self._stored.memories.forget(persona.id, person, number)
        if number is not None:
            return f"{name} forgot it." if forgotten else f"{name} keeps no fact number {number} about you."
        private = interaction.guild_id is None and interaction.channel_id is not None
        if private:  # what is said on a server belongs to others as well
            await self._stored.memories.forget_conversation(persona.id, key_of(interaction.channel_id or 0))
        facts = "one fact" if forgotten == 1 else f"{forgotten} facts"
        return f"{name} forgot {facts} about you{' and this conversation' if private else ''}."

    async def _meant(self, interaction: Interaction, name: str) -> StoredPersona | None:
        """Whom a person means, by what was chosen from the list or typed; tells the person when it is nobody."""
        wanted = slug(name)
        for persona in await self._near(interaction):
            if name == persona.id or slug(persona.persona.name) == wanted:
                return persona
        await say(interaction, UNKNOWN)
        return None

    async def _names(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        wanted = typed.casefold()
        near = [one for one in await self._near(interaction) if wanted in one.persona.name.casefold()]
        return [app_commands.Choice(name=short(one.persona.name, NAME), value=one.id) for one in near[:CHOICES]]

    async def _near(self, interaction: Interaction) -> Sequence[StoredPersona]:
        """The characters that speak here, then the person's own."""
        here = await self._stored.personas.company(key_of(interaction.channel_id or 0), limit=100)
        own = await self._stored.personas.list(500, owner=key_of(interaction.user.id))
        return list({persona.id: persona for persona in (*here, *own)}.values())


def _listed(personas: Sequence[StoredPersona]) -> str:
    lines = (f"**{plain(one.persona.name)}**: {short(plain(one.persona.tagline), LINE)}" for one in personas)
    return short("\n".join(lines), LIST)
