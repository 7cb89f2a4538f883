"""Composition root: settings become ready objects. The only place that knows every part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot import engines as choosing
from bot.conversation import Conversation
from bot.settings import Settings
from pipeline import registry
from pipeline.errors import NotMigrated
from pipeline.speak import Studio
from pipeline.workers import Workers
from storage import migrate
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import Personas


@dataclass(frozen=True, slots=True)
class App:
    """Everything a command needs."""

    settings: Settings
    choices: tuple[choosing.Choice, ...]
    conversation: Conversation


@asynccontextmanager
async def open_personas(settings: Settings) -> AsyncIterator[Personas]:
    """The stored personas alone, for commands that make nothing."""
    async with Database(settings.database_url) as database:
        await _ready(settings, database)
        yield Personas(database, Blobs(settings.blob_url))


async def _ready(settings: Settings, database: Database) -> None:
    """The embedded database is made and brought up to date by itself; a server's waits for its operator."""
    try:
        await migrate.check(database)
    except NotMigrated:
        if settings.database_url_setting is not None:
            raise
        await migrate.upgrade(settings.database_url)


@asynccontextmanager
async def open_app(settings: Settings, voice: str | None = None) -> AsyncIterator[App]:
    """All of it; ``voice`` overrides the voice engine of the settings."""
    choices = choosing.choose(settings, voice)
    engines = choosing.engines(choices)
    config = settings.engine_config()
    async with open_personas(settings) as personas, Workers() as workers:
        studio = Studio(config, workers, engines.animation)
        mind = registry.create("mind", engines.mind, config)
        yield App(settings, choices, Conversation(mind, studio, engines, personas))
