"""Commands about one character, how it answers, and ``/help``."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.app import Desk
from bot.characters import MAXIMUM_NAME
from bot.discord.acting import Acting
from bot.discord.gallery import Gallery, personas
from bot.discord.keys import Interaction, actor, aloud, key_of, tongue
from bot.discord.layout import COLOUR, SILENT, plain
from bot.discord.living import Living, settle, thread, unsettle
from bot.discord.options import ANY, MODES, Named, names, voices
from bot.discord.personal import ANYWHERE, BOTH, MemoryCommands, PrivacyCommands
from bot.discord.responses import say
from bot.discord.settings import SettingsCommands
from bot.discord.summoning import styles
from bot.jobs.plan import AnswerMode
from bot.localisation.refusals import Refusal
from bot.localisation.texts import Texts
from storage.repository import StoredPersona

FOR = [
    app_commands.Choice(name="Me, everywhere", value="me"),
    app_commands.Choice(name="One character", value="persona"),
    app_commands.Choice(name="This server", value="server"),
]

YOU = {
    ANY: "persona-you-any",
    AnswerMode.TEXT: "persona-you-text",
    AnswerMode.VOICE: "persona-you-voice",
    AnswerMode.VIDEO: "persona-you-video",
}
HERE = {
    ANY: "persona-here-any",
    AnswerMode.TEXT: "persona-here-text",
    AnswerMode.VOICE: "persona-here-voice",
    AnswerMode.VIDEO: "persona-here-video",
}
ONE = {
    ANY: "persona-answers-any",
    AnswerMode.TEXT: "persona-answers-text",
    AnswerMode.VOICE: "persona-answers-voice",
    AnswerMode.VIDEO: "persona-answers-video",
}


def add_commands(
    tree: app_commands.CommandTree[Any], desk: Desk, acting: Acting, living: Living, gallery: Gallery
) -> None:
    """Puts all but ``/summon`` and scenes into the tree."""
    groups = (PersonaCommands(desk, acting), MemoryCommands(desk), PrivacyCommands(desk), SettingsCommands(desk))
    alone = (personas(gallery), answer(desk), settle(living), unsettle(living), thread(living), help_())
    for command in (*groups, *alone):
        tree.add_command(command)


class PersonaCommands(app_commands.Group):
    """``/persona``."""

    def __init__(self, desk: Desk, acting: Acting) -> None:
        super().__init__(name="persona", description="One character.", allowed_contexts=ANYWHERE, allowed_installs=BOTH)
        self._characters = desk.characters
        self._acting = acting

    @app_commands.command(name="show", description="Who a character is, and where it comes from.")
    @app_commands.describe(persona="The character")
    async def show(self, interaction: Interaction, persona: Named) -> None:
        """For the person alone."""
        await self._acting.show(interaction, persona)

    @app_commands.command(name="rename", description="Give a character another name.")
    @app_commands.describe(persona="The character", name="What it is called from now on")
    async def rename(
        self, interaction: Interaction, persona: Named, name: app_commands.Range[str, 1, MAXIMUM_NAME]
    ) -> None:
        """For all to see."""
        renamed = await self._characters.rename(actor(interaction), persona, name)
        before, after = plain(persona.persona.name), plain(renamed.persona.name)
        told = (await aloud(interaction))("persona-renamed", before=before, name=after)
        await interaction.response.send_message(told, allowed_mentions=SILENT)

    @app_commands.command(name="restyle", description="Give a character another portrait.")
    @app_commands.describe(persona="The character", style="How it looks; else one that suits it")
    @app_commands.autocomplete(style=styles)
    async def restyle(self, interaction: Interaction, persona: Named, style: str | None = None) -> None:
        """In a message of its own."""
        await self._acting.restyle(interaction, persona, style)

    @app_commands.command(name="revoice", description="Give a character another voice.")
    @app_commands.describe(persona="The character", voice="How it sounds, in your words; else one that suits it")
    @app_commands.autocomplete(voice=voices)
    async def revoice(
        self, interaction: Interaction, persona: Named, voice: app_commands.Range[str, 1, 200] | None = None
    ) -> None:
        """In a message of its own."""
        await self._acting.revoice(interaction, persona, voice)

    @app_commands.command(name="share", description="A code that brings a character into other servers and chats.")
    @app_commands.describe(persona="The character", stop="Yes: its code shall bring nobody any more")
    async def share(self, interaction: Interaction, persona: Named, stop: bool = False) -> None:
        """For the person alone: it is theirs to give away."""
        code = await self._characters.share(actor(interaction), persona, not stop)
        name, said = plain(persona.persona.name), tongue(interaction)
        shared = said("persona-shared", name=name, code=code)
        await say(interaction, said("persona-unshared", name=name) if stop else shared)

    @app_commands.command(name="recall", description="Bring a character here: one of yours, or one that was shared.")
    @app_commands.describe(who="Its name, or the code that you were given")
    @app_commands.autocomplete(who=names)
    async def recall(self, interaction: Interaction, who: app_commands.Range[str, 1, 100]) -> None:
        """For all to see."""
        await self._acting.recall(interaction, who)

    @app_commands.command(name="dismiss", description="Send a character away.")
    @app_commands.describe(persona="The character")
    async def dismiss(self, interaction: Interaction, persona: Named) -> None:
        """For all to see."""
        await self._acting.dismiss(interaction, persona)


def answer(desk: Desk) -> app_commands.Command[Any, ..., None]:
    """``/answer``."""

    async def note(interaction: Interaction, how: str, whose: str, persona: StoredPersona | None) -> str:
        mode, said = None if how == ANY else AnswerMode(how), tongue(interaction)
        if whose == "server":
            await desk.places.change(actor(interaction), answer=mode)
            return said(HERE[how])
        if whose == "me":
            await desk.places.prefer(key_of(interaction.user.id), answer=mode)
            return said(YOU[how])
        if persona is None:
            raise Refusal("persona-which")
        await desk.characters.answers(actor(interaction), persona, mode)
        return said(ONE[how], name=plain(persona.persona.name))

    @app_commands.command(description="How you are answered: in text, by voice or by a clip.")
    @app_commands.describe(how="How", whose="For whom that holds; else for you", persona="The character")
    @app_commands.rename(whose="for")
    @app_commands.choices(how=MODES, whose=FOR)
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def answer(
        interaction: Interaction, how: str, whose: str | None = None, persona: Named | None = None
    ) -> None:
        meant = whose or ("persona" if persona else "me")
        await say(interaction, await note(interaction, how, meant, persona))

    return answer


def help_() -> app_commands.Command[Any, ..., None]:
    """``/help``."""

    @app_commands.command(name="help", description="What I can do.")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def help_(interaction: Interaction) -> None:
        await interaction.response.send_message(
            embed=card(tongue(interaction)), ephemeral=True, allowed_mentions=SILENT
        )

    return help_


def card(said: Texts) -> discord.Embed:
    """What ``/help`` shows."""
    card = discord.Embed(title=said("help-title"), description=said("help-about"), colour=COLOUR)
    card.add_field(name=said("help-summon"), value=said("help-summon-text"), inline=False)
    card.add_field(name=said("help-talk"), value=said("help-talk-text"), inline=False)
    card.add_field(name=said("help-characters"), value=said("help-characters-text"), inline=False)
    card.add_field(name=said("help-places"), value=said("help-places-text"), inline=False)
    card.add_field(name=said("help-scenes"), value=said("help-scenes-text"), inline=False)
    card.add_field(name=said("help-you"), value=said("help-you-text"), inline=False)
    card.add_field(name=said("help-moderators"), value=said("help-moderators-text"), inline=False)
    return card
