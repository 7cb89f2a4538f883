"""What waits in the queues, and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.statements import STEPS
from storage.steps import UNFINISHED, Step, StepState, as_step

SAMPLE, RECENT = 20, 2000
"""Steps of a queue whose median says how long its next one takes, and how far back they are looked for."""

_place = func.row_number().over(partition_by=STEPS.c.queue, order_by=(STEPS.c.rank, STEPS.c.id)).label("place")
_lines = select(STEPS, _place).where(STEPS.c.state == StepState.READY.value).subquery()
_HEADS = select(_lines).where(_lines.c.place <= bindparam("most")).order_by(_lines.c.rank, _lines.c.id)

# Not by the state that is meant: SQLite would then collect all that was ever done, and sort it.
_undone = [state.value for state in StepState if state is not StepState.DONE]
_LAST_DONE = (
    select(STEPS)
    .where(STEPS.c.id > bindparam("since"), STEPS.c.queue == bindparam("queue"), STEPS.c.state.not_in(_undone))
    .order_by(STEPS.c.id.desc())
    .limit(SAMPLE)
)


# Of steps that may be taken, or will be as soon as another one lets go of their lock: how many are taken sooner.
_other = STEPS.alias()
_sooner = tuple_(_other.c.rank, _other.c.id) < tuple_(STEPS.c.rank, STEPS.c.id)
_before = select(func.count()).where(_other.c.state == StepState.READY.value, _other.c.queue == STEPS.c.queue, _sooner)
_in_line = or_(
    STEPS.c.state == StepState.READY.value,
    and_(STEPS.c.state == StepState.WAITING.value, STEPS.c.lock.is_not(None)),
)
_ahead = case((_in_line, _before.scalar_subquery()), else_=0).label("ahead")
_STANDING = (
    select(STEPS.c.request_id, STEPS.c.stage, STEPS.c.state, STEPS.c.after, STEPS.c.queue, STEPS.c.rank, STEPS.c.id)
    .add_columns(_ahead)
    .where(STEPS.c.request_id.in_(bindparam("requests", expanding=True)))
    .order_by(STEPS.c.request_id, STEPS.c.id)
)
_DEPTH = (
    select(STEPS.c.queue, STEPS.c.state, func.count())
    .where(STEPS.c.state.in_(UNFINISHED))
    .group_by(STEPS.c.queue, STEPS.c.state)
)
_RUNNING = select(STEPS.c.queue, func.count()).where(STEPS.c.state == StepState.RUNNING.value).group_by(STEPS.c.queue)


@dataclass(frozen=True, slots=True)
class Position:
    """``ahead``: steps that are taken before the request's next one; ``seconds`` until it is, None where unknown."""

    ahead: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class StepStanding:
    """Where a step stands: ``after`` which stages it comes, and how many steps of others are taken sooner."""

    stage: str
    state: StepState
    after: tuple[str, ...] = ()
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the steps of a request stand, in the order of its plan, and how long its next one waits."""

    steps: tuple[StepStanding, ...]
    position: Position


async def heads(session: AsyncSession, most: int) -> Sequence[Step]:
    """The first steps of each queue that are ready, first come first."""
    return [as_step(row) for row in await session.execute(_HEADS, {"most": most})]


async def depth(session: AsyncSession) -> Mapping[tuple[str, str], int]:
    """Number of unfinished steps by queue and state."""
    return {(queue, state): number for queue, state, number in await session.execute(_DEPTH)}


async def standing(session: AsyncSession, request: str) -> Sequence[StepStanding]:
    """Where the steps of one request stand, in the order of its plan."""
    return [_standing(row) for row in await session.execute(_STANDING, {"requests": [request]})]


async def standings(session: AsyncSession, requests: Sequence[str]) -> Mapping[str, Standing]:
    """Where each of many requests stands, in as many questions as for one. Waits are judged by the last steps of their
    kind."""
    if not requests:
        return {}
    rows = (await session.execute(_STANDING, {"requests": list(requests)})).all()
    grouped = {request: list(steps) for request, steps in groupby(rows, lambda row: str(row.request_id))}
    following = {request: _next(steps) for request, steps in grouped.items()}
    busy = {queue: number for queue, number in await session.execute(_RUNNING)}  # noqa: C416 - rows are no pairs to mypy
    newest = {row.queue: row.id for row in following.values() if row is not None}
    usual = {queue: await _usual(session, queue, step) for queue, step in newest.items()}
    return {
        request: Standing(tuple(map(_standing, steps)), _position(following[request], busy, usual))
        for request, steps in grouped.items()
    }


def _next(rows: Sequence[Row[Any]]) -> Row[Any] | None:
    """The step that the request waits for; None while one runs."""
    by_state = {state: [row for row in rows if row.state == state.value] for state in StepState}
    if by_state[StepState.RUNNING]:
        return None
    waiting = by_state[StepState.READY] or by_state[StepState.WAITING]
    return min(waiting, key=lambda row: (row.rank, row.id), default=None)


def _standing(row: Row[Any]) -> StepStanding:
    return StepStanding(row.stage, StepState(row.state), tuple(row.after), row.ahead)


def _position(row: Row[Any] | None, busy: Mapping[str, int], usual: Mapping[str, float | None]) -> Position:
    if row is None:
        return Position(0, None)
    running, seconds = busy.get(row.queue, 0), usual[row.queue]
    wait = None if seconds is None else seconds * (row.ahead + (running > 0)) / max(running, 1)
    return Position(row.ahead, wait)


async def _usual(session: AsyncSession, queue: str, step: int) -> float | None:
    """Median seconds of the last steps of a queue."""
    last = await session.execute(_LAST_DONE, {"since": step - RECENT, "queue": queue})
    seconds = [taken for taken in (as_step(row).seconds for row in last) if taken is not None]
    return median(seconds) if seconds else None
