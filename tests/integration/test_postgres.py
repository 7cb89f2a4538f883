"""A Postgres server that is away, refuses us, or goes in the middle."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from bot import doctor
from bot.settings import Settings
from pipeline.errors import StorageBusy, StorageFailed
from storage import database as module
from storage import migrate
from storage.database import Database
from tests.servers.ports import free_port
from tests.servers.postgres import Mode, Postgres

ONE = text("SELECT 1")


@pytest.fixture
def address(postgres: Postgres) -> Iterator[str]:
    address = postgres.fresh()
    yield address
    postgres.drop(address)


@pytest.fixture
def mended(postgres: Postgres) -> Iterator[Postgres]:
    """The server, for a test to break; it runs again afterwards."""
    yield postgres
    postgres.resume()
    postgres.start()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


async def test_by_port_and_by_socket(postgres: Postgres, address: str) -> None:
    for one in (address, postgres.socket_address(str(make_url(address).database))):
        async with Database(one) as database:
            await migrate.check(database)


async def test_nobody_there_at_the_start() -> None:
    await _refused(f"postgresql://ada:secret@127.0.0.1:{free_port()}/name", StorageBusy, "cannot be reached")
    await _refused("postgresql://ada:secret@nowhere.invalid/name", StorageBusy, "cannot be reached")


async def test_somebody_there_who_never_answers(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.SERVER["connect_timeout"] == 5
    monkeypatch.setitem(module.SERVER, "connect_timeout", 2)  # the least that libpq takes
    began = time.monotonic()
    await _refused(f"postgresql://ada:secret@127.0.0.1:{silent}/name", StorageBusy, "cannot be reached")
    assert 1 < time.monotonic() - began < 30


async def test_the_address_may_have_its_own_patience(silent: int) -> None:
    began = time.monotonic()
    address = f"postgresql://ada:secret@127.0.0.1:{silent}/name?connect_timeout=2"
    await _refused(address, StorageBusy, "cannot be reached")
    assert time.monotonic() - began < 4.5


async def test_the_server_refuses_us(postgres: Postgres) -> None:
    await _refused(postgres.address(password="secret"), StorageFailed, "refuses the user or the password")
    await _refused(postgres.address("absent"), StorageFailed, "does not know the database or the user")
    nobody = postgres.socket_address().replace("postgres@", "nobody@")
    await _refused(nobody, StorageFailed, "does not know the database or the user")


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_gone_in_the_middle_and_back(mended: Postgres, address: str, mode: Mode) -> None:
    async with Database(address) as database:
        await _keep(database, "before")

        async def write_while_it_goes() -> None:
            async with database.session() as session:
                await session.execute(INSERT, {"h": "during"})
                await asyncio.to_thread(mended.stop, mode)

        with pytest.raises(StorageBusy, match="hung up"):
            await write_while_it_goes()
        with pytest.raises(StorageBusy, match="cannot be reached"):
            await _keep(database, "away")
        await asyncio.to_thread(mended.start)
        await _keep(database, "after")
        assert await _kept(database) == ["after", "before"]


async def test_connections_that_a_restart_broke_are_replaced(mended: Postgres, address: str) -> None:
    async with Database(address) as database:
        await asyncio.gather(*(_keep(database, str(number)) for number in range(5)))
        await asyncio.to_thread(mended.restart, "immediate")
        await asyncio.gather(*(_keep(database, str(number)) for number in range(5, 10)))
        assert await _kept(database) == [str(number) for number in range(10)]


async def test_a_frozen_server_is_waited_for(mended: Postgres, address: str) -> None:
    async with Database(address) as database:
        await _keep(database, "before")
        mended.pause()
        keeping = asyncio.create_task(_keep(database, "during"))
        await asyncio.sleep(0.2)
        assert not keeping.done()
        mended.resume()
        await keeping
        assert await _kept(database) == ["before", "during"]


async def test_one_connection_ended_by_the_operator(address: str) -> None:
    async with Database(address) as database:
        with pytest.raises(StorageBusy, match="hung up"):
            await _run(database, "SELECT pg_terminate_backend(pg_backend_pid())")
        await _keep(database, "after")


async def test_too_many_connections(postgres: Postgres, address: str) -> None:
    name = make_url(address).database
    postgres.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 1")
    postgres.execute("CREATE ROLE plain LOGIN")  # the limit is not for superusers
    try:
        plain = postgres.socket_address(str(name)).replace("postgres@", "plain@")
        async with Database(plain) as one, Database(plain) as other, one.reading() as session:
            await session.execute(ONE)
            with pytest.raises(StorageBusy, match=r"overloaded|cannot be reached"):
                await _run(other, "SELECT 1")
    finally:
        postgres.execute("DROP ROLE plain")


@pytest.mark.parametrize(
    ("statements", "kind", "words"),
    [
        (["SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(5)"], StorageBusy, "busy"),
        (["SET TRANSACTION READ ONLY", "DELETE FROM turns"], StorageFailed, "read-only"),
        (["SELECT * FROM not_there"], StorageFailed, "not set up"),
        (["SELECT not_there FROM turns"], StorageFailed, "not set up"),
    ],
)
async def test_refused_statements(address: str, statements: list[str], kind: type[StorageFailed], words: str) -> None:
    async with Database(address) as database:
        with pytest.raises(kind, match=words) as caught:
            await _run(database, *statements)
        assert caught.value.retryable == (kind is StorageBusy)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("53100", StorageFailed, "disk of the database server is full"),
        ("58030", StorageFailed, "server failed"),  # io_error
        ("53200", StorageBusy, "overloaded"),  # out_of_memory
        ("40001", StorageBusy, "busy"),  # serialization_failure
        ("57P03", StorageBusy, "cannot be reached"),  # cannot_connect_now
    ],
)
async def test_states_that_cannot_be_had_for_the_asking(
    address: str, state: str, kind: type[StorageFailed], words: str
) -> None:
    async with Database(address) as database:
        with pytest.raises(StorageFailed, match=words) as caught:
            await _run(database, f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")
        assert type(caught.value) is kind


async def test_deadlock_is_worth_another_try(address: str) -> None:
    async with Database(address) as database:
        await asyncio.gather(_keep(database, "a"), _keep(database, "b"))
        both_hold_one = asyncio.Barrier(2)

        async def take(first: str, second: str) -> None:
            async with database.session() as session:
                await session.execute(text("UPDATE blobs SET size = 2 WHERE hash = :h"), {"h": first})
                await both_hold_one.wait()
                await session.execute(text("UPDATE blobs SET size = 2 WHERE hash = :h"), {"h": second})

        done = await asyncio.gather(take("a", "b"), take("b", "a"), return_exceptions=True)
        assert sorted(type(one).__name__ for one in done) == ["NoneType", "StorageBusy"]


def test_the_doctor_says_the_same(postgres: Postgres, address: str) -> None:
    def finding(where: str) -> tuple[str, str]:
        found = doctor._database(Settings(_env_file=None, DATABASE_URL=where))
        return found.state, found.sentence

    away = "The database server cannot be reached or hung up. Try again in a moment."
    assert finding(f"postgresql://ada:secret@127.0.0.1:{free_port()}/name") == ("missing", away)
    refused = "The database server refuses the user or the password of DATABASE_URL."
    assert finding(postgres.address(password="secret")) == ("missing", refused)
    assert finding(address) == ("ok", f"at revision {migrate.head()}")


INSERT = text("INSERT INTO blobs (hash, mime, size, created_at) VALUES (:h, 'x/y', 1, now())")


async def _refused(address: str, kind: type[StorageFailed], words: str) -> None:
    async with Database(address) as database:
        with pytest.raises(StorageFailed, match=words) as caught:
            await migrate.check(database)
    assert type(caught.value) is kind
    assert "secret" not in str(caught.value)


async def _run(database: Database, *statements: str) -> None:
    async with database.session() as session:
        for statement in statements:
            await session.execute(text(statement))


async def _keep(database: Database, digest: str) -> None:
    async with database.session() as session:
        await session.execute(INSERT, {"h": digest})


async def _kept(database: Database) -> list[str]:
    async with database.reading() as session:
        return list((await session.scalars(text("SELECT hash FROM blobs ORDER BY hash"))).all())
