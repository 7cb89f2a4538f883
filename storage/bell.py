"""News between parts of the bot: there is work, something waits to be shown, a request was cancelled.

News only spares waiting. Whoever misses one finds the same in the tables a moment later.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import structlog
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from pipeline.errors import StorageFailed
from storage.database import Database
from storage.postgres import libpq

if TYPE_CHECKING:
    from psycopg import AsyncConnection

log = structlog.get_logger(__name__)

CHANNEL = "chatanything"
LONGEST = 7999
"""Bytes of a notification (Postgres manual, NOTIFY)."""

QUIET = 20.0
"""Seconds without news after which a connection is asked whether it still lives."""

FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0
"""Seconds between two attempts to reach the server; doubled each time."""

_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


class Topic(StrEnum):
    """What news are about."""

    STEP = "step"  # a step is ready; detail: its queue
    PART = "part"  # something waits in the outbox; detail: the platform
    CANCELLED = "cancelled"
    PROGRESS = "progress"  # detail: the text of an answer so far
    PAINTED = "painted"  # detail: how many steps of a portrait are done, as "3/8"
    SCENE = "scene"  # somebody may have to answer a line of a scene; instead of a request, the scene


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news about a request."""

    topic: Topic
    request: str
    detail: str = ""


class Bell(Protocol):
    """Tells news to everybody who listens, in this process or in all of them."""

    async def ring(self, session: AsyncSession, news: News) -> None:
        """Heard once the transaction is committed, and never if it is not."""

    async def tell(self, news: News) -> None:
        """Heard at once."""

    def listen(self) -> AsyncIterator[News]:
        """News from the first ``anext`` on. A listener that is slow misses the oldest."""


class LocalBell:
    """News within one process."""

    def __init__(self, size: int = 1000) -> None:
        self._size = size
        self._listeners: set[asyncio.Queue[News]] = set()

    async def ring(self, session: AsyncSession, news: News) -> None:
        """See ``Bell``."""
        event.listen(session.sync_session, "after_commit", lambda _: self.hear(news), once=True)

    async def tell(self, news: News) -> None:
        """See ``Bell``."""
        self.hear(news)

    def hear(self, news: News) -> None:
        """Hands news to every listener."""
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(news)

    async def listen(self) -> AsyncIterator[News]:
        """See ``Bell``."""
        with self.listening() as queue:
            while True:
                yield await queue.get()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[News]]:
        """The queue of one listener, from now on."""
        queue: asyncio.Queue[News] = asyncio.Queue(self._size)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)


class PostgresBell:
    """News to every process on the database, by LISTEN and NOTIFY. Use as an async context manager.

    While the server is away nothing is heard and nothing raised; afterwards it goes on by itself.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners = LocalBell()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> PostgresBell:
        self._task = asyncio.create_task(self._serve())
        return self

    async def __aexit__(self, *failure: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def ring(self, session: AsyncSession, news: News) -> None:
        """See ``Bell``."""
        await session.execute(_NOTIFY, {"channel": CHANNEL, "payload": _packed(news)})

    async def tell(self, news: News) -> None:
        """See ``Bell``. Details that are too long lose their end."""
        try:
            async with self._database.session() as session:
                await self.ring(session, news)
        except StorageFailed as error:
            log.debug("bell.untold", topic=news.topic.value, error=type(error).__name__)

    def listen(self) -> AsyncIterator[News]:
        """See ``Bell``."""
        return self._listeners.listen()

    async def _serve(self) -> None:
        import psycopg  # an extra: only who has a Postgres database needs it

        pause = FIRST_PAUSE
        while True:
            try:
                options = libpq(self._database.url)
                async with await psycopg.AsyncConnection.connect(autocommit=True, **options) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    pause = FIRST_PAUSE
                    await self._hear(connection)
            except psycopg.Error as error:
                log.warning("bell.unreachable", error=type(error).__name__, retry_in=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_PAUSE)

    async def _hear(self, connection: AsyncConnection) -> None:
        while True:
            async for notification in connection.notifies(timeout=QUIET):
                news = _unpacked(notification.payload)
                if news is not None:
                    self._listeners.hear(news)
            await connection.execute("SELECT 1")


def _packed(news: News) -> str:
    # Postgres knows no zero byte, and half a surrogate pair is no UTF-8.
    words = f"{news.topic.value} {news.request} {news.detail}".replace("\0", "")
    return words.encode(errors="replace")[:LONGEST].decode(errors="ignore")


def _unpacked(payload: str) -> News | None:
    topic, _, rest = payload.partition(" ")
    request, _, detail = rest.partition(" ")
    try:
        return News(Topic(topic), request, detail)
    except ValueError:  # told by a newer version
        return None


@asynccontextmanager
async def local() -> AsyncIterator[LocalBell]:
    """A bell for one process, as a context manager like the others."""
    yield LocalBell()
