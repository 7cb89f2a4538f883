"""Pictures of an evaluation, as many at a time as the workers draw; what is kept from before is not drawn again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from pipeline.errors import ChatAnythingError
from pipeline.evaluation.kept import Kept, Row
from pipeline.stages import EngineConfig
from pipeline.types import Value
from pipeline.workers import Workers

PlanT = TypeVar("PlanT", bound=Value, contravariant=True)


class Job(Value):
    """One picture. ``subject``: the concept, or the number of a texture; ``way``: how it is painted."""

    subject: str
    category: str
    way: str

    @property
    def key(self) -> str:
        """Unlike that of any other job."""
        return f"{self.way}: {self.subject}"


class Work(Protocol[PlanT]):
    """Draws and looks at one picture, in a worker process: its row, and a small JPEG of it."""

    def __call__(self, config: EngineConfig, plan: PlanT, job: Job) -> tuple[Row, bytes]:
        """May raise any ``ChatAnythingError``: that picture is then a row with an error."""


async def draw(
    config: EngineConfig,
    plan: PlanT,
    jobs: Sequence[Job],
    work: Work[PlanT],
    workers: Workers,
    kept: Kept,
    tell: Callable[[str], None],
) -> tuple[Row, ...]:
    """The rows of all jobs. One that fails is told, and tried again by the next run."""
    waiting = [job for job in jobs if job.key not in kept.rows]
    if len(waiting) < len(jobs):
        tell(f"{len(jobs) - len(waiting)} of {len(jobs)} pictures are kept from before.")
    todo = enumerate(waiting, len(jobs) - len(waiting) + 1)

    async def lane() -> None:
        for number, job in todo:
            try:
                row, small = await workers.run("pictures", work, config, plan, job)
            except ChatAnythingError as error:
                row, small = Row(**job.model_dump(), error=f"{type(error).__name__}: {error}"), b""
            kept.add(row, small)  # a few kB
            tell(f"{number} of {len(jobs)}: {job.subject} ({job.way}): {_told(row)}")

    await asyncio.gather(*(lane() for _ in range(workers.size("pictures"))))
    return tuple(kept.rows[job.key] for job in jobs)


def _told(row: Row) -> str:
    """ "facemesh 0.87, dlib no face", or what went wrong."""
    if row.error:
        return row.error
    return ", ".join(f"{name} {seen.score:.2f}" if seen.found else f"{name} no face" for name, seen in row.seen.items())
