"""The demo mind: no language model, no key, no network. It writes and answers from sentences that people wrote,
chosen by what the words say and by the seed. `doctor` and the README call it what it is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence

from pipeline.mind.answering import Hearing, answer
from pipeline.mind.writing import write
from pipeline.stages import EngineConfig
from pipeline.types import Persona, ReplyDelta, Turn


class ScriptedMind:
    """`stages.Mind` without a model. Holds no state: the same arguments give the same words in every process."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config

    async def write(self, concept: str, seed: int) -> Persona:
        """A character for a cleaned concept."""
        return write(concept, seed)

    async def reply(self, persona: Persona, turns: Sequence[Turn], text: str, seed: int) -> AsyncIterator[ReplyDelta]:
        """The answer, word by word; the first piece carries the mood. At most 50 words."""
        line, mood = answer(Hearing(persona, tuple(turns), text, seed))
        first, *rest = re.findall(r"\S+\s*", line)
        yield ReplyDelta(text=first, mood=mood)
        for piece in rest:
            yield ReplyDelta(text=piece)
