"""What only Postgres has: a bell that all processes hear, and the schema of procrastinate beside our tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text

from pipeline.errors import NotMigrated, StorageBusy, StorageFailed
from storage import database as module
from storage import migrate
from storage import postgres as ours
from storage.bell import Bell, News, PostgresBell, Topic
from storage.database import Database
from storage.steps import hold
from tests.servers.postgres import Postgres

PATIENCE = 30
"""Seconds after which a test has waited long enough."""

LAST_STEP = "SELECT obj_description('procrastinate'::regnamespace, 'pg_namespace')"


@pytest.fixture
def address(postgres: Postgres) -> Iterator[str]:
    address = postgres.fresh()
    yield address
    postgres.drop(address)


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    async with Database(address) as database:
        yield database


async def _collect(bell: Bell, into: list[News]) -> None:
    async for news in bell.listen():
        into.append(news)


async def test_every_process_hears_what_is_committed(database: Database) -> None:
    async with PostgresBell(database) as near, PostgresBell(database) as far:
        first: list[News] = []
        second: list[News] = []
        third: list[News] = []
        tasks = [
            asyncio.create_task(_collect(bell, into)) for bell, into in ((near, first), (far, second), (far, third))
        ]
        async with asyncio.timeout(PATIENCE):
            while not (first and second and third):  # until all of them listen
                await near.tell(News(Topic.PROGRESS, "ready", "'; DROP é\0\ud800"))
                await asyncio.sleep(0.05)
            assert second[0] == News(Topic.PROGRESS, "ready", "'; DROP é?")
            with suppress(KeyError):
                async with database.session() as session:
                    await near.ring(session, News(Topic.CANCELLED, "never"))
                    raise KeyError
            async with database.session() as session:
                await near.ring(session, News(Topic.STEP, "1", "mind"))
                await asyncio.sleep(0.2)
                assert all(news.topic is Topic.PROGRESS for news in second)
            await near.tell(News(Topic.PROGRESS, "long", "é" * 8000))
            while not all(news[-1].request == "long" for news in (first, second, third)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
    for heard in (first, second, third):
        told = [replace(news, detail=news.detail[:5]) for news in heard if news.request != "ready"]
        assert told == [News(Topic.STEP, "1", "mind"), News(Topic.PROGRESS, "long", "ééééé")]
    assert 3900 < len(first[-1].detail) < 4000
    assert set(first[-1].detail) == {"é"}


async def _one(database: Database, query: str) -> object:
    async with database.session() as session:
        return (await session.execute(text(query))).scalar_one()


async def _do(database: Database, statement: str) -> None:
    async with database.session() as session:
        await session.execute(text(statement))


async def test_schema_comes_and_goes_with_our_tables(database: Database, address: str) -> None:
    there = "SELECT to_regclass('procrastinate.procrastinate_jobs') IS NOT NULL"
    await migrate.check(database)
    await migrate.downgrade(address, "base")
    assert await _one(database, there) is False
    await migrate.upgrade(address)
    assert await _one(database, there) is True
    assert await _one(database, "SELECT to_regclass('procrastinate_jobs') IS NULL")  # not among our tables


async def test_absent_schema_is_noticed_and_mended(database: Database, address: str) -> None:
    await _do(database, "DROP SCHEMA procrastinate CASCADE")
    with pytest.raises(NotMigrated):
        await migrate.check(database)
    await migrate.upgrade(address)
    await migrate.check(database)


async def test_older_schema_gets_the_steps_it_lacks(database: Database, address: str) -> None:
    last = await _one(database, LAST_STEP)
    await _do(database, "DROP FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1 CASCADE")
    before = "03.04.00_01_pre_add_retry_failed_job_procedure.sql"
    await _do(database, f"COMMENT ON SCHEMA procrastinate IS '{before}'")
    await migrate.upgrade(address)
    assert await _one(database, LAST_STEP) == last
    unpinned = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace AND proconfig IS NULL"
    assert await _one(database, unpinned) == 0
    triggers = "SELECT count(*) FROM pg_trigger WHERE tgname = 'procrastinate_trigger_status_events_update_v1'"
    assert await _one(database, triggers) == 1


async def test_procrastinate_not_installed(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    address = await asyncio.to_thread(postgres.empty)
    monkeypatch.setattr(ours, "find_spec", lambda name: None)
    with pytest.raises(StorageFailed, match="procrastinate") as raised:
        await migrate.upgrade(address)
    assert raised.value.remedy == "pip install 'chatanything[postgres]'"
    assert await migrate.current(address) is None  # all or nothing


async def test_user_who_may_not_create_a_schema(postgres: Postgres) -> None:
    address = await asyncio.to_thread(postgres.empty)
    async with Database(address) as database:
        await _do(database, "CREATE ROLE guest LOGIN PASSWORD 'guest'")
        await _do(database, "GRANT CREATE ON SCHEMA public TO guest")
        guest = database.url.set(username="guest", password="guest").render_as_string(hide_password=False)
    with pytest.raises(StorageFailed, match="may not create the schema"):
        await migrate.upgrade(guest)
    postgres.drop(address)
    postgres.execute("DROP ROLE guest")


async def test_parameters_reach_libpq(postgres: Postgres, address: str) -> None:
    name = address.rpartition("/")[2]
    for way in (address, postgres.socket_address(name) + "&application_name=50%25+%C3%A9&connect_timeout=7"):
        async with Database(way) as database:
            options = ours.libpq(database.url)
        async with await psycopg.AsyncConnection.connect(**options) as connection:
            assert connection.info.dbname == name
            named = connection.info.get_parameters().get("application_name")
    assert named == "50% é"
    assert options["connect_timeout"] == "7"


async def test_who_freezes_in_a_transaction_stops_the_others_for_a_while_only(
    postgres: Postgres, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FROZEN", 1.0)

    async def freeze(frozen: Database, other: Database) -> None:
        async with frozen.session() as session:
            await hold(session, "accept")
            async with other.session() as waiting:
                await hold(waiting, "accept")
            await session.execute(text("SELECT 1"))

    async with Database(address) as frozen, Database(address) as other, asyncio.timeout(PATIENCE):
        with pytest.raises(StorageBusy):
            await freeze(frozen, other)
        async with frozen.session() as session:  # it goes on with a new connection
            await hold(session, "accept")
