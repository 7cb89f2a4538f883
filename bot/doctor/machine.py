"""Looks at this machine: libraries, languages, assets, database, files, waiting requests, disk."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from bot.doctor.findings import Finding
from bot.jobs.closing import close
from bot.jobs.embedded import EmbeddedEngine
from bot.settings import Settings
from pipeline import assets
from pipeline.asset_catalogue import NpmAsset
from pipeline.errors import ChatAnythingError
from pipeline.voice import foreign
from storage import asked, migrate
from storage.bell import LocalBell
from storage.blobs import Blobs
from storage.database import Database
from storage.requests import Requests
from storage.steps import StepState

PACKAGES = ("chatanything", "onnxruntime", "hibari-tts", "skia-python", "opencv-python-headless", "av", "sqlalchemy")
ROOM_NEEDED = 1_000_000_000
"""Bytes that should be free at home: clips and portraits pile up there."""


def libraries() -> Iterator[Finding]:
    """Whether the system has what drawing links to."""
    try:
        importlib.import_module("skia")
    except ImportError as error:
        # The wheel of skia-python links the system's OpenGL, which slim containers leave out.
        yield Finding("drawing", "missing", f"skia cannot be loaded: {error}", "apt-get install libegl1 libgl1")
    else:
        yield Finding("drawing", "ok", "skia loads")


def languages() -> Finding:
    """Which languages are pronounced, and which could be."""
    said = ", ".join(sorted({"en", *foreign.installed()}))
    if missing := sorted(foreign.possible() - foreign.installed()):
        sentence = f"spoken: {said}; characters who speak {', '.join(missing)} are read as if it were English"
        return Finding("languages", "note", sentence, foreign.EXTRA)
    return Finding("languages", "ok", f"spoken: {said}")


def fetched(settings: Settings) -> Iterator[Finding]:
    """Each model file and each piece of art."""
    for row in assets.status(settings.assets):
        name = f"{row.asset.id} {row.asset.version}"
        if row.state is assets.State.PRESENT:
            yield Finding("asset", "ok", f"{name}: {row.asset.purpose} ({row.asset.licence})")
        else:
            remedy = "chatanything assets --fetch" if isinstance(row.asset, NpmAsset) else "make setup"
            yield Finding("asset", "missing", f"{name} is {row.state}: {row.asset.purpose}", remedy)


def database(settings: Settings) -> Finding:
    """Whether it is there, and as this version wants it."""

    async def connect() -> None:
        async with Database(settings.database_url) as database:
            await migrate.check(database)

    try:
        asyncio.run(connect())
    except ChatAnythingError as error:
        return Finding("database", "missing", str(error), error.remedy)
    return Finding("database", "ok", f"at revision {migrate.head()}")


def files(settings: Settings) -> Finding:
    """Whether the store of files takes one and gives it back."""
    try:
        asyncio.run(Blobs(settings.blob_url).check())
    except ChatAnythingError as error:
        return Finding("files", "missing", str(error), error.remedy)
    return Finding("files", "ok", "can be written and read")


def requests(settings: Settings) -> Finding:
    """How requests travel, and whether any of them waits for somebody to work on it."""

    async def count() -> tuple[int, int, int]:
        async with Database(settings.database_url) as database:
            await migrate.check(database)  # looked at, not brought up to date
            bell = LocalBell()
            requests = Requests(database, EmbeddedEngine(bell), bell, close)
            depth = await requests.depth()
            failed = await requests.list(states=(asked.State.APOLOGISED,), limit=1000)
        states = [(state, number) for (_, state), number in depth.items()]
        ready = sum(number for state, number in states if state == StepState.READY)
        return ready, sum(number for state, number in states if state == StepState.RUNNING), len(failed)

    try:
        ready, running, failed = asyncio.run(count())
    except ChatAnythingError:
        return Finding("requests", "missing", "cannot be looked into without the database")
    carrier = (
        "procrastinate on Postgres" if urlsplit(settings.database_url).scheme[:8] == "postgres" else "this machine"
    )
    sentence = f"carried by {carrier}; {ready} steps wait, {running} are in work, {failed} requests failed"
    if ready and not running:
        return Finding("requests", "note", f"{sentence}: nobody works on them", "chatanything worker")
    return Finding(
        "requests", "note" if failed else "ok", sentence, "chatanything requests --failed" if failed else None
    )


def room(home: Path) -> Finding:
    """Whether the disk has room."""
    place = home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < ROOM_NEEDED:
        return Finding("disk", "note", f"only {free / 1e6:.0f} MB are free at {home}", "free some space")
    return Finding("disk", "ok", f"{free / 1e9:.0f} GB free at {home}")


def versions() -> Finding:
    """What is installed of what problems depend on most."""
    found = [f"Python {sys.version.split()[0]}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            return Finding("versions", "missing", f"{package} is not installed", "make setup")
    return Finding("versions", "ok", ", ".join(found))
