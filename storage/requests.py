"""The life of a request: accepted -> steps -> shown. These tables are the truth; job engines only bring steps to
workers, and whatever they lose or bring twice does no harm.

Every change of a request holds its row, so it happens wholly or not at all, and one after another. A worker writes
only with the token of its claim: one that woke from the dead finds the token outdated (``Fenced``).

Locks are always taken in this order: the name "accept", the row of a request, its steps, the name of a step's lock,
rows in the outbox. A claim holds a step and waits for nothing else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.receipt import Usage
from storage import company, completion, leases, outbox, queues, steps
from storage.asked import Asked, Request, State, as_request
from storage.bell import Bell, News, Topic
from storage.blobs import BlobRef
from storage.charges import Meter, charge, charge_again, refund
from storage.completion import Closing, Completing, Made, Workflow
from storage.database import Database
from storage.leases import LONGEST_WAIT
from storage.outbox import Part, PartKind
from storage.queues import Position, Standing
from storage.rows import name_blobs
from storage.statements import PARTS, held, request_of
from storage.steps import Lease, Pulse, Step, StepPlan, StepState, Transport, as_step
from storage.tables import RequestRow, ResultRow, StepRow
from storage.turns import BACKGROUND, fair_turn
from storage.values import Json, now

TRIES = 3
"""Times that a step is begun before it has failed for good."""

_KNOWN = select(RequestRow).where(RequestRow.update_key == bindparam("key"))
_LANGUAGE = (
    select(RequestRow.language)
    .where(RequestRow.conversation == bindparam("conversation"))
    .order_by(RequestRow.id.desc())
    .limit(1)
)
_FINAL = select(PARTS.c.id).where(PARTS.c.request_id == bindparam("request"), PARTS.c.final).limit(1)


@dataclass(frozen=True, slots=True)
class Accepted:
    """``repeated``: the same update had been taken before; nothing new was begun."""

    request: Request
    repeated: bool


Admit: TypeAlias = Callable[[AsyncSession, Asked], Awaitable[None]]
"""Raises what a person must hear when a quota is used up."""


class Requests:
    """All requests. Methods raise ``StorageFailed`` when disk or database refuse."""

    def __init__(self, database: Database, transport: Transport, bell: Bell, closing: Closing) -> None:
        self._database = database
        self._transport = transport
        self._bell = bell
        self._workflow = Workflow(transport, bell, closing)

    async def accept(
        self,
        asked: Asked,
        plan: Sequence[StepPlan],
        *,
        placeholder: Part | None = None,
        charges: Mapping[Meter, float] | None = None,
        admit: Admit | None = None,
        blobs: Sequence[BlobRef] = (),
        background: bool = False,
    ) -> Accepted:
        """Takes a request, once per update key. ``admit`` may refuse it, and then nothing is kept.

        ``blobs``: stored files that the payload names.
        """
        async with self._database.session() as session:
            await steps.hold(session, "accept")  # quotas and turns are counted one by one
            known = await session.scalar(_KNOWN, {"key": asked.update_key})
            if known is not None:
                return Accepted(as_request(known), repeated=True)
            if admit is not None:
                await admit(session, asked)
            turn = await fair_turn(session, asked.person, asked.place, background=background)
            await name_blobs(session, blobs)
            # Discord tells no language with what is written in a private chat: the one of before is meant.
            language = asked.language or await session.scalar(_LANGUAGE, {"conversation": asked.conversation})
            asked = replace(asked, language=language)
            row = RequestRow(**_columns(asked), state=State.OPEN.value, turn=turn)
            session.add(row)
            await session.flush()
            if asked.persona_id is not None:
                await company.joined(session, asked.conversation, asked.persona_id)
            for meter, amount in (charges or {}).items():
                await charge(session, row, meter, amount)
            if placeholder is not None:
                await outbox.add(session, self._bell, row, placeholder)
            await steps.plan(session, self._transport, row.id, plan, turn)
            return Accepted(as_request(row), repeated=False)

    async def claim(self, worker: str, *, step: int | None = None, queues: Sequence[str] = ()) -> Lease | None:
        """The right to run a step: that one, or the first of these queues. None when there is nothing to take."""
        present = now()
        async with self._database.session() as session:
            row = await leases.claim(session, worker, present, step=step, queues=queues)
            if row is None:
                return None
            request = await request_of(session, row.request_id)
            if request.state != State.OPEN.value:
                await steps.stop(session, self._transport, request.id)
                return None
            if request.begun_at is None:
                await leases.begin(session, request.id, present)
            results = await steps.results(session, request.id) if row.after else {}
            waited = (present - row.ready_at).total_seconds() if row.ready_at else 0.0
            return Lease(as_step(row), row.token, as_request(request), results, max(waited, 0.0))

    async def beat(self, lease: Lease) -> bool:
        """A sign of life. False when the lease is outdated: stop the work."""
        async with self._database.session() as session:
            return await leases.beat(session, lease)

    async def made(self, key: str) -> Json | None:
        """The document that is kept under a key, by whatever request."""
        async with self._database.reading() as session:
            return await session.scalar(select(ResultRow.document).where(ResultRow.key == key))

    @asynccontextmanager
    async def completing(self, lease: Lease, made: Made | None = None) -> AsyncIterator[Completing]:
        """The transaction in which a step ends: its result, and whatever the caller writes and shows inside, happen
        together or not at all. Raises ``Fenced``."""
        async with self._database.session() as session:
            request = await completion.hold_open(session, lease.request.id)
            if made is not None:
                await completion.keep(session, lease.step.stage, made)
            done = {"state": StepState.DONE.value, "result_key": made.key if made else None, "ended_at": now()}
            row = await completion.end(session, request, lease, error=None, error_kind=None, **done)
            yield Completing(session, request, self._bell)
            await session.flush()
            await self._workflow.advance(session, request, row)

    async def fail(self, lease: Lease, sentence: str, kind: str, *, retry_in: float | None = None) -> bool:
        """The step did not come off. It is tried again in ``retry_in`` seconds while tries are left; whether it is.

        Else the answer goes on without it, or the person gets an apology. Raises ``Fenced``.
        """
        again = retry_in is not None and lease.step.attempts < TRIES
        async with self._database.session() as session:
            request = await completion.hold_open(session, lease.request.id)
            if again:
                wait = min(timedelta(seconds=retry_in or 0), LONGEST_WAIT)
                values = {"state": StepState.READY.value, "not_before": now() + wait, "ready_at": now() + wait}
            else:
                values = {"state": StepState.FAILED.value, "ended_at": now()}
            row = await completion.end(session, request, lease, error=sentence, error_kind=kind, **values)
            if again:
                await self._transport.defer(session, as_step(row), wait.total_seconds())
            else:
                await self._workflow.give_up(session, request, row)
        return again

    async def spend(self, request: Request, usages: Sequence[Usage]) -> None:
        """Notes what a request used of paid or counted services, and its cost, whatever came of it."""
        async with self._database.session() as session:
            row = await session.get(RequestRow, request.id)
            if row is not None:
                await completion.spend(session, row, usages)

    async def hand_back(self, lease: Lease) -> bool:
        """Lets another worker do it, at once and without counting the try. False when the lease was outdated."""
        async with self._database.session() as session:
            row = await leases.hand_back(session, lease, now())
            if row is not None:
                await self._transport.defer(session, as_step(row))
        return row is not None

    async def cancel(self, request_id: str, also: Callable[[Completing], Awaitable[None]] | None = None) -> bool:
        """Calls a request off, and does ``also`` in the same transaction. False when it has ended already, or is about
        to."""
        async with self._database.session() as session:
            request = await held(session, request_id)
            if request is None or request.state != State.OPEN.value or await _closed(session, request_id):
                return False
            await steps.stop(session, self._transport, request_id)
            await outbox.drop(session, request_id)
            if not await steps.begun(session, request_id):
                await refund(session, request_id)
            await outbox.add(session, self._bell, request, Part(PartKind.CANCELLED, {}, final=True))
            if also is not None:
                await also(Completing(session, request, self._bell))
            await self._bell.ring(session, News(Topic.CANCELLED, request_id))
        return True

    async def retry(self, request_id: str) -> bool:
        """Opens a request that ended in an apology once more, in the same message. False when it did not."""
        async with self._database.session() as session:
            await steps.hold(session, "accept")
            request = await held(session, request_id)
            if request is None or request.state != State.APOLOGISED.value:
                return False
            request.state, request.error, request.ended_at = State.OPEN.value, None, None
            await outbox.reopen(session, self._bell, request)
            await charge_again(session, request_id)
            turn = await fair_turn(session, request.person, request.place, background=request.turn >= BACKGROUND)
            await steps.restart(session, self._transport, request_id, turn - request.turn)
            request.turn = turn
        return True

    async def pulses(self) -> Sequence[Pulse]:
        """All steps that run, with the sign of life of their workers."""
        async with self._database.reading() as session:
            return await leases.pulses(session)

    async def rescue(self, pulse: Pulse) -> bool:
        """Takes a step from a worker that is gone. One that took its worker with it three times has failed for good.

        False when it moved on meanwhile.
        """
        async with self._database.session() as session:
            request = await held(session, pulse.request)
            same = (StepRow.token == pulse.token) & (StepRow.beat == pulse.beat)
            found = select(StepRow).where(StepRow.id == pulse.step, StepRow.state == StepState.RUNNING.value, same)
            row = await session.scalar(found.with_for_update())
            if request is None or row is None:
                return False
            if request.state != State.OPEN.value:
                await steps.stop(session, self._transport, request.id)
                return True
            row.error, row.error_kind = "The process that worked on it died.", "WorkerDied"
            if row.attempts < TRIES:
                await steps.make_ready(session, self._transport, row)
            else:
                row.state, row.ended_at = StepState.FAILED.value, now()
                await self._workflow.give_up(session, request, row)
        return True

    async def find(self, request_id: str) -> Request | None:
        """The request of that id."""
        async with self._database.reading() as session:
            row = await session.get(RequestRow, request_id)
            return as_request(row) if row else None

    async def list(
        self, *, states: Sequence[State] = (), person: str | None = None, limit: int = 50
    ) -> Sequence[Request]:
        """Requests, newest first."""
        query = select(RequestRow).order_by(RequestRow.id.desc()).limit(limit)
        if states:
            query = query.where(RequestRow.state.in_([state.value for state in states]))
        if person is not None:
            query = query.where(RequestRow.person == person)
        async with self._database.reading() as session:
            return [as_request(row) for row in await session.scalars(query)]

    async def steps(self, request_id: str) -> Sequence[Step]:
        """The steps of a request, in the order of its plan."""
        async with self._database.reading() as session:
            return [as_step(row) for row in await steps.of_request(session, request_id)]

    async def waiting(self, most: int = 20) -> Sequence[Step]:
        """The first steps of each queue that are ready, first come first."""
        async with self._database.reading() as session:
            return await queues.heads(session, most)

    async def depth(self) -> Mapping[tuple[str, str], int]:
        """Number of unfinished steps by queue and state."""
        async with self._database.reading() as session:
            return await queues.depth(session)

    async def standings(self, requests: Sequence[str]) -> Mapping[str, Standing]:
        """Where the steps of these requests stand, and how long the next ones wait."""
        async with self._database.reading() as session:
            return await queues.standings(session, requests)

    async def position(self, request_id: str) -> Position:
        """How long the next step of a request waits, judged by the last ones of its kind."""
        standing = (await self.standings([request_id])).get(request_id)
        return standing.position if standing else Position(0, None)


async def _closed(session: AsyncSession, request_id: str) -> bool:
    return await session.scalar(_FINAL, {"request": request_id}) is not None


def _columns(asked: Asked) -> dict[str, Json]:
    return {name: getattr(asked, name) for name in Asked.__dataclass_fields__}
