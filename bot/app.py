"""Composition root: settings become ready objects. The only place that knows every part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from bot import engines as choosing
from bot import warming
from bot.asking import Asking
from bot.characters import Characters
from bot.conversation import Conversation
from bot.jobs.closing import close
from bot.jobs.embedded import EmbeddedEngine
from bot.jobs.engine import JobEngine
from bot.jobs.outcome import Keeping
from bot.jobs.stages import Stages
from bot.limits import Limits
from bot.memory import Remembering
from bot.offers import Offers
from bot.places import Places
from bot.privacy import Privacy
from bot.scenes.director import Director
from bot.scenes.playing import Scenes
from bot.settings import Settings
from pipeline import registry
from pipeline.embedding import Embedder
from pipeline.errors import NotMigrated
from pipeline.listen import Ear
from pipeline.mind.understudy import WithUnderstudy
from pipeline.speak import Studio
from pipeline.stages import ChatConfig, Listener, Mind
from pipeline.workers import Workers
from storage import migrate
from storage.bell import Bell, LocalBell
from storage.blobs import Blobs
from storage.cast import Cast
from storage.database import Database
from storage.memory import Memories
from storage.moving import Moving
from storage.outbox import Outbox
from storage.personal import Personal
from storage.places import Preferences, Residents
from storage.repository import Personas
from storage.requests import Requests
from storage.scenes import SceneStore
from storage.usage import Usages

RECENT_TOKENS = 2000
"""Tokens of a conversation that are remembered word by word, where no language model sets a limit."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What outlives the process."""

    personas: Personas
    memories: Memories
    usages: Usages
    moving: Moving


@dataclass(frozen=True, slots=True)
class Desk:
    """Where requests are taken, kept and handed to workers and platforms."""

    database: Database
    blobs: Blobs
    stored: Stored
    bell: Bell
    engine: JobEngine
    requests: Requests
    outbox: Outbox
    asking: Asking
    offers: Offers
    places: Places
    characters: Characters
    privacy: Privacy
    scenes: Scenes

    async def check(self) -> None:
        """Raises ``StorageFailed`` unless the database answers and has the form that this code needs."""
        await migrate.check(self.database)


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
        yield _stored(database, Blobs(settings.blob_url))


def _stored(database: Database, blobs: Blobs) -> Stored:
    return Stored(Personas(database, blobs), Memories(database), Usages(database), Moving(database))


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Requests, on the job engine that the database can carry: Postgres tells other processes at once, SQLite is
    looked into."""
    async with Database(settings.database_url) as database, AsyncExitStack() as stack:
        await _ready(settings, database)
        bell: Bell
        engine: JobEngine
        if database.file is None:
            from bot.jobs.grown import ProcrastinateEngine
            from storage.bell import PostgresBell

            bell, engine = await stack.enter_async_context(PostgresBell(database)), ProcrastinateEngine(database)
        else:
            bell = LocalBell()
            engine = EmbeddedEngine(bell)
        blobs = Blobs(settings.blob_url)
        requests, outbox = Requests(database, engine, bell, close), Outbox(database, engine, bell)
        yield furnish(settings, database, blobs, bell, engine, requests, outbox)


def furnish(
    settings: Settings,
    database: Database,
    blobs: Blobs,
    bell: Bell,
    engine: JobEngine,
    requests: Requests,
    outbox: Outbox,
) -> Desk:
    """A desk with all that people can ask for."""
    stored = _stored(database, blobs)
    places = Places(Preferences(database), Residents(database))
    limits = Limits(settings)
    asking = Asking(requests, places, blobs, limits)
    characters = Characters(Cast(database), stored.personas, places)
    privacy = Privacy(Personal(database), asking, places, blobs)
    scenes = Scenes(SceneStore(database, bell), stored.personas, places, limits, requests)
    offers = Offers.of(settings)
    return Desk(
        database, blobs, stored, bell, engine, requests, outbox, asking, offers, places, characters, privacy, scenes
    )


def a_director(settings: Settings, desk: Desk, mind: Mind) -> Director:
    """Who decides who speaks in scenes."""
    store, stored = SceneStore(desk.database, desk.bell), desk.stored
    return Director(
        store, desk.requests, stored.personas, desk.places, Limits(settings), stored.usages, mind, desk.bell
    )


@asynccontextmanager
async def open_stages(settings: Settings, desk: Desk, choices: tuple[choosing.Choice, ...]) -> AsyncIterator[Stages]:
    """What a worker does: engines and the processes that they run in."""
    engines, chat = choosing.engines(choices), choosing.chat(choices)
    async with (
        open_mind(settings, engines.mind, chat) as mind,
        Workers() as workers,
        open_ear(settings, choices, workers) as ear,
    ):
        studio = Studio(settings.engine_config(), workers, engines.animation)
        warming.load(workers, studio.config, engines.voice, engines.portrait)
        remembering = Remembering(desk.stored.memories, mind, Embedder(), _budget(chat))
        keeping = Keeping(desk.requests, desk.blobs)
        yield Stages(
            mind,
            studio,
            engines,
            desk.stored.personas,
            remembering,
            keeping,
            desk.bell,
            SceneStore(desk.database, desk.bell),
            ear,
        )


def _budget(chat: ChatConfig | None) -> int:
    return chat.context // 2 if chat else RECENT_TOKENS


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
async def open_ear(settings: Settings, choices: tuple[choosing.Choice, ...], workers: Workers) -> AsyncIterator[Ear]:
    """Who understands voice messages, if anybody does."""
    choice = next(choice for choice in choices if choice.stage == "hearing")
    if choice.engine == choosing.DEAF:
        yield Ear(None, workers)
        return
    config = replace(settings.engine_config(), chat=choice.chat)
    listener: Listener = registry.load("hearing", choice.engine)(config)
    try:
        yield Ear(listener, workers)
    finally:
        await listener.close()


@asynccontextmanager
async def open_app(settings: Settings, workers: Workers, voice: str | None = None) -> AsyncIterator[App]:
    """All of it; ``voice`` overrides the voice engine of the settings."""
    choices = await choosing.choose(settings, voice)
    engines, chat = choosing.engines(choices), choosing.chat(choices)
    async with (
        open_storage(settings) as stored,
        open_mind(settings, engines.mind, chat) as mind,
    ):
        # The studio's configuration travels to worker processes, so it holds no keys but those of services they ask.
        studio = Studio(settings.engine_config(engines.voice), workers, engines.animation)
        remembering = Remembering(stored.memories, mind, Embedder(), _budget(chat))
        yield App(settings, choices, Conversation(mind, studio, engines, stored.personas, remembering, stored.usages))
