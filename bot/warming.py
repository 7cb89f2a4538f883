"""Gets worker processes ready before they are asked. A fresh one takes seconds to import its engines and to load their
models; these pass while the process that will ask does the same, or before anybody comes.

Imports hardly anything itself: it is what a command does first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pipeline.voice import embedded
from pipeline.workers import Workers

if TYPE_CHECKING:
    from bot.settings import Settings
    from pipeline.stages import EngineConfig


@runtime_checkable
class Loading(Protocol):
    """An engine that keeps something large."""

    def load(self) -> None:
        """Load what the first call would."""


@asynccontextmanager
async def started(settings: Settings, voice: str | None) -> AsyncIterator[Workers]:
    """Workers whose processes are being born, and their engines in them. ``voice``: the engine that speaks, where it is
    not that of the settings."""
    voice = voice or settings.engine("voice")
    if voice == "auto":
        voice, _ = embedded.best(settings.assets)
    async with Workers() as workers:
        load(workers, settings.engine_config(voice), voice, settings.engine("portrait"))
        await asyncio.sleep(0)  # else they would begin only after what the caller imports
        yield workers


def load(workers: Workers, config: EngineConfig, voice: str, portrait: str) -> None:
    """Load the engines, each where it works. ``config``: the very one of the calls that follow. A painter that wants a
    GPU is left alone: it would take the memory of that before anybody asks for a picture."""
    painter = (("portrait", "illustrator"),) if portrait in ("auto", "illustrator") else ()
    workers.prepare("voice", _load, config, ("voice", voice))
    workers.prepare("pictures", _load, config, ("animation", "rig"), *painter)


def _load(config: EngineConfig, *engines: tuple[str, str]) -> None:
    from pipeline import registry

    import_module("pipeline.sentence")  # of what is called next
    for stage, name in engines:
        engine = registry.create(stage, name, config)
        if isinstance(engine, Loading):
            engine.load()
