"""Who has a step: a worker takes it, shows that it lives, and ends it or gives it back.

Each claim raises the token of the step. Whoever holds an older one changes nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from storage.statements import PRESENT, REQUESTS, STEPS, due, times
from storage.steps import Lease, Pulse, StepState

LONGEST_WAIT = timedelta(minutes=10)
"""Until a step that failed is tried again. What lies further ahead was set by a clock that was put back since."""


def _claim(wanted: ColumnElement[bool]) -> ReturningUpdate[Any]:
    ready = STEPS.c.state == StepState.READY.value
    first = select(STEPS.c.id).where(ready, wanted, due(STEPS.c.not_before)).order_by(STEPS.c.rank, STEPS.c.id).limit(1)
    taken = STEPS.c.id == first.with_for_update(skip_locked=True).scalar_subquery()
    return (
        update(STEPS)
        .where(taken, ready)
        .values(
            state=StepState.RUNNING.value,
            token=STEPS.c.token + 1,
            attempts=STEPS.c.attempts + 1,
            beat=0,
            worker=bindparam("who"),
            begun_at=PRESENT,
            not_before=None,
        )
        .returning(*STEPS.c)
    )


_CLAIM_THAT = _claim(STEPS.c.id == bindparam("step"))
_CLAIM_FIRST = _claim(STEPS.c.queue.in_(bindparam("queues", expanding=True)))

# Whoever holds the request may wait for the step that was just claimed, so this does not wait for the request.
_free = select(REQUESTS.c.id).where(REQUESTS.c.id == bindparam("request")).with_for_update(skip_locked=True)
_BEGUN = update(REQUESTS).where(REQUESTS.c.id.in_(_free)).values(begun_at=PRESENT)

_mine = update(STEPS).where(
    STEPS.c.id == bindparam("step"), STEPS.c.token == bindparam("fence"), STEPS.c.state == StepState.RUNNING.value
)
_END = _mine.returning(*STEPS.c)
_BEAT = _mine.values(beat=STEPS.c.beat + 1).returning(STEPS.c.id)
_HAND_BACK = _mine.values(state=StepState.READY.value, attempts=STEPS.c.attempts - 1, ready_at=PRESENT)
_HAND_BACK = _HAND_BACK.returning(*STEPS.c)
_RUNNING = select(STEPS.c.id, STEPS.c.request_id, STEPS.c.token, STEPS.c.beat, STEPS.c.worker)
_RUNNING = _RUNNING.where(STEPS.c.state == StepState.RUNNING.value)


async def claim(
    session: AsyncSession, worker: str, present: datetime, *, step: int | None, queues: Sequence[str]
) -> Row[Any] | None:
    """A ready step, which runs from now on: that one, or the first of these queues. It waits for nobody."""
    values = {"who": worker, **times(present, LONGEST_WAIT)}
    if step is not None:
        claimed = await session.execute(_CLAIM_THAT, values | {"step": step})
    else:
        claimed = await session.execute(_CLAIM_FIRST, values | {"queues": list(queues)})
    row: Row[Any] | None = claimed.one_or_none()
    return row


async def begin(session: AsyncSession, request_id: str, present: datetime) -> None:
    """Notes that work on a request has begun, unless somebody holds it."""
    await session.execute(_BEGUN, {"request": request_id, "present": present})


async def beat(session: AsyncSession, lease: Lease) -> bool:
    """A sign of life. False when the lease is outdated."""
    return await session.scalar(_BEAT, _whose(lease)) is not None


async def end(session: AsyncSession, lease: Lease, **values: object) -> Row[Any] | None:
    """Gives a running step these values. None when the lease is outdated."""
    return (await session.execute(_END, _whose(lease) | values)).one_or_none()


async def hand_back(session: AsyncSession, lease: Lease, present: datetime) -> Row[Any] | None:
    """Makes a running step ready again as if it had not been tried. None when the lease is outdated."""
    return (await session.execute(_HAND_BACK, _whose(lease) | {"present": present})).one_or_none()


async def pulses(session: AsyncSession) -> Sequence[Pulse]:
    """All steps that run, with the sign of life of their workers."""
    running = await session.execute(_RUNNING)
    return [Pulse(id_, request, token, beat, worker or "") for id_, request, token, beat, worker in running]


def _whose(lease: Lease) -> dict[str, object]:
    return {"step": lease.step.id, "fence": lease.token}
