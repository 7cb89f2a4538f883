"""Composition root: settings become ready objects. The only place that knows every part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot import engines as choosing
from bot.conversation import Conversation
from bot.memory import Remembering
from bot.settings import Settings
from pipeline import registry
from pipeline.embedding import Embedder
from pipeline.errors import NotMigrated
from pipeline.mind.understudy import WithUnderstudy
from pipeline.speak import Studio
from pipeline.stages import ChatConfig, Mind
from pipeline.workers import Workers
from storage import migrate
from storage.blobs import Blobs
from storage.database import Database
from storage.memory import Memories
from storage.repository import Personas
from storage.usage import Usages

RECENT_TOKENS = 2000
"""Tokens of a conversation that are remembered word by word, where no language model sets a limit."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What outlives the process."""

    personas: Personas
    memories: Memories
    usages: Usages


@dataclass(frozen=True, slots=True)
class App:
    """Everything a command needs."""

    settings: Settings
    choices: tuple[choosing.Choice, ...]
    conversation: Conversation


@asynccontextmanager
async def open_storage(settings: Settings) -> AsyncIterator[Stored]:
    """What is stored alone, for commands that make nothing."""
    async with Database(settings.database_url) as database:
        await _ready(settings, database)
        yield Stored(Personas(database, Blobs(settings.blob_url)), Memories(database), Usages(database))


async def _ready(settings: Settings, database: Database) -> None:
    """The embedded database is made and brought up to date by itself; a server's waits for its operator."""
    try:
        await migrate.check(database)
    except NotMigrated:
        if settings.database_url_setting is not None:
            raise
        await migrate.upgrade(settings.database_url)


@asynccontextmanager
async def open_mind(settings: Settings, engine: str, chat: ChatConfig | None) -> AsyncIterator[Mind]:
    """The mind, with the demo writer behind it where the settings allow that."""
    config = replace(settings.engine_config(), chat=chat)
    mind: Mind = registry.load("mind", engine)(config)
    if settings.mind_stand_in and engine != "scripted":
        mind = WithUnderstudy(mind, registry.load("mind", "scripted")(config))
    try:
        yield mind
    finally:
        await mind.close()


@asynccontextmanager
async def open_app(settings: Settings, voice: str | None = None) -> AsyncIterator[App]:
    """All of it; ``voice`` overrides the voice engine of the settings."""
    choices = await choosing.choose(settings, voice)
    engines, chat = choosing.engines(choices), choosing.chat(choices)
    async with (
        open_storage(settings) as stored,
        open_mind(settings, engines.mind, chat) as mind,
        Workers() as workers,
    ):
        # The studio's configuration travels to worker processes, so it holds no key.
        studio = Studio(settings.engine_config(), workers, engines.animation)
        budget = chat.context // 2 if chat else RECENT_TOKENS
        remembering = Remembering(stored.memories, mind, Embedder(), budget)
        yield App(settings, choices, Conversation(mind, studio, engines, stored.personas, remembering, stored.usages))
