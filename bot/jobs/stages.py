"""What each step does: the work of a stage, and what is written and shown when it ends.

Every result is kept under the hash of what went into it, so a step that is run again, whatever interrupted it, finds
what is there already. Nothing in here is kept between two steps.
"""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from bot.jobs import closing
from bot.jobs.outcome import Keeping, Outcome, file
from bot.jobs.plan import SUMMONED, Kind, RestyleAsk, RevoiceAsk, SayAsk, Stage, SummonAsk, size
from bot.memory import Person, Remembering
from pipeline import concept
from pipeline.errors import BadRequest, Empty
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
from storage import repository
from storage.bell import Bell, News, Topic
from storage.charges import Meter
from storage.outbox import Part, PartKind
from storage.repository import Personas, StoredPersona
from storage.requests import Completing, Made
from storage.results import Result, refs, result_key
from storage.steps import Lease

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

    async def run(self, lease: Lease, receipt: Receipt) -> Outcome:
        """The work of one step. Raises the errors of its engines and of storage."""
        summoned = lease.request.kind in SUMMONED
        match Stage(lease.step.stage):
            case Stage.MIND:
                return await (self._write(lease, receipt) if summoned else self._answer(lease, receipt))
            case Stage.VOICE:
                cast = summoned or lease.request.kind == Kind.REVOICE
                return await (self._cast_voice(lease, receipt) if cast else self._speak(lease))
            case Stage.PORTRAIT:
                return await self._paint(lease, receipt)
            case Stage.CLIP:
                return await self._film(lease)

    async def _write(self, lease: Lease, receipt: Receipt) -> Outcome:
        """A phrase becomes a persona."""
        request, ask = lease.request, SummonAsk.model_validate(lease.request.payload)
        words = concept.clean(ask.words)
        key = result_key("persona", words, ask.seed, self.engines.mind, request.id)
        made = await self.keeping.found(key)
        if made is None:
            persona = await self.mind.write(words, ask.seed, receipt)
            made = await self.keeping.keep(key, {"persona": persona}, notices=receipt.notices)

        async def finish(completing: Completing) -> None:
            persona = Persona.model_validate(made.document["values"]["persona"]["value"])
            row = repository.persona_row(persona, request.person)
            completing.session.add(row)
            await completing.session.flush()
            completing.request.persona_id = row.id
            await completing.weigh(size(persona.greeting))
            await completing.show(Part(PartKind.TEXT, closing.text_of(made.document)))

        return Outcome(made, finish)

    async def _answer(self, lease: Lease, receipt: Receipt) -> Outcome:
        """A line is answered; the text so far is told while it comes."""
        request, ask = lease.request, SayAsk.model_validate(lease.request.payload)
        stored, person = await self._persona(lease), Person(request.person, request.name)
        key = result_key("reply", request.id, ask.text, ask.seed, self.engines.mind)
        made, line = await self.keeping.found(key), await self._line(ask, request.name)
        memory = await self.remembering.recall(stored, request.conversation, person, ask.text)
        if made is None:
            reply = await self._reply(lease, stored.persona, memory, line, ask.seed, receipt)
            name = stored.persona.name
            made = await self.keeping.keep(key, {"reply": reply}, notices=receipt.notices, name=name)

        async def finish(completing: Completing) -> None:
            reply = Reply.model_validate(made.document["values"]["reply"]["value"])
            said = Turn(speaking=Speaking.PERSON, text=ask.text, speaker=request.name)
            answered = Turn(speaking=Speaking.PERSONA, text=reply.text, mood=reply.mood)
            for turn in (said, answered):
                row = repository.turn_row(stored.id, request.conversation, turn, person=request.person)
                completing.session.add(row)
                await completing.session.flush()  # one by one: the order of ids is the order of the conversation
            await completing.weigh(size(reply.text))
            await completing.show(Part(PartKind.TEXT, closing.text_of(made.document)))

        return Outcome(made, finish, partial(self._remember, lease, stored, person, line, memory))

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

    async def _remember(self, lease: Lease, stored: StoredPersona, person: Person, line: Line, memory: Memory) -> None:
        receipt, conversation = Receipt(), lease.request.conversation
        try:
            await self.remembering.keep(stored, conversation, person, line, memory, receipt)
        finally:
            await self.keeping.requests.spend(lease.request, receipt.usages)

    async def _cast_voice(self, lease: Lease, receipt: Receipt) -> Outcome:
        """A persona gets a voice and greets with it."""
        request = lease.request
        persona = await self._cast(lease)
        seed = (RevoiceAsk if request.kind == Kind.REVOICE else SummonAsk).model_validate(request.payload).seed
        key = result_key("voice", self.engines.voice, persona, seed)
        made = await self.keeping.found(key)
        if made is None:
            recipe = await Casting(self.mind, self.studio, self.engines, receipt).voice_of(persona, seed)
            notice = unspoken(persona, recipe)
            made = await self._uttered(key, persona.greeting, recipe, persona.mood, [notice] if notice else [])

        async def finish(completing: Completing) -> None:
            recipe = VoiceRecipe.model_validate(made.document["values"]["recipe"]["value"])
            completing.session.add(repository.voice_row(_persona_id(completing), recipe))

        return Outcome(made, finish)

    async def _speak(self, lease: Lease) -> Outcome:
        """An answer is spoken."""
        reply = Reply.model_validate(lease.results[Stage.MIND]["values"]["reply"]["value"])
        recipe = await self.personas.voice((await self._persona(lease)).id)
        key = result_key("speech", recipe, reply.text, reply.mood.value)
        made = await self.keeping.found(key)
        return Outcome(made or await self._uttered(key, reply.text, recipe, reply.mood))

    async def _uttered(
        self, key: str, text: str, recipe: VoiceRecipe, mood: Mood, notices: list[str] | None = None
    ) -> Made:
        utterance = await self.studio.utter(text, recipe, mood)
        sound = await self.keeping.put(await self.studio.sound(utterance), "audio/ogg")
        shown = file(sound, "voice.ogg", seconds=round(utterance.seconds, 3))
        values: dict[str, Result] = {"recipe": recipe, "utterance": utterance}
        return await self.keeping.keep(key, values, files=[shown], notices=notices or [])

    async def _paint(self, lease: Lease, receipt: Receipt) -> Outcome:
        """A persona gets a portrait."""
        request, persona = lease.request, await self._cast(lease)
        ask = (RestyleAsk if request.kind == Kind.RESTYLE else SummonAsk).model_validate(request.payload)
        key = result_key("portrait", self.engines.portrait, persona, ask.style, ask.seed)
        made = await self.keeping.found(key)
        if made is None:
            casting = Casting(self.mind, self.studio, self.engines, receipt)
            made = await self._painted(key, await casting.portrait_of(persona, ask.style, ask.seed))

        async def finish(completing: Completing) -> None:
            portrait = made.document["values"]["portrait"]
            completing.session.add(
                repository.portrait_row_of(_persona_id(completing), portrait["value"], refs(portrait))
            )
            if request.kind != Kind.RESTYLE:  # there it is the final part
                text = closing.text_of(lease.results.get(Stage.MIND))
                await completing.show(Part(PartKind.PORTRAIT, {**text, "files": made.document["files"]}))

        return Outcome(made, finish)

    async def _painted(self, key: str, portrait: Portrait) -> Made:
        height, width = portrait.picture.shape[:2]
        about = {"name": "portrait.png", "width": width, "height": height}
        return await self.keeping.keep(key, {"portrait": portrait}, shown={"portrait": about})

    async def _film(self, lease: Lease) -> Outcome:
        """What was said becomes a clip."""
        spoken, mood, seed = lease.results[Stage.VOICE], _mood(lease), int(lease.request.payload["seed"])
        portrait = await self._portrait(lease)
        face = (portrait.picture.tobytes(), portrait.rig)
        key = result_key("clip", self.engines.animation, spoken["values"]["utterance"], *face, mood.value, seed)
        made = await self.keeping.found(key)
        if made is None:
            utterance = await self.keeping.load(spoken, "utterance", Utterance)
            made = await self._filmed(key, await self.studio.film(utterance, portrait, mood, seed))

        async def finish(completing: Completing) -> None:
            await completing.charge(Meter.VIDEO, float(made.document["files"][0]["seconds"]))

        return Outcome(made, finish)

    async def _filmed(self, key: str, clip: Clip) -> Made:
        about = {"name": "clip.mp4", "width": clip.width, "height": clip.height, "seconds": round(clip.seconds, 3)}
        return await self.keeping.keep(key, {"clip": clip}, shown={"clip": about})

    async def _persona(self, lease: Lease) -> StoredPersona:
        """The persona that a request is about."""
        if lease.request.persona_id is None:
            raise BadRequest(GONE)
        return await self.personas.get(lease.request.persona_id)

    async def _cast(self, lease: Lease) -> Persona:
        """The persona that gets a voice or a face: a new one, or one that is here already."""
        written = lease.results.get(Stage.MIND)
        return await self.keeping.load(written, "persona", Persona) if written else (await self._persona(lease)).persona

    async def _portrait(self, lease: Lease) -> Portrait:
        painted = lease.results.get(Stage.PORTRAIT)
        if painted is not None:
            return await self.keeping.load(painted, "portrait", Portrait)
        return await self.personas.portrait((await self._persona(lease)).id)

    async def _line(self, ask: SayAsk, name: str | None) -> Line:
        shown = ask.picture
        picture = Attachment(mime=shown.mime, data=await self.keeping.get(shown.hash)) if shown else None
        return Line(text=ask.text, speaker=name, picture=picture)


def _mood(lease: Lease) -> Mood:
    values = lease.results[Stage.MIND]["values"]
    return Mood((values.get("persona") or values["reply"])["value"]["mood"])


def _persona_id(completing: Completing) -> str:
    if completing.request.persona_id is None:
        raise BadRequest(GONE)  # meanwhile
    return completing.request.persona_id
