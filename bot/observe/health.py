"""What an orchestrator and Prometheus ask: /health, /ready and /metrics.

The answers name what is wrong, never where it is: no address, no secret, no text of an exception.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.observe.metrics import Depth, Metrics
from pipeline.errors import BadRequest

log = structlog.get_logger(__name__)

TIMEOUT = 2.0
"""Seconds that a probe, or counting the queues, may take."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Something without which this process cannot work. ``check`` raises where it is not there.

    ``failing`` is the whole sentence that is shown then: "The database does not answer."
    """

    name: str
    check: Callable[[], Awaitable[None]]
    failing: str


CountQueues: TypeAlias = Callable[[], Awaitable[Depth]]


@asynccontextmanager
async def serve(
    address: str, probes: Sequence[Probe], metrics: Metrics, depth: CountQueues | None = None
) -> AsyncIterator[str]:
    """Serves at ``address`` ("127.0.0.1:9090"; port 0 takes a free one) and gives the URL it has become.

    Raises ``BadRequest`` where the address cannot be used.
    """
    host, port = _parse(address)
    pages = _Pages(probes, metrics, depth)
    app = web.Application()
    app.add_routes(
        [web.get("/health", pages.health), web.get("/ready", pages.ready), web.get("/metrics", pages.metrics)]
    )
    # One who still reads must not hold up a shutdown, which has 30 seconds in all.
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise BadRequest(f"HEALTH_ADDRESS={address} cannot be served: {_reason(error)}.") from None
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class _Pages:
    """The three pages. The log hears of a probe when its answer changes, not at every asking."""

    def __init__(self, probes: Sequence[Probe], metrics: Metrics, depth: CountQueues | None) -> None:
        self._probes = probes
        self._metrics = metrics
        self._depth = depth
        self._failing: dict[str, str] = {}

    async def health(self, _request: web.Request) -> web.Response:
        """This process lives, and its event loop turns: else nobody would answer."""
        return web.json_response({"alive": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 where every probe passes, else 503 and what is wrong."""
        errors = await _errors([probe.check for probe in self._probes])
        wrong = {probe.name: probe.failing for probe, error in zip(self._probes, errors, strict=True) if error}
        for probe, error in zip(self._probes, errors, strict=True):
            self._note(probe.name, error)
        if wrong:
            return web.json_response({"ready": False, "failing": wrong}, status=503)
        return web.json_response({"ready": True})

    async def metrics(self, request: web.Request) -> web.Response:
        """All metrics; without the depth of the queues where it cannot be counted."""
        if (depth := self._depth) is not None:
            counted: list[Depth] = []

            async def count() -> None:
                counted.append(await depth())

            (error,) = await _errors([count])
            self._note("queue depth", error)
            self._metrics.queued(counted[0] if counted else None)
        body, content_type = self._metrics.render(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type, "Cache-Control": "no-store"})

    def _note(self, name: str, error: str | None) -> None:
        if error and self._failing.get(name) != error:
            log.warning("probe failing", probe=name, error=error)
        elif not error and name in self._failing:
            log.info("probe passing again", probe=name)
        if error:
            self._failing[name] = error
        else:
            self._failing.pop(name, None)


async def _errors(checks: Sequence[Callable[[], Awaitable[None]]]) -> list[str | None]:
    """Runs them side by side; for each the class of its error, or None. One that hangs is left behind."""
    tasks = [asyncio.ensure_future(check()) for check in checks]
    if not tasks:
        return []
    try:
        await asyncio.wait(tasks, timeout=TIMEOUT)
        return [_error(task) for task in tasks]
    finally:
        for task in tasks:
            task.cancel()


def _error(task: asyncio.Future[None]) -> str | None:
    if not task.done():
        return "TimeoutError"
    if task.cancelled():
        return "CancelledError"
    error = task.exception()
    return type(error).__name__ if error else None


def _parse(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{address.strip()}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.netloc != address.strip() or parts.username is not None:
        raise BadRequest("HEALTH_ADDRESS needs a host and a port, as in 127.0.0.1:9090.")
    return host, port


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno is None:
        return "nobody knows that host"
    return os.strerror(error.errno).lower()
