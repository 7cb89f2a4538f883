"""The tracer that sends: OTLP over HTTP, in batches, from a thread of its own. Imported where a collector is set."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version
from threading import Timer

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import StatusCode
from opentelemetry.util.re import parse_env_headers
from pydantic import SecretStr

log = structlog.get_logger(__name__)

TIMEOUT = 3.0
"""Seconds for sending a batch, and for sending what is left when the tracer closes: a stopping process has 30."""

_request: ContextVar[str] = ContextVar("request")


class Exporting:
    """Sends spans to ``endpoint`` (root of the collector, as OTEL_EXPORTER_OTLP_ENDPOINT has it).

    Where nobody answers there, spans are dropped, and the log says so once.
    """

    def __init__(self, endpoint: str, headers: SecretStr | None = None) -> None:
        # It reports every failure with its own words and traceback; `_Watched` reports the change.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        named = parse_env_headers(headers.get_secret_value(), liberal=True) if headers else None
        self._exporter = _Watched(
            OTLPSpanExporter(f"{endpoint.strip().rstrip('/')}/v1/traces", headers=named, timeout=TIMEOUT)
        )
        ours = Resource({"service.name": "chatanything", "service.version": version("chatanything")})
        self._provider = TracerProvider(
            id_generator=_RequestIds(),
            resource=ours.merge(OTELResourceDetector().detect()),  # OTEL_SERVICE_NAME and such win
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("chatanything")

    @contextmanager
    def span(
        self, stage: str, *, request: str, engine: str | None = None, attempt: int | None = None
    ) -> Iterator[None]:
        """See ``Tracer``."""
        known = {"stage": stage, "engine": engine, "request": request, "attempt": attempt}
        attributes = {f"chatanything.{name}": value for name, value in known.items() if value is not None}
        token = _request.set(request)
        try:
            # The SDK would record an error with its message and traceback, which may quote what people wrote.
            with self._tracer.start_as_current_span(
                stage, attributes=attributes, record_exception=False, set_status_on_exception=False
            ) as span:
                try:
                    yield
                except BaseException as error:
                    span.set_attribute("error.type", type(error).__name__)
                    span.set_status(StatusCode.ERROR)
                    raise
        finally:
            _request.reset(token)

    async def close(self) -> None:
        """Sends what is left, for ``TIMEOUT`` seconds; then gives it up."""
        # The SDK waits 30 s for a dead collector; a closed exporter ends its retries.
        giving_up = Timer(TIMEOUT, self._exporter.shutdown)
        giving_up.daemon = True
        giving_up.start()
        await asyncio.to_thread(self._provider.shutdown)
        giving_up.cancel()


class _RequestIds(RandomIdGenerator):
    """The id of a trace is the UUID of its request, so that worker processes need not tell each other."""

    def generate_trace_id(self) -> int:
        try:
            return uuid.UUID(_request.get("")).int or super().generate_trace_id()
        except ValueError:
            return super().generate_trace_id()


class _Watched(SpanExporter):
    """Tells the log when the collector stops and starts to answer, instead of at every batch."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._answers = True
        self._closed = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = SpanExportResult.FAILURE if self._closed else self._exporter.export(spans)
        answers = result is SpanExportResult.SUCCESS
        if answers != self._answers:
            self._answers = answers
            if answers:
                log.info("traces are taken again")
            else:
                log.warning("traces are dropped: the collector at OTEL_EXPORTER_OTLP_ENDPOINT does not take them")
        return result

    def shutdown(self) -> None:
        if not self._closed:
            self._closed = True
            self._exporter.shutdown()
