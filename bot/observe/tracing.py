"""Spans of OpenTelemetry: one per stage, named alike for every engine; nothing at all where no collector is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Protocol

from bot.settings import Settings
from pipeline.errors import EngineUnavailable


class Tracer(Protocol):
    """Measures stages."""

    def span(
        self, stage: str, *, request: str, engine: str | None = None, attempt: int | None = None
    ) -> AbstractContextManager[None]:
        """Spans the work within. All spans of a request make one trace, whichever processes they come from.

        ``request``: its UUID, which is the id of the trace. An error that passes through is noted by its class.
        """


class Silent:
    """A tracer for whom nobody listens."""

    def span(
        self, stage: str, *, request: str, engine: str | None = None, attempt: int | None = None
    ) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()


@asynccontextmanager
async def open_tracer(settings: Settings) -> AsyncIterator[Tracer]:
    """The tracer of this process; what it still holds is sent when it closes, or given up after some seconds.

    Raises ``EngineUnavailable`` where a collector is set and the extra is not installed.
    """
    if not settings.otel_endpoint:
        yield Silent()
        return
    try:
        from bot.observe.otlp import Exporting
    except ModuleNotFoundError:
        raise EngineUnavailable(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed.",
            remedy="pip install 'chatanything[telemetry]'",
        ) from None
    tracer = Exporting(settings.otel_endpoint, settings.otel_headers)
    try:
        yield tracer
    finally:
        await tracer.close()
