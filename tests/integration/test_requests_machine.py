"""Whatever workers, deliverers and clocks do, in whatever order: what is promised of requests holds after each step.

Some of the workers are dead and do not know: every rule may be played with any lease that was ever given.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any, ClassVar, TypeAlias, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from storage.charges import Meter
from storage.completion import Fenced
from storage.database import Database
from storage.outbox import Part, PartKind, Sending
from storage.requests import TRIES
from storage.steps import Lease, Pulse
from tests.integration.requests_world import QUEUES, SHORT, SUMMON, Clock, World, looking, made, reply
from tests.servers.sqlite import SqliteFiles

T = TypeVar("T")
Found: TypeAlias = T | MultipleResults[T]
PLANS = {"short": SHORT, "summon": SUMMON, "reply": reply("talk"), "other": reply("other talk")}


class Requests(RuleBasedStateMachine):
    """Requests of a few persons in one database."""

    databases: ClassVar[SqliteFiles]
    leases: Bundle[Lease] = Bundle("leases")
    sendings: Bundle[Sending] = Bundle("sendings")
    pulses: Bundle[Pulse] = Bundle("pulses")
    requests: Bundle[str] = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.patch = pytest.MonkeyPatch()
        self.clock = Clock()
        self.clock.install(self.patch)
        self.retried = False

    @initialize(target=requests, plans=st.lists(st.sampled_from(sorted(PLANS)), min_size=3, max_size=3))
    def start(self, plans: list[str]) -> MultipleResults[str]:
        async def world() -> World:
            return World(Database(self.databases.fresh()))

        self.world = self.run(world())
        self.outside = looking(self.world.database)
        return multiple(*(self.accept_one("ann", plan) for plan in plans))

    def accept_one(self, person: str, plan: str, **more: Any) -> str:
        return self.run(self.world.ask(person, plan=PLANS[plan], **more)).id

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def rows(self, query: str, **values: object) -> Sequence[Any]:
        return self.outside.execute(query, values).fetchall()

    def holds(self, lease: Lease) -> bool:
        query = "SELECT 1 FROM steps WHERE id = :id AND token = :token AND state = 'running'"
        return bool(self.rows(query, id=lease.step.id, token=lease.token))

    def pairs(self, query: str) -> dict[Any, Any]:
        return {row[0]: row[1] for row in self.rows(query)}

    def everything(self) -> list[Sequence[Any]]:
        return [
            [tuple(row) for row in self.rows(f"SELECT * FROM {name}")]
            for name in ("requests", "steps", "results", "outbox", "charges")
        ]

    # What happens

    @rule(
        target=requests,
        key=st.integers(0, 5),
        person=st.sampled_from(["ann", "ben", "cleo"]),
        plan=st.sampled_from(sorted(PLANS)),
        background=st.booleans(),
    )
    def accept(self, key: int, person: str, plan: str, background: bool) -> str:
        update = f"test:{key}"
        known = self.rows("SELECT id FROM requests WHERE update_key = :key", key=update)
        request = self.accept_one(person, plan, key=update, background=background)
        assert not known or request == known[0]["id"]
        return request

    @rule(target=leases, number=st.integers(1, 3))
    def claim(self, number: int) -> MultipleResults[Lease]:
        claims = [self.run(self.world.requests.claim("worker", queues=QUEUES)) for _ in range(number)]
        return multiple(*(lease for lease in claims if lease is not None))

    @rule(target=leases, which=st.randoms(use_true_random=False))
    def claim_step(self, which: random.Random) -> Found[Lease]:
        step = which.choice(self.rows("SELECT id FROM steps"))["id"]
        return found(self.run(self.world.requests.claim("worker", step=step)))

    @rule(
        target=leases,
        ends=st.lists(st.sampled_from(["complete"] * 5 + ["fail", "again", "die"]), min_size=3, max_size=8),
    )
    def work(self, ends: list[str]) -> MultipleResults[Lease]:
        """A run of steps as they mostly come, and the leases that are left of them."""
        leases = []
        for end in ends:
            if (lease := self.run(self.world.requests.claim("worker", queues=QUEUES))) is None:
                break
            leases.append(lease)
            if end == "complete":
                self.complete(lease, None, False)
            elif end == "die":
                pulse = next(one for one in self.run(self.world.requests.pulses()) if one.step == lease.step.id)
                assert self.run(self.world.requests.rescue(pulse))
                if (heir := self.run(self.world.requests.claim("worker", step=lease.step.id))) is not None:
                    leases.append(heir)
                    self.complete(lease, None, False)  # by the dead one
                    self.complete(heir, None, False)
            else:
                self.fail(lease, 0.0 if end == "again" else None)
        return multiple(*leases)

    @rule()
    def deliver(self) -> None:
        self.run(self.world.deliver())

    @rule(lease=leases)
    def beat(self, lease: Lease) -> None:
        assert self.run(self.world.requests.beat(lease)) == self.holds(lease)

    @rule(lease=leases, show=st.sampled_from([None, PartKind.TEXT, PartKind.PORTRAIT]), breaks=st.booleans())
    def complete_one(self, lease: Lease, show: PartKind | None, breaks: bool) -> None:
        self.complete(lease, show, breaks)

    def complete(self, lease: Lease, show: PartKind | None, breaks: bool) -> None:
        shown = self.rows("SELECT part FROM outbox WHERE request_id = :id", id=lease.request.id)
        if show is not None and (show.value,) in {tuple(row) for row in shown}:
            show = None

        async def complete() -> None:
            async with self.world.requests.completing(lease, made(lease)) as completing:
                # As it is added up, it shows how often the effects of a step have happened.
                await completing.charge(Meter.COST, 1.0, add=True)
                if show is not None:
                    await completing.show(Part(show, {}))
                if breaks:
                    raise ZeroDivisionError

        self.write(lease, complete(), ZeroDivisionError if breaks else None)

    @rule(lease=leases, retry_in=st.sampled_from([None, 0.0, 30.0, 100_000.0]))
    def fail_one(self, lease: Lease, retry_in: float | None) -> None:
        self.fail(lease, retry_in)

    def fail(self, lease: Lease, retry_in: float | None) -> None:
        self.write(lease, self.world.requests.fail(lease, "It broke.", "Broken", retry_in=retry_in))

    @rule(lease=leases)
    def hand_back(self, lease: Lease) -> None:
        held = self.holds(lease)
        assert self.run(self.world.requests.hand_back(lease)) == held
        assert not self.holds(lease)

    @rule(target=pulses, which=st.randoms(use_true_random=False))
    def look(self, which: random.Random) -> Found[Pulse]:
        pulses = self.run(self.world.requests.pulses())
        return found(which.choice(pulses) if pulses else None)

    @rule(pulse=pulses)
    def rescue(self, pulse: Pulse) -> None:
        query = "SELECT 1 FROM steps WHERE id = :id AND token = :token AND beat = :beat AND state = 'running'"
        unchanged = bool(self.rows(query, id=pulse.step, token=pulse.token, beat=pulse.beat))
        assert self.run(self.world.requests.rescue(pulse)) == unchanged

    @rule(request=requests)
    def cancel(self, request: str) -> None:
        final = self.rows("SELECT 1 FROM outbox WHERE request_id = :id AND final", id=request)
        open_ = self.rows("SELECT 1 FROM requests WHERE id = :id AND state = 'open'", id=request)
        assert self.run(self.world.requests.cancel(request)) == (bool(open_) and not final)

    @rule(request=requests)
    def retry(self, request: str) -> None:
        apologised = self.rows("SELECT 1 FROM requests WHERE id = :id AND state = 'apologised'", id=request)
        assert self.run(self.world.requests.retry(request)) == bool(apologised)
        self.retried = self.retried or bool(apologised)

    @rule(target=sendings)
    def claim_part(self) -> Found[Sending]:
        return found(self.run(self.world.outbox.claim("test", "deliverer")))

    @rule(sending=sendings, end=st.sampled_from(["sent", "sent", "sent", "later", "unreachable", "rescue"]))
    def end_sending(self, sending: Sending, end: str) -> None:
        query = "SELECT 1 FROM outbox WHERE id = :id AND token = :token AND state = 'sending'"
        held = bool(self.rows(query, id=sending.id, token=sending.token))
        outbox = self.world.outbox
        if end == "sent":
            assert self.run(outbox.sent(sending, "message")) == held
        elif end == "later":
            assert self.run(outbox.later(sending, 5, "slowly")) == held
        elif end == "unreachable":
            assert self.run(outbox.unreachable(sending, "blocked")) == held
        else:
            for part in self.run(outbox.underway()):
                assert self.run(outbox.rescue(part))

    @rule(seconds=st.sampled_from([1, 60, 4 * 3600, -1800, -7 * 3600]))
    def time(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)

    def write(self, lease: Lease, doing: Coroutine[Any, Any, object], error: type[Exception] | None = None) -> None:
        """A lease that is outdated changes nothing, and one that is not does, unless an error breaks in."""
        held, before = self.holds(lease), self.everything()
        if held and error is None:
            self.run(doing)
            assert not self.holds(lease)
        else:
            with pytest.raises((error, Fenced) if held and error else Fenced):
                self.run(doing)
            assert self.everything() == before

    # What holds

    @invariant()
    def every_request_ends_once(self) -> None:
        states = self.pairs("SELECT id, state FROM requests")
        finals = self.rows("SELECT request_id, state FROM outbox WHERE final")
        busy = {row["request_id"] for row in self.rows("SELECT request_id FROM steps WHERE state IN " + UNFINISHED)}
        assert max(Counter(row["request_id"] for row in finals).values(), default=0) <= 1
        unsent = {row["request_id"] for row in finals if row["state"] in ("waiting", "sending")}
        for request, state in states.items():
            assert (state == "open") == (request in busy or request in unsent)
            assert not (request in busy and request in unsent)

    @invariant()
    def no_effect_happens_twice(self) -> None:
        done = Counter(row["request_id"] for row in self.rows("SELECT request_id FROM steps WHERE state = 'done'"))
        assert self.pairs("SELECT request_id, amount FROM charges WHERE meter = 'cost'") == done

    @invariant()
    def charges_are_right(self) -> None:
        begun = {row["request_id"] for row in self.rows("SELECT request_id FROM steps WHERE begun_at IS NOT NULL")}
        ends = self.pairs("SELECT request_id, part FROM outbox WHERE final")
        states = self.pairs("SELECT id, state FROM requests")
        charges = self.rows("SELECT request_id, refunded_at FROM charges WHERE meter = 'summons'")
        assert Counter(row["request_id"] for row in charges) == Counter(list(states))
        for request, refunded in charges:
            called_off = (ends.get(request) == "cancelled" or states[request] == "cancelled") and request not in begun
            assert (refunded is not None) == (ends.get(request) == "apology" or called_off)

    @invariant()
    def locks_hold(self) -> None:
        held = self.rows("SELECT \"lock\", id FROM steps WHERE \"lock\" IS NOT NULL AND state IN ('ready', 'running')")
        waiting = self.rows('SELECT "lock", id FROM steps WHERE "lock" IS NOT NULL AND state = \'waiting\'')
        holders = {row["lock"]: row["id"] for row in held}
        assert len(holders) == len(held)
        for lock, step in waiting:
            assert lock in holders
            assert self.retried or holders[lock] < step

    @invariant()
    def nothing_waits_for_ever(self) -> None:
        steps = self.rows('SELECT request_id, "lock", state FROM steps WHERE state IN ' + UNFINISHED)
        moving = {row["request_id"] for row in steps if row["state"] in ("ready", "running")}
        locked = {row["request_id"] for row in steps if row["lock"] is not None and row["state"] == "waiting"}
        assert {row["request_id"] for row in steps} == moving | locked

    @invariant()
    def tries_are_counted(self) -> None:
        assert self.rows("SELECT 1 FROM steps WHERE attempts > :tries OR attempts < 0", tries=TRIES) == []

    @invariant()
    def parts_keep_their_order(self) -> None:
        overtaken = """
            SELECT 1 FROM outbox AS one JOIN outbox AS other ON one.request_id = other.request_id AND one.id < other.id
            WHERE one.state IN ('waiting', 'sending') AND other.state IN ('sending', 'sent')"""
        assert self.rows(overtaken) == []

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.run(self.to_the_end())
                assert self.rows("SELECT 1 FROM requests WHERE state = 'open'") == []
                self.run(self.world.database.close())
                self.outside.close()
        finally:
            self.patch.undo()
            self.runner.close()

    async def to_the_end(self) -> None:
        """All workers but a good one are gone: it ends everything."""
        for pulse in await self.world.requests.pulses():
            assert await self.world.requests.rescue(pulse)
        for part in await self.world.outbox.underway():
            assert await self.world.outbox.rescue(part)
        self.clock.move(hours=1)
        await self.world.run()
        await self.world.deliver()


UNFINISHED = "('waiting', 'ready', 'running')"


def found(value: T | None) -> Found[T]:
    """What a rule hands on, if anything."""
    return multiple() if value is None else value


def test_promises_hold_whatever_happens(sqlite: SqliteFiles) -> None:
    machine = type("Machine", (Requests,), {"databases": sqlite})
    quick = settings(
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=quick)
