"""What a person can ask for, whatever the platform: summon, say, list, show, dismiss."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pipeline import concept
from pipeline.errors import BadRequest
from pipeline.speak import Spoken, Studio
from pipeline.stages import Mind
from pipeline.summon import Engines, Summoned, Watch, summon
from pipeline.types import Mood, ReplyDelta, Speaking, Turn
from storage.repository import Personas, StoredPersona, slug

REMEMBERED_TURNS = 20
MAXIMUM_LINE = 1000
"""Characters of one line said to a persona."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A persona's answer, complete."""

    text: str
    mood: Mood
    spoken: Spoken


@dataclass(frozen=True, slots=True)
class Conversation:
    """The use cases. One object serves everybody; nothing about anybody is kept in it."""

    mind: Mind
    studio: Studio
    engines: Engines
    personas: Personas

    async def summon(
        self, text: str, *, watch: Watch, style: str | None = None, seed: int | None = None
    ) -> tuple[StoredPersona, Summoned]:
        """A new persona, stored only when all of it exists."""
        summoned = await summon(
            text,
            mind=self.mind,
            studio=self.studio,
            engines=self.engines,
            seed=secrets.randbelow(2**31) if seed is None else seed,
            style=style,
            watch=watch,
        )
        stored = await self.personas.add(summoned.persona, summoned.recipe, summoned.portrait)
        return stored, summoned

    async def say(self, persona: StoredPersona, text: str, conversation: str) -> AsyncIterator[ReplyDelta | Answer]:
        """The answer: its text as it streams, and last the whole of it with the clip.

        Both turns are stored once the text is complete: a clip that fails does not make the persona forget.
        """
        if len(text) > MAXIMUM_LINE:
            raise BadRequest(f"That is {len(text):,} characters; please say it in at most {MAXIMUM_LINE:,}.")
        turns = await self.personas.turns(persona.id, conversation, limit=REMEMBERED_TURNS)
        mood, pieces = persona.persona.mood, []
        async for delta in self.mind.reply(persona.persona, turns, text, secrets.randbelow(2**31)):
            mood = delta.mood or mood
            pieces.append(delta.text)
            yield delta
        reply = "".join(pieces)
        await self.personas.add_turn(persona.id, conversation, Turn(speaking=Speaking.PERSON, text=text))
        await self.personas.add_turn(persona.id, conversation, Turn(speaking=Speaking.PERSONA, text=reply, mood=mood))
        recipe = await self.personas.voice(persona.id)
        spoken = await self.studio.speak(
            reply, recipe, mood, self.personas.portrait(persona.id), seed=persona.persona.seed + len(turns) + 1
        )
        yield Answer(reply, mood, spoken)


async def find(personas: Personas, name: str) -> StoredPersona:
    """The persona a person means: its name or id, else the only one whose name begins so or that was summoned with
    these words.

    Raises ``BadRequest`` with the names to choose from.
    """
    if found := await personas.find(name):
        return found
    everyone = await personas.list(limit=1000)
    wanted = concept.slug(name) if name.strip() else ""
    candidates = [
        stored
        for stored in everyone
        if wanted and (slug(stored.persona.name).startswith(wanted) or concept.slug(stored.persona.concept) == wanted)
    ]
    if len(candidates) == 1:
        return candidates[0]
    if not everyone:
        raise BadRequest("Nobody has been summoned yet.", remedy='chatanything summon "an angry apple"')
    names = ", ".join(dict.fromkeys(stored.persona.name for stored in (candidates or everyone)[:8]))
    raise BadRequest(f"Who do you mean? There is {names}.")
