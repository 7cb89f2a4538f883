"""The job engine on Postgres: procrastinate brings each step to one worker of any number of machines.

Its manager is used, its worker is not. That one (3.10) no longer hears of new jobs after the server was away for a
moment, and after a longer outage it takes none until all that it runs is done, which may be a slow language model.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Notification, Status
from procrastinate.manager import JobManager
from psycopg import AsyncConnection, Error
from psycopg.errors import ForeignKeyViolation, RaiseException
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs.engine import Take
from pipeline.errors import StorageFailed
from storage.database import Database
from storage.postgres import libpq
from storage.steps import Step

log = structlog.get_logger(__name__)

LEAST = -(1 << 31)
"""Priority of what nobody waits for: their ranks are beyond what fits."""

CONNECTIONS = 4
EVERY = 1.0
"""Seconds between two looks for jobs of which nobody told: delayed ones become due in silence."""

HEARTBEAT, DEAD = 10.0, 30.0
"""Seconds between two signs of life of a worker, and without one until its jobs are cleared away."""

FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0
"""Seconds between two attempts to reach the server; doubled each time."""

# Not procrastinate_defer_jobs_v1: a second job for a step would fail there and take our transaction with it.
# A waiting job is locked until the commit, so it cannot be taken and found useless just before its step is ready.
_DEFER = """
INSERT INTO procrastinate.procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, scheduled_at)
VALUES (:queue, 'run_step', :priority, :lock, jsonb_build_object('step_id', cast(:step AS bigint)),
    CASE WHEN :delay > 0 THEN clock_timestamp() + :delay * interval '1 second' END)
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO
"""
_AGAIN = text(_DEFER + "UPDATE SET priority = excluded.priority, scheduled_at = excluded.scheduled_at")
_IF_LOST = text(_DEFER + "NOTHING")


class ProcrastinateEngine:
    """See ``JobEngine``. The schema of procrastinate is made by `storage.migrate`."""

    def __init__(self, database: Database, every: float = EVERY) -> None:
        self._database = database
        self._every = every

    async def defer(self, session: AsyncSession, step: Step, delay: float = 0.0) -> None:
        """See ``JobEngine``."""
        await session.execute(_AGAIN, _values(step, delay))

    async def redeliver(self, step: Step) -> None:
        """See ``JobEngine``. A job that somebody took and never ended is in nobody's way."""
        async with self._database.session() as session:
            await session.execute(_IF_LOST, _values(step, 0.0))

    async def serve(self, queues: Mapping[str, int], take: Take, stopping: asyncio.Event) -> None:
        """See ``JobEngine``. While the server is away it waits, and goes on afterwards."""
        async with _manager(self._database) as manager:
            await _Server(manager, queues, take, stopping, self._every).run()


def _values(step: Step, delay: float) -> dict[str, object]:
    return {
        "queue": step.queue,
        "priority": max(-step.rank, LEAST),
        "lock": f"step:{step.id}",
        "step": step.id,
        "delay": delay,
    }


@asynccontextmanager
async def _manager(database: Database) -> AsyncIterator[JobManager]:
    """Procrastinate on a few connections of its own."""
    pool = AsyncConnectionPool(
        kwargs=libpq(database.url),
        min_size=1,
        max_size=CONNECTIONS,
        timeout=LAST_PAUSE,
        reconnect_timeout=LAST_PAUSE,  # the pause between its attempts doubles up to this
        configure=_configure,
        check=AsyncConnectionPool.check_connection,  # replaces those that a restarted server hung up on
        open=False,
    )
    connector = PsycopgConnector()
    async with pool:
        await connector.open_async(pool)
        yield JobManager(connector)


async def _configure(connection: AsyncConnection) -> None:
    await connection.set_autocommit(True)  # each statement is a transaction: two exchanges less
    await connection.execute("SET search_path = procrastinate")


class _Server:
    """One call of ``serve``: the loops of all queues, and what keeps them supplied."""

    def __init__(
        self, manager: JobManager, queues: Mapping[str, int], take: Take, stopping: asyncio.Event, every: float
    ) -> None:
        self._manager = manager
        self._queues = queues
        self._take = take
        self._stopping = stopping
        self._every = every
        self._news = {queue: asyncio.Event() for queue in queues}
        self._turns = {queue: asyncio.Lock() for queue in queues}
        self._worker: int | None = None
        self._unended: list[Job] = []

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            keepers = [group.create_task(self._listen()), group.create_task(self._keep())]
            loops = [group.create_task(self._work(queue)) for queue, size in self._queues.items() for _ in range(size)]
            await self._stopping.wait()
            for news in self._news.values():
                news.set()
            await asyncio.wait(loops)
            for keeper in keepers:
                keeper.cancel()
        await self._leave()

    async def _work(self, queue: str) -> None:
        while not self._stopping.is_set():
            async with self._turns[queue]:  # one loop looks and waits for all idle ones
                job = await self._next(queue)
            if job is not None:
                await self._run(queue, job)

    async def _next(self, queue: str) -> Job | None:
        """The next job, waiting for it; None when it is time to stop."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            self._news[queue].clear()
            try:
                if self._worker is None:
                    self._worker = await self._manager.register_worker()
                job = await self._manager.fetch_job([queue], self._worker)
            except ConnectorException as error:
                if isinstance(error.__cause__, ForeignKeyViolation):  # we slept too long and were cleared away
                    self._worker = None
                log.warning("jobs.unreachable", queue=queue, error=_name(error), retry_in=pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LAST_PAUSE)
                continue
            if job is not None:
                return job
            await self._wait(queue)
        return None

    async def _wait(self, queue: str) -> None:
        try:
            await asyncio.wait_for(self._news[queue].wait(), self._every)
        except TimeoutError:
            return

    async def _run(self, queue: str, job: Job) -> None:
        step: Any = job.task_kwargs["step_id"]
        try:
            await self._take(queue, step)
        except StorageFailed as error:  # nobody has the step then, and it is brought again
            log.warning("jobs.storage", queue=queue, error=type(error).__name__)
        try:
            await self._end(job)
        except ConnectorException as error:
            log.debug("jobs.unended", queue=queue, error=_name(error))
            self._unended.append(job)

    async def _end(self, job: Job) -> None:
        try:
            await self._manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
        except ConnectorException as error:
            if not isinstance(error.__cause__, RaiseException):  # somebody has ended it already
                raise

    async def _listen(self) -> None:
        """Wakes the loops when there is a job for them."""

        async def heard(*, channel: str, notification: Notification) -> None:
            self._news[channel.rpartition("#")[2]].set()

        while True:
            try:
                await self._manager.listen_for_jobs(on_notification=heard, queues=self._queues)
            except (ConnectorException, Error) as error:
                log.debug("jobs.deaf", error=_name(error))
            await asyncio.sleep(self._every)  # meanwhile they look by themselves

    async def _keep(self) -> None:
        """Shows that this worker lives, and clears away the jobs of those that do not."""
        while True:
            try:
                if self._worker is not None:
                    await self._manager.update_heartbeat(self._worker)
                await self._manager.prune_stalled_workers(DEAD)
                for job in await self._manager.get_stalled_jobs(seconds_since_heartbeat=DEAD):
                    await self._end(job)
                while self._unended:
                    await self._end(self._unended[-1])
                    self._unended.pop()
            except ConnectorException as error:
                log.debug("jobs.unkept", error=_name(error))
            await asyncio.sleep(HEARTBEAT)

    async def _leave(self) -> None:
        if self._worker is not None:
            try:
                await self._manager.unregister_worker(self._worker)
            except ConnectorException as error:
                log.debug("jobs.unreachable", error=_name(error))


def _name(error: Exception) -> str:
    """What happened below: the words of the driver may hold addresses."""
    return type(error.__cause__ or error).__name__
