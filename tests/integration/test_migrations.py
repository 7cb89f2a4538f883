import sqlite3
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from pipeline.errors import StorageFailed
from storage import migrate
from storage.database import Database
from storage.tables import Table


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home 100% ours" / "chatanything.db"


@pytest.fixture
def address(file: Path) -> str:
    return f"sqlite:///{file}"


async def test_migrations_build_exactly_the_tables(address: str, file: Path, tmp_path: Path) -> None:
    await migrate.upgrade(address)
    async with Database(address) as migrated, migrated.reading() as session:
        assert await (await session.connection()).run_sync(_differences) == []
    async with Database(f"sqlite:///{tmp_path}/direct.db") as direct, direct.session() as session:
        await (await session.connection()).run_sync(Table.metadata.create_all)
    # Alembic compares no constraint names and no ON DELETE; the schema's own words do.
    migrated_schema = _schema(file)
    migrated_schema.pop("alembic_version")
    assert _schema(tmp_path / "direct.db") == migrated_schema


async def test_a_difference_would_be_seen(address: str) -> None:
    await migrate.upgrade(address)
    async with Database(address) as database:
        async with database.session() as session:
            await session.execute(text("DROP INDEX ix_turns_persona_id_conversation_id"))
        async with database.reading() as session:
            assert await (await session.connection()).run_sync(_differences) != []


async def test_up_down_up(address: str, file: Path) -> None:
    await migrate.upgrade(address)
    built = _schema(file)
    await migrate.downgrade(address, "base")
    assert await migrate.current(address) is None
    assert set(_schema(file)) == {"alembic_version"}
    await migrate.upgrade(address)
    assert await migrate.current(address) == migrate.head()
    assert _schema(file) == built


async def test_again_changes_nothing(address: str, file: Path) -> None:
    await migrate.upgrade(address)
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO blobs VALUES ('a', 'x/y', 1, '2026-01-01')")
    connection.close()
    await migrate.upgrade(address)
    async with Database(address) as database, database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM blobs"))).scalar_one() == 1


async def test_turns_of_an_older_version_are_kept(address: str, file: Path) -> None:
    await migrate.upgrade(address)
    await migrate.downgrade(address, "0001")
    connection = sqlite3.connect(file)
    connection.execute(
        "INSERT INTO personas VALUES ('p', 'russet', 'Russet', '', '', NULL, '{}', '2026-01-01 00:00:00', NULL)"
    )
    connection.executemany(
        "INSERT INTO turns VALUES (?, 'p', 'dm', ?, ?, ?, NULL, '2026-01-01 00:00:00.000001')",
        [(7, "person", "hello {0} %s 🍎", None), (9, "persona", "What now?", "anger")],
    )
    connection.commit()
    connection.close()
    await migrate.upgrade(address)
    connection = sqlite3.connect(file)
    connection.execute("DELETE FROM turns WHERE id = 9")
    connection.execute(
        "INSERT INTO turns (persona_id, conversation, speaking, text, created_at) "
        "SELECT persona_id, conversation, speaking, 'later', created_at FROM turns"
    )
    rows = connection.execute("SELECT id, conversation, speaking, text, mood, speaker, person, created_at FROM turns")
    made = "2026-01-01 00:00:00.000001"
    assert rows.fetchall() == [
        (7, "dm", "person", "hello {0} %s 🍎", None, None, None, made),
        (10, "dm", "person", "later", None, None, None, made),  # 9 is not given again
    ]
    connection.commit()
    connection.close()
    await migrate.downgrade(address, "0001")
    connection = sqlite3.connect(file)
    assert [row[0] for row in connection.execute("SELECT text FROM turns")] == ["hello {0} %s 🍎", "later"]
    connection.close()


def test_every_step_can_be_written_for_postgres() -> None:
    written = StringIO()
    options = {"as_sql": True, "output_buffer": written}
    steps = list(ScriptDirectory.from_config(migrate._config()).walk_revisions())
    with Operations.context(MigrationContext.configure(dialect_name="postgresql", opts=options)):
        for step in reversed(steps):
            step.module.upgrade()
        for step in steps:
            step.module.downgrade()
    assert "JSONB" in written.getvalue()
    assert "vector BYTEA NOT NULL" in written.getvalue()


async def test_absent_database_has_no_revision(address: str, file: Path) -> None:
    assert await migrate.current(address) is None
    assert not file.exists()


def test_processes_that_migrate_at_once(address: str, file: Path) -> None:
    code = "import asyncio, sys; from storage import migrate; asyncio.run(migrate.upgrade(sys.argv[1]))"
    running = [
        subprocess.Popen([sys.executable, "-c", code, address], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    complaints = [process.communicate(timeout=60)[1] for process in running]
    assert complaints == ["", "", ""]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert "personas" in _schema(file)


async def test_interrupted_step_leaves_nothing(address: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = command.upgrade

    def half(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise KeyError("pulled the plug")

    monkeypatch.setattr(command, "upgrade", half)
    with pytest.raises(KeyError):
        await migrate.upgrade(address)
    assert _schema(file) == {}


async def test_rows_that_point_nowhere_are_refused(address: str, file: Path) -> None:
    await migrate.upgrade(address)
    connection = sqlite3.connect(file)
    connection.execute("INSERT INTO voices (persona_id, recipe, created_at) VALUES ('nobody', '{}', '2026-01-01')")
    connection.commit()
    connection.close()
    with pytest.raises(StorageFailed, match="point nowhere"):
        await migrate.upgrade(address)


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))


def _schema(file: Path) -> dict[str, str]:
    """Every table and index of ours by name, as SQLite wrote it down, in one spelling."""
    connection = sqlite3.connect(file)
    ours = "sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    rows = connection.execute(f"SELECT name, sql FROM sqlite_master WHERE {ours}").fetchall()
    connection.close()
    return {name: _one_spelling(sql) for name, sql in rows}


def _one_spelling(sql: str) -> str:
    # A table that Alembic rebuilt has quotes around its name and its constraints in any order.
    columns, *constraints = "".join(sql.replace('"', "").split()).removesuffix(")").split(",CONSTRAINT")
    return ",CONSTRAINT".join([columns, *sorted(constraints)])
