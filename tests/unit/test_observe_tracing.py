"""Spans, taken by a real OTLP/HTTP receiver; and a collector that is not there."""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from structlog.testing import capture_logs

from bot.observe import otlp
from bot.observe.tracing import Silent, open_tracer
from bot.settings import Settings
from pipeline.errors import EngineBusy, EngineUnavailable
from tests.servers.ports import free_port

REQUEST = "0190a3c4-7d3e-7a52-b4a7-5a2bfa3c9e11"


@pytest.fixture(autouse=True)
def _library_log() -> Any:
    level = logging.getLogger("opentelemetry").level
    yield
    logging.getLogger("opentelemetry").setLevel(level)


class Collector:
    """Takes spans by OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp)."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.resource: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.raw = b""

    async def take(self, request: web.Request) -> web.Response:
        self.headers = dict(request.headers)
        self.raw += await request.read()
        for group in ExportTraceServiceRequest.FromString(await request.read()).resource_spans:
            self.resource = {pair.key: pair.value.string_value for pair in group.resource.attributes}
            for scope in group.scope_spans:
                self.spans.extend(scope.spans)
        return web.Response(body=b"", content_type="application/x-protobuf")


@asynccontextmanager
async def _collector() -> AsyncIterator[tuple[Collector, str]]:
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield collector, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _settings(endpoint: str | None, headers: str | None = None) -> Settings:
    return Settings(_env_file=None, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_HEADERS=headers)


def _attributes(span: Span) -> dict[str, object]:
    return {pair.key: pair.value.string_value or pair.value.int_value for pair in span.attributes}


async def test_a_span_per_stage_named_alike_and_one_trace_per_request() -> None:
    async with _collector() as (collector, url):
        async with open_tracer(_settings(url + "/")) as tracer:
            with tracer.span("mind", request=REQUEST, engine="openai", attempt=1):
                await asyncio.sleep(0)
            with tracer.span("voice", request=REQUEST, engine="kokoro", attempt=2):
                pass
        async with open_tracer(_settings(url)) as other_process:
            with other_process.span("clip", request=REQUEST):
                pass
            with other_process.span("mind", request=str(uuid.uuid4()), engine="openai", attempt=1):
                pass
    assert [(span.name, _attributes(span)) for span in collector.spans[:3]] == [
        (stage, {f"chatanything.{name}": value for name, value in known.items()})
        for stage, known in (
            ("mind", {"stage": "mind", "engine": "openai", "request": REQUEST, "attempt": 1}),
            ("voice", {"stage": "voice", "engine": "kokoro", "request": REQUEST, "attempt": 2}),
            ("clip", {"stage": "clip", "request": REQUEST}),
        )
    ]
    *same, other = [span.trace_id for span in collector.spans]
    assert same == [uuid.UUID(REQUEST).bytes] * 3
    assert other not in same
    assert len({span.span_id for span in collector.spans}) == 4
    assert collector.resource["service.name"] == "chatanything"


async def test_the_headers_of_the_settings_are_sent() -> None:
    async with _collector() as (collector, url):
        settings = _settings(url, "authorization=Bearer%20abc,tenant=blue")
        async with open_tracer(settings) as tracer:
            with tracer.span("mind", request=REQUEST):
                pass
    sent = {name.lower(): value for name, value in collector.headers.items()}
    assert (sent["authorization"], sent["tenant"]) == ("Bearer abc", "blue")


async def test_an_error_is_noted_by_its_class_alone() -> None:
    async with _collector() as (collector, url):
        settings = _settings(url)
        async with open_tracer(settings) as tracer:
            with pytest.raises(EngineBusy), tracer.span("voice", request=REQUEST, engine="kokoro", attempt=1):
                raise EngineBusy("my diary")
            with pytest.raises(asyncio.CancelledError), tracer.span("clip", request="no uuid", attempt=1):
                raise asyncio.CancelledError
    failed, cancelled = collector.spans
    assert (_attributes(failed)["error.type"], failed.status) == ("EngineBusy", Status(code=Status.STATUS_CODE_ERROR))
    assert not failed.events
    assert _attributes(cancelled)["error.type"] == "CancelledError"
    assert b"diary" not in collector.raw


async def test_without_a_collector_nothing_is_imported_or_done() -> None:
    async with open_tracer(_settings(None)) as tracer:
        assert isinstance(tracer, Silent)
        with tracer.span("mind", request=REQUEST, engine="openai", attempt=1):
            pass
    program = "import sys; from bot.observe import tracing; print('opentelemetry' in sys.modules)"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


async def test_a_collector_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.observe.otlp", raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == "opentelemetry"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(EngineUnavailable) as caught:
        async with open_tracer(_settings("http://127.0.0.1:1")):
            pass
    assert str(caught.value) == "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed."
    assert caught.value.remedy == "pip install 'chatanything[telemetry]'"


async def test_a_collector_that_is_away_disturbs_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otlp, "TIMEOUT", 1.0)
    turned = 0
    begun = time.monotonic()
    with capture_logs() as lines:
        async with open_tracer(_settings(f"http://127.0.0.1:{free_port()}")) as tracer:
            for _ in range(3000):  # more than the batch processor holds
                with tracer.span("mind", request=REQUEST, engine="openai", attempt=1):
                    turned += 1
    assert turned == 3000
    assert time.monotonic() - begun < 20, "closing is given up after some seconds"
    assert [line["event"] for line in lines] == [
        "traces are dropped: the collector at OTEL_EXPORTER_OTLP_ENDPOINT does not take them"
    ]
    assert capfd.readouterr() == ("", "")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("OtelBatch") and thread.is_alive()]


async def test_a_collector_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp, "TIMEOUT", 1.0)
    begun = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as hanging:  # connections wait to be accepted
        port = hanging.getsockname()[1]
        async with open_tracer(_settings(f"http://127.0.0.1:{port}")) as tracer:
            for _ in range(1500):  # three batches
                with tracer.span("mind", request=REQUEST):
                    pass
    assert time.monotonic() - begun < 20


async def test_an_address_that_is_none_disturbs_nothing() -> None:
    with capture_logs() as lines:
        async with open_tracer(_settings("collector.example")) as tracer:
            with tracer.span("mind", request=REQUEST):
                pass
    assert [line["log_level"] for line in lines] == ["warning"]
