"""``/settings``: what those who keep order on a server decide."""

from __future__ import annotations

from typing import TypeAlias

import discord
from discord import app_commands

from bot.app import Desk
from bot.discord.keys import Interaction, actor, age_restricted, id_of, is_key, key_of, tongue
from bot.discord.layout import COLOUR, SILENT, plain, short
from bot.discord.options import ANY, MODES
from bot.jobs.plan import AnswerMode
from bot.localisation.refusals import Refusal
from bot.localisation.texts import NAMES, Texts
from bot.places import MOST, PlaceSettings, Summoners
from storage.repository import StoredPersona

FIELD, WORDS = 1000, 150
"""Characters of a field (Discord takes 1024), and of what somebody was summoned with."""

RESIDENTS = 20
"""Shown at most."""

QUIET = 5
"""Characters of what quiet lines begin with."""

DISCORD = "discord"

Allowed: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.ForumChannel | discord.CategoryChannel

ANSWERS = {
    None: "settings-answer-any",
    AnswerMode.TEXT: "settings-answer-text",
    AnswerMode.VOICE: "settings-answer-voice",
    AnswerMode.VIDEO: "settings-answer-video",
}


class SettingsCommands(app_commands.Group):
    """The commands; each ends by showing what holds now."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            name="settings",
            description="What holds on this server.",
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            default_permissions=discord.Permissions(manage_guild=True),
        )
        self._places = desk.places
        self._characters = desk.characters

    @app_commands.command(name="show", description="What holds here, and who lives where.")
    async def show(self, interaction: Interaction) -> None:
        """For whoever asks."""
        await self._show(interaction, await self._places.settings(actor(interaction).place))

    @app_commands.command(name="summoners", description="Who may bring characters here.")
    @app_commands.describe(who="Who")
    @app_commands.choices(
        who=[
            app_commands.Choice(name="Everyone", value=Summoners.EVERYONE.value),
            app_commands.Choice(name="Moderators", value=Summoners.MODERATORS.value),
        ]
    )
    async def summoners(self, interaction: Interaction, who: str) -> None:
        """Everyone, or those who keep order."""
        await self._change(interaction, summoners=Summoners(who))

    @app_commands.command(name="channels", description="In which channels I speak: everywhere, or in those you allow.")
    @app_commands.describe(change="What to do", channel="A channel or category; else this one")
    @app_commands.choices(
        change=[
            app_commands.Choice(name="Allow", value="allow"),
            app_commands.Choice(name="Take off the list", value="remove"),
            app_commands.Choice(name="Allow everywhere", value="everywhere"),
        ]
    )
    async def channels(self, interaction: Interaction, change: str, channel: Allowed | None = None) -> None:
        """A list that is empty allows every channel."""
        here = actor(interaction)
        key = key_of(channel.id) if channel else here.channels[0] if _thread(interaction) else here.conversation
        listed = [one for one in (await self._places.settings(here.place)).channels if one != key]
        match change:
            case "allow":
                listed.append(key)
            case "everywhere":
                listed = []
        await self._change(interaction, channels=tuple(listed))

    @app_commands.command(name="limits", description="How many characters may be summoned here in 24 hours.")
    @app_commands.describe(person="By each person; without it, as many as I allow", server="By all together; likewise")
    async def limits(
        self,
        interaction: Interaction,
        person: app_commands.Range[int, 0, MOST] | None = None,
        server: app_commands.Range[int, 0, MOST] | None = None,
    ) -> None:
        """What the operator allows is never exceeded."""
        await self._change(interaction, summons_person=person, summons_place=server)

    @app_commands.command(name="language", description="In which language I speak here.")
    @app_commands.describe(language="The language")
    @app_commands.choices(
        language=[
            app_commands.Choice(name="As in Discord", value=DISCORD),
            *(app_commands.Choice(name=name, value=tag) for tag, name in NAMES.items()),
        ]
    )
    async def language(self, interaction: Interaction, language: str) -> None:
        """Of the bot itself; characters speak that of their words."""
        await self._change(interaction, language=None if language == DISCORD else language)

    @app_commands.command(name="answer", description="How characters answer here.")
    @app_commands.describe(how="How; what a person or a character prefers comes first")
    @app_commands.choices(how=MODES)
    async def answer(self, interaction: Interaction, how: str) -> None:
        """The default of the place."""
        await self._change(interaction, answer=None if how == ANY else AnswerMode(how))

    @app_commands.command(name="adult", description="Adult content: off, or on where Discord restricts the age.")
    @app_commands.describe(allowed="Yes: on, in age-restricted channels")
    async def adult(self, interaction: Interaction, allowed: bool) -> None:
        """Off unless it was switched on where Discord asks people for their age."""
        if allowed and not age_restricted(interaction.guild, interaction.channel):
            raise Refusal("settings-not-age-restricted")
        await self._change(interaction, adult=allowed)

    @app_commands.command(name="quiet", description="How lines begin that characters who live here leave alone.")
    @app_commands.describe(prefix="One to five signs, such as //")
    async def quiet(self, interaction: Interaction, prefix: app_commands.Range[str, 1, QUIET]) -> None:
        """So that people can talk to each other where a character lives."""
        if any(one.isalnum() or one.isspace() or one == "`" for one in prefix):
            raise Refusal("settings-quiet-short")
        await self._change(interaction, quiet=prefix)

    @app_commands.command(name="audit", description="Who summoned whom here, when, and with which words.")
    @app_commands.describe(page="Further ones")
    async def audit(self, interaction: Interaction, page: app_commands.Range[int, 1, 1000] = 1) -> None:
        """For moderators."""
        said, found = tongue(interaction), await self._characters.audit(actor(interaction), page)
        lines = "\n".join(_summoned(one, said) for one in found.personas) or said("settings-audit-nobody")
        title = said("settings-audit", number=found.number, pages=found.pages)
        card = discord.Embed(title=title, description=lines, colour=COLOUR)
        await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=SILENT)

    async def _change(self, interaction: Interaction, **changes: object) -> None:
        await self._show(interaction, await self._places.change(actor(interaction), **changes))

    async def _show(self, interaction: Interaction, settings: PlaceSettings) -> None:
        said, here = tongue(interaction), actor(interaction)
        residents = [] if here.private else await self._places.residents(here.place)
        lines = [
            said("settings-resident", name=plain(one.persona.name), channel=_mention(key)) for key, one in residents
        ]
        card = _card(settings, said, private=here.private)
        if not here.private:
            living = "\n".join(lines[:RESIDENTS]) or said("settings-none")
            card.add_field(name=said("settings-residents"), value=short(living, FIELD), inline=False)
        await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=SILENT)


def _card(settings: PlaceSettings, said: Texts, *, private: bool) -> discord.Embed:
    card = discord.Embed(title=said("settings-title"), colour=COLOUR)
    own = said("settings-language-yours") if private else said("settings-language-own")
    card.add_field(name=said("settings-language"), value=NAMES[settings.language] if settings.language else own)
    card.add_field(name=said("settings-answer"), value=said(ANSWERS[settings.answer]))
    if private:
        return card
    everyone = settings.summoners is Summoners.EVERYONE
    who = said("settings-everyone") if everyone else said("settings-moderators")
    card.add_field(name=said("settings-summoners"), value=who)
    where = ", ".join(map(_mention, settings.channels)) or said("settings-everywhere")
    card.add_field(name=said("settings-channels"), value=short(where, FIELD))
    card.add_field(name=said("settings-limits"), value=_limits(settings, said))
    card.add_field(name=said("settings-adult"), value=said("settings-on") if settings.adult else said("settings-off"))
    card.add_field(name=said("settings-quiet"), value=f"`{settings.quiet}`")
    return card


def _limits(settings: PlaceSettings, said: Texts) -> str:
    limits = []
    if settings.summons_person is not None:
        limits.append(said("settings-limits-each", count=settings.summons_person))
    if settings.summons_place is not None:
        limits.append(said("settings-limits-all", count=settings.summons_place))
    return "\n".join(limits) or said("settings-none")


def _summoned(one: StoredPersona, said: Texts) -> str:
    return said(
        "settings-audit-line",
        name=f"**{short(plain(one.persona.name), WORDS)}**",
        person=_person(one.owner),
        time=discord.utils.format_dt(one.created_at),
        words=short(plain(one.persona.concept), WORDS),
    )


def _person(key: str | None) -> str:
    return f"<@{id_of(key)}>" if key is not None and is_key(key) else "?"


def _mention(key: str) -> str:
    return f"<#{id_of(key)}>" if is_key(key) else "?"


def _thread(interaction: Interaction) -> bool:
    return isinstance(interaction.channel, discord.Thread)
