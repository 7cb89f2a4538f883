"""A conversation end to end inside one process: real database, real voice, real clips."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
import pytest_asyncio

from bot.app import open_storage
from bot.conversation import Answer, Conversation
from bot.memory import Person, Remembering
from bot.settings import Settings
from pipeline.embedding import Embedder
from pipeline.errors import Empty, Interrupted
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.receipt import Receipt, Usage
from pipeline.sentence import timed
from pipeline.speak import Studio
from pipeline.stages import EngineConfig
from pipeline.summon import Engines
from pipeline.types import Line, Memory, Mood, Persona, ReplyDelta
from pipeline.workers import Lane, Workers
from storage.repository import StoredPersona

# One home, one pair of worker processes and one apple for all tests of this file: they cost more than the tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")

P = ParamSpec("P")
T = TypeVar("T")
ADA = Person("terminal:ada", "Ada")
LONGEST_STEP = 0.050


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

    spoken: Callable[[], None] = staticmethod(lambda: None)

    async def run(self, lane: Lane, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        result = await super().run(lane, function, *args, **kwargs)
        if lane == "voice" and function is timed:
            self.spoken()
        return result


@dataclass(frozen=True)
class Home:
    """Where an angry apple lives, and who works there."""

    config: EngineConfig
    workers: Listening
    talk: Conversation
    apple: StoredPersona

    def with_mind(self, mind: ScriptedMind) -> Conversation:
        """The same conversation with another mind in it."""
        return replace(self.talk, mind=mind)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory, assets_home: Path) -> AsyncIterator[Home]:
    folder = tmp_path_factory.mktemp("home")
    (folder / "assets").symlink_to(assets_home)
    settings = Settings(_env_file=None, CHATANYTHING_HOME=folder)
    engines = Engines("scripted", "hibari", "illustrator", "rig")
    workers = Listening()
    async with open_storage(settings) as stored, workers:
        mind = ScriptedMind(settings.engine_config())
        remembering = Remembering(stored.memories, mind, Embedder(), 2000)
        studio = Studio(settings.engine_config(), workers, "rig")
        talk = Conversation(mind, studio, engines, stored.personas, remembering, stored.usages)
        apple, _ = await talk.summon("an angry apple", watch=lambda step: None, seed=3)
        yield Home(settings.engine_config(), workers, talk, apple)


async def test_it_is_spoken_from_the_first_whole_sentence_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    mind = Patient(home.config)
    monkeypatch.setattr(home.workers, "spoken", mind.spoken.set)
    parts = [part async for part in home.with_mind(mind).say(home.apple, "Hello!", "here", ADA)]
    answer = parts[-1]
    assert isinstance(answer, Answer)
    assert answer.text == "I have been waiting for you all morning. And now it rains."
    assert answer.mood is Mood.JOY
    assert answer.spoken.speech.text == answer.text
    assert answer.spoken.clip.seconds > 2
    assert answer.spoken.timings["heard"] > 0


async def test_what_is_said_is_remembered_across_conversations(home: Home) -> None:
    talk, apple, bob = home.talk, home.apple, Person("terminal:bob")
    async for _ in talk.say(apple, "My name is Bob and I love trains.", "one place", bob):
        pass
    assert {kept.fact.text for kept in await talk.known(apple, bob)} == {"Is called Bob.", "Likes trains."}
    assert not await talk.known(apple, ADA)
    parts = [part async for part in talk.say(apple, "What is my name?", "another place", bob)]
    assert isinstance(parts[-1], Answer)
    assert "Bob" in parts[-1].text
    assert await talk.forget(apple, bob) == 2
    assert not await talk.known(apple, bob)


async def test_a_reply_that_fails_is_no_turn_but_its_cost_is_noted(home: Home) -> None:
    mind = Broken(home.config)
    talk, apple = home.with_mind(mind), home.apple
    failures: list[tuple[tuple[str, ...], type[Exception]]] = [(("I was about to ",), Interrupted), ((), Empty)]
    for calls, (mind.pieces, error) in enumerate(failures, 1):
        with pytest.raises(error):
            async for _ in talk.say(apple, "Hello!", "a third place", ADA):
                pass
        assert not await talk.personas.turns(apple.id, "a third place")
        (total,) = await talk.usages.totals()
        assert (total.task, total.calls, total.prompt_tokens) == ("reply", calls, 9 * calls)


async def test_the_loop_is_never_blocked(home: Home) -> None:
    """It only waits: no single step of it computes for long while a persona is made and answers."""
    steps: list[float] = []
    ticking = asyncio.create_task(_tick(steps))
    teapot, _ = await home.talk.summon("a warm teapot", watch=lambda step: None, seed=1)
    async for _ in home.talk.say(teapot, "Hello there!", "test", ADA):
        pass
    ticking.cancel()
    assert len(steps) > 50
    assert max(steps) < LONGEST_STEP


async def _tick(steps: list[float]) -> None:
    """Processor time of the loop's own thread between two turns: a busy machine does not count, computing does."""
    while True:
        before = time.thread_time()
        await asyncio.sleep(0.002)
        steps.append(time.thread_time() - before)
