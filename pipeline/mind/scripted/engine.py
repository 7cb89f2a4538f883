"""The demo mind: no language model, no key, no network. It writes and answers from sentences that people wrote,
chosen by what the words say and by the seed. `doctor` and the README call it what it is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence

from pipeline.errors import MissingAsset
from pipeline.mind.scripted import listening
from pipeline.mind.scripted.answering import Hearing, answer
from pipeline.mind.scripted.staging import Stage
from pipeline.mind.scripted.writing import write
from pipeline.nouns.lexicon import Lexicon, lexicon
from pipeline.receipt import Receipt
from pipeline.stages import EngineConfig
from pipeline.types import Attachment, Fact, Line, Memory, Persona, ReplyDelta, Speaking, Turn

_TOPICS_KEPT = 24


class ScriptedMind:
    """`stages.Mind` without a model. Holds no state: the same arguments give the same words in every process."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config

    async def write(self, concept: str, seed: int, receipt: Receipt, picture: Attachment | None = None) -> Persona:
        """A character for a cleaned concept. The same concept and seed give the same one."""
        # Read for the first time, WordNet takes longer than an event loop may be held up.
        return write(concept, seed, await asyncio.to_thread(self._lexicon))

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        """The answer, word by word; the first piece carries the mood. At most 50 words."""
        stage = Stage.of(persona, memory, line)
        said, mood = answer(Hearing(persona, _all_turns(memory, line), line.text, seed, stage))
        first, *rest = re.findall(r"\S+\s*", said)
        yield ReplyDelta(text=first, mood=mood)
        for piece in rest:
            yield ReplyDelta(text=piece)

    async def learn(self, persona: Persona, memory: Memory, line: Line, receipt: Receipt) -> Sequence[Fact]:
        """Name, likes, dislikes and promises that the line says in so many words."""
        return [fact for fact in listening.facts(line.text) if fact not in memory.facts]

    async def fold(self, persona: Persona, summary: str, turns: Sequence[Turn], receipt: Receipt) -> str:
        """What the person talked about, as a list."""
        lines = [turn.text for turn in turns if turn.speaking is Speaking.PERSON]
        topics = dict.fromkeys(word for text in (summary, *lines) for word in listening.topics(text))
        kept = [word for word in topics if word != "talked"][-_TOPICS_KEPT:]
        return f"They talked about {', '.join(kept)}." if kept else summary

    async def choose(self, persona: Persona, what: str, options: Sequence[str], receipt: Receipt) -> int | None:
        """Leaves every choice to the matchers."""
        return None

    async def pick(self, lines: Sequence[Turn], options: Sequence[str], receipt: Receipt) -> int | None:
        """Leaves it to the rules of the scene."""
        return None

    async def close(self) -> None:
        """There is nothing to close."""

    def _lexicon(self) -> Lexicon | None:
        """WordNet, where it is installed: this mind works without any file."""
        try:
            return lexicon(self._config.assets)
        except MissingAsset:
            return None


def _all_turns(memory: Memory, line: Line) -> tuple[Turn, ...]:
    """The turns, after what is remembered from before them: to the rules all of it is something the person said."""
    if memory.present:  # several people speak; the last name counts
        name = [listening.called(line.speaker)] if line.speaker in memory.present else []
        named = [Turn(speaking=Speaking.PERSON, text=f"My name is {one}.") for one in name]
        return (*memory.turns, *named)
    name = [f"My name is {line.speaker}."] if line.speaker else []
    before = [text for text in (*name, *(fact.text for fact in memory.facts), memory.summary) if text]
    return (*(Turn(speaking=Speaking.PERSON, text=text) for text in before), *memory.turns)
