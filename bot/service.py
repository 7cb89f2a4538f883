"""A process that serves: takes steps, shows what is ready to be shown, rescues what others left, and stops in order.

The first SIGTERM or SIGINT lets it end what it has begun, for ``GRACE`` seconds; what is not done by then is handed
back, to go on elsewhere or after the next start. The second one hands back at once.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

import structlog

from bot import engines as choosing
from bot.app import Desk, a_director, open_desk, open_stages
from bot.delivery import LONGEST, Delivery
from bot.jobs.identity import this_process
from bot.jobs.plan import DEADLINES, Stage
from bot.jobs.rescue import EVERY, Rescuer
from bot.jobs.worker import Watched, Work, Worker
from bot.messages import Messenger
from bot.observe import health
from bot.observe.metrics import Metrics
from bot.observe.tracing import open_tracer
from bot.settings import Settings
from bot.waiting import tell_places
from pipeline.errors import BadRequest, StorageFailed
from pipeline.summon import DIFFUSERS
from pipeline.workers import default_lanes
from storage.sweeping import Sweeper

log = structlog.get_logger(__name__)

GRACE, LEAVING = 24.0, 4.0
"""Seconds to end what was begun, and then to hand it back: together less than the 30 after which systemd and
Kubernetes kill."""

SWEEP_EVERY = 3600.0
"""Seconds between two passes of the sweeper."""

PAINTED = 4
"""Portraits by diffusion at the same time: a GPU paints them in one batch, and goes on while another is judged."""

MINDS = 4
"""Conversations with a language model at the same time: it works elsewhere, or has a queue of its own."""


def queues(names: str | None = None, concurrency: int | None = None, painter: str | None = None) -> Mapping[str, int]:
    """How many steps of which queue are run at the same time; by default what this machine has lanes for, and what
    suits the engine of the portraits."""
    lanes = default_lanes()
    portraits = PAINTED if painter == DIFFUSERS else 1
    own = {Stage.MIND: MINDS, Stage.VOICE: lanes["voice"], Stage.PORTRAIT: portraits, Stage.CLIP: lanes["pictures"]}
    wanted = [name.strip() for name in names.split(",")] if names else [stage.value for stage in own]
    if not all(wanted) or len(set(wanted)) != len(wanted):
        raise BadRequest("Name each queue once, with commas between them: mind,voice,portrait,clip.")
    return {name: concurrency or own.get(Stage(name), 1) if name in [*Stage] else concurrency or 1 for name in wanted}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two signs of life and between two looks for the dead, for each stage, and for sending a part.

    Looks are counted, so a part may be on its way for less than ``PART_LOOKS`` of them (`bot.jobs.rescue`).
    """

    every: float = EVERY
    deadlines: Mapping[str, float] = field(default_factory=lambda: DEADLINES)
    sending: float = LONGEST


@dataclass(frozen=True, slots=True)
class Gateway:
    """A platform in this process. ``listen`` takes what people do there until the event is set, and raises when it
    cannot any more."""

    messenger: Messenger
    listen: Callable[[asyncio.Event], Coroutine[None, None, None]]


OpenGateway: TypeAlias = Callable[[Settings, Desk], AbstractAsyncContextManager[Gateway]]


async def work(
    settings: Settings,
    wanted: Mapping[str, int],
    messengers: Sequence[Messenger] = (),
    gateways: Sequence[OpenGateway] = (),
) -> None:
    """A whole process: a worker for these queues, and a gateway to these platforms."""
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(open_desk(settings))
        opened = [await stack.enter_async_context(open_gateway(settings, desk)) for open_gateway in gateways]
        messengers = [*messengers, *(gateway.messenger for gateway in opened)]
        listening = [gateway.listen for gateway in opened]
        metrics, tracer = Metrics(), await stack.enter_async_context(open_tracer(settings))
        run: Work | None = None
        watched = Watched(metrics, tracer)
        if wanted:
            choices = await choosing.choose(settings)
            stages = await stack.enter_async_context(open_stages(settings, desk, choices))
            run = stages.run
            if Stage.MIND in wanted:
                listening.append(a_director(settings, desk, stages.mind).serve)
            watched = Watched(metrics, tracer, _by_step(choices))
        if settings.health_address:
            probes = [health.Probe("database", desk.check, "The database does not answer as it should.")]
            url = await stack.enter_async_context(
                health.serve(settings.health_address, probes, metrics, desk.requests.depth)
            )
            log.info("health", url=url)
        sweeper = Sweeper(desk.database, desk.blobs, settings.requests_kept)
        with stopped_by_signals() as stopping:
            await serve(desk, run, wanted, messengers, watched, stopping, sweeper, listening=listening)


async def serve(
    desk: Desk,
    run: Work | None,
    wanted: Mapping[str, int],
    messengers: Sequence[Messenger],
    watched: Watched,
    stopping: asyncio.Event,
    sweeper: Sweeper | None = None,
    pace: Pace = Pace(),
    listening: Sequence[Callable[[asyncio.Event], Coroutine[None, None, None]]] = (),
) -> None:
    """Serves until ``stopping`` is set and what was begun is ended or handed back. ``listening``: further duties."""
    name = this_process()
    for queue in sorted(set(wanted) - {*Stage}):
        log.warning("queue.unknown", queue=queue)  # nothing is put into it yet, or it was misspelt
    rescuer = Rescuer(desk.requests, desk.outbox, desk.engine, name, pace.every)
    duties = [asyncio.create_task(rescuer.serve(stopping), name="rescuer")]
    if sweeper is not None:
        duties.append(asyncio.create_task(_sweep(sweeper, stopping), name="sweeper"))
    ears: list[asyncio.Task[None]] = []
    if run is not None and wanted:
        worker = Worker(name, desk.requests, run, desk.bell, watched, pace.deadlines, pace.every)
        duties.append(asyncio.create_task(desk.engine.serve(wanted, worker.take, stopping), name="worker"))
        ears.append(asyncio.create_task(worker.listen(), name="ears"))
    if messengers:
        delivery = Delivery(
            desk.outbox, desk.blobs, desk.bell, messengers, name, metrics=watched.metrics, longest=pace.sending
        )
        duties.append(asyncio.create_task(delivery.serve(stopping), name="delivery"))
        duties.append(asyncio.create_task(tell_places(desk.requests, delivery, desk.bell, stopping), name="waiting"))
    duties += [asyncio.create_task(listen(stopping), name="gateway") for listen in listening]
    log.info("serving", queues=dict(wanted), platforms=[messenger.platform for messenger in messengers])
    try:
        await _until(stopping, duties)
        if pending := (await asyncio.wait(duties, timeout=GRACE))[1]:
            log.warning("not done in time", duties=sorted(task.get_name() for task in pending))
    finally:
        for task in (*duties, *ears):
            task.cancel()
        await asyncio.wait((*duties, *ears), timeout=LEAVING)
    log.info("stopped")


async def _sweep(sweeper: Sweeper, stopping: asyncio.Event) -> None:
    """Sweeps now and every hour."""
    while not stopping.is_set():
        try:
            swept = await sweeper.sweep()
            log.info("swept", requests=swept.requests, results=swept.results, files=swept.files)
        except StorageFailed as error:
            log.warning("not swept", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), SWEEP_EVERY)


async def _until(stopping: asyncio.Event, duties: Sequence[asyncio.Task[None]]) -> None:
    """Waits for the sign to stop, and raises what a duty died of before."""
    sign = asyncio.create_task(stopping.wait())
    try:
        done, _ = await asyncio.wait((sign, *duties), return_when=asyncio.FIRST_COMPLETED)
        for task in done - {sign}:
            task.result()
    finally:
        sign.cancel()


def _by_step(choices: Sequence[choosing.Choice]) -> Mapping[str, str]:
    """The engine of each stage of a request: what moves a face makes clips."""
    return {Stage.CLIP if choice.stage == "animation" else choice.stage: choice.engine for choice in choices}


@contextmanager
def stopped_by_signals() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set; the second one cancels the body, and that is a way to end, too."""
    loop, task, stopping = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()
    hurried = False

    def stop() -> None:
        nonlocal hurried
        if stopping.is_set() and task is not None:
            hurried = True
            task.cancel()
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield stopping
    except asyncio.CancelledError:
        if not hurried or task is None:
            raise
        task.uncancel()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
