"""What people do with scenes: start them, speak in them, bring characters in, narrate, end them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.conversation import sayable
from bot.jobs.plan import AnswerMode, FilmAsk, Kind, plan
from bot.limits import Limits
from bot.localisation.refusals import Refusal
from bot.localisation.texts import Texts, texts
from bot.places import Places
from bot.scenes.asked import answering, exhausted, turn_of
from bot.scenes.modes import MEMBERS, Mode, SceneRules
from bot.scenes.transcript import transcript
from pipeline.errors import LimitReached
from storage.asked import Asked
from storage.lines import LineKind, NewLine, SceneLine
from storage.outbox import Part, PartKind
from storage.repository import Personas, StoredPersona
from storage.requests import Accepted, Requests
from storage.scenes import NewScene, Scene, SceneStore
from storage.values import storable

if TYPE_CHECKING:
    from bot.asking import Incoming

ASIDE = ("//", "((")
"""Lines that begin so are said beside the scene: nobody in it hears them."""

TITLE = 80
"""Characters of a title."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants a scene. ``setting``: what the narrator says first. ``hops``: lines of characters after each
    line of a person; None takes what suits the mode."""

    title: str = ""
    mode: Mode = Mode.FREE
    setting: str = ""
    hops: int | None = None
    answer: AnswerMode | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A scene, and what the narrator says to all."""

    scene: Scene
    text: str


class Scenes:
    """The use cases. Methods raise ``BadRequest`` for what cannot be done and ``StorageFailed``; an update that comes
    twice does nothing the second time. Only whoever started a scene, and moderators, change it."""

    def __init__(
        self, store: SceneStore, personas: Personas, places: Places, limits: Limits, requests: Requests
    ) -> None:
        self._store = store
        self._personas = personas
        self._places = places
        self._limits = limits
        self._requests = requests

    async def of(self, conversation: str) -> Scene | None:
        """The scene that is played in a conversation, paused or not."""
        return await self._store.of(conversation)

    async def cast(self, scene: Scene) -> Sequence[StoredPersona]:
        """The characters that are there, in the order of their coming."""
        return [await self._personas.get(id_) for id_ in await self._store.cast(scene.id)]

    async def hear(self, incoming: Incoming, text: str, addressed: StoredPersona | None) -> bool:
        """Somebody said something. True when it was said in a scene, so that nobody else is to answer it.

        ``addressed``: the character that it is said to; what is said to one that is not in the scene is not said in it.
        Raises ``LimitReached`` or ``Refusal`` once when nobody may answer any more; what was said is kept all the same.
        """
        scene = await self._store.of(incoming.conversation) if text.strip() else None
        if scene is None:
            return False
        rules = await self._places.rules(incoming.place, incoming.person)
        if text.lstrip().startswith((*ASIDE, rules.place.quiet)):
            return True
        if addressed is not None and addressed.id not in await self._store.cast(scene.id):
            return False
        rules.decent(line := sayable(text))
        said = NewLine(
            LineKind.PERSON,
            incoming.name or texts(incoming.language)("scenes-somebody"),
            storable(line),
            incoming.update_key,
            person=incoming.person,
            addressed=addressed.id if addressed else None,
        )
        if await self._store.say(scene.id, said) and scene.paused_at is None:
            await self._check(scene, incoming)
        return True

    async def start(self, incoming: Incoming, cast: Sequence[StoredPersona], wish: Wish) -> Told:
        """A new scene."""
        rules = await self._places.rules(incoming.place, incoming.person)
        rules.admit((incoming.conversation, *incoming.channels), moderator=incoming.moderator, summon=False)
        cast = list({one.id: one for one in cast}.values())
        if not cast:
            raise Refusal("scenes-nobody")
        if len(cast) > MEMBERS:
            raise Refusal("scenes-full", most=MEMBERS)
        for said in (wish.title, wish.setting):
            rules.decent(said)
        language = rules.language(incoming)
        tongue = texts(language)
        names = listed([one.persona.name for one in cast], tongue)
        opening = " ".join((sayable(wish.setting) if wish.setting.strip() else "", tongue("scenes-opens", names=names)))
        new = NewScene(
            platform=incoming.platform,
            place=incoming.place,
            conversation=incoming.conversation,
            owner=incoming.person,
            title=storable(" ".join(wish.title.split()))[:TITLE],
            mode=wish.mode.value,
            document=SceneRules(hops=wish.hops, answer=wish.answer, language=language).model_dump(mode="json"),
        )
        line = _narrated(incoming, opening.strip(), tongue)
        scene = await self._store.start(new, [one.id for one in cast], line)
        if scene is None:
            raise Refusal("scenes-one-already")
        return Told(scene, line.text)

    async def add(self, incoming: Incoming, persona: StoredPersona) -> Told:
        """A character comes in."""
        scene, tongue = await self._mine(incoming)
        cast = await self._store.cast(scene.id)
        if persona.id in cast:
            raise Refusal("scenes-there-already", name=persona.persona.name)
        if len(cast) >= MEMBERS:
            raise Refusal("scenes-full", most=MEMBERS)
        line = _narrated(incoming, tongue("scenes-enters", name=persona.persona.name), tongue)
        await self._store.enter(scene.id, persona.id, line)
        return Told(scene, line.text)

    async def remove(self, incoming: Incoming, persona: StoredPersona) -> Told:
        """A character leaves."""
        scene, tongue = await self._mine(incoming)
        line = _narrated(incoming, tongue("scenes-leaves", name=persona.persona.name), tongue)
        if not await self._store.leave(scene.id, persona.id, line):
            raise Refusal("scenes-not-there", name=persona.persona.name)
        return Told(scene, line.text)

    async def narrate(self, incoming: Incoming, text: str) -> Told:
        """The narrator says something."""
        scene, tongue = await self._mine(incoming)
        rules = await self._places.rules(incoming.place, incoming.person)
        rules.decent(text)
        line = _narrated(incoming, storable(sayable(text)), tongue)
        await self._store.say(scene.id, line)
        return Told(scene, line.text)

    async def pause(self, incoming: Incoming) -> Scene:
        """Characters say nothing until it goes on; what people say is kept and heard."""
        scene, _ = await self._mine(incoming)
        if not await self._store.pause(scene.id, paused=True):
            raise Refusal("scenes-paused-already")
        return scene

    async def resume(self, incoming: Incoming) -> Scene:
        """It goes on."""
        scene, _ = await self._mine(incoming)
        await self._not_used_up(scene)
        if not await self._store.pause(scene.id, paused=False):
            raise Refusal("scenes-not-paused")
        return scene

    async def end(self, incoming: Incoming) -> Scene:
        """The scene is over."""
        scene, _ = await self._mine(incoming)
        await self._store.end(scene.id)
        return scene

    async def last(self, conversation: str) -> Scene:
        """The scene that is played there, or was last."""
        scene = await self._store.last(conversation)
        if scene is None:
            raise Refusal("scenes-none-ever")
        return scene

    async def lines(self, scene: Scene) -> Sequence[SceneLine]:
        """All that was said."""
        lines = [line for line in await self._store.lines(scene.id) if line.text]  # some may be forgotten
        if not lines:
            raise Refusal("scenes-empty")
        return lines

    async def transcript(self, scene: Scene, tongue: Texts) -> str:
        """All that was said, as Markdown."""
        return transcript(scene, await self.lines(scene), tongue)

    async def film(self, incoming: Incoming) -> Accepted:
        """The scene that is played there, or was last, as one video."""
        scene = await self.last(incoming.conversation)
        await self.lines(scene)
        rules = await self._places.rules(incoming.place, incoming.person)
        asked = Asked(
            kind=Kind.FILM.value,
            update_key=incoming.update_key,
            platform=incoming.platform,
            place=incoming.place,
            conversation=incoming.conversation,
            person=incoming.person,
            name=incoming.name,
            payload=FilmAsk(scene=scene.id).model_dump(mode="json"),
            language=rules.language(incoming),
        )
        placeholder = Part(PartKind.PLACEHOLDER, {})
        steps = plan(Kind.FILM, AnswerMode.VIDEO)
        return await self._requests.accept(asked, steps, placeholder=placeholder, admit=self._limits.admit)

    async def _mine(self, incoming: Incoming) -> tuple[Scene, Texts]:
        scene = await self._store.of(incoming.conversation)
        if scene is None:
            raise Refusal("scenes-none")
        if not (incoming.person == scene.owner or incoming.moderator or incoming.private):
            raise Refusal("scenes-not-yours")
        return scene, texts(SceneRules.model_validate(scene.document).language)

    async def _not_used_up(self, scene: Scene) -> None:
        rules, said = SceneRules.model_validate(scene.document), await self._store.said(scene.id)
        if said[0] >= rules.lines:
            raise Refusal("scenes-used-up", lines=rules.lines)
        if exhausted(rules, said):
            raise Refusal("scenes-too-fast", lines=rules.hourly)

    async def _check(self, scene: Scene, incoming: Incoming) -> None:
        """Pauses a scene in which nobody may say anything, and says why."""
        try:
            await self._not_used_up(scene)
            for persona in (await self.cast(scene))[:1]:
                answer = await answering(self._places, scene, incoming.person, persona)
                await self._store.allowed(self._limits.admit, turn_of(scene, 0, incoming.person, answer))
        except LimitReached as error:
            if error.free_at is None:
                return  # soon it will not be
            await self._store.pause(scene.id, paused=True)
            raise
        except Refusal:
            await self._store.pause(scene.id, paused=True)
            raise


def listed(names: Sequence[str], tongue: Texts) -> str:
    """ "Pip, Bob and Ida"."""
    if len(names) < 2:
        return "".join(names)
    return tongue("scenes-and", first=", ".join(names[:-1]), last=names[-1])


def _narrated(incoming: Incoming, text: str, tongue: Texts) -> NewLine:
    return NewLine(LineKind.NARRATOR, tongue("scenes-narrator"), text, incoming.update_key, person=incoming.person)
