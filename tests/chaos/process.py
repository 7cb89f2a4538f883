"""A real process of the bot, with toys for engines and points at which it dies: ``python -m tests.chaos.process``.

Updates come by HTTP to a gateway: whoever gets no answer does not know whether the update was taken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import web

from bot import delivery
from bot.app import Desk, furnish, open_desk
from bot.asking import Incoming
from bot.jobs import answering, grown, worker
from bot.jobs.closing import close
from bot.jobs.outcome import Keeping
from bot.jobs.plan import Stage
from bot.jobs.stages import Stages
from bot.jobs.worker import Watched
from bot.memory import Remembering
from bot.observe import logs
from bot.observe.metrics import Metrics
from bot.observe.tracing import Silent
from bot.service import Pace, queues, serve, stopped_by_signals
from bot.settings import Settings
from pipeline.embedding import Embedder
from pipeline.errors import BadRequest, StorageFailed
from pipeline.listen import Ear
from storage.requests import Accepted
from storage.scenes import SceneStore
from tests.chaos import points, toys
from tests.chaos.points import FatefulBlobs, FatefulMessenger, FatefulOutbox, FatefulRequests, Points

Update: TypeAlias = Mapping[str, Any]

EVERY = 0.3
"""Seconds between two beats: a step is taken from a dead worker after 3 s, a part after 9."""

PACE = Pace(EVERY, dict.fromkeys(Stage, 4.0), sending=5.0)

NO_STORAGE = 75
"""Exit status where database or bucket were away at the start: whoever started it starts it again."""

UNLIMITED = {
    f"LIMIT_{meter}_{scope}": "none" for meter in ("SUMMONS", "VIDEO", "COST") for scope in ("PERSON", "PLACE", "BOT")
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until SIGTERM, or until it kills itself."""
    options = _options(arguments)
    answering.PROGRESS = 0.0
    worker.FIRST_WAIT, worker.WAIT_GROWTH = 0.2, 2.0
    delivery.FIRST_WAIT, delivery.LAST_WAIT = 0.2, 2.0
    grown.HEARTBEAT, grown.DEAD = 1.0, 4.0
    try:
        asyncio.run(_serve(options))
    except StorageFailed as error:
        print(type(error).__name__, error, file=sys.stderr)
        sys.exit(NO_STORAGE)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.process")
    parser.add_argument("--role", choices=["worker", "gateway", "both"], required=True)
    for name in ("database", "blobs", "board"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--no-nonces", action="store_true", help="the board knows none")
    parser.add_argument("--port", type=int, default=0, help="where a gateway takes updates")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--faults", type=float, default=0.0, help="share of calls that an engine fails at")
    parser.add_argument("--life", type=int, default=0, help="most times that the fatal point is reached; 0: immortal")
    parser.add_argument("--notes", type=Path, required=True, help="where it notes its death")
    parser.add_argument("--log", type=Path, required=True)
    return parser.parse_args(arguments)


async def _serve(options: argparse.Namespace) -> None:
    addresses = {"DATABASE_URL": options.database, "BLOB_URL": options.blobs}
    settings = Settings.model_validate({**addresses, **UNLIMITED, "LIMIT_OPEN_PERSON": "none", "LOG_FORMAT": "json"})
    works, brings = options.role != "gateway", options.role != "worker"
    fate = (points.WORKER if works else ()) + (points.GATEWAY if brings else ())
    reached = Points(fate if options.life else (), options.seed, options.notes, options.life)
    luck = toys.Luck(options.seed, options.faults, reached.reach)
    async with AsyncExitStack() as stack:
        log = stack.enter_context(options.log.open("a"))
        logs.configure(settings, log)
        desk = fateful(await stack.enter_async_context(open_desk(settings)), settings, reached)
        messengers = []
        if brings:
            messenger = await stack.enter_async_context(
                FatefulMessenger(options.board, timeout=4.0, nonces=not options.no_nonces)
            )
            messenger.points = reached
            messengers.append(messenger)
            await _open_door(stack, Door(desk, reached), options.port)
        wanted = queues("mind,voice,portrait,clip", 2) if works else {}
        run = _stages(desk, luck).run if works else None
        with stopped_by_signals() as stopping:
            await serve(desk, run, wanted, messengers, Watched(Metrics(), Silent()), stopping, pace=PACE)


def fateful(desk: Desk, settings: Settings, reached: Points) -> Desk:
    """The same with points between any two things that it does."""
    requests = FatefulRequests(desk.database, desk.engine, desk.bell, close)
    outbox = FatefulOutbox(desk.database, desk.engine, desk.bell)
    blobs = FatefulBlobs(settings.blob_url)
    requests.points = outbox.points = blobs.points = reached
    return furnish(settings, desk.database, blobs, desk.bell, desk.engine, requests, outbox)


def _stages(desk: Desk, luck: toys.Luck) -> Stages:
    mind = toys.ToyMind(luck)
    remembering = Remembering(desk.stored.memories, mind, Embedder(), 2000)
    keeping = Keeping(desk.requests, desk.blobs)
    scenes = SceneStore(desk.database, desk.bell)
    studio, personas = toys.studio(luck), desk.stored.personas
    ear = Ear(None, studio.workers)
    return Stages(mind, studio, toys.ENGINES, personas, remembering, keeping, desk.bell, scenes, ear)


class Door:
    """Where updates come in."""

    def __init__(self, desk: Desk, reached: Points) -> None:
        self._desk = desk
        self._reached = reached

    async def take(self, request: web.Request) -> web.Response:
        """200 with the id of the request, 409 with a refusal, 503 while storage is away."""
        update = json.loads(await request.read())
        try:
            answer = await self._ask(update)
        except BadRequest as error:
            return web.json_response({"refused": error.sentence}, status=409)
        except StorageFailed as error:
            return web.json_response({"failed": error.sentence}, status=503)
        self._reached.reach("accepted")
        return web.json_response(answer)

    async def _ask(self, update: Update) -> Update:
        asking = self._desk.asking
        match update["do"]:
            case "cancel":
                return {"cancelled": await asking.cancel(update["request"])}
            case "again":
                await asking.retry(update["request"])
                return {"request": update["request"]}
        incoming = Incoming("board", *(update[name] for name in ("key", "place", "conversation", "person")))
        accepted = await (self._about if "persona" in update else self._anew)(update, incoming)
        return {"request": accepted.request.id, "repeated": accepted.repeated}

    async def _anew(self, update: Update, incoming: Incoming) -> Accepted:
        if update["do"] == "another":
            return await self._desk.asking.another(incoming, update["request"])
        return await self._desk.asking.summon(incoming, update["words"])

    async def _about(self, update: Update, incoming: Incoming) -> Accepted:
        asking, do = self._desk.asking, update["do"]
        persona = await self._desk.stored.personas.get(update["persona"])
        if do in ("restyle", "revoice"):
            return await (asking.restyle if do == "restyle" else asking.revoice)(incoming, persona)
        return await asking.say(incoming, persona, update["words"], scene=do == "scene")


async def _open_door(stack: AsyncExitStack, door: Door, port: int) -> None:
    app = web.Application()
    app.add_routes([web.post("/", door.take)])
    runner = web.AppRunner(app, shutdown_timeout=1.0, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", port).start()


if __name__ == "__main__":
    main()
