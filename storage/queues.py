"""What waits in the queues, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import steps
from storage.statements import STEPS
from storage.steps import Step, StepState, as_step
from storage.tables import StepRow

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


@dataclass(frozen=True, slots=True)
class Position:
    """``ahead``: steps that are taken before the request's next one; ``seconds`` until it is, None where unknown."""

    ahead: int
    seconds: float | None


async def heads(session: AsyncSession, most: int) -> Sequence[Step]:
    """The first steps of each queue that are ready, first come first."""
    return [as_step(row) for row in await session.execute(_HEADS, {"most": most})]


async def position(session: AsyncSession, request_id: str) -> Position:
    """How long the next step of a request waits, judged by the last ones of its kind."""
    rows = await steps.of_request(session, request_id)
    by_state = {state: [row for row in rows if row.state == state] for state in steps.UNFINISHED}
    waiting, ready, running_now = by_state.values()
    if running_now or not waiting + ready:
        return Position(0, None)
    step = min(ready or waiting, key=lambda row: (row.rank, row.id))
    queue = StepRow.queue == step.queue
    sooner = (StepRow.rank < step.rank) | ((StepRow.rank == step.rank) & (StepRow.id < step.id))
    ahead = await _count(session, queue, StepRow.state == StepState.READY.value, sooner)
    running = await _count(session, queue, StepRow.state == StepState.RUNNING.value)
    last = await session.execute(_LAST_DONE, {"since": step.id - RECENT, "queue": step.queue})
    seconds = [taken for taken in (as_step(row).seconds for row in last) if taken is not None]
    if not seconds:
        return Position(ahead, None)
    return Position(ahead, median(seconds) * (ahead + (running > 0)) / max(running, 1))


async def _count(session: AsyncSession, *conditions: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).select_from(StepRow).where(*conditions)) or 0
