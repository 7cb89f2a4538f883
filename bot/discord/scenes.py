"""``/scene``: several characters and people play together in a channel, a thread or a private chat."""

from __future__ import annotations

import io
from typing import Any

import discord
from discord import app_commands

from bot import words
from bot.app import Desk
from bot.conversation import MAXIMUM_LINE
from bot.discord.keys import Interaction, incoming, tongue
from bot.discord.layout import SILENT, plain, short
from bot.discord.options import MODES, Named
from bot.discord.permissions import missing_here
from bot.discord.responses import say
from bot.discord.summoning import Summoning
from bot.jobs.plan import AnswerMode, Kind
from bot.localisation.texts import Texts, texts
from bot.scenes.modes import MOST_HOPS, Mode, SceneRules
from bot.scenes.playing import TITLE, Told, Wish
from storage.scenes import Scene
from storage.values import slug

WAYS = [
    app_commands.Choice(name="Free: whoever has something to say", value=Mode.FREE.value),
    app_commands.Choice(name="Round: everybody in turn", value=Mode.ROUND.value),
    app_commands.Choice(name="Named: who is named or replied to", value=Mode.MENTIONED.value),
    app_commands.Choice(name="Directed: the language model picks who speaks", value=Mode.PICKED.value),
]

TEXT, FILM = "markdown", "film"
FORMS = [app_commands.Choice(name="Text", value=TEXT), app_commands.Choice(name="Video", value=FILM)]

ANSWERS = [one for one in MODES if one.value in [*AnswerMode]]

HOW = {
    Mode.FREE: "scenes-how-free",
    Mode.ROUND: "scenes-how-round",
    Mode.MENTIONED: "scenes-how-mentioned",
    Mode.PICKED: "scenes-how-picked",
}

NARRATED = 1400
"""Letters of a narrator's line as it is shown, with all that is escaped in it; a message takes 2000."""


class SceneCommands(app_commands.Group):
    """``/scene``."""

    def __init__(self, desk: Desk, summoning: Summoning) -> None:
        super().__init__(
            name="scene",
            description="Several characters in one conversation.",
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._scenes = desk.scenes
        self._summoning = summoning

    @app_commands.command(name="start", description="Begin a scene with some of the characters.")
    @app_commands.describe(
        first="Who is in it",
        second="Who else",
        third="And who else; more can come in later",
        mode="Who answers",
        setting="Where it plays and how it begins",
        title="What it is called",
        replies="Lines that characters may say after one of a person",
        answer="How characters answer in it",
    )
    @app_commands.choices(mode=WAYS, answer=ANSWERS)
    async def start(
        self,
        interaction: Interaction,
        first: Named,
        second: Named | None = None,
        third: Named | None = None,
        mode: str = Mode.FREE.value,
        setting: app_commands.Range[str, 1, MAXIMUM_LINE] | None = None,
        title: app_commands.Range[str, 1, TITLE] | None = None,
        replies: app_commands.Range[int, 1, MOST_HOPS] | None = None,
        answer: str | None = None,
    ) -> None:
        """For all to see."""
        if sentence := missing_here(interaction):
            await say(interaction, sentence)
            return
        cast = [one for one in (first, second, third) if one is not None]
        chosen = AnswerMode(answer) if answer else None
        wish = Wish(title or "", Mode(mode), setting or "", replies, chosen)
        told = await self._scenes.start(incoming(interaction), cast, wish)
        said = _tongue(told.scene)
        head = f"## {plain(told.scene.title) or said('scenes-untitled')}"
        foot = [f"{said(HOW[Mode(told.scene.mode)])} {said('scenes-manual')}"]
        if interaction.guild_id is not None and not interaction.client.intents.message_content:
            foot.append(said("scenes-deaf"))
        await _tell(interaction, "\n".join((head, _narrated(told), *(f"-# {line}" for line in foot))))

    @app_commands.command(name="add", description="A character comes in. It knows nothing of what was said before.")
    @app_commands.describe(persona="The character")
    async def add(self, interaction: Interaction, persona: Named) -> None:
        """For all to see."""
        await _tell(interaction, _narrated(await self._scenes.add(incoming(interaction), persona)))

    @app_commands.command(name="remove", description="A character leaves. It hears nothing of what is said afterwards.")
    @app_commands.describe(persona="The character")
    async def remove(self, interaction: Interaction, persona: Named) -> None:
        """For all to see."""
        await _tell(interaction, _narrated(await self._scenes.remove(incoming(interaction), persona)))

    @app_commands.command(name="narrate", description="Tell what happens, as the narrator.")
    @app_commands.describe(text="What happens")
    async def narrate(self, interaction: Interaction, text: app_commands.Range[str, 1, MAXIMUM_LINE]) -> None:
        """For all to see."""
        await _tell(interaction, _narrated(await self._scenes.narrate(incoming(interaction), text)))

    @app_commands.command(name="pause", description="Nobody answers for a while.")
    async def pause(self, interaction: Interaction) -> None:
        """For all to see."""
        scene = await self._scenes.pause(incoming(interaction))
        await _tell(interaction, _tongue(scene)("scenes-paused"))

    @app_commands.command(name="resume", description="The scene goes on.")
    async def resume(self, interaction: Interaction) -> None:
        """For all to see."""
        scene = await self._scenes.resume(incoming(interaction))
        await _tell(interaction, _tongue(scene)("scenes-resumed"))

    @app_commands.command(name="end", description="The scene is over; its transcript comes as a file.")
    async def end(self, interaction: Interaction) -> None:
        """For all to see."""
        scene = await self._scenes.end(incoming(interaction))
        said = _tongue(scene)
        text = f"{said('scenes-over')}\n-# {said('scenes-film-hint')}"
        await _tell(interaction, text, await self._file(scene, said))

    @app_commands.command(name="transcript", description="All that was said in the last scene here, as a file.")
    @app_commands.describe(form="As a text, or as one video")
    @app_commands.choices(form=FORMS)
    async def transcript(self, interaction: Interaction, form: str = TEXT) -> None:
        """The text for the person alone, the film for all."""
        said = tongue(interaction)
        if form == FILM:
            await self._summoning.take(interaction, words.coming(Kind.FILM, said), self._scenes.film)
            return
        scene = await self._scenes.last(incoming(interaction).conversation)
        file = await self._file(scene, said)
        await interaction.response.send_message(
            said("scenes-transcript"), file=file, ephemeral=True, allowed_mentions=SILENT
        )

    async def _file(self, scene: Scene, said: Texts) -> discord.File:
        text = await self._scenes.transcript(scene, said)
        return discord.File(io.BytesIO(text.encode()), f"{_stem(scene)}.md")


def _tongue(scene: Scene) -> Texts:
    """In which the bot speaks to all in a scene."""
    return texts(SceneRules.model_validate(scene.document).language)


def _stem(scene: Scene) -> str:
    return slug(scene.title)[:60] if scene.title else "scene"


def _narrated(told: Told) -> str:
    return f"*{short(plain(told.text), NARRATED)}*"


async def _tell(interaction: Interaction, text: str, file: discord.File | None = None) -> None:
    more: dict[str, Any] = {"file": file} if file else {}
    await interaction.response.send_message(text, allowed_mentions=SILENT, **more)
