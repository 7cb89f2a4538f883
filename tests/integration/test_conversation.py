"""A conversation end to end inside one process: real database, real voice, real clips."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from bot.app import open_storage
from bot.conversation import Answer, Conversation
from bot.memory import Person, Remembering
from bot.settings import Settings
from pipeline.embedding import Embedder
from pipeline.errors import Empty, Interrupted
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.receipt import Receipt, Usage
from pipeline.speak import Studio, timed
from pipeline.stages import EngineConfig
from pipeline.summon import Engines
from pipeline.types import Line, Memory, Mood, Persona, ReplyDelta
from pipeline.workers import Lane, Workers

P = ParamSpec("P")
T = TypeVar("T")
ADA = Person("terminal:ada", "Ada")


class Patient(ScriptedMind):
    """Says its second sentence only when the first has been spoken."""

    def __init__(self, config: EngineConfig) -> None:
        super().__init__(config)
        self.spoken = asyncio.Event()

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        yield ReplyDelta(text="I have been waiting for you all morning. And ", mood=Mood.JOY)
        await asyncio.wait_for(self.spoken.wait(), 60)
        yield ReplyDelta(text="now it rains.")


class Broken(ScriptedMind):
    """Spends tokens and stops in the middle, or says nothing at all."""

    pieces: tuple[str, ...] = ("I was about to ",)

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        receipt.usages.append(Usage(task="reply", model="m", prompt_tokens=9, completion_tokens=3, seconds=0.1))
        for piece in self.pieces:
            yield ReplyDelta(text=piece, mood=Mood.CALM)
        if self.pieces:
            raise Interrupted("The model stopped in the middle.")


class Listening(Workers):
    """Workers that tell when something was spoken."""

    def __init__(self, spoken: Callable[[], None]) -> None:
        super().__init__()
        self._spoken = spoken

    async def run(self, lane: Lane, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        result = await super().run(lane, function, *args, **kwargs)
        if lane == "voice" and function is timed:
            self._spoken()
        return result


@asynccontextmanager
async def conversation(home: Path, mind: ScriptedMind, workers: Workers) -> AsyncIterator[Conversation]:
    settings = Settings(_env_file=None, CHATANYTHING_HOME=home)
    engines = Engines("scripted", "hibari", "illustrator", "rig")
    async with open_storage(settings) as stored, workers:
        remembering = Remembering(stored.memories, mind, Embedder(), 2000)
        studio = Studio(settings.engine_config(), workers, "rig")
        yield Conversation(mind, studio, engines, stored.personas, remembering, stored.usages)


@pytest.fixture
def home(tmp_path: Path, assets_home: Path) -> Path:
    (tmp_path / "assets").symlink_to(assets_home)
    return tmp_path


async def test_it_is_spoken_from_the_first_whole_sentence_on(home: Path) -> None:
    mind = Patient(EngineConfig(assets=home))
    async with conversation(home, mind, Listening(mind.spoken.set)) as talk:
        persona, _ = await talk.summon("an angry apple", watch=lambda step: None, seed=3)
        mind.spoken.clear()  # the greeting was spoken too
        parts = [part async for part in talk.say(persona, "Hello!", "here", ADA)]
        answer = parts[-1]
        assert isinstance(answer, Answer)
        assert answer.text == "I have been waiting for you all morning. And now it rains."
        assert answer.mood is Mood.JOY
        assert answer.spoken.speech.text == answer.text
        assert answer.spoken.clip.seconds > 2
        assert answer.spoken.timings["heard"] > 0


async def test_what_is_said_is_remembered_across_conversations(home: Path) -> None:
    mind = ScriptedMind(EngineConfig(assets=home))
    async with conversation(home, mind, Workers()) as talk:
        persona, _ = await talk.summon("an angry apple", watch=lambda step: None, seed=3)
        bob = Person("terminal:bob")
        async for _ in talk.say(persona, "My name is Bob and I love trains.", "one place", bob):
            pass
        assert {kept.fact.text for kept in await talk.known(persona, bob)} == {"Is called Bob.", "Likes trains."}
        assert not await talk.known(persona, ADA)
        parts = [part async for part in talk.say(persona, "What is my name?", "another place", bob)]
        assert isinstance(parts[-1], Answer)
        assert "Bob" in parts[-1].text
        assert await talk.forget(persona, bob) == 2
        assert not await talk.known(persona, bob)


async def test_a_reply_that_fails_is_no_turn_but_its_cost_is_noted(home: Path) -> None:
    mind = Broken(EngineConfig(assets=home))
    failures: list[tuple[tuple[str, ...], type[Exception]]] = [(("I was about to ",), Interrupted), ((), Empty)]
    async with conversation(home, mind, Workers()) as talk:
        persona, _ = await talk.summon("an angry apple", watch=lambda step: None, seed=3)
        for calls, (mind.pieces, error) in enumerate(failures, 1):
            with pytest.raises(error):
                async for _ in talk.say(persona, "Hello!", "here", ADA):
                    pass
            assert not await talk.personas.turns(persona.id, "here")
            (total,) = await talk.usages.totals()
            assert (total.task, total.calls, total.prompt_tokens) == ("reply", calls, 9 * calls)
