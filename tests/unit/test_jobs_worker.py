"""A worker over a real database, with toy work: what becomes of a step whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from sqlalchemy import func, select

from bot.jobs import worker as working
from bot.jobs.outcome import Outcome
from bot.jobs.worker import OURS, Watched, Worker, retry_after
from bot.observe.metrics import Metrics
from bot.observe.tracing import Silent
from pipeline.errors import (
    BadRequest,
    Declined,
    Interrupted,
    RateLimited,
    StorageBusy,
    StorageFailed,
    Unreachable,
)
from pipeline.receipt import Receipt, Usage
from storage.asked import Request, State
from storage.charges import Meter
from storage.completion import Completing, Made
from storage.database import Database
from storage.outbox import Part, PartKind
from storage.steps import Lease, StepState
from storage.tables import ChargeRow, PartRow
from storage.usage import Usages
from tests.integration.requests_world import SHORT, SUMMON, World, made
from tests.servers.sqlite import SqliteFiles

PATIENCE = 20.0
"""Seconds after which a test has waited long enough."""

SECRET = "ada@example.org told me 'xyzzy'"
CALL = Usage(task="reply", model="m", prompt_tokens=9, completion_tokens=3, seconds=0.1, cost=0.25)


async def ended(lease: Lease, receipt: Receipt) -> Outcome:
    return Outcome(made(lease))


async def unending(lease: Lease, receipt: Receipt) -> Outcome:
    await asyncio.sleep(3600)
    raise AssertionError


def raising(*errors: Exception) -> Callable[[Lease, Receipt], Coroutine[Any, Any, Outcome]]:
    """Work that fails with one after the other, the last one from then on."""
    left = list(errors)

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        receipt.usages.append(CALL)
        raise left.pop(0) if len(left) > 1 else left[0]

    return work


@dataclass
class Shop:
    """A worker, and what it works on."""

    world: World
    metrics: Metrics = field(default_factory=Metrics)
    work: Callable[[Lease, Receipt], Coroutine[Any, Any, Outcome]] = ended
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0

    def worker(self, **how: Any) -> Worker:
        watched = Watched(self.metrics, Silent(), {"mind": "toy"})
        return Worker("me", self.world.requests, self._run, self.world.bell, watched, **{"beat_every": 60.0} | how)

    async def _run(self, lease: Lease, receipt: Receipt) -> Outcome:
        self.calls += 1
        self.begun.set()
        return await self.work(lease, receipt)

    @asynccontextmanager
    async def taking(self, worker: Worker, queue: str = "mind") -> AsyncIterator[asyncio.Task[bool]]:
        """A take that is in the middle of its work."""
        task = asyncio.create_task(worker.take(queue))
        try:
            async with asyncio.timeout(PATIENCE):
                await self.begun.wait()
                yield task
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def parts(self, request: Request) -> list[tuple[str, Any]]:
        query = select(PartRow.part, PartRow.document).where(PartRow.request_id == request.id)
        async with self.world.database.reading() as session:
            found = await session.execute(query.where(PartRow.state != "dropped").order_by(PartRow.id))
            return [(part, document) for part, document in found]

    async def spent(self) -> tuple[int, float]:
        """Calls in the account book, and USD charged."""
        cost = select(func.sum(ChargeRow.amount)).where(ChargeRow.meter == Meter.COST.value)
        async with self.world.database.reading() as session:
            charged = await session.scalar(cost) or 0.0
        return sum(total.calls for total in await Usages(self.world.database).totals()), charged

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"chatanything_{name}", labels) or 0.0

    def outcomes(self, outcome: str, stage: str = "mind", engine: str = "toy") -> float:
        return self.counted("stage_seconds_count", stage=stage, engine=engine, outcome=outcome)


@pytest.fixture
async def shop(sqlite: SqliteFiles) -> AsyncIterator[Shop]:
    address = sqlite.fresh()
    async with Database(address) as database:
        yield Shop(World(database))
    sqlite.drop(address)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second try comes at once."""
    monkeypatch.setattr(working, "FIRST_WAIT", 0.0)


async def test_done_in_one_transaction(shop: Shop) -> None:
    request = await shop.world.ask(plan=SUMMON)
    over = []

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        receipt.usages.append(CALL)

        async def finish(completing: Completing) -> None:
            await completing.show(Part(PartKind.TEXT, {"text": "Hello."}))

        async def afterwards() -> None:
            over.append((await shop.world.step(request, "mind")).state)

        return Outcome(made(lease), finish, afterwards)

    shop.work = work
    worker = shop.worker()
    assert await worker.take("mind")
    assert not await worker.take("mind")
    assert over == [StepState.DONE]
    assert (await shop.world.step(request, "voice")).state is StepState.READY
    assert await shop.parts(request) == [("text", {"text": "Hello."})]
    assert await shop.world.requests.made(f"{request.id}mind") == {"stage": "mind"}
    assert await shop.spent() == (1, 0.25)
    assert shop.outcomes("done") == 1
    assert shop.counted("start_seconds_count", kind="summon") == 1
    assert shop.counted("llm_calls_total", model="m", task="reply") == 1


async def test_what_raises_while_it_is_written_is_not_written(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        async def finish(completing: Completing) -> None:
            await completing.show(Part(PartKind.TEXT, {"text": "half"}))
            raise ZeroDivisionError

        return Outcome(made(lease), finish)

    shop.work = work
    assert await shop.worker().take("mind")
    assert [part for part, _ in await shop.parts(request)] == ["apology"]
    assert await shop.world.requests.made(f"{request.id}mind") is None


@pytest.mark.usefixtures("impatient")
async def test_three_tries_and_then_an_apology(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)
    shop.work = raising(Unreachable("Nobody answers at example.org."))
    worker = shop.worker()
    assert [await worker.take("mind") for _ in range(4)] == [True, True, True, False]
    assert shop.calls == 3
    apology = {"sentence": "Nobody answers at example.org.", "error": "Unreachable"}
    assert await shop.parts(request) == [("apology", apology)]
    assert (await shop.world.step(request, "mind")).state is StepState.FAILED
    assert (shop.outcomes("again"), shop.outcomes("failed")) == (2, 1)
    assert shop.counted("failures_total", stage="mind", error="Unreachable") == 3
    assert shop.counted("start_seconds_count", kind="summon") == 1
    assert await shop.spent() == (3, 0.75)  # every call was made, whatever came of it


@pytest.mark.usefixtures("impatient")
async def test_what_an_answer_can_do_without_is_left_out(shop: Shop) -> None:
    request = await shop.world.ask(plan=SUMMON)
    await shop.world.complete(await shop.world.claim("mind"))
    await shop.world.complete(await shop.world.claim("portrait"))
    shop.work = raising(Interrupted("The voice process was stopped. Please try again."))
    worker = shop.worker()
    assert [await worker.take("voice") for _ in range(4)] == [True, True, True, False]
    assert (await shop.world.step(request, "clip")).state is StepState.SKIPPED
    (_, document) = (await shop.parts(request))[-1]
    assert document["results"] == ["mind", "portrait"]
    assert list(document["failed"]) == ["voice"]


@pytest.mark.usefixtures("impatient")
async def test_a_second_try_may_succeed(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)
    shop.work = raising(Interrupted("It stopped."))
    worker = shop.worker()
    assert await worker.take("mind")
    shop.work = ended
    assert await worker.take("mind")
    step = await shop.world.step(request, "mind")
    assert (step.state, step.attempts, step.error) == (StepState.DONE, 2, None)


async def test_it_waits_as_long_as_a_service_asks_for(shop: Shop) -> None:
    await shop.world.ask(plan=SHORT)
    shop.work = raising(RateLimited("Too many.", retry_after=33.0))
    worker = shop.worker()
    assert await worker.take("mind")
    assert shop.world.transport.deferred == [("mind", 0.0), ("mind", 33.0)]
    assert not await worker.take("mind")  # not yet


def test_waits_grow_and_end() -> None:
    error = Interrupted("It stopped.")
    first, second = ([retry_after(error, attempt) for _ in range(50)] for attempt in (1, 2))
    assert 1.5 <= min(first) < max(first) <= 2.5
    assert 6 <= min(second) < max(second) <= 10
    assert retry_after(RateLimited("Too many."), 1) <= 2.5
    assert retry_after(RateLimited("Too many.", retry_after=1e9), 1) == working.LONGEST_WAIT


async def test_what_cannot_be_mended_is_not_tried_again(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)
    shop.work = raising(Declined("That is nothing I may draw."))
    worker = shop.worker()
    assert await worker.take("mind")
    assert not await worker.take("mind")
    assert await shop.parts(request) == [("apology", {"sentence": "That is nothing I may draw.", "error": "Declined"})]


async def test_a_mistake_of_ours_costs_one_request_and_tells_nothing(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)
    shop.work = raising(ValueError(SECRET))
    assert await shop.worker().take("mind")
    assert await shop.parts(request) == [("apology", {"sentence": OURS, "error": "ChatAnythingError"})]
    step = await shop.world.step(request, "mind")
    assert step.error == OURS
    assert shop.outcomes("failed") == 1
    other = await shop.world.ask("bob", plan=SHORT)
    shop.work = ended
    assert await shop.worker().take("mind")
    assert (await shop.world.step(other, "mind")).state is StepState.DONE


async def test_a_deadline_is_kept(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)
    shop.work = unending
    assert await shop.worker(deadlines={"mind": 0.05}).take("mind")
    step = await shop.world.step(request, "mind")
    assert step.state is StepState.READY  # to be tried again
    assert step.error is not None
    assert "longer than" in step.error
    assert shop.counted("failures_total", stage="mind", error="TimedOut") == 1


async def test_beats_show_that_it_lives(shop: Shop) -> None:
    await shop.world.ask(plan=SHORT)
    shop.work = unending
    async with shop.taking(shop.worker(beat_every=0.01)):
        while (await shop.world.requests.pulses())[0].beat < 3:  # noqa: ASYNC110 - of tables, too
            await asyncio.sleep(0.01)


async def test_a_beat_that_the_database_does_not_take_is_only_a_beat(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await shop.world.ask(plan=SHORT)
    beats = []

    async def beat(lease: Lease) -> bool:
        beats.append(lease)
        raise StorageBusy("The database is locked.")

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        while len(beats) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return Outcome(made(lease))

    monkeypatch.setattr(shop.world.requests, "beat", beat)
    shop.work = work
    assert await shop.worker(beat_every=0.01).take("mind")
    assert (await shop.world.step(request, "mind")).state is StepState.DONE


async def test_what_was_given_to_another_is_dropped_at_the_next_beat(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)
    stopped = asyncio.Event()

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        receipt.usages.append(CALL)
        try:
            return await unending(lease, receipt)
        finally:
            stopped.set()

    shop.work = work
    async with shop.taking(shop.worker(beat_every=0.05)) as task:
        while not await shop.world.requests.rescue((await shop.world.requests.pulses())[0]):
            pass  # it beat at this moment
        assert await task
    assert stopped.is_set()
    assert shop.outcomes("dropped") == 1
    step = await shop.world.step(request, "mind")
    assert (step.state, step.attempts) == (StepState.READY, 1)
    assert [part for part, _ in await shop.parts(request)] == ["placeholder"]
    assert await shop.spent() == (1, 0.25)


async def test_who_woke_from_the_dead_writes_nothing(shop: Shop) -> None:
    """It never beat again, so it does not know when it has finished."""
    request = await shop.world.ask(plan=SHORT)

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        receipt.usages.append(CALL)
        (pulse,) = await shop.world.requests.pulses()
        assert await shop.world.requests.rescue(pulse)
        return Outcome(made(lease))

    shop.work = work
    assert await shop.worker().take("mind")
    assert (await shop.world.step(request, "mind")).state is StepState.READY
    assert await shop.world.requests.made(f"{request.id}mind") is None
    assert await shop.spent() == (1, 0.25)


@pytest.mark.parametrize("bell", [True, False])
async def test_called_off_in_the_middle(shop: Shop, bell: bool) -> None:
    request = await shop.world.ask(plan=SHORT)
    other = await shop.world.ask("bob", plan=SHORT)
    shop.work = unending
    worker = shop.worker(beat_every=60.0 if bell else 0.05)
    ears = asyncio.create_task(worker.listen()) if bell else None
    async with shop.taking(worker) as task:
        assert await shop.world.requests.cancel(request.id)
        began = time.monotonic()
        assert await task
        assert time.monotonic() - began < 2
        shop.work = ended
        assert await worker.take("mind")
    if ears:
        ears.cancel()
    assert [part for part, _ in await shop.parts(request)] == ["cancelled"]
    assert (await shop.world.step(request, "mind")).state is StepState.SKIPPED
    assert (await shop.world.step(other, "mind")).state is StepState.DONE
    assert shop.outcomes("dropped") == 1


async def test_shutdown_hands_back_without_counting_the_try(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        receipt.usages.append(CALL)
        return await unending(lease, receipt)

    shop.work = work
    async with shop.taking(shop.worker()) as task:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    step = await shop.world.step(request, "mind")
    assert (step.state, step.attempts) == (StepState.READY, 0)
    assert shop.world.transport.deferred == [("mind", 0.0)] * 2
    assert await shop.spent() == (1, 0.25)
    shop.work = ended
    assert await shop.worker().take("mind")
    assert (await shop.world.step(request, "mind")).state is StepState.DONE


async def test_shutdown_while_the_database_is_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    request = await shop.world.ask(plan=SHORT)

    async def hand_back(lease: Lease) -> bool:
        raise StorageBusy("The database is locked.")

    monkeypatch.setattr(shop.world.requests, "hand_back", hand_back)
    shop.work = unending
    async with shop.taking(shop.worker()) as task:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await shop.world.step(request, "mind")).state is StepState.RUNNING  # for the rescuer


class Away:
    """A database that does not take what steps make, a few times."""

    def __init__(self, shop: Shop, times: int, error: StorageFailed) -> None:
        self.times, self.error = times, error
        self._completing = shop.world.requests.completing

    def __call__(self, lease: Lease, result: Made | None = None) -> AbstractAsyncContextManager[Completing]:
        self.times -= 1
        return self._failing() if self.times >= 0 else self._completing(lease, result)

    @asynccontextmanager
    async def _failing(self) -> AsyncIterator[Completing]:
        raise self.error
        yield


async def test_work_is_not_lost_with_a_database_that_is_away_for_a_moment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await shop.world.ask(plan=SHORT)
    away = Away(shop, 2, StorageBusy("The database is locked."))
    monkeypatch.setattr(shop.world.requests, "completing", away)

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        receipt.usages.append(CALL)
        return Outcome(made(lease))

    shop.work = work
    assert await shop.worker().take("mind")
    assert shop.calls == 1
    assert (await shop.world.step(request, "mind")).state is StepState.DONE
    assert await shop.spent() == (1, 0.25)


@pytest.mark.usefixtures("impatient")
async def test_a_database_that_stays_away_costs_a_try(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    request = await shop.world.ask(plan=SHORT)
    away = Away(shop, 1, StorageBusy("The database is locked."))
    monkeypatch.setattr(working, "WRITING", 0.0)
    monkeypatch.setattr(shop.world.requests, "completing", away)
    worker = shop.worker()
    assert await worker.take("mind")
    assert (await shop.world.step(request, "mind")).state is StepState.READY
    assert await worker.take("mind")
    assert (await shop.world.step(request, "mind")).state is StepState.DONE


async def test_a_failure_that_cannot_be_written_is_left_to_the_rescuer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await shop.world.ask(plan=SHORT)

    async def fail(*given: object, **more: object) -> bool:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(shop.world.requests, "fail", fail)
    shop.work = raising(BadRequest("No."))
    assert await shop.worker().take("mind")
    assert (await shop.world.step(request, "mind")).state is StepState.RUNNING
    assert await shop.world.requests.rescue((await shop.world.requests.pulses())[0])
    assert (await shop.world.step(request, "mind")).state is StepState.READY


async def test_no_claim_from_a_database_that_is_away(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def claim(*given: object, **more: object) -> Lease | None:
        raise StorageBusy("The database is locked.")

    monkeypatch.setattr(shop.world.requests, "claim", claim)
    assert not await shop.worker().take("mind")


@pytest.mark.parametrize("error", [Interrupted("The model stopped."), ValueError(SECRET)])
async def test_what_fails_afterwards_harms_nothing(shop: Shop, error: Exception) -> None:
    request = await shop.world.ask(plan=SHORT)

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        async def afterwards() -> None:
            raise error

        return Outcome(made(lease), afterwards=afterwards)

    shop.work = work
    assert await shop.worker().take("mind")
    assert (await shop.world.step(request, "mind")).state is StepState.DONE
    assert [part for part, _ in await shop.parts(request)] == ["plain"]


async def test_what_comes_afterwards_does_not_hold_a_worker_for_ever(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)

    async def work(lease: Lease, receipt: Receipt) -> Outcome:
        return Outcome(made(lease), afterwards=lambda: asyncio.sleep(3600))

    shop.work = work
    async with asyncio.timeout(PATIENCE):
        assert await shop.worker(deadlines={"mind": 0.2}).take("mind")
    assert (await shop.world.step(request, "mind")).state is StepState.DONE


async def test_lines_carry_request_and_stage_and_nothing_else_of_it(shop: Shop) -> None:
    request = await shop.world.ask(plan=SHORT)
    seen: list[dict[str, Any]] = []

    def keep(logger: object, method: str, line: Any) -> Any:
        seen.append(dict(line))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep], cache_logger_on_first_use=False)
    try:
        assert await shop.worker().take("mind")
    finally:
        structlog.configure(**before)
    (line,) = (line for line in seen if line["event"] == "step.ended")
    assert (line["request"], line["stage"], line["outcome"]) == (request.id, "mind", "done")
    assert set(line) == {"event", "request", "stage", "outcome", "seconds", "attempt"}


async def test_many_at_the_same_time(shop: Shop) -> None:
    requests = [await shop.world.ask(f"person {number}", plan=SHORT) for number in range(20)]
    worker = shop.worker(beat_every=0.05)

    async def drain() -> None:
        while await worker.take("mind"):
            pass

    await asyncio.gather(*(drain() for _ in range(4)))
    assert shop.calls == 20
    assert shop.outcomes("done") == 20
    for request in requests:
        assert await shop.world.state(request) == State.OPEN.value  # until it is delivered
