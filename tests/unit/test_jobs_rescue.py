"""Work whose worker is gone comes back, and that of the living stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import rescue
from bot.jobs.engine import Take
from bot.jobs.identity import this_process
from bot.jobs.rescue import HEAD, LOST_LOOKS, PART_LOOKS, STEP_LOOKS, Rescuer
from pipeline.errors import StorageBusy
from storage.asked import Request
from storage.database import Database
from storage.outbox import PartKind
from storage.requests import TRIES
from storage.steps import Step, StepPlan, StepState
from tests.integration.requests_world import SHORT, SUMMON, World
from tests.servers.sqlite import SqliteFiles

ELSEWHERE = "another host/7/0badcafe"


@dataclass
class Engine:
    """Notes what is brought once more."""

    brought: list[Step] = field(default_factory=list)

    async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
        raise AssertionError

    async def redeliver(self, step: Step) -> None:
        self.brought.append(step)

    async def serve(self, queues: Mapping[str, int], take: Take, stopping: asyncio.Event) -> None:
        raise AssertionError


@dataclass
class Shore:
    """A rescuer and what it looks at."""

    world: World
    engine: Engine = field(default_factory=Engine)
    own: str = field(default_factory=this_process)

    def rescuer(self, every: float = 0.01) -> Rescuer:
        return Rescuer(self.world.requests, self.world.outbox, self.engine, self.own, every)

    async def state(self, request: Request, stage: str = "mind") -> StepState:
        return (await self.world.step(request, stage)).state


@pytest.fixture
async def shore(sqlite: SqliteFiles) -> AsyncIterator[Shore]:
    address = sqlite.fresh()
    async with Database(address) as database:
        yield Shore(World(database))
    sqlite.drop(address)


def dead_here() -> str:
    """The name of a process of this place that died long ago: nobody can have such a number."""
    host, _, _ = this_process().rpartition("/")[0].rpartition("/")
    return f"{host}/{2**31 - 1}/0badcafe"


async def test_a_process_that_is_gone_loses_its_step_at_the_first_look(shore: Shore) -> None:
    request = await shore.world.ask(plan=SHORT)
    await shore.world.claim(worker=dead_here())
    assert await shore.rescuer().look() == 1
    assert await shore.state(request) is StepState.READY
    assert shore.world.transport.deferred == [("mind", 0.0)] * 2


async def test_a_worker_elsewhere_is_given_its_time(shore: Shore) -> None:
    request = await shore.world.ask(plan=SHORT)
    await shore.world.claim(worker=ELSEWHERE)
    rescuer = shore.rescuer()
    assert [await rescuer.look() for _ in range(STEP_LOOKS)] == [0] * (STEP_LOOKS - 1) + [1]
    assert await shore.state(request) is StepState.READY


async def test_one_that_beats_keeps_its_step(shore: Shore) -> None:
    request = await shore.world.ask(plan=SHORT)
    lease = await shore.world.claim(worker=ELSEWHERE)
    rescuer = shore.rescuer()
    for look in range(3 * STEP_LOOKS):
        if look % (STEP_LOOKS - 1) == 0:
            assert await shore.world.requests.beat(lease)
        assert await rescuer.look() == 0
    assert await shore.state(request) is StepState.RUNNING
    for _ in range(STEP_LOOKS):
        await rescuer.look()
    assert await shore.state(request) is StepState.READY


async def test_a_step_that_was_taken_anew_is_counted_anew(shore: Shore) -> None:
    await shore.world.ask(plan=SHORT)
    rescuer = shore.rescuer()
    for _ in range(3):
        lease = await shore.world.claim(worker=ELSEWHERE)
        for _ in range(STEP_LOOKS - 1):
            assert await rescuer.look() == 0
        assert await shore.world.requests.hand_back(lease)


async def test_a_rescuer_that_was_frozen_blames_nobody(shore: Shore) -> None:
    """It counts its looks, not the time: after an hour of sleep everybody has as many looks left as before."""
    request = await shore.world.ask(plan=SHORT)
    lease = await shore.world.claim(worker=ELSEWHERE)
    rescuer = shore.rescuer()
    for _ in range(STEP_LOOKS - 1):
        assert await rescuer.look() == 0
    assert await shore.world.requests.beat(lease)  # once in the whole hour
    assert await rescuer.look() == 0
    assert await shore.state(request) is StepState.RUNNING


async def test_its_own_steps_are_not_gone(shore: Shore) -> None:
    await shore.world.ask(plan=SHORT)
    await shore.world.claim(worker=shore.own)
    assert await shore.rescuer().look() == 0


async def test_one_that_kills_its_workers_fails_for_good(shore: Shore) -> None:
    request = await shore.world.ask(plan=SHORT)
    rescuer = shore.rescuer()
    for _ in range(TRIES):
        await shore.world.claim(worker=dead_here())
        assert await rescuer.look() == 1
    assert await shore.state(request) is StepState.FAILED
    assert await shore.world.deliver() == [
        (PartKind.APOLOGY, {"sentence": "The process that worked on it died.", "error": "WorkerDied"}),
    ]


async def test_two_rescuers_give_it_back_once(shore: Shore) -> None:
    request = await shore.world.ask(plan=SHORT)
    await shore.world.claim(worker=dead_here())
    assert sum(await asyncio.gather(*(shore.rescuer().look() for _ in range(3)))) == 1
    assert (await shore.world.step(request, "mind")).attempts == 1


async def test_a_part_whose_holder_is_gone_is_sent_by_another(shore: Shore) -> None:
    await shore.world.ask(plan=SHORT)
    assert await shore.world.outbox.claim("test", dead_here()) is not None
    assert await shore.world.outbox.claim("test", "deliverer") is None
    assert await shore.rescuer().look() == 1
    sending = await shore.world.outbox.claim("test", "deliverer")
    assert sending is not None
    assert sending.attempt == 2


async def test_a_sending_elsewhere_is_given_longer(shore: Shore) -> None:
    await shore.world.ask(plan=SHORT)
    assert await shore.world.outbox.claim("test", ELSEWHERE) is not None
    rescuer = shore.rescuer()
    assert [await rescuer.look() for _ in range(PART_LOOKS)] == [0] * (PART_LOOKS - 1) + [1]


async def test_what_got_lost_on_the_way_is_brought_again(shore: Shore) -> None:
    request = await shore.world.ask(plan=SHORT)
    rescuer = shore.rescuer()
    for _ in range(LOST_LOOKS - 1):
        await rescuer.look()
    assert not shore.engine.brought
    await rescuer.look()
    assert [step.request for step in shore.engine.brought] == [request.id]
    for _ in range(LOST_LOOKS):
        await rescuer.look()
    assert len(shore.engine.brought) == 2
    await shore.world.claim(worker=shore.own)
    for _ in range(LOST_LOOKS):
        await rescuer.look()
    assert len(shore.engine.brought) == 2


async def test_a_queue_that_nobody_serves_hides_no_other(shore: Shore) -> None:
    for number in range(HEAD + 5):
        await shore.world.ask(f"person {number}", plan=(StepPlan("portrait", "rare"),))
    last = await shore.world.ask("zoe", plan=SHORT)
    rescuer = shore.rescuer()
    for _ in range(LOST_LOOKS):
        await rescuer.look()
    assert last.id in {step.request for step in shore.engine.brought}
    assert len(shore.engine.brought) == HEAD + 1


async def test_it_goes_on_when_the_database_was_away(shore: Shore, monkeypatch: pytest.MonkeyPatch) -> None:
    request = await shore.world.ask(plan=SUMMON)
    await shore.world.claim(worker=dead_here())
    pulses, times = shore.world.requests.pulses, iter([True, True])

    async def away() -> object:
        if next(times, False):
            raise StorageBusy("The database is locked.")
        return await pulses()

    monkeypatch.setattr(shore.world.requests, "pulses", away)
    stopping = asyncio.Event()
    serving = asyncio.create_task(shore.rescuer().serve(stopping))
    async with asyncio.timeout(20):
        while await shore.state(request) is not StepState.READY:  # noqa: ASYNC110 - of tables, too
            await asyncio.sleep(0.01)
        stopping.set()
        await serving


async def test_it_stops_at_once(shore: Shore) -> None:
    stopping = asyncio.Event()
    serving = asyncio.create_task(shore.rescuer(every=3600).serve(stopping))
    await asyncio.sleep(0.05)
    stopping.set()
    await asyncio.wait_for(serving, 10)


def test_patience_of_the_defaults() -> None:
    """A worker that was killed costs a person less than 40 s."""
    assert rescue.EVERY * STEP_LOOKS <= 20
    assert rescue.EVERY * PART_LOOKS >= 60
