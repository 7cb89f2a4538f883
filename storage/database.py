"""One database: the engine, its transactions, and what to say when the disk or the database refuses."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from pipeline.errors import NotMigrated, StorageBusy, StorageFailed
from storage.sqlite import Connection

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
"""The async driver for addresses that name only the database, as hosting panels hand them out."""

BUSY_MS = 5000
RESTED = 0.5
"""Seconds after which a connection to a server is not taken for granted any more."""

FROZEN = 30.0
"""Seconds after which a server takes its locks from a process that froze in the middle of a transaction: all others
may be waiting for them."""

SERVER: dict[str, str | int] = {
    # libpq's options, unless the address has its own. A server that is away must be known while somebody waits, and
    # one whose machine lost its power never hangs up.
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # milliseconds
}
MIGRATE = "chatanything migrate"


class Database:
    """The engine of one database address. Use as an async context manager, or ``close`` it.

    ``foreign_keys`` is switched off only by migrations: SQLite alters a table by dropping and rebuilding it.
    """

    def __init__(self, address: str, *, foreign_keys: bool = True) -> None:
        self.url = parse(address)
        self._engine = _engine(self.url, foreign_keys)
        self._writing = async_sessionmaker(self._engine, expire_on_commit=False)
        reader = self._engine.execution_options(readonly=True)
        self._reading = async_sessionmaker(reader, expire_on_commit=False)
        # SQLite's own waiting sleeps and looks again: writers of one process had better stand in line.
        self._line = asyncio.Lock() if self.url.get_backend_name() == "sqlite" else nullcontext()

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._engine.dispose()

    @property
    def file(self) -> Path | None:
        """The file behind a SQLite address; None for a server or a database in memory."""
        name = self.url.database
        if self.url.get_backend_name() != "sqlite" or not name or name == ":memory:":
            return None
        return Path(name)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction that may write: committed at the end, rolled back by any error or cancellation.

        On SQLite it holds the only write lock: keep it short, and open no second one inside. Raises
        ``StorageFailed`` when the disk or the database refuses.
        """
        with explained(self.url):
            async with self._line, self._writing.begin() as session:
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One transaction that only reads, so it never waits for a writer. Raises ``StorageFailed``."""
        with explained(self.url):
            async with self._reading.begin() as session:
                yield session


def parse(address: str) -> URL:
    """A database address with an async driver. Raises ``StorageFailed`` when it is not one."""
    try:
        url = make_url(address)
        if url.drivername in DRIVERS:
            url = url.set(drivername=DRIVERS[url.drivername])
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # The address may hold a password, so it is not repeated.
        raise StorageFailed(
            "DATABASE_URL is not a database address; it looks like sqlite:////path/to/file.db "
            "or postgresql://user:password@host/name."
        ) from error
    return url


def _engine(url: URL, foreign_keys: bool) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        try:
            ours = {key: value for key, value in SERVER.items() if key not in url.query}
            server = create_async_engine(url, connect_args=ours, hide_parameters=True)
        except ImportError as error:
            raise StorageFailed(
                "The driver for this DATABASE_URL is not installed.", remedy="pip install 'chatanything[postgres]'"
            ) from error
        _ping_the_idle(server.sync_engine)
        event.listen(server.sync_engine, "connect", _let_go)
        return server

    pragmas = (
        f"PRAGMA busy_timeout={BUSY_MS}",  # first: the next ones may have to wait
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=NORMAL",
        "PRAGMA secure_delete=ON",  # what a person asked to forget is not left in free pages
        f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}",
    )

    async def connect() -> Connection:
        args, options = engine.dialect.create_connect_args(url)
        connection = Connection(partial(sqlite3.connect, *args, **options), iter_chunk_size=64)
        connection._thread.daemon = True  # as SQLAlchemy does: a forgotten connection must not hang the exit
        try:
            await connection
            # sqlite3 opens transactions late and by itself; `begin` below does it instead, at a known moment.
            connection.isolation_level = None
            for pragma in pragmas:
                await connection.cursor().execute(pragma)
            return connection
        except BaseException:
            # Nobody else knows this connection yet, and its thread may not speak to an event loop that is closed.
            connection.stop()
            await asyncio.to_thread(connection._thread.join)
            raise

    engine = create_async_engine(url, async_creator=connect, hide_parameters=True)

    def begin(connection: sqlalchemy.Connection) -> None:
        # A reader that turns writer fails at once when somebody else wrote meanwhile; taking the write lock at
        # the start waits its turn instead.
        readonly = connection.get_execution_options().get("readonly")
        driver: Any = connection.connection.driver_connection
        driver.beginning = "BEGIN" if readonly else "BEGIN IMMEDIATE"

    event.listen(engine.sync_engine, "begin", begin)
    return engine


def _let_go(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # Not an option of libpq: older connection poolers know none.
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{FROZEN:.0f}s'")
    cursor.close()
    connection.commit()


def _ping_the_idle(engine: sqlalchemy.Engine) -> None:
    """Asks a connection that has rested whether the server still knows it. ``pool_pre_ping`` does so for every
    transaction, also where the last one ended a moment ago, which costs each another exchange."""

    def rest(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["rested_since"] = time.monotonic()

    def wake(connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        since = entry.info.get("rested_since")
        if since is None or time.monotonic() - since < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool makes new ones

    event.listen(engine, "checkin", rest)
    event.listen(engine, "checkout", wake)


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turns what the machine refused into ``StorageFailed``; into ``StorageBusy`` where trying again may help.

    Mistakes in our own SQL pass through as they are.
    """
    try:
        yield
    except DBAPIError as error:
        failure = _explain_file(error.orig, url) if isinstance(error.orig, sqlite3.Error) else _explain_server(error)
        if failure is None:
            raise
        raise failure from error
    except NoConnectionFree as error:
        raise StorageBusy("Too many requests wait for the database. Try again in a moment.") from error


def _explain_file(error: sqlite3.Error, url: URL) -> StorageFailed | None:
    where = url.database
    sentences = {
        "SQLITE_FULL": "The disk is full: the database could not grow. Free some space and try again.",
        "SQLITE_READONLY": f"The database {where} is read-only for this user.",
        "SQLITE_CANTOPEN": f"The database {where} cannot be opened: its folder is missing or not ours to write.",
        "SQLITE_BUSY": "Another process kept the database locked for too long. Try again in a moment.",
        "SQLITE_LOCKED": "Another process kept the database locked for too long. Try again in a moment.",
        "SQLITE_IOERR": "The disk did not take or give what the database needed (is it full or failing?).",
        "SQLITE_NOTADB": f"The file {where} is not a database of ours. Move it away to start a new one.",
        "SQLITE_CORRUPT": f"The database {where} is damaged. Restore it from a backup.",
    }
    code = getattr(error, "sqlite_errorname", "")
    for name, sentence in sentences.items():
        if code == name or code.startswith(name + "_"):  # SQLITE_BUSY_SNAPSHOT is a SQLITE_BUSY
            return StorageBusy(sentence) if name in {"SQLITE_BUSY", "SQLITE_LOCKED"} else StorageFailed(sentence)
    if str(error).startswith(("no such table", "no such column", "table ")) and "syntax" not in str(error):
        return not_migrated()
    return None


def _explain_server(error: DBAPIError) -> StorageFailed | None:
    """By SQLSTATE (appendix A of the Postgres manual); a connection that fails or breaks has none."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in {"42P01", "42703"}:  # undefined_table, undefined_column
        return not_migrated()
    if state == "53100":  # disk_full
        return StorageFailed("The disk of the database server is full.")
    if state == "25006":  # read_only_sql_transaction: also a standby that has not been promoted yet
        return StorageFailed("The database server is read-only at present.")
    if state in {"40001", "40P01", "55P03", "57014"}:  # serialization, deadlock, lock not available, statement timeout
        return StorageBusy("The database was busy with other requests for too long. Try again in a moment.")
    if state in {"53200", "53300"}:  # out of memory, too many connections
        return StorageBusy("The database server is overloaded. Try again in a moment.")
    if state[:2] in {"08", "57"} or error.connection_invalidated:  # connection exceptions; shutdown and start
        return _unreachable()
    if isinstance(error, OperationalError) and not state:
        return _not_connected(str(error.orig))
    return StorageFailed("The database server failed.") if isinstance(error, OperationalError) else None


def _not_connected(complaint: str) -> StorageFailed:
    # libpq hands over only the server's sentence. In another language than English it reads as "unreachable".
    refused = ("password authentication failed", "no password supplied", "no pg_hba.conf entry")
    if any(words in complaint for words in refused):
        return StorageFailed("The database server refuses the user or the password of DATABASE_URL.")
    if "FATAL" in complaint and "does not exist" in complaint:
        return StorageFailed("The database server does not know the database or the user of DATABASE_URL.")
    return _unreachable()


def _unreachable() -> StorageBusy:
    return StorageBusy("The database server cannot be reached or hung up. Try again in a moment.")


def not_migrated() -> NotMigrated:
    """The database lacks tables that this code needs."""
    return NotMigrated("The database is not set up for this version of ChatAnything yet.", remedy=MIGRATE)
