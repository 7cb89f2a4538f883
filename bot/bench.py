"""The figures of this machine: warm process, medians, and the ratio to real time."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
from rich.table import Table

from bot import bench_clips, bench_portraits, engines
from bot.settings import Settings
from pipeline import registry
from pipeline.receipt import Receipt
from pipeline.speak import Studio
from pipeline.stages import EngineConfig
from pipeline.summon import Engines, Stage, Step, Summoned, summon
from pipeline.workers import Workers

CONCEPTS = ("an angry apple", "a wise old oak", "a cheerful teapot", "a sleepy dragon", "a shy cactus")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure."""

    name: str
    value: float
    unit: str

    def document(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self) | {"value": round(self.value, 3)}


def table(rows: Sequence[Row]) -> Table:
    """For the terminal."""
    found = Table(box=None, padding=(0, 2), header_style="dim")
    found.add_column("figure")
    found.add_column("median", justify="right")
    found.add_column("unit")
    for row in rows:
        found.add_row(row.name, f"{row.value:.2f}", row.unit)
    return found


async def measure(settings: Settings, rounds: int, say: Callable[[str], None]) -> list[Row]:
    """All figures; minutes. ``say`` hears what is being measured."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="chatanything-bench-") as scratch, TreeMemory() as memory:
        for voice in ("hibari", "kokoro"):
            say(f"summoning with {voice}")
            rows += await _summoning(settings, voice, rounds)
        say("drawing and encoding")
        names = engines.engines(await engines.choose(settings, "hibari"))
        rows += [Row(*figure) for figure in await bench_clips.measure(settings.engine_config(), names, rounds)]
        say("painting")
        rows += [Row(*figure) for figure in await bench_portraits.measure(settings.engine_config())]
        say("whole commands")
        rows.append(await _command(settings, rounds, Path(scratch)))
    rows.append(Row("peak memory of the process tree", memory.peak / 1e6, "MB"))
    rows.append(Row("packages of this environment and assets", _installed(settings) / 1e6, "MB"))
    return rows


async def _summoning(settings: Settings, voice: str, rounds: int) -> list[Row]:
    names = engines.engines(await engines.choose(settings, voice))
    config = settings.engine_config()
    portraits, totals, clips = [], [], []
    async with Workers() as workers:
        studio = Studio(config, workers, names.animation)
        await _summon(config, studio, names, CONCEPTS[0], 0)  # warm: models and art loaded
        for turn in range(rounds):
            portrait, summoned = await _summon(config, studio, names, CONCEPTS[turn % len(CONCEPTS)], turn)
            portraits.append(portrait)
            totals.append(summoned.timings["total"])
            clips.append(summoned.greeting.clip.seconds)
    total, seconds = statistics.median(totals), statistics.median(clips)
    return [
        Row(f"concept to portrait ({voice})", statistics.median(portraits), "s"),
        Row(f"concept to first clip ({voice})", total, "s"),
        Row(f"length of that clip ({voice})", seconds, "s"),
        Row(f"clip seconds per second of work ({voice})", seconds / total, "x real time"),
    ]


async def _summon(
    config: EngineConfig, studio: Studio, names: Engines, concept: str, seed: int
) -> tuple[float, Summoned]:
    began = time.perf_counter()
    portrait = [0.0]

    def watch(step: Step) -> None:
        if step.stage is Stage.PORTRAIT and step.result is not None:
            portrait[0] = time.perf_counter() - began

    mind = registry.create("mind", "scripted", config)  # figures of this machine, not of a language model
    receipt = Receipt()
    summoned = await summon(concept, mind=mind, studio=studio, engines=names, seed=seed, receipt=receipt, watch=watch)
    return portrait[0], summoned


async def _command(settings: Settings, rounds: int, scratch: Path) -> Row:
    database = {"DATABASE_URL": f"sqlite+aiosqlite:///{scratch / 'bench.db'}", "BLOB_URL": (scratch / "blobs").as_uri()}
    environment = os.environ | database | {"CHATANYTHING_HOME": str(settings.home)}

    def run(*words: str) -> float:
        began = time.perf_counter()
        subprocess.run(  # noqa: S603 - our own command, words of ours
            [sys.executable, "-m", "bot.cli", *words], env=environment, check=True, capture_output=True, cwd=scratch
        )
        return time.perf_counter() - began

    await asyncio.to_thread(run, "migrate")
    seconds = [
        await asyncio.to_thread(run, "summon", CONCEPTS[0], "--voice-engine", "hibari", "--out", str(scratch / "out"))
        for _ in range(rounds)
    ]
    return Row("cold `chatanything summon`, whole process (hibari)", statistics.median(seconds), "s")


def _installed(settings: Settings) -> int:
    return sum(
        file.stat().st_size
        for folder in (Path(sys.prefix), settings.assets)
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink()
    )


class TreeMemory:
    """Peak of the proportional set size (shared pages counted once) of this process and its children, in bytes."""

    def __init__(self) -> None:
        self.peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> TreeMemory:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._done.wait(0.25):
            total = 0
            for process in (own, *own.children(recursive=True)):
                with suppress(psutil.Error):
                    full = process.memory_full_info()
                    total += getattr(full, "pss", full.uss)
            self.peak = max(self.peak, total)
