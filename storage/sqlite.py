"""aiosqlite with one trip to its thread per statement.

SQLAlchemy asks a cursor for four things in turn: to exist, to execute, to hand over all rows, to close. aiosqlite sends
each of them to the thread of the connection and back. Here they travel together, the first of a transaction with what
begins it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import aiosqlite

Answer: TypeAlias = tuple[list[Any], Any, int, int | None]
"""Rows, description, number of rows that changed, id of the last row that was inserted."""


class Connection(aiosqlite.Connection):
    """A connection for SQLAlchemy's dialect, which reads whole results."""

    beginning: str | None = None
    """What begins the transaction, together with its first statement."""

    def cursor(self) -> Cursor:  # type: ignore[override]  # aiosqlite's has to be awaited, SQLAlchemy's need not
        """A cursor that has made no trip yet."""
        return Cursor(self)

    async def commit(self) -> None:
        """Ends the transaction."""
        self.beginning = None
        await super().commit()

    async def rollback(self) -> None:
        """Ends the transaction. The pool does so whenever a connection comes back, mostly after its commit.

        A connection whose statement was cancelled does not come here: SQLAlchemy throws it away.
        """
        self.beginning = None
        if self.in_transaction:
            await super().rollback()


class Cursor:
    """Executes and fetches at once. The names are those of DB-API 2.0 (PEP 249), as SQLAlchemy's adapter calls them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Cursor:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.close()

    async def execute(self, sql: str, parameters: Any = ()) -> None:
        """One statement and its rows."""
        await self._run(sqlite3.Cursor.execute, sql, parameters or ())

    async def executemany(self, sql: str, parameters: Sequence[Any]) -> None:
        """One statement with each of the parameters."""
        await self._run(sqlite3.Cursor.executemany, sql, parameters)

    async def fetchall(self) -> list[Any]:
        """What is left of the rows."""
        rows, self._rows = self._rows, []
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        number = size or self.arraysize
        rows, self._rows = self._rows[:number], self._rows[number:]
        return rows

    async def fetchone(self) -> Any:
        """The next row, None after the last."""
        return self._rows.pop(0) if self._rows else None

    async def close(self) -> None:
        """Forgets the rows."""
        self._rows = []

    async def _run(self, statement: Callable[..., sqlite3.Cursor], sql: str, parameters: Any) -> None:
        connection = self._connection
        ask = partial(_ask, connection._conn, connection.beginning, statement, sql, parameters)
        answer = await connection._execute(ask)  # type: ignore[no-untyped-call]
        self._rows, self.description, self.rowcount, self.lastrowid = answer


def _ask(
    connection: sqlite3.Connection,
    beginning: str | None,
    statement: Callable[..., sqlite3.Cursor],
    sql: str,
    parameters: Any,
) -> Answer:
    """Runs in the thread of the connection."""
    cursor = connection.cursor()
    try:
        if beginning is not None and not connection.in_transaction:
            cursor.execute(beginning)
        statement(cursor, sql, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()
