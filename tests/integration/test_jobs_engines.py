"""What every job engine keeps to, and what each has of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import grown
from bot.jobs.embedded import EmbeddedEngine
from bot.jobs.engine import JobEngine
from bot.jobs.grown import ProcrastinateEngine
from storage.asked import Asked, Request
from storage.bell import Bell, LocalBell, News, PostgresBell, Topic
from storage.database import Database
from storage.outbox import Part, PartKind
from storage.requests import Requests
from storage.steps import Lease, Step, StepPlan, StepState, Transport, as_step
from storage.tables import StepRow
from storage.values import Json
from tests.servers.postgres import Postgres
from tests.servers.sqlite import SqliteFiles

PATIENCE = 30
"""Seconds after which a test has waited long enough."""

EMBEDDED, GROWN = "embedded", "grown"


def close(request: Request, results: Mapping[str, Json], failed: Mapping[str, str]) -> Part:
    return Part(PartKind.PLAIN, {}, final=True)


class Silent:
    """A transport that loses everything."""

    async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
        return


@dataclass
class Jobs:
    """An engine with requests on one database, and a record of what it brought."""

    database: Database
    bell: Bell
    engine: JobEngine
    calls: list[tuple[str, int | None]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    work: Callable[[Lease], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self.requests = self.with_transport(self.engine)

    def with_transport(self, transport: Transport) -> Requests:
        return Requests(self.database, transport, self.bell, close)

    async def ask(
        self, key: str, *, queue: str = "mind", background: bool = False, requests: Requests | None = None
    ) -> Step:
        asked = Asked("reply", key, "test", f"place {key}", "here", f"person {key}", {})
        plan = (StepPlan("mind", queue),)
        accepted = await (requests or self.requests).accept(asked, plan, background=background)
        (step,) = await self.requests.steps(accepted.request.id)
        return step

    async def take(self, queue: str, step: int | None = None) -> bool:
        self.calls.append((queue, step))
        lease = await self.requests.claim("test", step=step, queues=(queue,))
        if lease is None:
            return False
        self.taken.append(lease.request.update_key)
        if self.work is not None:
            await self.work(lease)
        else:
            async with self.requests.completing(lease):
                pass
        self.ended.append(lease.request.update_key)
        return True

    @asynccontextmanager
    async def serving(self, **queues: int) -> AsyncIterator[asyncio.Event]:
        stopping = asyncio.Event()
        async with asyncio.timeout(PATIENCE):
            task = asyncio.create_task(self.engine.serve(queues or {"mind": 1}, self.take, stopping))
            try:
                yield stopping
                stopping.set()
                await task
            finally:
                task.cancel()

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110 - of tables, too
            await asyncio.sleep(0.01)


@asynccontextmanager
async def opened(kind: str, address: str, every: float = 1.0) -> AsyncIterator[Jobs]:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(address))
        if kind == EMBEDDED:
            bell = LocalBell()
            yield Jobs(database, bell, EmbeddedEngine(bell, every))
        else:
            heard = await stack.enter_async_context(PostgresBell(database))
            yield Jobs(database, heard, ProcrastinateEngine(database, every))


@pytest.fixture(params=[EMBEDDED, GROWN])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    databases: SqliteFiles | Postgres = request.getfixturevalue("sqlite" if kind == EMBEDDED else "postgres")
    address = databases.fresh()
    yield address
    databases.drop(address)


@pytest.fixture
async def jobs(kind: str, address: str) -> AsyncIterator[Jobs]:
    async with opened(kind, address) as jobs:
        yield jobs


@pytest.fixture
async def patient(kind: str, address: str) -> AsyncIterator[Jobs]:
    """Takes what it is told of, and does not look by itself."""
    async with opened(kind, address, every=60) as jobs:
        yield jobs


only_grown = pytest.mark.parametrize("kind", [GROWN], indirect=True)
only_embedded = pytest.mark.parametrize("kind", [EMBEDDED], indirect=True)


async def test_what_waits_and_what_comes_is_taken(patient: Jobs) -> None:
    await patient.ask("before")
    async with patient.serving():
        await patient.until(lambda: patient.ended == ["before"])
        await asyncio.sleep(0.1)  # idle
        await patient.ask("after")
        await patient.until(lambda: patient.ended == ["before", "after"])


async def test_rolled_back_is_never_brought(jobs: Jobs) -> None:
    class Unplugged(Silent):
        async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
            await jobs.engine.defer(session, step, delay)
            raise KeyError(step.id)

    async with jobs.serving():
        with pytest.raises(KeyError):
            await jobs.ask("never", requests=jobs.with_transport(Unplugged()))
        step = await jobs.ask("kept")
        await jobs.until(lambda: bool(jobs.ended))
    assert jobs.taken == ["kept"]
    assert {number for _, number in jobs.calls} <= {None, step.id}


async def test_ranks_go_before_arrival(jobs: Jobs) -> None:
    await jobs.ask("nobody waits", background=True)
    steps = [await jobs.ask(key) for key in ("a", "b", "c")]
    async with jobs.database.session() as session:
        for step, rank in zip(steps, (7, 3, 5), strict=True):
            row = await session.get_one(StepRow, step.id)
            row.rank = rank
            await jobs.engine.defer(session, as_step(row))
    async with jobs.serving():
        await jobs.until(lambda: len(jobs.ended) == 4)
    assert jobs.taken == ["b", "c", "a", "nobody waits"]


async def test_retry_comes_after_its_delay(jobs: Jobs) -> None:
    begun = []

    async def fail(lease: Lease) -> None:
        begun.append(time.monotonic())
        await jobs.requests.fail(lease, "Not now.", "Test", retry_in=0.4)

    jobs.work = fail
    async with jobs.serving():
        await jobs.ask("again")
        await jobs.until(lambda: len(begun) == 3)
    assert begun[1] - begun[0] >= 0.4
    assert begun[2] - begun[1] >= 0.4


async def test_duplicates_are_harmless(jobs: Jobs) -> None:
    step = await jobs.ask("once")
    async with jobs.database.session() as session:
        await jobs.engine.defer(session, step)
        await jobs.engine.defer(session, step)
        row = await session.get_one(StepRow, step.id)
        row.worker = "kept"  # the transaction goes on
    async with jobs.serving(mind=3):
        for _ in range(3):
            await jobs.engine.redeliver(step)
        await jobs.until(lambda: bool(jobs.ended))
        await jobs.engine.redeliver(step)
        await jobs.ask("last")
        await jobs.until(lambda: "last" in jobs.ended)
    assert jobs.taken == ["once", "last"]


async def test_lost_step_is_brought_again(patient: Jobs) -> None:
    async with patient.serving():
        await asyncio.sleep(0.3)
        step = await patient.ask("lost", requests=patient.with_transport(Silent()))
        await asyncio.sleep(0.3)
        assert patient.taken == []
        await patient.engine.redeliver(step)
        await patient.until(lambda: patient.ended == ["lost"])


async def test_queues_have_room_of_their_own(jobs: Jobs) -> None:
    going_on = asyncio.Event()

    async def wait(lease: Lease) -> None:
        if lease.step.queue == "mind":
            await going_on.wait()
        async with jobs.requests.completing(lease):
            pass

    jobs.work = wait
    async with jobs.serving(mind=2, voice=1):
        for number in range(4):
            await jobs.ask(f"mind {number}")
        await jobs.until(lambda: len(jobs.taken) == 2)
        await jobs.ask("voice", queue="voice")
        await jobs.ask("clip", queue="clip")  # nobody's here
        await jobs.until(lambda: jobs.ended == ["voice"])
        assert len(jobs.taken) == 3
        going_on.set()
        await jobs.until(lambda: len(jobs.ended) == 5)
    assert "clip" not in jobs.taken


async def test_stop_ends_what_was_begun(jobs: Jobs) -> None:
    going_on = asyncio.Event()

    async def wait(lease: Lease) -> None:
        await going_on.wait()
        async with jobs.requests.completing(lease):
            pass

    jobs.work = wait
    async with jobs.serving() as stopping:
        begun = await jobs.ask("begun")
        await jobs.until(lambda: jobs.taken == ["begun"])
        left = await jobs.ask("left")
        stopping.set()
        await asyncio.sleep(0.2)
        assert jobs.ended == []
        going_on.set()
    assert jobs.taken == jobs.ended == ["begun"]
    assert [(await jobs.requests.steps(step.request))[0].state for step in (begun, left)] == [
        StepState.DONE,
        StepState.READY,
    ]
    async with jobs.serving():  # nor is it lost
        await jobs.until(lambda: jobs.ended == ["begun", "left"])


async def test_cancelled_leaves_at_once(jobs: Jobs) -> None:
    async def hang(lease: Lease) -> None:
        await asyncio.Event().wait()

    jobs.work = hang
    task = asyncio.create_task(jobs.engine.serve({"mind": 2}, jobs.take, asyncio.Event()))
    await jobs.ask("hanging")
    async with asyncio.timeout(PATIENCE):
        await jobs.until(lambda: jobs.taken == ["hanging"])
    task.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await task


@only_embedded
async def test_steps_of_another_process_are_found(jobs: Jobs, address: str) -> None:
    async with opened(EMBEDDED, address) as other, other.serving(), jobs.serving(voice=1):
        await jobs.ask("asked elsewhere")
        await jobs.until(lambda: other.ended == ["asked elsewhere"])


@only_grown
async def test_job_that_died_with_its_worker(
    patient: Jobs, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in nobody's way, and is cleared away."""
    step = await patient.ask("survives")
    async with patient.database.session() as session:
        await session.execute(text("UPDATE procrastinate.procrastinate_jobs SET status = 'doing'"))
    monkeypatch.setattr(grown, "HEARTBEAT", 0.05)
    async with patient.serving():
        await patient.engine.redeliver(step)
        await patient.until(lambda: patient.ended == ["survives"])
        while await _count(patient, "jobs"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await _count(patient, "workers") == 0


@only_grown
async def test_worker_that_slept_too_long_goes_on(jobs: Jobs) -> None:
    async with jobs.serving():
        await jobs.ask("before")
        await jobs.until(lambda: jobs.ended == ["before"])
        async with jobs.database.session() as session:
            await session.execute(text("DELETE FROM procrastinate.procrastinate_workers"))
        await jobs.ask("after")
        await jobs.until(lambda: jobs.ended == ["before", "after"])


@only_grown
async def test_step_that_is_not_ready_before_the_commit(jobs: Jobs) -> None:
    """A job that waits already is not taken between the two."""
    requests = jobs.with_transport(Silent())
    step = await jobs.ask("later", requests=requests)
    await jobs.engine.redeliver(step)
    async with jobs.database.session() as session:
        row = await session.get_one(StepRow, step.id)
        row.state = StepState.WAITING.value
    async with jobs.database.session() as session:
        row = await session.get_one(StepRow, step.id, with_for_update=True)
        row.state = StepState.READY.value
        await jobs.engine.defer(session, step)
        async with jobs.serving(mind=2) as stopping:
            await asyncio.sleep(0.5)
            assert jobs.calls == []
            await session.commit()
            await jobs.until(lambda: jobs.ended == ["later"])
            stopping.set()


async def _count(jobs: Jobs, table: str) -> int:
    async with jobs.database.reading() as session:
        rows = await session.execute(text(f"SELECT count(*) FROM procrastinate.procrastinate_{table}"))
        return int(rows.scalar_one())


def test_server_that_restarts() -> None:
    """In its own server: others want theirs to run."""
    with Postgres() as server:
        address = server.fresh()
        asyncio.run(_restart(server, address))


async def _restart(server: Postgres, address: str) -> None:
    going_on = asyncio.Event()
    async with opened(GROWN, address) as jobs, jobs.serving(mind=2):
        heard: list[News] = []
        listening = asyncio.create_task(_collect(jobs.bell, heard))

        async def wait(lease: Lease) -> None:
            if lease.request.update_key == "long":
                await going_on.wait()
            async with jobs.requests.completing(lease):
                pass

        jobs.work = wait
        await jobs.ask("long")
        await jobs.until(lambda: jobs.taken == ["long"])
        await asyncio.to_thread(server.stop, "immediate")
        await asyncio.sleep(1.5)
        await asyncio.to_thread(server.start)
        await jobs.ask("next")
        await jobs.until(lambda: jobs.ended == ["next"])  # beside the long one
        going_on.set()
        await jobs.until(lambda: jobs.ended == ["next", "long"])
        while News(Topic.PROGRESS, "r", "back") not in heard:
            await jobs.bell.tell(News(Topic.PROGRESS, "r", "back"))
            await asyncio.sleep(0.1)
        listening.cancel()


async def _collect(bell: Bell, into: list[News]) -> None:
    async for news in bell.listen():
        into.append(news)
