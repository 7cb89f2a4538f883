"""What a persona remembers while it answers, and what it takes with it afterwards.

Texts go to the mind and the embedder, values to storage. Nothing about anybody is kept in here or written to a log.
"""

from __future__ import annotations

import asyncio
from bisect import bisect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate

import structlog

from pipeline.embedding import Embedder
from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.mind.tokens import tokens
from pipeline.receipt import Receipt
from pipeline.stages import Mind
from pipeline.types import Fact, FactKind, Line, Memory, Speaking, Turn
from storage.memory import KeptFact, Memories
from storage.repository import StoredPersona
from storage.values import storable

log = structlog.get_logger(__name__)

NEAREST = 6
"""Facts recalled because they fit what was said."""

NEWEST = 2
"""Facts recalled because they were learned last."""

TURNS = 200
"""Turns looked at together."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks: the platform's key ("discord:123"), and the name to call them by where it is known."""

    key: str
    name: str | None = None


class Remembering:
    """Recalls before an answer and learns after it. ``budget``: tokens of turns that are kept word for word.

    Every method raises ``StorageFailed``; recalling and keeping also ``MissingAsset``, from the embedder.
    """

    def __init__(self, memories: Memories, mind: Mind, embedder: Embedder, budget: int) -> None:
        self._memories = memories
        self._mind = mind
        self._embedder = embedder
        self._budget = budget

    async def recall(self, persona: StoredPersona, conversation: str, person: Person, text: str) -> Memory:
        """What bears on ``text``: the conversation so far, and facts about the person who says it."""
        remembered = await self._memories.recent(persona.id, conversation, TURNS)
        facts = await self._facts(persona, person, text)
        turns = _newest([turn for _, turn in remembered.turns], self._budget)
        return Memory(turns=turns, summary=remembered.summary, facts=facts)

    async def cue(
        self, persona: StoredPersona, conversation: str, person: Person, present: Sequence[str]
    ) -> tuple[Memory, Line]:
        """What a persona knows in a scene, and the line that it answers: the last one that it heard of others.

        ``person``: of whom facts are recalled if the line is theirs. ``present``: names of who else is there.
        """
        remembered = await self._memories.recent(persona.id, conversation, TURNS)
        turns = [turn for _, turn in remembered.turns]
        heard = [number for number, turn in enumerate(turns) if turn.speaking is Speaking.PERSON]
        last = turns.pop(heard[-1]) if heard else Turn(speaking=Speaking.PERSON, text="…")
        facts = await self._facts(persona, person, last.text) if last.speaker == person.name else ()
        kept = _newest(turns, self._budget)
        memory = Memory(turns=kept, summary=remembered.summary, facts=facts, present=tuple(present))
        return memory, Line(text=last.text, speaker=last.speaker)

    async def keep(
        self,
        persona: StoredPersona,
        conversation: str,
        person: Person | None,
        line: Line,
        memory: Memory,
        receipt: Receipt,
    ) -> None:
        """Learns from a line whose turn is stored already, and folds what has grown too long. ``person``: None where
        nobody said it whom there is anything to learn of.

        A mind that fails at it costs a memory, never an answer: that is logged, and all.
        """
        if person is not None:
            with _forgiven("learn", persona):
                await self._learn(persona, person, line, memory, receipt)
        with _forgiven("fold", persona):
            await self._fold(persona, conversation, receipt)

    async def known(self, persona: StoredPersona, person: Person) -> Sequence[KeptFact]:
        """All facts about a person, newest first."""
        return await self._memories.facts(persona.id, person.key)

    async def forget(self, persona: StoredPersona, person: Person, fact_id: int | None = None) -> int:
        """Deletes one fact about a person, or all; the number of facts deleted."""
        return await self._memories.forget(persona.id, person.key, fact_id)

    async def _facts(self, persona: StoredPersona, person: Person, text: str) -> tuple[Fact, ...]:
        if not await self._memories.knows(persona.id, person.key):
            return ()  # without loading the embedder
        # The tokenizer refuses what no database holds either: halves of surrogate pairs.
        (vector,) = await asyncio.to_thread(self._embedder.encode, [storable(text)])
        found = await self._memories.search(persona.id, person.key, vector, NEAREST, newest=NEWEST)
        # In one order whatever fits best: a prompt that begins as the last one did is answered sooner.
        found = sorted(found, key=lambda kept: (kept.fact.kind is not FactKind.NAME, kept.id))
        return tuple(kept.fact for kept in found)

    async def _learn(
        self, persona: StoredPersona, person: Person, line: Line, memory: Memory, receipt: Receipt
    ) -> None:
        facts = await self._mind.learn(persona.persona, memory, line, receipt)
        if facts and await self._memories.heard(persona.id, person.key):  # who deleted all meanwhile is not learnt of
            vectors = await asyncio.to_thread(self._embedder.encode, [fact.text for fact in facts])
            await self._memories.add(persona.id, person.key, list(zip(facts, vectors, strict=True)))

    async def _fold(self, persona: StoredPersona, conversation: str, receipt: Receipt) -> None:
        remembered = await self._memories.unfolded(persona.id, conversation, TURNS)
        turns = _oldest(remembered.turns, self._budget)
        if not turns:
            return
        text = await self._mind.fold(persona.persona, remembered.summary, [turn for _, turn in turns], receipt)
        # Whoever folds first wins: the other's summary is dropped, and its turns are in the first one's or still there.
        await self._memories.fold_into(persona.id, conversation, text, turns[-1][0], since=remembered.through)


@contextmanager
def _forgiven(what: str, persona: StoredPersona) -> Iterator[None]:
    try:
        yield
    except (EngineFailed, EngineUnavailable) as error:
        # Not the sentence of the error: a service may repeat in it what a person said.
        log.warning("memory not kept", step=what, persona=persona.id, error=type(error).__name__)


def _newest(turns: Sequence[Turn], budget: int) -> tuple[Turn, ...]:
    """As many of the last turns as fit into the budget."""
    kept: list[Turn] = []
    for turn in reversed(turns):
        budget -= _tokens(turn)
        if budget < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))


def _oldest(turns: Sequence[tuple[int, Turn]], budget: int) -> Sequence[tuple[int, Turn]]:
    """The first half of turns that have outgrown the budget, but no more than the budget at once; else none."""
    sizes = list(accumulate(_tokens(turn) for _, turn in turns))
    if not sizes or (sizes[-1] <= budget and len(turns) < TURNS):
        return ()
    number = bisect(sizes, min(sizes[-1] / 2, budget))
    return turns[: max(number, 1)]


def _tokens(turn: Turn) -> int:
    return tokens(turn.speaker or "") + tokens(turn.text)
