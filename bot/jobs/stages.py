"""What each step does: the work of a stage, and what is written and shown when it ends.

Every result is kept under the hash of what went into it, so a step that is run again, whatever interrupted it, finds
what is there already. Nothing in here is kept between two steps.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, astuple, dataclass
from functools import partial

from bot.jobs import closing
from bot.jobs.likeness import likeness
from bot.jobs.outcome import Keeping, Outcome, file
from bot.jobs.plan import SUMMONED, Kind, RestyleAsk, RevoiceAsk, SayAsk, Shown, Stage, SummonAsk, size
from bot.jobs.screening import screen
from bot.jobs.telling import steps_told
from bot.memory import Person, Remembering
from bot.progress import progress_of
from pipeline import concept
from pipeline.animation.manner import direction_of
from pipeline.clips.circle import face_circle
from pipeline.clips.poster import poster_moment
from pipeline.errors import BadRequest, Empty
from pipeline.listen import Ear
from pipeline.receipt import Receipt
from pipeline.speak import Studio
from pipeline.stages import Mind
from pipeline.summon import Casting, Engines, unspoken
from pipeline.types import (
    Attachment,
    Clip,
    Line,
    Memory,
    Mood,
    Persona,
    Portrait,
    Reply,
    Speaking,
    Turn,
    Utterance,
    VoiceRecipe,
)
from pipeline.voice import tongue
from pipeline.voice.moves import NO_FURTHER, moved
from pipeline.voice.text import unread
from pipeline.voice.wishes import wished
from storage import company, lines, repository
from storage.bell import Bell, News, Topic
from storage.charges import Meter
from storage.lines import LineKind, NewLine
from storage.outbox import Part, PartKind
from storage.repository import Personas, StoredPersona
from storage.requests import Completing, Made
from storage.results import Result, refs, result_key
from storage.scenes import SceneStore
from storage.steps import Lease
from storage.tables import Json

GONE = "This character is not here any more."
PROGRESS = 0.5
"""Seconds between two looks at an answer that is being written."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The work. ``run`` is what a worker calls."""

    mind: Mind
    studio: Studio
    engines: Engines
    personas: Personas
    remembering: Remembering
    keeping: Keeping
    bell: Bell
    scenes: SceneStore
    ear: Ear

    async def run(self, lease: Lease, receipt: Receipt) -> Outcome:
        """The work of one step. Raises the errors of its engines and of storage."""
        summoned = lease.request.kind in SUMMONED
        match Stage(lease.step.stage):
            case Stage.MIND:
                return await (self._write(lease, receipt) if summoned else self._answer(lease, receipt))
            case Stage.VOICE:
                cast = summoned or lease.request.kind == Kind.REVOICE
                return await (self._cast_voice(lease, receipt) if cast else self._speak(lease, receipt))
            case Stage.PORTRAIT:
                return await self._paint(lease, receipt)
            case Stage.CLIP if lease.request.kind == Kind.FILM:
                return await screen(lease, self.scenes, self.personas, self.keeping, self.studio)
            case Stage.CLIP:
                return await self._film(lease, receipt)

    async def _write(self, lease: Lease, receipt: Receipt) -> Outcome:
        """A phrase becomes a persona."""
        request, ask = lease.request, SummonAsk.model_validate(lease.request.payload)
        words = concept.clean(ask.words, adult=ask.adult)
        key = result_key("persona", words, ask.seed, self.engines.mind, request.id)
        made = await self.keeping.found(key)
        if made is None:
            persona = await self.mind.write(words, ask.seed, receipt, await self._shown(ask.picture))
            persona = persona.model_copy(update={"voice_wish": ask.voice or persona.voice_wish})
            made = await self.keeping.keep(key, {"persona": persona}, notices=receipt.notices)

        async def finish(completing: Completing) -> None:
            persona = Persona.model_validate(made.document["values"]["persona"]["value"])
            row = repository.persona_row(persona, request.person, place=request.place)
            completing.session.add(row)
            await completing.session.flush()
            completing.request.persona_id = row.id
            await company.joined(completing.session, request.conversation, row.id)
            await completing.weigh(size(persona.greeting))
            progress = progress_of(await completing.standing())
            await completing.show(Part(PartKind.TEXT, {**closing.text_of(made.document), "progress": asdict(progress)}))

        return Outcome(made, finish)

    async def _answer(self, lease: Lease, receipt: Receipt) -> Outcome:
        """A line is answered; the text so far is told while it comes."""
        request, ask = lease.request, SayAsk.model_validate(lease.request.payload)
        if ask.scene is not None:
            return await self._play(lease, receipt, ask.scene, ask.seed)
        stored, person = await self._persona(lease), Person(request.person, request.name)
        key = result_key("reply", request.id, ask.text, ask.seed, self.engines.mind)
        made = await self.keeping.found(key)
        heard = made.document.get("heard") if made else await self._heard(ask.spoken)
        line = await self._line(ask, heard, request.name)
        memory = await self.remembering.recall(stored, request.conversation, person, line.text)
        if made is None:
            reply = await self._reply(lease, stored.persona, memory, line, ask.seed, receipt)
            name, notices = stored.persona.name, receipt.notices
            made = await self.keeping.keep(key, {"reply": reply}, notices=notices, name=name, heard=heard)

        async def finish(completing: Completing) -> None:
            reply = Reply.model_validate(made.document["values"]["reply"]["value"])
            said = Turn(speaking=Speaking.PERSON, text=line.text, speaker=request.name)
            answered = Turn(speaking=Speaking.PERSONA, text=reply.text, mood=reply.mood)
            for turn in (said, answered):
                row = repository.turn_row(stored.id, request.conversation, turn, person=request.person)
                completing.session.add(row)
                await completing.session.flush()  # one by one: the order of ids is the order of the conversation
            await completing.weigh(size(reply.text))
            await completing.show(Part(PartKind.TEXT, closing.text_of(made.document)))

        return Outcome(made, finish, partial(self._remember, lease, stored, person, line, memory))

    async def _play(self, lease: Lease, receipt: Receipt, scene: str, seed: int) -> Outcome:
        """A persona answers what was said last in a scene; all who are there hear it."""
        request, stored = lease.request, await self._persona(lease)
        person, name = Person(request.person, request.name), stored.persona.name
        present = await self.scenes.others(scene, stored.id)
        memory, line = await self.remembering.cue(stored, request.conversation, person, present)
        key = result_key("reply", request.id, seed, self.engines.mind)
        made = await self.keeping.found(key)
        if made is None:
            reply = await self._reply(lease, stored.persona, memory, line, seed, receipt)
            made = await self.keeping.keep(key, {"reply": reply}, notices=receipt.notices, name=name)

        async def finish(completing: Completing) -> None:
            reply = Reply.model_validate(made.document["values"]["reply"]["value"])
            said = NewLine(
                LineKind.PERSONA,
                stored.persona.name,
                reply.text,
                request.update_key,
                persona=stored.id,
                mood=reply.mood,
            )
            row = await lines.hold(completing.session, scene)
            if row is not None:
                await lines.add_line(completing.session, self.bell, row, said)
            await completing.weigh(size(reply.text))
            await completing.show(Part(PartKind.TEXT, closing.text_of(made.document)))

        learning = person if line.speaker == request.name else None
        return Outcome(made, finish, partial(self._remember, lease, stored, learning, line, memory))

    async def _reply(
        self, lease: Lease, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> Reply:
        mood, text, told = persona.mood, "", time.monotonic()
        async with aclosing(self.mind.reply(persona, memory, line, seed, receipt)) as deltas:
            async for delta in deltas:
                mood, text = delta.mood or mood, text + delta.text
                if time.monotonic() - told > PROGRESS:
                    told = time.monotonic()
                    await self.bell.tell(News(Topic.PROGRESS, lease.request.id, text))
        if not text.strip():
            raise Empty(f"{persona.name} found no words. Please say it again.")
        return Reply(text=text, mood=mood)

    async def _remember(
        self, lease: Lease, stored: StoredPersona, person: Person | None, line: Line, memory: Memory
    ) -> None:
        receipt, conversation = Receipt(), lease.request.conversation
        try:
            await self.remembering.keep(stored, conversation, person, line, memory, receipt)
        finally:
            await self.keeping.requests.spend(lease.request, receipt.usages)

    async def _cast_voice(self, lease: Lease, receipt: Receipt) -> Outcome:
        """A persona gets a voice and greets with it."""
        persona, seed, wish = await self._cast(lease), *_wish(lease)
        before = await self._voice_before(lease) if wish else None
        key = result_key("voice", self.engines.voice, persona, seed, *(one for one in (wish, before) if one))
        made = await self.keeping.found(key)
        if made is None:
            recipe = moved(before, wish) if before and wish else None
            same = recipe and before and recipe.model_copy(update={"reason": before.reason}) == before
            notices = [NO_FURTHER] if same else []
            if recipe is None:
                # Who else is here is no part of the key: a step that is run again keeps the voice that it found.
                request, casting = lease.request, Casting(self.mind, self.studio, self.engines, receipt)
                taken = await self.personas.voices_near(request.place, request.conversation, request.persona_id)
                recipe = await casting.voice_of(wished(persona, wish), seed, taken)
            notices += [notice] if (notice := unspoken(persona, recipe)) else []
            made = await self._uttered(key, persona.greeting, recipe, persona.mood, receipt, notices)

        async def finish(completing: Completing) -> None:
            recipe = VoiceRecipe.model_validate(made.document["values"]["recipe"]["value"])
            completing.session.add(repository.voice_row(_persona_id(completing), recipe))

        return Outcome(made, finish)

    async def _voice_before(self, lease: Lease) -> VoiceRecipe | None:
        """The voice that a persona has, where another is asked for and the same engine still speaks."""
        if lease.request.kind != Kind.REVOICE:
            return None
        persona = await self._persona(lease)
        voice = (await self.personas.voices([persona.id])).get(persona.id)
        return voice if voice and voice.engine == self.engines.voice else None

    async def _speak(self, lease: Lease, receipt: Receipt) -> Outcome:
        """An answer is spoken."""
        reply = Reply.model_validate(lease.results[Stage.MIND]["values"]["reply"]["value"])
        stored = await self._persona(lease)
        recipe = await self.personas.voice(stored.id)
        key = result_key("speech", recipe, reply.text, reply.mood.value)
        made = await self.keeping.found(key)
        if made is None:
            notice = unread(reply.text, recipe) or await self._foreign(lease, stored, reply.text, recipe)
            notices = [notice] if notice else []
            made = await self._uttered(key, reply.text, recipe, reply.mood, receipt, notices)
        return Outcome(made)

    async def _foreign(self, lease: Lease, stored: StoredPersona, reply: str, recipe: VoiceRecipe) -> str | None:
        """What the person should know of an answer in a language that the voice does not speak, the first time."""
        turns = await self.personas.turns(stored.id, lease.request.conversation)
        said = [turn.text for turn in turns if turn.speaking is Speaking.PERSONA and turn.text != reply]
        return tongue.unspoken(stored.persona.name, reply, recipe, said)

    async def _uttered(
        self, key: str, text: str, recipe: VoiceRecipe, mood: Mood, receipt: Receipt, notices: Sequence[str]
    ) -> Made:
        utterance = await self.studio.utter(text, recipe, mood, receipt)
        sound = await self.keeping.put(await self.studio.sound(utterance), "audio/ogg")
        shown = file(sound, "voice.ogg", seconds=round(utterance.seconds, 3))
        values: dict[str, Result] = {"recipe": recipe, "utterance": utterance}
        return await self.keeping.keep(key, values, files=[shown], notices=[*notices, *receipt.notices])

    async def _paint(self, lease: Lease, receipt: Receipt) -> Outcome:
        """A persona gets a portrait."""
        request, persona = lease.request, await self._cast(lease)
        ask = (RestyleAsk if request.kind == Kind.RESTYLE else SummonAsk).model_validate(request.payload)
        given = ask.picture if isinstance(ask, SummonAsk) else None
        key = result_key("portrait", self.engines.portrait, persona, ask.style, ask.seed, *([given] if given else []))
        made = await self.keeping.found(key)
        if made is None:
            portrait, notices = (
                await likeness(given, self.keeping, self.studio, request.language) if given else (None, ())
            )
            if portrait is None:
                casting = Casting(self.mind, self.studio, self.engines, receipt)
                async with steps_told(self.bell, request.id) as watch:
                    portrait = await casting.portrait_of(persona, ask.style, ask.seed, watch)
            made = await self._painted(key, portrait, notices)

        async def finish(completing: Completing) -> None:
            portrait = made.document["values"]["portrait"]
            completing.session.add(
                repository.portrait_row_of(_persona_id(completing), portrait["value"], refs(portrait))
            )
            if request.kind != Kind.RESTYLE:  # there it is the final part
                text = closing.text_of(lease.results.get(Stage.MIND))
                progress = asdict(progress_of(await completing.standing()))
                document = {**text, "files": made.document["files"], "progress": progress}
                await completing.show(Part(PartKind.PORTRAIT, document))

        return Outcome(made, finish)

    async def _painted(self, key: str, portrait: Portrait, notices: Sequence[str] = ()) -> Made:
        height, width = portrait.picture.shape[:2]
        about = {"name": "portrait.png", "width": width, "height": height}
        return await self.keeping.keep(key, {"portrait": portrait}, shown={"portrait": about}, notices=notices)

    async def _film(self, lease: Lease, receipt: Receipt) -> Outcome:
        """What was said becomes a clip."""
        spoken, portrait = lease.results[Stage.VOICE], await self._portrait(lease)
        direction = direction_of(await self._cast(lease), _mood(lease), int(lease.request.payload["seed"]))
        face = (portrait.picture.tobytes(), portrait.rig)
        acted = (direction.mood.value, direction.manner, direction.seed)
        frames = (self.studio.config.side, self.studio.config.badge)
        key = result_key("clip", self.engines.animation, spoken["values"]["utterance"], *face, *acted, *frames)
        made = await self.keeping.found(key)
        if made is None:
            utterance = await self.keeping.load(spoken, "utterance", Utterance)
            clip = await self.studio.film(utterance, portrait, direction, receipt)
            about = {
                "face": astuple(face_circle(portrait.landmarks, portrait.picture.shape[0])),
                "poster": poster_moment(utterance.parts, direction, clip.fps),
            }
            made = await self._filmed(key, clip, receipt.notices, about)

        async def finish(completing: Completing) -> None:
            await completing.charge(Meter.VIDEO, float(made.document["files"][0]["seconds"]))
            if lease.request.kind == Kind.SCENE:
                await lines.add_clip(
                    completing.session, lease.request.update_key, refs(made.document["values"]["clip"])[0]
                )

        return Outcome(made, finish)

    async def _filmed(self, key: str, clip: Clip, notices: Sequence[str], about: Mapping[str, Json]) -> Made:
        size = {"width": clip.width, "height": clip.height, "seconds": round(clip.seconds, 3)}
        shown = {"clip": {"name": "clip.mp4", **size, **about}}
        return await self.keeping.keep(key, {"clip": clip}, shown=shown, notices=notices)

    async def _persona(self, lease: Lease) -> StoredPersona:
        """The persona that a request is about."""
        if lease.request.persona_id is None:
            raise BadRequest(GONE)
        return await self.personas.get(lease.request.persona_id)

    async def _cast(self, lease: Lease) -> Persona:
        """The persona that gets a voice, a face or a clip: a new one, or one that is here already."""
        written = lease.results.get(Stage.MIND)
        if written and "persona" in written["values"]:
            return await self.keeping.load(written, "persona", Persona)
        return (await self._persona(lease)).persona

    async def _portrait(self, lease: Lease) -> Portrait:
        painted = lease.results.get(Stage.PORTRAIT)
        if painted is not None:
            return await self.keeping.load(painted, "portrait", Portrait)
        return await self.personas.portrait((await self._persona(lease)).id)

    async def _line(self, ask: SayAsk, heard: str | None, name: str | None) -> Line:
        picture = await self._shown(ask.picture)
        return Line(text="\n".join(filter(None, (ask.text, heard))), speaker=name, picture=picture)

    async def _shown(self, picture: Shown | None) -> Attachment | None:
        return Attachment(mime=picture.mime, data=await self.keeping.get(picture.hash)) if picture else None

    async def _heard(self, spoken: Shown | None) -> str | None:
        """What a voice message says. Raises ``Inaudible`` and what else an ear does."""
        return (await self.ear.hear(await self.keeping.get(spoken.hash))).text if spoken else None


def _wish(lease: Lease) -> tuple[int, str | None]:
    """The seed of a voice, and how it shall sound."""
    payload = lease.request.payload
    if lease.request.kind == Kind.REVOICE:
        revoice = RevoiceAsk.model_validate(payload)
        return revoice.seed, revoice.wish
    ask = SummonAsk.model_validate(payload)
    return ask.seed, ask.voice


def _mood(lease: Lease) -> Mood:
    values = lease.results[Stage.MIND]["values"]
    return Mood((values.get("persona") or values["reply"])["value"]["mood"])


def _persona_id(completing: Completing) -> str:
    if completing.request.persona_id is None:
        raise BadRequest(GONE)  # meanwhile
    return completing.request.persona_id
