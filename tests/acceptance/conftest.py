"""The real command as a real process, on a home of its own that shares only the fetched assets."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from bot.settings import Settings
from tests.servers.sqlite import SqliteFiles

COMMAND = (sys.executable, "-m", "bot.cli")
PATIENCE = 180
APPLE = ("an angry apple", "--voice-engine", "hibari", "--seed", "3")


@dataclass(frozen=True)
class Place:
    """A fresh home and working folder to run commands in, without the settings of whoever runs the tests."""

    home: Path
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        theirs = {str(setting.validation_alias) for setting in Settings.model_fields.values()}
        mine = {"CHATANYTHING_HOME": str(self.home), "COLUMNS": "200", "PYTHONPATH": str(Path.cwd())}
        mine["MIND_SERVERS"] = ","  # a language model that runs on this machine is none of the tests' business
        return {k: v for k, v in os.environ.items() if k not in theirs} | mine | dict(self.settings)

    def with_settings(self, **settings: str) -> Place:
        """The same place with other settings."""
        return replace(self, settings={**self.settings, **settings})

    def run(self, *words: str, stdin: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            **options,
        )

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def json_of_any(self, *words: str) -> Any:
        """The JSON of a command that may end with any status, such as `doctor`."""
        return json.loads(self.run(*words, "--json").stdout)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database of this home holds."""
        with closing(sqlite3.connect(self.home / "chatanything.db")) as connection:
            return connection.execute(query, values).fetchall()

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            preexec_fn=heeding_interrupts,
        )


def heeding_interrupts() -> None:
    """In the child: whoever runs the tests in the background of a shell made it, and all its children, deaf to that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def fresh(root: Path, assets: Path) -> Place:
    place = Place(root / "home", root / "work")
    place.home.mkdir()
    place.folder.mkdir()
    (place.home / "assets").symlink_to(assets)
    return place


@pytest.fixture
def place(tmp_path: Path, assets_home: Path, sqlite: SqliteFiles) -> Place:
    """A home that has its tables already, which `fresh` leaves to the first command."""
    place = fresh(tmp_path, assets_home)
    sqlite.lay(place.home / "chatanything.db")
    return place


@pytest.fixture(scope="session")
def summoned(tmp_path_factory: pytest.TempPathFactory, assets_home: Path) -> tuple[Place, Any]:
    """Made by whichever process of the tests needs it first, and shared by all of them."""
    everybody = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        everybody = everybody.parent
    root = everybody / "summoned"
    place, document = Place(root / "home", root / "work"), root / "document.json"
    with FileLock(everybody / "summoned.lock"):
        if not document.exists():
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir()
            document.write_text(json.dumps(fresh(root, assets_home).json("summon", *APPLE)), "utf-8")
    return place, json.loads(document.read_text("utf-8"))


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory, summoned: tuple[Place, Any]) -> tuple[Place, Any]:
    """A place where an angry apple was summoned, and the JSON that came of it. The tests of one file share it."""
    (original, document), root = summoned, tmp_path_factory.mktemp("settled")
    shutil.copytree(original.home, root / "home", symlinks=True)
    shutil.copytree(original.folder, root / "work")
    return Place(root / "home", root / "work"), document
