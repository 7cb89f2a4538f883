"""What several workers do at the same moment. On SQLite they take turns, which the crowd tries; on Postgres they truly
meet."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select

from pipeline.errors import StorageBusy
from storage.charges import Meter
from storage.completion import Fenced
from storage.database import Database
from storage.outbox import PartKind
from storage.steps import Lease, StepPlan, StepState
from storage.tables import ChargeRow, StepRow
from tests.integration.requests_world import QUEUES, SHORT, SUMMON, World, made, reply
from tests.servers.postgres import Postgres
from tests.servers.sqlite import SqliteFiles

PAIR = (StepPlan("voice", "voice"), StepPlan("portrait", "portrait"), StepPlan("clip", "clip", ("voice", "portrait")))


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> SqliteFiles | Postgres:
    """Postgres, where a test does not say otherwise."""
    kind: SqliteFiles | Postgres = request.getfixturevalue(getattr(request, "param", "postgres"))
    return kind


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.mark.parametrize("first", [0, 1])
async def test_the_last_two_steps_before_another_end_together(world: World, first: int) -> None:
    for _ in range(5):
        await world.ask(plan=PAIR)
        pair = [await world.claim("voice"), await world.claim("portrait")]
        world.transport.deferred.clear()
        inside = asyncio.Event()

        async def complete(lease: Lease, begun: asyncio.Event = inside) -> None:
            async with world.requests.completing(lease, made(lease)):
                begun.set()
                await asyncio.sleep(0.02)

        ahead = asyncio.create_task(complete(pair[first]))
        await inside.wait()
        await asyncio.gather(ahead, complete(pair[1 - first]))
        assert world.transport.deferred == [("clip", 0.0)]
        await world.complete(await world.claim("clip"))
        assert [kind for kind, _ in await world.deliver()] == [PartKind.PLAIN]


async def test_the_last_two_steps_of_all_end_together(world: World) -> None:
    for _ in range(5):
        await world.ask(plan=PAIR[:2])
        await asyncio.gather(*[world.complete(await world.claim(queue)) for queue in ("voice", "portrait")])
        assert [kind for kind, _ in await world.deliver()] == [PartKind.PLAIN]


async def test_a_lock_is_freed_while_somebody_comes_to_wait_for_it(world: World) -> None:
    await world.ask(plan=reply("talk"))
    for number in range(15):
        lease = await world.claim("mind")
        await asyncio.gather(world.complete(lease), world.ask(f"person {number}", plan=reply("talk")))
        assert [step.stage for step in await world.requests.waiting() if step.queue == "mind"] == ["mind"]


async def test_a_lock_is_freed_while_who_waits_for_it_is_called_off(world: World) -> None:
    for _ in range(10):
        await world.ask("ann", plan=reply("talk"))
        waiting = await world.ask("ben", plan=reply("talk"))
        last = await world.ask("cleo", plan=reply("talk"))
        lease = await world.claim("mind")
        await asyncio.gather(world.complete(lease), world.requests.cancel(waiting.id))
        following = await world.claim("mind")
        assert following.request.id == last.id
        await world.complete(following)


async def test_a_step_is_claimed_while_its_request_is_called_off(world: World) -> None:
    for _ in range(15):
        request = await world.ask(plan=SHORT)
        lease, called_off = await asyncio.gather(
            world.requests.claim("worker", queues=["mind"]), world.requests.cancel(request.id)
        )
        assert called_off
        if lease is not None:
            with pytest.raises(Fenced):
                await world.complete(lease)


async def test_fifty_steps_for_twenty_workers(world: World) -> None:
    for number in range(50):
        await world.ask(f"person {number}", plan=SHORT)
    taken: list[int] = []

    async def work() -> None:
        while (lease := await world.requests.claim("worker", queues=["mind"])) is not None:
            taken.append(lease.step.id)

    await asyncio.gather(*(work() for _ in range(20)))
    assert len(taken) == len(set(taken)) == 50


async def test_one_update_delivered_many_times_at_once(world: World) -> None:
    asked = await asyncio.gather(*(world.ask(key="test:update") for _ in range(10)))
    assert len({request.id for request in asked}) == 1


@pytest.mark.parametrize("databases", ["sqlite", "postgres"], indirect=True)
async def test_nothing_is_lost_in_a_crowd(world: World) -> None:
    """Eight workers, two deliverers and people who ask, call off, and try again, for some seconds. The database may
    ask for patience (a deadlock among them), and then the same is tried again."""
    dice = random.Random(4)
    until = time.monotonic() + 2
    asked: list[str] = []
    busy = 0

    async def patiently(doing: Callable[[], Awaitable[object]]) -> None:
        nonlocal busy
        for _ in range(10):
            try:
                await doing()
                return
            except Fenced:
                return
            except StorageBusy:
                busy += 1
        raise AssertionError("The database stays busy.")

    async def ask() -> None:
        plan = dice.choice([SHORT, SUMMON, reply("talk"), reply("other")])
        asked.append((await world.ask(dice.choice(["ann", "ben"]), plan=plan)).id)

    async def work() -> None:
        lease = await world.requests.claim("worker", queues=QUEUES)
        if lease is None:
            await asyncio.sleep(0.01)
        elif (luck := dice.random()) < 0.7:
            await complete(lease)
        elif luck < 0.8:
            await patiently(lambda: world.requests.fail(lease, "It broke.", "Broken", retry_in=dice.choice([0, None])))
        elif luck < 0.9:
            await patiently(lambda: world.requests.hand_back(lease))

    async def complete(lease: Lease) -> None:
        async def once() -> None:
            async with world.requests.completing(lease, made(lease)) as completing:
                await completing.charge(Meter.COST, 1.0, add=True)

        await patiently(once)

    async def rescue() -> None:
        for pulse in await world.requests.pulses():
            await world.requests.rescue(pulse)

    async def meddle() -> None:
        await asyncio.sleep(0.01)
        if asked:
            change = dice.choice([world.requests.cancel, world.requests.retry, world.requests.retry])
            await change(dice.choice(asked[-10:]))

    async def again_and_again(doing: Callable[[], Awaitable[object]]) -> None:
        while time.monotonic() < until:
            await patiently(doing)

    crowd: list[Callable[[], Awaitable[object]]] = [
        ask,
        ask,
        rescue,
        meddle,
        meddle,
        world.deliver,
        world.deliver,
        *([work] * 8),
    ]
    await asyncio.gather(*(again_and_again(doing) for doing in crowd))
    await rescue()
    await world.run()
    await world.deliver()
    assert asked
    ended = {request.id: request.state.value for request in await world.requests.list(limit=len(asked))}
    assert set(ended) == set(asked)
    assert "open" not in ended.values()
    async with world.database.reading() as session:
        done = select(func.count()).where(StepRow.state == StepState.DONE.value)
        cost = select(func.sum(ChargeRow.amount)).where(ChargeRow.meter == Meter.COST.value)
        # `world.run` at the end charges nothing for what it completes.
        assert (await session.scalar(done) or 0) >= (await session.scalar(cost) or 0)
    assert busy <= 3, "transactions get into each other's way"
