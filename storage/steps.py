"""Steps: the stages of a request, and the rules by which one follows another.

The functions work inside a transaction of the caller that holds the row of the request, so that two steps that end
at the same moment see each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Row, bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.asked import Request
from storage.statements import RESULTS, STEPS
from storage.tables import StepRow
from storage.values import Json, now


class StepState(StrEnum):
    """Where a step stands; the last three are the end of it."""

    WAITING = "waiting"  # for other steps
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


UNFINISHED = (StepState.WAITING.value, StepState.READY.value, StepState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A stage to run: in which queue, after which other stages, and whether the answer can do without it."""

    stage: str
    queue: str
    after: tuple[str, ...] = ()
    optional: bool = False
    offset: int = 0
    """Steps of other requests with a smaller sum of turn and offset go first."""
    lock: str | None = None
    """Steps that share a lock run one at a time, in the order they were asked for. Only for first stages."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stored step, as job engines and lists see it."""

    id: int
    request: str
    stage: str
    queue: str
    rank: int
    state: StepState
    attempts: int
    error: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a step and to write what came of it, until ``token`` is outdated."""

    step: Step
    token: int
    request: Request
    results: Mapping[str, Json]
    """Documents of the stages that ended before, by stage."""
    waited: float = 0.0
    """Seconds between being ready and being claimed."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """A running step as a rescuer sees it: a living worker raises ``beat``."""

    step: int
    request: str
    token: int
    beat: int
    worker: str


class Transport(Protocol):
    """What brings ready steps to workers."""

    async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
        """The step is ready, ``delay`` seconds from now. Takes effect with the transaction."""


_STEPS_OF = select(StepRow).where(StepRow.request_id == bindparam("request")).order_by(StepRow.id)
_PLAN = insert(STEPS).returning(*STEPS.c)
_RESULTS_OF = (
    select(STEPS.c.stage, RESULTS.c.document)
    .join(RESULTS, STEPS.c.result_key == RESULTS.c.key)
    .where(STEPS.c.request_id == bindparam("request"))
)
_BEGUN = select(STEPS.c.id).where(STEPS.c.request_id == bindparam("request"), STEPS.c.begun_at.is_not(None)).limit(1)

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_shares = StepRow.lock == bindparam("lock")
_HOLDER = select(StepRow.id).where(_shares, StepRow.state.in_(bindparam("states", expanding=True))).limit(1)
# One that is locked is being called off at this moment, and whoever does that comes to `free` next.
_NEXT = select(StepRow).where(_shares, StepRow.state == StepState.WAITING.value).order_by(StepRow.id).limit(1)
_NEXT = _NEXT.with_for_update(skip_locked=True)


def as_step(row: StepRow | Row[Any]) -> Step:
    """The value of a stored step."""
    ended = row.ended_at if row.begun_at else None
    seconds = (ended - row.begun_at).total_seconds() if ended and row.begun_at else None
    state = StepState(row.state)
    return Step(row.id, row.request_id, row.stage, row.queue, row.rank, state, row.attempts, row.error, seconds)


async def of_request(session: AsyncSession, request_id: str) -> Sequence[StepRow]:
    """All steps of a request, in the order of its plan."""
    return (await session.scalars(_STEPS_OF, {"request": request_id})).all()


async def results(session: AsyncSession, request_id: str) -> Mapping[str, Json]:
    """The documents of the stages of a request that are done and made one, by stage."""
    rows = await session.execute(_RESULTS_OF, {"request": request_id})
    return {stage: document for stage, document in rows}  # noqa: C416 - rows are no pairs to mypy


async def begun(session: AsyncSession, request_id: str) -> bool:
    """Whether a worker has ever taken a step of a request."""
    return await session.scalar(_BEGUN, {"request": request_id}) is not None


async def plan(
    session: AsyncSession, transport: Transport, request_id: str, steps: Sequence[StepPlan], turn: int
) -> None:
    """Writes the steps of a new request; those that wait for nothing are ready."""
    rows = []
    for one in steps:
        if one.lock is not None:
            await hold(session, one.lock)
        blocked = one.after or (one.lock is not None and await _taken(session, one.lock))
        row = {
            "request_id": request_id,
            "stage": one.stage,
            "queue": one.queue,
            "after": list(one.after),
            "optional": one.optional,
            "lock": one.lock,
            "rank": turn + one.offset,
            "state": StepState.WAITING.value if blocked else StepState.READY.value,
            "ready_at": None if blocked else now(),
        }
        rows.append(row)
    for planned in (await session.execute(_PLAN, rows)).all():
        if planned.state == StepState.READY.value:
            await transport.defer(session, as_step(planned))


async def restart(session: AsyncSession, transport: Transport, request_id: str, turns: int) -> None:
    """Begins again with all that is not done, so many turns later than the first time."""
    rows = await of_request(session, request_id)
    for row in rows:
        row.rank += turns
        if row.state != StepState.DONE.value:
            row.state, row.attempts, row.error, row.error_kind = StepState.WAITING.value, 0, None, None
            row.not_before = row.ready_at = row.begun_at = row.ended_at = None
    await advance(session, transport, rows)
    for lock in sorted({row.lock for row in rows if row.lock is not None}):
        await free(session, transport, lock)


async def make_ready(session: AsyncSession, transport: Transport, row: StepRow) -> None:
    """From now on a worker may take it."""
    row.state, row.ready_at, row.not_before = StepState.READY.value, now(), None
    await transport.defer(session, as_step(row))


async def advance(session: AsyncSession, transport: Transport, rows: Sequence[StepRow]) -> bool:
    """Readies every step of a request that waits for nothing more and skips those that cannot come any more;
    whether any is still to end. A step that waits for a lock is readied by ``free``."""
    states = {row.stage: StepState(row.state) for row in rows}
    for row in rows:  # in the order of the plan: what is skipped here skips what follows
        if row.state != StepState.WAITING.value:
            continue
        before = [states[stage] for stage in row.after]
        if any(state in (StepState.FAILED, StepState.SKIPPED) for state in before):
            row.state = StepState.SKIPPED.value
        elif all(state is StepState.DONE for state in before) and row.lock is None:
            await make_ready(session, transport, row)
        states[row.stage] = StepState(row.state)
    return any(row.state in UNFINISHED for row in rows)


async def stop(session: AsyncSession, transport: Transport, request_id: str) -> None:
    """Nothing more of a request is run; what runs at this moment writes nothing."""
    steps = update(StepRow).where(StepRow.request_id == request_id, StepRow.state.in_(UNFINISHED))
    stopped = await session.execute(steps.values(state=StepState.SKIPPED.value, ended_at=now()).returning(StepRow.lock))
    for lock in sorted({lock for (lock,) in stopped if lock is not None}):
        await free(session, transport, lock)


async def free(session: AsyncSession, transport: Transport, lock: str) -> None:
    """Readies the next step that waits for a lock, unless another one holds it."""
    await hold(session, lock)
    if await _taken(session, lock, (StepState.READY.value, StepState.RUNNING.value)):
        return
    following = await session.scalar(_NEXT, {"lock": lock})
    if following is not None:
        await make_ready(session, transport, following)


async def hold(session: AsyncSession, name: str) -> None:
    """Nobody else holds that name until the transaction ends. SQLite lets in only one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_HOLD, {"name": name})


async def _taken(session: AsyncSession, lock: str, states: Sequence[str] = UNFINISHED) -> bool:
    return await session.scalar(_HOLDER, {"lock": lock, "states": states}) is not None
