"""What is promised of every request, on every kind of database."""

import asyncio

import pytest
from sqlalchemy import event, select

from pipeline.errors import BadRequest
from storage.asked import State
from storage.charges import Meter
from storage.completion import Completing, Fenced
from storage.database import Database
from storage.outbox import Part, PartKind
from storage.requests import TRIES
from storage.steps import StepPlan, StepState
from storage.tables import ChargeRow
from tests.integration.requests_world import SHORT, SUMMON, Clock, World, made, reply

LONG = "The sentence of somebody else's failure."


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    clock.install(monkeypatch)
    return clock


async def charged(world: World, person: str = "ann") -> dict[str, bool]:
    """Meters of all charges of a person, and whether they count."""
    async with world.database.reading() as session:
        charges = select(ChargeRow.meter, ChargeRow.refunded_at).where(ChargeRow.person == person)
        rows = await session.execute(charges)
        return {meter: refunded is None for meter, refunded in rows}


# Life


async def test_a_summon_from_the_asking_to_the_last_part(world: World) -> None:
    request = await world.ask()
    assert world.transport.deferred == [("mind", 0.0)]
    shown = await world.deliver()
    mind = await world.claim()
    assert (mind.step.stage, mind.results) == ("mind", {})
    await world.complete(mind, Part(PartKind.TEXT, {"text": "Hello."}))
    shown += await world.deliver()
    voice, portrait = await world.claim(), await world.claim()
    assert {voice.step.stage, portrait.step.stage} == {"voice", "portrait"}
    assert voice.results == {"mind": {"stage": "mind"}}
    await world.complete(voice)
    await world.complete(portrait, Part(PartKind.PORTRAIT, {}))
    shown += await world.deliver()
    assert await world.run() == ["clip of ann"]
    assert await world.state(request) == "open"
    kinds = [kind for kind, _ in shown + await world.deliver()]
    assert kinds == [PartKind.PLACEHOLDER, PartKind.TEXT, PartKind.PORTRAIT, PartKind.PLAIN]
    ended = await world.requests.find(request.id)
    assert ended is not None
    assert (ended.state, ended.message) == (State.DELIVERED, "message")
    assert ended.begun_at is not None
    assert ended.ended_at is not None
    assert await world.requests.claim("worker", queues=["mind", "voice", "portrait", "clip"]) is None


async def test_a_repeated_update_is_the_same_request(world: World) -> None:
    first = await world.ask(key="test:update")
    assert (await world.ask(key="test:update")).id == first.id
    assert len(await world.requests.list()) == 1
    assert len(await world.deliver()) == 1


async def test_without_a_language_that_of_the_request_before_is_meant(world: World) -> None:
    spoken = [(await world.ask(language=language)).language for language in (None, "de", None, "ja", None)]
    assert spoken == [None, "de", "de", "ja", "ja"]
    assert (await world.ask(conversation="elsewhere")).language is None


async def test_what_is_not_admitted_leaves_nothing(world: World) -> None:
    async def refuse(*_: object) -> None:
        raise BadRequest("Tomorrow.")

    with pytest.raises(BadRequest):
        await world.ask(admit=refuse)
    assert (await world.requests.list(), await world.deliver(), await charged(world)) == ([], [], {})


async def test_an_error_while_a_step_ends_leaves_the_lease_and_nothing_else(world: World) -> None:
    request = await world.ask()
    lease = await world.claim()

    async def complete() -> None:
        async with world.requests.completing(lease, made(lease)) as completing:
            await completing.show(Part(PartKind.TEXT, {}))
            await completing.charge(Meter.COST, 1 / 0)

    with pytest.raises(ZeroDivisionError):
        await complete()
    assert await world.requests.made(made(lease).key) is None
    assert [kind for kind, _ in await world.deliver()] == [PartKind.PLACEHOLDER]
    assert await world.requests.beat(lease)
    await world.complete(lease)
    assert (await world.step(request, "mind")).state is StepState.DONE


async def test_a_result_is_kept_once(world: World) -> None:
    await world.ask()
    lease = await world.claim()
    await world.complete(lease)
    assert await world.requests.made(made(lease).key) == {"stage": "mind"}


# Leases


async def test_a_worker_back_from_the_dead_writes_nothing(world: World) -> None:
    await world.ask()
    old = await world.claim()
    (pulse,) = await world.requests.pulses()
    assert await world.requests.rescue(pulse)
    assert not await world.requests.rescue(pulse)
    new = await world.claim()
    assert new.token > old.token
    assert not await world.requests.beat(old)
    assert not await world.requests.hand_back(old)
    with pytest.raises(Fenced):
        await world.complete(old)
    with pytest.raises(Fenced):
        await world.requests.fail(old, LONG, "Late")
    await world.complete(new)


async def test_a_beat_between_two_looks_keeps_the_lease(world: World) -> None:
    await world.ask()
    lease = await world.claim()
    (pulse,) = await world.requests.pulses()
    assert await world.requests.beat(lease)
    assert not await world.requests.rescue(pulse)
    await world.complete(lease)


async def test_a_step_is_claimed_once(world: World) -> None:
    for number in range(10):
        await world.ask(f"person {number}", plan=SHORT)
    claims = await asyncio.gather(*(world.requests.claim(f"worker {one}", queues=["mind"]) for one in range(20)))
    taken = [lease.step.id for lease in claims if lease is not None]
    assert len(taken) == len(set(taken)) == 10


async def test_a_step_is_claimed_by_name(world: World) -> None:
    await world.ask()
    second = await world.step(await world.ask("ben"), "mind")
    lease = await world.requests.claim("worker", step=second.id)
    assert lease is not None
    assert lease.request.person == "ben"
    assert await world.requests.claim("worker", step=second.id) is None


async def test_handed_back_is_no_try(world: World) -> None:
    await world.ask()
    for _ in range(2 * TRIES):
        lease = await world.claim()
        assert await world.requests.hand_back(lease)
    assert (await world.claim()).step.attempts == 1


# Failures


async def test_three_tries_then_an_apology_and_the_charge_is_given_back(world: World) -> None:
    request = await world.ask()
    lease = await world.claim()
    async with world.requests.completing(lease) as completing:
        await completing.charge(Meter.COST, 0.5, add=True)
    for left in (True, True, False):
        assert await world.requests.fail(await world.claim("portrait"), LONG, "Slow", retry_in=0) is left
    assert await world.requests.claim("worker", queues=["voice", "clip"]) is None
    assert await world.deliver() == [(PartKind.APOLOGY, {"sentence": LONG, "error": "Slow"})]
    assert await world.state(request) == "apologised"
    assert await charged(world) == {"summons": False, "cost": True}


async def test_a_step_that_kills_its_workers_ends_in_an_apology(world: World) -> None:
    request = await world.ask()
    for _ in range(TRIES):
        await world.claim()
        (pulse,) = await world.requests.pulses()
        assert await world.requests.rescue(pulse)
    assert await world.requests.claim("worker", queues=["mind"]) is None
    assert [kind for kind, _ in await world.deliver()] == [PartKind.APOLOGY]
    assert await world.state(request) == "apologised"


async def test_the_answer_goes_on_without_what_is_optional(world: World) -> None:
    request = await world.ask()
    await world.complete(await world.claim())
    assert not await world.requests.fail(await world.claim("voice"), LONG, "Broken")
    assert await world.run() == ["portrait of ann"]
    closing = {"results": ["mind", "portrait"], "failed": {"voice": LONG}}
    assert (await world.deliver())[-1] == (PartKind.PLAIN, closing)
    assert (await world.step(request, "clip")).state is StepState.SKIPPED
    assert await world.state(request) == "delivered"
    assert await charged(world) == {"summons": True}


async def test_retry_goes_on_in_the_same_message(world: World) -> None:
    request = await world.ask()
    await world.complete(await world.claim(), Part(PartKind.TEXT, {"text": "Hello."}))
    await world.requests.fail(await world.claim("portrait"), LONG, "Broken")
    assert [kind for kind, _ in await world.deliver()] == [PartKind.APOLOGY]
    assert await world.requests.retry(request.id)
    assert not await world.requests.retry(request.id)
    again = await world.requests.find(request.id)
    assert again is not None
    assert (again.state, again.error, again.message) == (State.OPEN, None, "message")
    assert await charged(world) == {"summons": True}
    # The apology gives way to what it had pushed aside.
    assert [kind for kind, _ in await world.deliver()] == [PartKind.TEXT]
    assert sorted(await world.run()) == ["clip of ann", "portrait of ann", "voice of ann"]
    assert [kind for kind, _ in await world.deliver()] == [PartKind.PLAIN]
    assert await world.state(request) == "delivered"


async def test_retry_waits_for_its_lock(world: World) -> None:
    first = await world.ask(plan=reply("talk"))
    await world.requests.fail(await world.claim(), LONG, "Broken")
    await world.deliver()
    await world.ask("ben", plan=reply("talk"))
    lease = await world.claim()
    assert await world.requests.retry(first.id)
    assert await world.requests.claim("worker", queues=["mind"]) is None
    await world.complete(lease)
    assert (await world.claim("mind")).request.id == first.id


# Time


@pytest.mark.parametrize("hours", [-5, -0.5, 5])
async def test_a_clock_that_jumps_delays_no_retry(world: World, clock: Clock, hours: float) -> None:
    await world.ask()
    await world.requests.fail(await world.claim(), LONG, "Slow", retry_in=30)
    assert world.transport.deferred[-1] == ("mind", 30.0)
    assert await world.requests.claim("worker", queues=["mind"]) is None
    clock.move(hours=hours)
    lease = await world.claim()
    assert lease.waited >= 0
    await world.complete(lease)


async def test_a_retry_waits_its_time(world: World, clock: Clock) -> None:
    await world.ask()
    await world.requests.fail(await world.claim(), LONG, "Slow", retry_in=30)
    clock.move(seconds=29)
    assert await world.requests.claim("worker", queues=["mind"]) is None
    clock.move(seconds=1)
    assert (await world.claim()).step.attempts == 2


async def test_position_and_estimate(world: World, clock: Clock) -> None:
    first = await world.ask("ann", plan=SHORT)
    assert (await world.requests.position(first.id)).seconds is None
    lease = await world.claim()
    clock.move(seconds=10)
    await world.complete(lease)
    for person in ("ben", "cleo", "dan"):
        last = await world.ask(person, plan=SHORT)
    position = await world.requests.position(last.id)
    assert (position.ahead, position.seconds) == (2, 20)
    await world.claim()
    position = await world.requests.position(last.id)
    assert (position.ahead, position.seconds) == (1, 20)
    assert (await world.requests.position(first.id)).ahead == 0


async def test_where_many_stand_is_one_look(world: World) -> None:
    first, second, third = [await world.ask(person, plan=SUMMON) for person in ("ann", "ben", "cleo")]
    await world.complete(await world.claim("mind"))
    await world.claim("voice")
    statements: list[str] = []
    engine = world.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    found = await world.requests.standings([first.id, second.id, third.id, "nobody"])
    many = len(statements)
    await world.requests.standings([second.id])
    assert many == len(statements) - many  # as many as for one
    assert set(found) == {first.id, second.id, third.id}
    states = {step.stage: (step.state.value, step.ahead) for step in found[first.id].steps}
    assert states == {"mind": ("done", 0), "voice": ("running", 0), "portrait": ("ready", 0), "clip": ("waiting", 0)}
    assert [found[one.id].steps[0].ahead for one in (second, third)] == [0, 1]
    assert found[third.id].position.ahead == 1


async def test_position_counts_what_waits_for_a_lock(world: World) -> None:
    await world.ask("ann", plan=reply("talk"))
    last = await world.ask("ben", plan=reply("talk"))
    assert (await world.requests.position(last.id)).ahead == 1


# Order


async def test_many_requests_of_one_person_do_not_delay_another(world: World) -> None:
    for _ in range(20):
        await world.ask("ann", "server", plan=SHORT)
    await world.ask("ben", "server", plan=SHORT)
    await world.ask("cleo", "elsewhere", plan=SHORT)
    order = [f"{lease.step.stage} of {lease.request.person}" for lease in [await world.claim() for _ in range(3)]]
    assert order == ["mind of ann", "mind of cleo", "mind of ben"]


async def test_what_was_begun_already_does_not_delay_others_later(world: World) -> None:
    # The minds of all are through; their clips are not.
    plan = (StepPlan("mind", "mind"), StepPlan("clip", "clip", ("mind",), offset=4))
    for _ in range(5):
        await world.ask("ann", plan=plan)
    await world.run("mind")
    await world.ask("ben", plan=plan)
    await world.run("mind")
    assert (await world.run("clip"))[:2] == ["clip of ann", "clip of ben"]


async def test_a_busy_place_leaves_room_for_others(world: World) -> None:
    for number in range(10):
        await world.ask(f"member {number}", "server", plan=SHORT)
    await world.ask("ben", "elsewhere", plan=SHORT)
    assert "mind of ben" in (await world.run())[:2]


async def test_a_stream_of_newcomers_starves_nobody(world: World) -> None:
    await world.ask("ann", plan=SHORT)
    await world.ask("ann", plan=SHORT)
    for number in range(3):
        await world.ask(f"newcomer {number}", plan=SHORT)
    served = []
    for number in range(3, 30):
        lease = await world.claim()
        served.append(lease.request.person)
        await world.complete(lease)
        await world.ask(f"newcomer {number}", plan=SHORT)
    assert served.count("ann") == 2


async def test_background_comes_last_and_is_fair_in_itself(world: World) -> None:
    for _ in range(3):
        await world.ask("ann", plan=SHORT, background=True)
    await world.ask("ben", plan=SHORT, background=True)
    for person in ("cleo", "cleo", "dan"):
        await world.ask(person, plan=SHORT)
    people = [taken.removeprefix("mind of ") for taken in await world.run()]
    assert people == ["cleo", "dan", "cleo", "ann", "ben", "ann", "ann"]


async def test_portraits_go_before_clips_in_one_queue(world: World) -> None:
    gpu = [StepPlan("portrait", "gpu"), StepPlan("clip", "gpu", ("portrait",), offset=4)]
    for person in ("ann", "ben", "cleo"):
        await world.ask(person, plan=gpu)
    order = await world.run("gpu")
    assert [taken.split()[0] for taken in order] == ["portrait"] * 3 + ["clip"] * 3


async def test_replies_of_one_conversation_are_thought_of_in_their_order(world: World) -> None:
    for person in ("ann", "ben", "cleo"):
        await world.ask(person, plan=reply("talk"))
    for person in ("ann", "ben", "cleo"):
        lease = await world.claim("mind")
        assert lease.request.person == person
        assert await world.requests.claim("worker", queues=["mind"]) is None
        await world.complete(lease)
    assert len(await world.run("voice")) == 3


# Cancelling


async def test_cancelled_before_it_began(world: World) -> None:
    request = await world.ask()
    assert await world.requests.cancel(request.id)
    assert not await world.requests.cancel(request.id)
    assert await world.requests.claim("worker", queues=["mind"]) is None
    assert [kind for kind, _ in await world.deliver()] == [PartKind.CANCELLED]
    assert await world.state(request) == "cancelled"
    assert await charged(world) == {"summons": False}


async def test_cancelled_in_the_middle_of_a_step(world: World) -> None:
    request = await world.ask()
    lease = await world.claim()
    begun = await world.requests.find(request.id)
    assert begun is not None
    assert begun.begun_at is not None
    assert await world.requests.cancel(request.id)
    assert not await world.requests.beat(lease)
    with pytest.raises(Fenced):
        await world.complete(lease)
    assert await world.requests.pulses() == []
    assert await charged(world) == {"summons": True}
    assert not await world.requests.retry(request.id)


async def test_called_off_with_all_that_belongs_to_it_or_not_at_all(world: World) -> None:
    """A character whose summoning was called off stayed, when the process died before it was sent away."""
    request = await world.ask()

    async def die(cancelling: Completing) -> None:
        raise KeyError(cancelling.request.id)

    with pytest.raises(KeyError, match=request.id):
        await world.requests.cancel(request.id, die)
    assert await world.state(request) == "open"
    assert await world.claim()
    assert await world.requests.cancel(request.id)


async def test_cancelled_too_late(world: World) -> None:
    request = await world.ask(plan=SHORT)
    await world.run()
    assert not await world.requests.cancel(request.id)
    await world.deliver()
    assert not await world.requests.cancel(request.id)
    assert not await world.requests.cancel("no such request")
    assert await world.state(request) == "delivered"


async def test_cancelling_lets_the_next_one_go_on(world: World) -> None:
    first, second, third = [await world.ask(person, plan=reply("talk")) for person in ("ann", "ben", "cleo")]
    await world.claim()
    assert await world.requests.cancel(second.id)
    assert await world.requests.claim("worker", queues=["mind"]) is None
    assert await world.requests.cancel(first.id)
    assert (await world.claim()).request.id == third.id


async def test_nothing_is_done_for_who_cannot_see_it(world: World) -> None:
    request = await world.ask(plan=reply("talk"))
    await world.ask("ben", plan=reply("talk"))
    sending = await world.outbox.claim("test", "deliverer")
    assert sending is not None
    assert await world.outbox.unreachable(sending, "blocked")
    assert await world.state(request) == "cancelled"
    assert (await world.claim()).request.person == "ben"
    assert (await charged(world), await charged(world, "ben")) == ({"summons": False}, {"summons": True})


async def test_lists(world: World) -> None:
    first, second = await world.ask(), await world.ask("ben", plan=SHORT)
    assert [one.id for one in await world.requests.list()] == [second.id, first.id]
    assert [one.id for one in await world.requests.list(person="ann")] == [first.id]
    assert await world.requests.list(states=[State.APOLOGISED]) == []
    assert [step.request for step in await world.requests.waiting()] == [first.id, second.id]
    assert await world.requests.depth() == {
        ("mind", "ready"): 2,
        ("voice", "waiting"): 1,
        ("portrait", "waiting"): 1,
        ("clip", "waiting"): 1,
    }
    assert [step.stage for step in await world.requests.steps(first.id)] == [one.stage for one in SUMMON]
