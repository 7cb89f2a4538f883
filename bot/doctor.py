"""A look at everything that can be missing, each with the command that mends it."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from rich.console import Group
from rich.table import Table
from rich.text import Text

from bot import engines
from bot.jobs.closing import close
from bot.jobs.embedded import EmbeddedEngine
from bot.settings import Settings
from pipeline import assets
from pipeline.errors import ChatAnythingError
from pipeline.mind.chat import servers
from pipeline.stages import ChatConfig, RemoteConfig, SpeechConfig, Task
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

State = Literal["ok", "note", "missing"]
COLOURS: dict[State, str] = {"ok": "green", "note": "yellow", "missing": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``missing`` keeps the main job from working; ``note`` does not."""

    what: str
    state: State
    sentence: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was looked at."""

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether the main job can run."""
        return all(finding.state != "missing" for finding in self.findings)

    def document(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"healthy": self.healthy, "findings": [asdict(finding) for finding in self.findings]}


def examine(settings: Settings) -> Findings:
    """Look at everything once. Never raises for what it finds."""
    return Findings(
        (
            *_stages(settings),
            *_libraries(),
            *_assets(settings),
            _database(settings),
            _files(settings),
            _requests(settings),
            _room(settings.home),
            *_platforms(settings),
            _versions(),
        )
    )


def report(findings: Findings) -> Group:
    """For the terminal."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings.findings:
        words = Text(finding.sentence)
        if finding.remedy:
            words.append(f"\n{finding.remedy}", "bold")
        table.add_row(Text(finding.state, COLOURS[finding.state]), finding.what, words)
    last = "Ready to summon." if findings.healthy else "Something is missing: the commands in bold mend it."
    return Group(table, Text(f"\n{last}", "bold"))


def _stages(settings: Settings) -> Iterator[Finding]:
    try:
        choices = asyncio.run(engines.choose(settings))
    except ChatAnythingError as error:
        yield Finding("engines", "missing", str(error), error.remedy)
        return
    for choice in choices:
        state: State = "note" if choice.better else "ok"
        yield Finding(choice.stage, state, f"{choice.engine}: {choice.why}", choice.better)
        if choice.chat and choice.stage == "mind":
            yield _language_model(settings, choice.chat)
        if choice.engine == "remote" and settings.animator:
            yield animator(settings.animator)
        if choice.engine == "elevenlabs" and settings.elevenlabs:
            yield elevenlabs(settings.elevenlabs)
        if choice.stage == "voice" and choice.engine == "openai" and settings.speech:
            yield voice_service(settings.speech)
        if choice.engine == "kokoro":
            yield _languages()


def _languages() -> Finding:
    said = ", ".join(sorted({"en", *foreign.installed()}))
    if missing := sorted(foreign.possible() - foreign.installed()):
        sentence = f"spoken: {said}; characters who speak {', '.join(missing)} are read as if it were English"
        return Finding("languages", "note", sentence, foreign.EXTRA)
    return Finding("languages", "ok", f"spoken: {said}")


def _language_model(settings: Settings, chat: ChatConfig) -> Finding:
    """Asks the endpoint whether it takes our key and has our models."""
    where = engines.host(chat.base_url)
    try:
        served = asyncio.run(servers.models(chat.base_url, chat.key))
    except ChatAnythingError as error:
        state: State = "note" if settings.mind_stand_in else "missing"
        return Finding("language model", state, str(error), error.remedy)
    wanted = sorted({chat.model_for(task) for task in Task})
    if absent := [model for model in wanted if servers.chat_model(served, model) is None]:
        # Not an error: llama.cpp and others take any name for the one model that they serve.
        listed = ", ".join(model.id for model in served[:5])
        return Finding("language model", "note", f"{where} does not list {', '.join(absent)}; it lists {listed}")
    sight = "pictures are seen" if chat.sees else "pictures are not seen"
    chooser = "it chooses voices and styles" if chat.chooses else "the matchers choose voices and styles"
    return Finding("language model", "ok", f"{', '.join(wanted)} at {where} is there; {sight}, {chooser}")


def animator(config: RemoteConfig) -> Finding:
    """Asks the animator what it is and whether it can draw."""
    from pipeline.animation.remote.client import Client

    try:
        with Client(config) as client:
            health = client.health()
    except ChatAnythingError as error:
        return Finding("animator", "note", f"{error} rig and warp move the faces meanwhile.", error.remedy)
    moves = "any face" if health.faces == "any" else "faces of people"
    sentence = f"{health.name} {health.version} at {engines.host(config.url)} moves {moves}"
    if not health.ready:
        why = health.why or "it does not say why"
        return Finding("animator", "note", f"{sentence}, and is not ready: {why}", "see to the animator's machine")
    return Finding("animator", "ok", sentence)


def elevenlabs(service: SpeechConfig) -> Finding:
    """Asks ElevenLabs for the voices of the account and what is left to spend."""
    from pipeline.voice.elevenlabs_client import Client

    client = None
    try:
        client = Client(service)
        voices, quota = client.voices(), client.quota()
    except ChatAnythingError as error:
        return Finding("voices", "note", f"{error} A voice of this machine speaks meanwhile.", error.remedy)
    finally:
        if client is not None:
            client.close()
    left = quota.character_limit - quota.character_count
    listed = "its default voices" if voices is None else f"{len(voices)} voices"
    sentence = f"the account at {engines.host(service.base_url)} has {listed} and {left:,} credits left"
    if left <= 0:
        return Finding("voices", "note", sentence, "add credits at elevenlabs.io")
    return Finding("voices", "ok", sentence)


def voice_service(service: SpeechConfig) -> Finding:
    """Asks the service whether it takes our key and has our model; nothing is said, as that would cost."""
    where = engines.host(service.base_url)
    try:
        served = asyncio.run(servers.models(service.base_url, service.key))
    except ChatAnythingError as error:
        return Finding("voices", "note", f"{error} A voice of this machine speaks meanwhile.", error.remedy)
    if service.model not in {one.id for one in served}:
        return Finding("voices", "note", f"{where} does not list {service.model}; it may speak all the same")
    return Finding("voices", "ok", f"{service.model} at {where} is there")


def _libraries() -> Iterator[Finding]:
    try:
        importlib.import_module("skia")
    except ImportError as error:
        # The wheel of skia-python links the system's OpenGL, which slim containers leave out.
        yield Finding("drawing", "missing", f"skia cannot be loaded: {error}", "apt-get install libegl1 libgl1")
    else:
        yield Finding("drawing", "ok", "skia loads")


def _assets(settings: Settings) -> Iterator[Finding]:
    for row in assets.status(settings.assets):
        name = f"{row.asset.id} {row.asset.version}"
        if row.state is assets.State.PRESENT:
            yield Finding("asset", "ok", f"{name}: {row.asset.purpose} ({row.asset.licence})")
        else:
            remedy = "chatanything assets --fetch" if isinstance(row.asset, assets.NpmAsset) else "make setup"
            yield Finding("asset", "missing", f"{name} is {row.state}: {row.asset.purpose}", remedy)


def _database(settings: Settings) -> Finding:
    async def connect() -> None:
        async with Database(settings.database_url) as database:
            await migrate.check(database)

    try:
        asyncio.run(connect())
    except ChatAnythingError as error:
        return Finding("database", "missing", str(error), error.remedy)
    return Finding("database", "ok", f"at revision {migrate.head()}")


def _files(settings: Settings) -> Finding:
    try:
        asyncio.run(Blobs(settings.blob_url).check())
    except ChatAnythingError as error:
        return Finding("files", "missing", str(error), error.remedy)
    return Finding("files", "ok", "can be written and read")


def _requests(settings: Settings) -> Finding:
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


def _room(home: Path) -> Finding:
    place = home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < ROOM_NEEDED:
        return Finding("disk", "note", f"only {free / 1e6:.0f} MB are free at {home}", "free some space")
    return Finding("disk", "ok", f"{free / 1e9:.0f} GB free at {home}")


def _platforms(settings: Settings) -> Iterator[Finding]:
    if settings.discord_token is not None:
        yield _discord(settings)
    if settings.telegram_token is not None:
        yield _telegram(settings)


def _discord(settings: Settings) -> Finding:
    """Asks Discord who the token stands for."""
    from bot.discord.standing import ALLOW_CONTENT, NO_CONTENT, look  # Discord's library is large

    try:
        standing = asyncio.run(look(settings.discord_token))
    except ChatAnythingError as error:
        return Finding("discord", "missing", str(error), error.remedy)
    servers = "one server" if standing.servers == 1 else f"{standing.servers} servers"
    sentence = f"the token is that of {standing.name}, which is on {servers}"
    if not standing.servers:
        return Finding("discord", "note", f"{sentence}: nobody can see it", "chatanything discord --invite")
    if not standing.content:
        return Finding("discord", "note", f"{sentence}. {NO_CONTENT}", ALLOW_CONTENT)
    return Finding("discord", "ok", sentence)


def _telegram(settings: Settings) -> Finding:
    """Asks Telegram who the token stands for."""
    from bot.telegram.standing import ALLOW_GROUPS, PRIVACY, look

    try:
        standing = asyncio.run(look(settings))
    except ChatAnythingError as error:
        return Finding("telegram", "missing", str(error), error.remedy)
    sentence = f"the token is that of @{standing.name}"
    if not standing.hears:
        return Finding("telegram", "note", f"{sentence}. {PRIVACY}", ALLOW_GROUPS)
    return Finding("telegram", "ok", sentence)


def _versions() -> Finding:
    found = [f"Python {sys.version.split()[0]}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            return Finding("versions", "missing", f"{package} is not installed", "make setup")
    return Finding("versions", "ok", ", ".join(found))
