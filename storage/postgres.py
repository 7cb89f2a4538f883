"""What only Postgres needs: parameters for libpq, and the tables of procrastinate, which brings steps to workers.

Procrastinate lives in a schema of its own: Alembic compares and `downgrade` removes our tables without meeting its.
It is transport, `storage.requests` holds the truth, so nothing is lost when the schema is dropped.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import ProgrammingError

from pipeline.errors import StorageFailed
from storage.database import SERVER

# Its functions name tables without a schema, so they find them only with this: from any session, whatever its path.
_PIN_FUNCTIONS = """
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = procrastinate', one);
    END LOOP;
END
$$
"""


def libpq(url: URL) -> dict[str, Any]:
    """Arguments for ``psycopg.connect``: password, several hosts, the folder of a socket, sslmode and all."""
    _, options = url.get_dialect()().create_connect_args(url)
    return {**SERVER, **options}


def install_jobs(connection: Connection) -> None:
    """Brings procrastinate's schema to the version that is installed here. The caller keeps others out meanwhile.

    The comment of the schema tells the last step of procrastinate's own migrations that it contains.
    """
    sql = _sql()
    steps = sorted((sql / "migrations").glob("*.sql"))
    namespace = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'procrastinate'"
    found = connection.execute(text(namespace)).one_or_none()
    if found is None:
        _create(connection)
        scripts = [sql / "schema.sql"]
    else:
        scripts = [step for step in steps if step.name > (found[0] or "")]
    if not scripts:
        return
    path = connection.execute(text("SELECT current_setting('search_path')")).scalar_one()
    connection.execute(text("SET LOCAL search_path = procrastinate"))
    for script in scripts:
        _run(connection, script.read_text(encoding="utf-8"))
    connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": path})
    _run(connection, _PIN_FUNCTIONS)
    _run(connection, f"COMMENT ON SCHEMA procrastinate IS '{steps[-1].name}'")


def installed_jobs(connection: Connection) -> bool:
    """Whether procrastinate's schema is there."""
    return bool(connection.execute(text("SELECT to_regnamespace('procrastinate') IS NOT NULL")).scalar_one())


def remove_jobs(connection: Connection) -> None:
    """Deletes procrastinate's schema with everything in it."""
    connection.execute(text("DROP SCHEMA IF EXISTS procrastinate CASCADE"))


def _create(connection: Connection) -> None:
    try:
        connection.execute(text("CREATE SCHEMA procrastinate"))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != "42501":  # insufficient_privilege
            raise
        raise StorageFailed(
            "The user of DATABASE_URL may not create the schema `procrastinate` in its database.",
            remedy="GRANT CREATE ON DATABASE ... TO ...",
        ) from error


def _run(connection: Connection, script: str) -> None:
    """Several statements as they are written: no `%` and no `:` in them means a parameter."""
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})


def _sql() -> Path:
    spec = find_spec("procrastinate")
    if spec is None or spec.origin is None:
        raise StorageFailed(
            "A Postgres database needs procrastinate, which is not installed.",
            remedy="pip install 'chatanything[postgres]'",
        )
    return Path(spec.origin).parent / "sql"
