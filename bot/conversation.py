"""What a person can ask for, whatever the platform: summon, say, list, show, dismiss, remember, forget."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.localisation.refusals import Refusal
from bot.memory import Person, Remembering
from pipeline import concept
from pipeline.animation.manner import direction_of
from pipeline.errors import BadRequest, Empty
from pipeline.receipt import Receipt
from pipeline.speak import Spoken, Studio
from pipeline.stages import Mind
from pipeline.summon import Engines, Summoned, Watch, summon
from pipeline.types import Attachment, Line, Mood, ReplyDelta, Speaking, Turn
from pipeline.voice import tongue
from pipeline.voice.text import cleared_for
from pipeline.writing import Writing
from storage.memory import KeptFact
from storage.repository import Personas, StoredPersona
from storage.usage import Usages
from storage.values import storable

MAXIMUM_LINE = 1000
"""Characters of one line said to a persona."""

NAMES = 8
"""Personas offered to choose from."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A persona's answer, complete. ``notices``: sentences for the person, such as that another mind stood in."""

    text: str
    mood: Mood
    spoken: Spoken
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The use cases. One object serves everybody; nothing about anybody is kept in it."""

    mind: Mind
    studio: Studio
    engines: Engines
    personas: Personas
    remembering: Remembering
    usages: Usages

    async def summon(
        self, text: str, *, watch: Watch, style: str | None = None, seed: int | None = None
    ) -> tuple[StoredPersona, Summoned]:
        """A new persona, stored only when all of it exists."""
        receipt = Receipt()
        stored = None
        try:
            summoned = await summon(
                text,
                mind=self.mind,
                studio=self.studio,
                engines=self.engines,
                seed=secrets.randbelow(2**31) if seed is None else seed,
                receipt=receipt,
                style=style,
                watch=watch,
            )
            stored = await self.personas.add(summoned.persona, summoned.recipe, summoned.portrait)
        finally:  # what was used was used, whatever came of it
            await self.usages.record(receipt.usages, persona_id=stored.id if stored else None)
        return stored, summoned

    async def say(
        self,
        persona: StoredPersona,
        text: str,
        conversation: str,
        person: Person,
        picture: Attachment | None = None,
    ) -> AsyncIterator[ReplyDelta | Answer]:
        """The answer: its text as it streams, and last the whole of it with the clip, which is spoken from the first
        whole sentence on.

        Both turns are stored once the text is complete: a clip that fails does not make the persona forget.
        """
        text = sayable(text)
        line = Line(text=text, speaker=person.name, picture=picture)
        memory = await self.remembering.recall(persona, conversation, person, text)
        receipt, mood, pieces = Receipt(), persona.persona.mood, []
        writing, speaking, keeping = Writing(), None, None
        try:
            seed = secrets.randbelow(2**31)
            async with aclosing(self.mind.reply(persona.persona, memory, line, seed, receipt)) as deltas:
                async for delta in deltas:
                    mood = delta.mood or mood
                    pieces.append(delta.text)
                    writing.add(delta.text)
                    if speaking is None:
                        speaking = asyncio.create_task(self._speak(persona, writing, mood, seed, receipt))
                    yield delta
            if speaking is None:
                raise Empty(f"{persona.persona.name} found no words. Please say it again.")
            writing.end()
            reply = "".join(pieces)
            await self._store(persona, conversation, person, text, reply, mood)
            keeping = asyncio.create_task(self.remembering.keep(persona, conversation, person, line, memory, receipt))
            said = [turn.text for turn in memory.turns if turn.speaking is Speaking.PERSONA]
            recipe = await self.personas.voice(persona.id)
            if notice := tongue.unspoken(persona.persona.name, reply, recipe, said):
                receipt.notices.append(notice)
            yield Answer(reply, mood, await speaking, tuple(receipt.notices))
            await keeping
        finally:
            for task in (speaking, keeping):
                if task is not None:
                    task.cancel()
            await self.usages.record(
                receipt.usages, persona_id=persona.id, person=person.key, conversation=conversation
            )

    async def known(self, persona: StoredPersona, person: Person) -> Sequence[KeptFact]:
        """What the persona knows about the person."""
        return await self.remembering.known(persona, person)

    async def forget(self, persona: StoredPersona, person: Person, fact_id: int | None = None) -> int:
        """Makes the persona forget one fact about the person, or all of them; how many it forgot."""
        return await self.remembering.forget(persona, person, fact_id)

    async def _speak(self, persona: StoredPersona, writing: Writing, mood: Mood, seed: int, receipt: Receipt) -> Spoken:
        recipe = await self.personas.voice(persona.id)
        portrait = self.personas.portrait(persona.id)
        direction = direction_of(persona.persona, mood, seed)
        return await self.studio.speak(writing.sentences(cleared_for(recipe)), recipe, direction, portrait, receipt)

    async def _store(
        self, persona: StoredPersona, conversation: str, person: Person, text: str, reply: str, mood: Mood
    ) -> None:
        said = Turn(speaking=Speaking.PERSON, text=text, speaker=person.name)
        answered = Turn(speaking=Speaking.PERSONA, text=reply, mood=mood)
        await self.personas.add_turn(persona.id, conversation, said, person=person.key)
        await self.personas.add_turn(persona.id, conversation, answered, person=person.key)


def sayable(text: str) -> str:
    """A line as it is kept. Raises ``Refusal`` when it is too long."""
    if len(text) > MAXIMUM_LINE:
        raise Refusal("words-line-long", count=len(text), most=MAXIMUM_LINE)
    line: str = storable(text)
    return line


async def find(personas: Personas, name: str) -> StoredPersona:
    """The persona a person means: its name or id, else the only one whose name begins so or that was summoned with
    these words.

    Raises ``BadRequest`` with the names to choose from.
    """
    if found := await personas.find(name):
        return found
    wanted = concept.slug(name) if name.strip() else ""
    candidates = await personas.meant(wanted, lambda text: concept.slug(text) == wanted, NAMES + 1) if wanted else []
    if len(candidates) == 1:
        return candidates[0]
    shown = candidates or await personas.list(NAMES)
    if not shown:
        raise BadRequest("Nobody has been summoned yet.", remedy='chatanything summon "an angry apple"')
    names = ", ".join(dict.fromkeys(stored.persona.name for stored in shown[:NAMES]))
    raise BadRequest(f"Who do you mean? There is {names}.")
