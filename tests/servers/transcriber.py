"""A transcription service like OpenAI's, for tests: real HTTP in the event loop of the test, and what can go wrong."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections import deque
from typing import Any, Self

from aiohttp import web

from tests.servers.faults import Break, Fault


class Transcriber:
    """Answers with ``answer``, whatever it is sent; what it was sent is in ``fields`` and ``seconds``.

    async with Transcriber() as server:
        ...  # server.base_url
    """

    def __init__(self) -> None:
        self.answer: Any = {"text": "Good morning.", "languages": [{"code": "en"}]}
        """JSON, or another text."""
        self.fields: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.seconds = 0.0
        self.requests = 0
        self._faults: deque[Fault] = deque()
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    def fail(self, *faults: Fault) -> None:
        """Let the next requests fail, one fault each."""
        self._faults.extend(faults)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/v1/audio/transcriptions", self._transcribe)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _transcribe(self, request: web.Request) -> web.Response:
        self.headers = dict(request.headers)
        form = await request.post()
        self.fields = {name: value for name, value in form.items() if isinstance(value, str)}
        sent = form["file"]
        assert isinstance(sent, web.FileField)
        with sent.file as file, wave.open(io.BytesIO(file.read())) as sound:
            self.seconds = sound.getnframes() / sound.getframerate()
        self.requests += 1
        fault = self._faults.popleft() if self._faults else Fault()
        if fault.breaks is Break.SILENCE:
            await asyncio.sleep(60)
        if fault.breaks is Break.HALF and request.transport is not None:
            request.transport.abort()
        if fault.body is not None:
            text = json.dumps(fault.body).replace("{key}", self.headers["Authorization"].removeprefix("Bearer "))
            return web.Response(text=text, status=fault.status, headers=fault.headers, content_type="application/json")
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, content_type="text/html")
        return web.json_response(self.answer)
