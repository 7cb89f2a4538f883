"""A chat server like those of OpenAI, llama.cpp or Ollama, for tests: real HTTP, and everything that can go wrong.

    with ChatServer() as server:
        server.fail(Fault.HALF_STREAM)
        ...  # talk to server.base_url; the first request breaks off, the second is answered

It runs in a thread with an event loop of its own, so that tests may block, and may start processes that talk to it.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiohttp import web

from tests.servers import playing
from tests.servers.faults import Break, Fault, said
from tests.servers.threaded import Threaded

Body: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    body: Body
    headers: Mapping[str, str]


class ChatServer(Threaded):
    """Answers chat completions with ``answer(body)``.

    ``lacks``: parameters and response formats that it refuses by name. ``context``: tokens that prompt and answer may
    fill. ``delay``: seconds before each piece. ``key``: the only key it takes. ``counts``: whether it tells the usage.
    ``cost``: USD that it says a call costs.
    """

    def __init__(
        self,
        answer: Callable[[Body], str] = playing.answer,
        *,
        models: Sequence[str] = ("test-model",),
        lacks: Iterable[str] = (),
        context: int | None = None,
        delay: float = 0.0,
        key: str | None = None,
        counts: bool = True,
        cost: float | None = None,
    ) -> None:
        self.answer = answer
        self.models = models
        self.lacks = frozenset(lacks)
        self.context = context
        self.delay = delay
        self.key = key
        self.counts = counts
        self.cost = cost
        self.requests: list[Received] = []
        self.disconnects = 0
        self.listed: Any = None
        """Answer to the question for models, instead of ``models``: JSON, or a web page."""
        self.streams = True
        """Whether it streams when it is asked to."""
        self.busiest = 0
        """Most requests that were answered at the same time."""
        self._busy = 0
        self._peers: set[object] = set()
        self._faults: deque[Fault] = deque()
        super().__init__("chat server")
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    @property
    def connections(self) -> int:
        """TCP connections that brought requests."""
        return len(self._peers)

    def fail(self, *faults: Fault) -> None:
        """Let the next requests fail, one fault each."""
        self._faults.extend(faults)

    async def _start(self) -> None:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        if (refusal := self._wrong_key(request)) is not None:
            return refusal
        if isinstance(self.listed, str):
            return web.Response(text=self.listed, content_type="text/html")
        if self.listed is not None:
            return web.json_response(self.listed)
        rows = [{"id": model, "object": "model", "created": 0, "owned_by": "tests"} for model in self.models]
        return web.json_response({"object": "list", "data": rows})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(Received(body, dict(request.headers)))
        self._peers.add(request.transport and request.transport.get_extra_info("peername"))
        fault = self._faults.popleft() if self._faults else Fault()
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            refusal = self._wrong_key(request) or self._refusal(request, body, fault)
            return refusal or await self._answer(request, body, fault)
        except (asyncio.CancelledError, ConnectionResetError):
            self.disconnects += 1
            raise
        finally:
            self._busy -= 1

    def _wrong_key(self, request: web.Request) -> web.Response | None:
        if self.key is None or request.headers.get("Authorization") == f"Bearer {self.key}":
            return None
        return _refuse(request, Fault.WRONG_KEY)

    def _refusal(self, request: web.Request, body: Body, fault: Fault) -> web.Response | None:
        if fault.breaks is Break.HTML:
            return web.Response(text="<!doctype html><title>Welcome</title>", content_type="text/html")
        if fault.body is not None:
            return _refuse(request, fault)
        for name in (*body, body.get("response_format", {}).get("type")):
            if name in self.lacks:
                words = said(f"Unsupported parameter: '{name}' is not supported with this model.", "unsupported", name)
                return _refuse(request, Fault(400, words))
        if body["model"] not in self.models:
            return _refuse(request, Fault.WRONG_MODEL)
        if self.context is not None and _count(body["messages"]) + body.get("max_tokens", 0) > self.context:
            return _refuse(request, Fault.OVERFLOW)
        return None

    async def _answer(self, request: web.Request, body: Body, fault: Fault) -> web.StreamResponse:
        if fault.breaks is Break.SILENCE:
            await asyncio.sleep(60)
        text = self.answer(body) if fault.answer is None else fault.answer
        for stop in body.get("stop", ()):
            text = text.partition(stop)[0]
        pieces = _pieces(text)
        limit = body.get("max_tokens") or body.get("max_completion_tokens") or len(pieces)
        usage = {"prompt_tokens": _count(body["messages"]), "completion_tokens": min(limit, len(pieces))}
        answer = _Answer(
            pieces=pieces[:limit],
            finish=fault.finish or ("length" if len(pieces) > limit else "stop"),
            usage=usage if self.cost is None else {**usage, "cost": self.cost},
            row={"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": body["model"]},
        )
        if self.streams and body.get("stream"):
            counts = self.counts and body.get("stream_options", {}).get("include_usage", False)
            return await self._stream(request, answer, fault, counts)
        message = {"role": "assistant", "content": "".join(answer.pieces)}
        return web.json_response(answer.object("chat.completion", "message", message, answer.finish, self.counts))

    async def _stream(self, request: web.Request, answer: _Answer, fault: Fault, counts: bool) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await response.prepare(request)

        async def send(delta: Mapping[str, Any], finish: str | None = None) -> None:
            await response.write(_event(answer.object("chat.completion.chunk", "delta", delta, finish, False)))

        await send({"role": "assistant", "content": ""})
        for piece in answer.pieces[:2] if fault.breaks else answer.pieces:
            await asyncio.sleep(self.delay)
            await send({"refusal" if fault.refuses else "content": piece})
        if fault.breaks:
            await _break(request, response, fault.breaks)
            return response
        await send({}, answer.finish)
        if counts:
            await response.write(_event({**answer.row, "choices": [], "usage": answer.usage}))
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response


@dataclass(frozen=True, slots=True)
class _Answer:
    pieces: Sequence[str]
    finish: str
    usage: Mapping[str, float]
    row: Mapping[str, Any]

    def object(self, kind: str, name: str, message: Mapping[str, Any], finish: str | None, counts: bool) -> Body:
        """A completion, or a chunk of one."""
        choices = [{"index": 0, name: message, "finish_reason": finish}]
        return {**self.row, "object": kind, "choices": choices, **({"usage": self.usage} if counts else {})}


async def _break(request: web.Request, response: web.StreamResponse, how: Break) -> None:
    match how:
        case Break.HALF if request.transport is not None:
            request.transport.abort()
        case Break.GARBAGE:
            await response.write(b'data: {"choices": [{"del\n\n')
        case Break.MIDWAY:
            await response.write(_event({"error": {"code": 502, "message": "Provider returned error"}}))
        case Break.STALL:
            await asyncio.sleep(60)


def _event(row: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(row).encode() + b"\n\n"


def _refuse(request: web.Request, fault: Fault) -> web.Response:
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if isinstance(fault.body, str):
        return web.Response(text=fault.body, status=fault.status, headers=fault.headers)
    text = json.dumps(fault.body).replace("{key}", key)
    return web.json_response(text=text, status=fault.status, headers=fault.headers)


def _pieces(text: str) -> list[str]:
    """Tokens of this server: up to five letters, with the space before them."""
    return re.findall(r"\s*(?:\w{1,5}|\W)|\s+", text)


def _count(messages: Sequence[Mapping[str, Any]]) -> int:
    return sum(len(_pieces(json.dumps(message["content"], ensure_ascii=False))) for message in messages)
