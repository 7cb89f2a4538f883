"""From one version of the tables to the next, on every kind of database."""

import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipeline.errors import NotMigrated, StorageFailed
from storage import migrate
from storage.database import Database
from storage.tables import BlobRow, Document, Moment, Table, TurnRow, VoiceRow
from tests.servers.postgres import Postgres
from tests.servers.sqlite import SqliteFiles

Databases = SqliteFiles | Postgres
REVISIONS = [step.revision for step in ScriptDirectory.from_config(migrate._config()).walk_revisions()][::-1]
_NAMES = ("id", "persona_id", "conversation", "speaking", "text", "mood")
OLD_PERSONAS = sa.table(
    "personas",
    *map(sa.column, ("id", "slug", "name", "tagline", "concept")),
    sa.column("document", Document()),
    sa.column("created_at", Moment()),
)
OLD_TURNS = sa.table("turns", *map(sa.column, _NAMES), sa.column("created_at", Moment()))
"""Turns as revision 0001 has them."""


async def test_migrations_build_exactly_the_tables(databases: Databases, address: str, empty_address: str) -> None:
    async with Database(address) as migrated, migrated.reading() as session:
        assert await (await session.connection()).run_sync(_differences) == []
    async with Database(empty_address) as direct, direct.session() as session:
        connection = await session.connection()
        await connection.run_sync(Table.metadata.create_all)
        await connection.run_sync(lambda sync: MigrationContext.configure(sync)._ensure_version_table())
    # Alembic compares no constraint names and no ON DELETE; the schema's own words do.
    assert databases.schema(empty_address) == databases.schema(address)


def test_the_numbers_of_the_files_are_the_revisions() -> None:
    assert migrate._known() == set(REVISIONS)
    assert migrate.head() == REVISIONS[-1]


async def test_a_difference_would_be_seen(address: str) -> None:
    async with Database(address) as database:
        async with database.session() as session:
            await session.execute(sa.text("DROP INDEX ix_turns_persona_id_conversation_id"))
        async with database.reading() as session:
            assert await (await session.connection()).run_sync(_differences) != []


async def test_up_down_up(databases: Databases, address: str) -> None:
    built = databases.schema(address)
    for revision in reversed(REVISIONS[:-1]):
        await migrate.downgrade(address, revision)
        assert await migrate.current(address) == revision
    await migrate.downgrade(address, "base")
    assert await migrate.current(address) is None
    async with Database(address) as database, database.reading() as session:
        connection = await session.connection()
        assert await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names()) == ["alembic_version"]
    await migrate.upgrade(address)
    assert await migrate.current(address) == migrate.head()
    assert databases.schema(address) == built


async def test_again_changes_nothing(databases: Databases, address: str) -> None:
    built = databases.schema(address)
    async with Database(address) as database:
        async with database.session() as session:
            await session.execute(sa.insert(BlobRow).values(hash="a", mime="x/y", size=1))
        await migrate.upgrade(address)
        async with database.reading() as session:
            assert (await session.execute(sa.text("SELECT count(*) FROM blobs"))).scalar_one() == 1
    assert databases.schema(address) == built


@pytest.mark.parametrize(("old", "new"), list(pairwise(REVISIONS)))
async def test_old_code_runs_on_the_next_schema(empty_address: str, old: str, new: str) -> None:
    """While one process migrates, others of the version before go on with the tables as they know them."""
    await migrate._migrate(empty_address, lambda config: command.upgrade(config, old))
    async with Database(empty_address) as running:
        tables = sa.MetaData()
        async with running.reading() as session:
            await (await session.connection()).run_sync(tables.reflect)
        for _ in range(7):  # from the sixth time on, psycopg has the server keep the statement with its plan
            await _use(running, tables)
        await migrate._migrate(empty_address, lambda config: command.upgrade(config, new))
        await _use(running, tables)
    assert await migrate.current(empty_address) == new


async def _use(database: Database, tables: sa.MetaData) -> None:
    """Writes, reads, changes and deletes one row of every table, all columns of it by name."""
    ours = [table for table in tables.sorted_tables if table.name != "alembic_version"]
    rows: dict[str, dict[str, Any]] = {}
    async with database.session() as session:
        for table in ours:
            rows[table.name] = row = _row(table, rows)
            await session.execute(table.insert().values(row))
    for table in reversed(ours):
        row = rows[table.name]
        same = [table.c[key] == row[key] for key in table.primary_key.columns.keys()]  # noqa: SIM118 - no mapping
        async with database.session() as session:
            (found,) = (await session.execute(sa.select(*table.c).where(*same))).mappings()
            assert {key: found[key] for key in row} == row
            assert (await session.execute(table.update().where(*same).values(row).returning(*table.c))).one()
            assert (await session.execute(table.delete().where(*same).returning(*table.c))).one()


def _row(table: sa.Table, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A value for every column; keys of other tables are those of their only row."""
    values: dict[type, Any] = {str: "1", int: 1, float: 0.5, bytes: b"1", bool: True, object: {"one": 1}}
    values[datetime] = datetime(2026, 1, 2, 3, 4, 5, 6)
    row = {}
    for column in table.c:
        targets = [key.column for key in column.foreign_keys]
        known = [rows[target.table.name][target.name] for target in targets if target.table.name in rows]
        value = values[column.type.python_type]
        if isinstance(value, datetime) and getattr(column.type, "timezone", False):
            value = value.replace(tzinfo=UTC)
        row[column.name] = known[0] if known else value
    return row


async def test_turns_of_an_older_version_are_kept(address: str) -> None:
    made = datetime(2026, 1, 1, 0, 0, 0, 1, UTC)
    lines = [("person", "hello {0} %s 🍎", None), ("persona", "What now?", "anger")]
    await migrate.downgrade(address, "0001")
    async with Database(address) as database:
        async with database.session() as session:
            plain = {"id": "p", "slug": "russet", "name": "Russet", "tagline": "", "concept": "", "document": {}}
            await session.execute(sa.insert(OLD_PERSONAS).values(plain | {"created_at": made}))
            for speaking, words, mood in lines:
                row = {"persona_id": "p", "conversation": "dm", "speaking": speaking, "text": words, "mood": mood}
                await session.execute(sa.insert(OLD_TURNS).values(row | {"created_at": made}))
        await migrate.upgrade(address)
        async with database.session() as session:
            kept = (await session.scalars(sa.select(TurnRow).order_by(TurnRow.id))).all()
            assert [(row.speaking, row.text, row.mood) for row in kept] == lines
            assert {(row.conversation, row.speaker, row.person, row.created_at) for row in kept} == {
                ("dm", None, None, made)
            }
            last = kept[-1].id
            await session.delete(kept[-1])
            await session.flush()
            session.add(TurnRow(persona_id="p", conversation="dm", speaking="person", text="later"))
            await session.flush()
            assert (await session.scalar(sa.select(sa.func.max(TurnRow.id))) or 0) > last  # an id is not given again
        await migrate.downgrade(address, "0001")
        async with database.reading() as session:
            words_left = (await session.scalars(sa.select(OLD_TURNS.c.text).order_by(OLD_TURNS.c.id))).all()
            assert words_left == ["hello {0} %s 🍎", "later"]


async def test_database_without_tables_has_no_revision(empty_address: str) -> None:
    assert await migrate.current(empty_address) is None
    async with Database(empty_address) as database:
        with pytest.raises(NotMigrated, match="not set up") as caught:
            await migrate.check(database)
    assert caught.value.remedy == "chatanything migrate"


async def test_newer_database_is_refused_and_not_touched(address: str) -> None:
    async with Database(address) as database:
        await migrate.check(database)
        async with database.session() as session:
            await session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StorageFailed, match="newer version") as caught:
            await migrate.check(database)
    assert "upgrade" in str(caught.value.remedy)
    with pytest.raises(StorageFailed, match="newer version"):
        await migrate.upgrade(address)
    assert await migrate.current(address) == "9999"


def test_processes_that_migrate_at_once(databases: Databases, empty_address: str, address: str) -> None:
    code = "import asyncio, sys; from storage import migrate; asyncio.run(migrate.upgrade(sys.argv[1]))"
    command = [sys.executable, "-c", code, empty_address]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=60)[1] for process in running] == ["", ""]
    assert [process.returncode for process in running] == [0, 0]
    assert databases.schema(empty_address) == databases.schema(address)


async def test_interrupted_step_leaves_nothing(
    databases: Databases, empty_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = databases.schema(empty_address)
    upgrade = command.upgrade

    def half(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise KeyError("pulled the plug")

    monkeypatch.setattr(command, "upgrade", half)
    with pytest.raises(KeyError):
        await migrate.upgrade(empty_address)
    assert databases.schema(empty_address) == before


async def test_asking_makes_no_file_and_migrating_makes_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "home 100% ours" / "chatanything.db"
    assert await migrate.current(f"sqlite:///{file}") is None
    assert not file.parent.exists()
    await migrate.upgrade(f"sqlite:///{file}")
    assert await migrate.current(f"sqlite:///{file}") == migrate.head()


async def test_rows_that_point_nowhere_are_refused(sqlite: SqliteFiles) -> None:
    """Only SQLite lets them in: its tables are rebuilt with foreign keys off."""
    address = sqlite.fresh()
    async with Database(address, foreign_keys=False) as database, database.session() as session:
        session.add(VoiceRow(persona_id="nobody", recipe={}))
    with pytest.raises(StorageFailed, match="point nowhere"):
        await migrate.upgrade(address)


def _differences(connection: sa.Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))
