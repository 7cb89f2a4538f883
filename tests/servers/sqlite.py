"""SQLite files, with the same words as the server in `postgres`."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from tests.servers.migrating import build


class SqliteFiles:
    """Database files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._template: Path | None = None

    def empty(self) -> str:
        """The address of a database without tables, that has no file yet."""
        folder = self.folder / f"100% ours {uuid.uuid4().hex[:12]}"  # forgetting to quote it would show
        folder.mkdir()
        return f"sqlite:///{folder}/chatanything.db"

    def fresh(self) -> str:
        """The address of a new database with all tables."""
        address = self.empty()
        self.lay(_file(address))
        return address

    def lay(self, file: Path) -> None:
        """Makes ``file`` a database with all tables."""
        if self._template is None:
            address = self.empty()
            build(address)
            self._template = _file(address)
        shutil.copy(self._template, file)

    def drop(self, address: str) -> None:
        """Deletes a database."""
        shutil.rmtree(_file(address).parent, ignore_errors=True)

    def schema(self, address: str) -> list[str]:
        """Every table and index of ours as SQLite wrote it down, in one spelling and order."""
        ours = "sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        with closing(sqlite3.connect(_file(address))) as connection:
            rows = connection.execute(f"SELECT sql FROM sqlite_master WHERE {ours}").fetchall()
        return sorted(_one_spelling(sql) for (sql,) in rows)


def _file(address: str) -> Path:
    return Path(str(make_url(address).database))


def _one_spelling(sql: str) -> str:
    # A table that Alembic rebuilt has quotes around its name and its constraints in any order.
    columns, *constraints = "".join(sql.replace('"', "").split()).removesuffix(")").split(",CONSTRAINT")
    return ",CONSTRAINT".join([columns, *sorted(constraints)])
