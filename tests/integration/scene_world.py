"""Scenes without a platform: a desk, a director, and one worker that thinks but neither speaks nor draws."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest

from bot.app import Desk, a_director, furnish
from bot.asking import Incoming
from bot.jobs.closing import close
from bot.jobs.embedded import EmbeddedEngine
from bot.jobs.outcome import Keeping
from bot.jobs.plan import AnswerMode
from bot.jobs.stages import Stages
from bot.jobs.worker import Watched, Worker
from bot.memory import Remembering
from bot.observe.metrics import Metrics
from bot.observe.tracing import Silent
from bot.scenes.director import Director
from bot.scenes.modes import Mode
from bot.scenes.playing import Told, Wish
from bot.settings import Settings
from pipeline.embedding import Embedder
from pipeline.errors import EngineFailed
from pipeline.mind.scripted.engine import ScriptedMind
from pipeline.mind.scripted.writing import write
from pipeline.receipt import Receipt
from pipeline.summon import Engines
from pipeline.types import Line, Memory, Persona, ReplyDelta, Turn
from pipeline.workers import Lane, Workers
from storage import lines, rows
from storage.bell import LocalBell
from storage.blobs import Blobs
from storage.database import Database
from storage.lines import SceneLine
from storage.outbox import Outbox
from storage.repository import StoredPersona
from storage.requests import Requests
from storage.scenes import SceneStore

P = ParamSpec("P")
T = TypeVar("T")

HERE = "test:here"


@dataclass
class Cue:
    """What a persona was given to answer by."""

    name: str
    memory: Memory
    line: Line

    @property
    def heard(self) -> str:
        """All of it that was said."""
        return "\n".join([*(turn.text for turn in self.memory.turns), self.line.text])


@dataclass
class Actors(ScriptedMind):
    """Answers as the demo writer does, or with the words that a test gives it, and keeps what it was asked.

    ``picks``: whom it picks, by number, one after the other.
    """

    says: dict[str, str] = field(default_factory=dict)
    fails: bool = False
    picks: list[int | None] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    offered: list[Sequence[str]] = field(default_factory=list)

    async def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        self.cues.append(Cue(persona.name, memory, line))
        if self.fails:
            raise EngineFailed("No.")
        if persona.name in self.says:
            yield ReplyDelta(text=self.says[persona.name], mood=persona.mood)
            return
        async for delta in super().reply(persona, memory, line, seed, receipt):
            yield delta

    async def pick(self, lines: Sequence[Turn], options: Sequence[str], receipt: Receipt) -> int | None:
        self.offered.append(options)
        return self.picks.pop(0) if self.picks else None


class Inline(Workers):
    """Does the work where it is asked for."""

    async def run(self, lane: Lane, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.to_thread(function, *args, **kwargs)


@dataclass
class Theatre:
    """One conversation, Ann who starts scenes, and whoever else comes."""

    desk: Desk
    director: Director
    worker: Worker
    mind: Actors
    store: SceneStore
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def by(self, who: str = "Ann", **more: Any) -> Incoming:
        """Somebody does something."""
        where = {"platform": "test", "place": "test:place", "conversation": HERE} | more
        return Incoming(update_key=f"test:{next(self.numbers)}", person=f"test:{who.lower()}", name=who, **where)

    async def persona(self, concept: str, name: str, seed: int = 1, **changes: Any) -> StoredPersona:
        """A character of that name, without a face."""
        written = write(concept, seed).model_copy(update={"name": name, **changes})
        async with self.desk.database.session() as session:
            row = rows.persona_row(written, "test:ann", place="test:place")
            session.add(row)
        return await self.desk.stored.personas.get(row.id)

    async def start(self, *cast: StoredPersona, mode: Mode = Mode.FREE, **wish: Any) -> Told:
        """Ann starts a scene in which all answer in writing; whoever wants to say something at once does."""
        told = await self.desk.scenes.start(self.by(), cast, Wish(mode=mode, answer=AnswerMode.TEXT, **wish))
        await self.play()
        return told

    async def say(self, text: str, who: str = "Ann", to: StoredPersona | None = None) -> list[str]:
        """Somebody says something; who answers, one after the other."""
        before = len(await self.lines())
        assert await self.desk.scenes.hear(self.by(who), text, to)
        await self.play()
        return [line.name for line in (await self.lines())[before + 1 :]]

    async def play(self) -> None:
        """Lets everything happen that is to happen."""
        while await self.director.direct() or await self.worker.take("mind"):
            pass

    async def lines(self) -> Sequence[SceneLine]:
        """All that was said."""
        scene = await self.store.last(HERE)
        return await self.store.lines(scene.id) if scene else []


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Nobody waits for what the narrator says to be shown."""
    patch.setattr(lines, "BREATH", timedelta(0))


@asynccontextmanager
async def a_theatre(address: str, folder: Path, studio: Any = None, **settings: Any) -> AsyncIterator[Theatre]:
    """All of it."""
    async with Database(address) as database:
        chosen = Settings(**{"_env_file": None, "LIMIT_OPEN_PERSON": 1000, **settings})  # nobody delivers
        bell, blobs = LocalBell(), Blobs((folder / "blobs").as_uri())
        engine = EmbeddedEngine(bell)
        requests, outbox = Requests(database, engine, bell, close), Outbox(database, engine, bell)
        desk = furnish(chosen, database, blobs, bell, engine, requests, outbox)
        worker, mind = a_worker(desk, 2000, studio)
        yield Theatre(desk, a_director(chosen, desk, mind), worker, mind, SceneStore(database, bell))


def a_worker(desk: Desk, budget: int, studio: Any = None) -> tuple[Worker, Actors]:
    """A worker for the thinking, and the mind that it thinks with; with a studio, also for films."""
    unused: Any = None
    mind, store = Actors(), SceneStore(desk.database, desk.bell)
    stages = Stages(
        mind=mind,
        studio=studio,
        engines=Engines("scripted", "hibari", "illustrator", "rig"),
        personas=desk.stored.personas,
        remembering=Remembering(desk.stored.memories, mind, Embedder(), budget),
        keeping=Keeping(desk.requests, desk.blobs),
        bell=desk.bell,
        scenes=store,
        ear=unused,
    )
    return Worker("worker", desk.requests, stages.run, desk.bell, Watched(Metrics(), Silent())), mind
