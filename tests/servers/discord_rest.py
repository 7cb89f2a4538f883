"""Discord's REST API and gateway over real HTTP and a real web socket, as far as our tests need them."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

TOKEN = "right"
ME = {"id": "1", "username": "bot", "discriminator": "0", "avatar": None, "global_name": None, "bot": True}

MESSAGE: dict[str, Any] = {
    "id": "99", "channel_id": "5", "author": ME, "content": "", "timestamp": "2026-11-22T00:00:00Z",
    "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [],
    "attachments": [], "embeds": [], "pinned": False, "type": 0,
}  # fmt: skip


def as_json(document: object, status: int = 200) -> web.Response:
    """As Discord says it: the library does not take "application/json; charset=utf-8"."""
    headers = {"Content-Type": "application/json", "Via": "1.1 google"}
    return web.Response(body=json.dumps(document).encode(), status=status, headers=headers)


@dataclass
class Rest:
    """Discord's REST API, as far as it is needed: messages are taken, or answered as the tests say."""

    flags: int = 0
    answers: deque[tuple[int, dict[str, Any] | None] | None] = field(default_factory=deque)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    """What is to be had, by ``GET /path``."""
    files: dict[str, bytes] = field(default_factory=dict)
    """What was uploaded last, by name."""
    url: str = ""
    closing: int | None = None
    """The code with which the gateway closes a connection once it is known who connects."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/users/@me", self._me)
        app.router.add_get("/oauth2/applications/@me", self._me)
        app.router.add_get("/gateway/bot", self._gateway)
        app.router.add_get("/ws", self._connect)
        app.router.add_put("/applications/1/commands", self._commands)
        app.router.add_route("*", "/channels/{rest:.*}", self._message)
        app.router.add_route("*", "/webhooks/{rest:.*}", self._message)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != f"Bot {TOKEN}":
            return as_json({"message": "401: Unauthorized", "code": 0}, status=401)
        if request.path.startswith("/users"):
            return as_json(ME)
        about = {"id": "1", "name": "bot", "icon": None, "description": "", "bot_public": True, "verify_key": "",
                 "bot_require_code_grant": False, "owner": ME, "team": None, "summary": "",
                 "approximate_guild_count": 3}  # fmt: skip
        return as_json(about | {"flags": self.flags})

    async def _gateway(self, request: web.Request) -> web.Response:
        start = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return as_json({"url": f"{self.url}/ws".replace("http", "ws"), "shards": 1, "session_start_limit": start})

    async def _commands(self, request: web.Request) -> web.Response:
        self.calls.append(("PUT commands", {"commands": await request.json()}))
        return as_json([])

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for message in socket:
            if json.loads(message.data)["op"] != 2:
                continue
            if self.closing is not None:
                await socket.close(code=self.closing)
                break
            about = {"v": 10, "user": ME, "guilds": [], "session_id": "s", "resume_gateway_url": self.url}
            document = about | {"shard": [0, 1], "application": {"id": "1", "flags": 0}}
            await socket.send_json({"op": 0, "s": 1, "t": "READY", "d": document})
            self.ready.set()
        return socket

    async def _message(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        called = f"{request.method} {request.path}"
        self.calls.append((called, body))
        if called in self.documents:
            return as_json(self.documents[called])
        answer = self.answers.popleft() if self.answers else (200, None)
        if answer is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        status, document = answer
        return as_json(MESSAGE if document is None else document, status=status)

    async def _body(self, request: web.Request) -> dict[str, Any]:
        if not request.can_read_body:
            return {}
        if request.content_type == "application/json":
            return dict(await request.json())
        form = await request.post()
        parts = [part for part in form.values() if isinstance(part, web.FileField)]
        self.files = {part.filename: part.file.read() for part in parts}
        return dict(json.loads(str(form["payload_json"])))
