"""Options that several commands share. Characters are offered while somebody types, and understood afterwards."""

from __future__ import annotations

from typing import TypeAlias

import structlog
from discord import app_commands

from bot import offers
from bot.discord.keys import Interaction, actor, tongue
from bot.discord.layout import short
from bot.jobs.plan import AnswerMode
from bot.localisation.foreign import translated
from pipeline.errors import StorageFailed
from storage.repository import StoredPersona

log = structlog.get_logger(__name__)

CHOICES, CHOICE = 25, 100
"""Discord's limits: choices while somebody types, and letters of one."""


ANY = "any"
"""No answer is preferred to another."""

MODES = [
    app_commands.Choice(name="Text", value=AnswerMode.TEXT.value),
    app_commands.Choice(name="Voice", value=AnswerMode.VOICE.value),
    app_commands.Choice(name="Video", value=AnswerMode.VIDEO.value),
    app_commands.Choice(name="As usual", value=ANY),
]


async def names(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The characters that a person can mean: those that spoke here last come first."""
    try:
        visible = await interaction.client.desk.characters.visible(actor(interaction))
    except StorageFailed as error:  # there is no way to tell anybody while they type
        log.warning("discord.no_names", error=type(error).__name__)
        return []
    wanted = typed.strip().casefold()
    meant = [one for one in visible if wanted in one.persona.name.casefold()]
    return [app_commands.Choice(name=short(one.persona.name, CHOICE), value=one.id) for one in meant[:CHOICES]]


async def voices(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Wishes for a voice; any other words do as well."""
    wanted, said = typed.strip().lower(), tongue(interaction)
    labels = ((one, translated(one, said)) for one in offers.voices())
    meant = [(one, label) for one, label in labels if wanted in label.lower()]
    return [app_commands.Choice(name=short(label, CHOICE), value=short(one, CHOICE)) for one, label in meant[:CHOICES]]


class Naming(app_commands.Transformer):
    """The character that was chosen from the list or typed. Raises ``Refusal`` when it is nobody."""

    async def transform(self, interaction: Interaction, value: str, /) -> StoredPersona:
        """Called by Discord's library."""
        persona: StoredPersona = await interaction.client.desk.characters.meant(actor(interaction), value)
        return persona

    async def autocomplete(  # type: ignore[override]  # what is typed is a string
        self, interaction: Interaction, value: str, /
    ) -> list[app_commands.Choice[str]]:
        """Called by Discord's library."""
        return await names(interaction, value)


Named: TypeAlias = app_commands.Transform[StoredPersona, Naming]
