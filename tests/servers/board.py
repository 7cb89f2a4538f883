"""A chat platform of our own over real HTTP, which can do all that real ones do to a bot, and keeps a journal of it.

    async with Board() as board, BoardMessenger(board.url) as messenger:
        board.trouble(Trouble.CUT_AFTER)
        ...  # the next message is posted, and the answer is lost

For tests with processes: ``python -m tests.servers.board --port 0`` prints its address; what the methods do is done
by HTTP (``Board.routes``).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self, TypeAlias
from urllib.parse import quote

import httpx2
from aiohttp import web

from bot.messages import File, Gone, Message, MessageLost, Patience, Place, Refused

Json: TypeAlias = Any


class Trouble(StrEnum):
    """What can happen to a request. Deletions are spared."""

    BUSY = "busy"  # 429 with the time to wait
    BROKEN = "broken"  # 503
    CUT = "cut"  # the connection is dropped, and nothing was done
    CUT_AFTER = "cut_after"  # it is done, and then the connection is dropped
    SLOW = "slow"  # it is done, and the answer takes long
    LATE = "late"  # it takes long until it is done
    GONE = "gone"  # 403
    REFUSED = "refused"  # 413


@dataclass(frozen=True, slots=True)
class Entry:
    """A request to the board. ``action``: post, repeat (a post with a known nonce), edit, delete. ``done``: whether
    anything came of it."""

    action: str
    done: bool
    trouble: str | None
    conversation: str
    key: str | None
    nonce: str | None
    message: Mapping[str, Json] = field(default_factory=dict)
    """As in ``BoardMessenger``; files without their bytes."""


class Board:
    """``nonces``: whether it knows them. ``retry_after``: seconds it asks to wait. ``delay``: seconds of being slow."""

    def __init__(self, *, port: int = 0, nonces: bool = True, retry_after: float = 0.3, delay: float = 0.5) -> None:
        self.nonces = nonces
        self.retry_after = retry_after
        self.delay = delay
        self.journal: list[Entry] = []
        self.messages: dict[str, Entry] = {}
        """What is to be seen, by key, oldest first."""
        self.busiest = 0
        """Most requests that were answered at the same time."""
        self.url = ""
        self._port = port
        self._busy = 0
        self._keys = 0
        self._known: dict[tuple[str, str], str] = {}
        self._closed: set[str] = set()
        self._troubles: deque[Trouble | None] = deque()
        self._weather: dict[Trouble, float] = {}
        self._chance = random.Random(0)
        self._runner: web.AppRunner | None = None

    def trouble(self, *troubles: Trouble | None) -> None:
        """Lets the next requests fail, one each; None lets one pass."""
        self._troubles.extend(Trouble(one) if one else None for one in troubles)

    def weather(self, seed: int, chances: Mapping[str, float]) -> None:
        """Lets requests fail by chance: share of each trouble."""
        self._chance = random.Random(seed)
        self._weather = {Trouble(name): chance for name, chance in chances.items()}

    def close(self, conversation: str) -> None:
        """The bot is removed from there."""
        self._closed.add(conversation)

    def delete(self, key: str) -> None:
        """Somebody deletes a message."""
        gone = self.messages.pop(key)
        self.journal.append(Entry("delete", True, None, gone.conversation, key, None))

    def of(self, request: str) -> list[Entry]:
        """What is to be seen of a request, oldest first."""
        return [entry for entry in self.messages.values() if entry.message["request"] == request]

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def routes(self) -> list[web.RouteDef]:
        """All that can be asked of a board."""

        async def tell(request: web.Request) -> web.Response:
            shown = {key: asdict(entry) for key, entry in self.messages.items()}
            return web.json_response({"journal": [asdict(entry) for entry in self.journal], "messages": shown})

        async def trouble(request: web.Request) -> web.Response:
            self.trouble(*await request.json())
            return web.json_response({})

        async def weather(request: web.Request) -> web.Response:
            self.weather(**await request.json())
            return web.json_response({})

        async def close(request: web.Request) -> web.Response:
            self.close(request.match_info["conversation"])
            return web.json_response({})

        return [
            web.post("/channels/{conversation}/messages", self._ask),
            web.patch("/channels/{conversation}/messages/{key}", self._ask),
            web.delete("/channels/{conversation}/messages/{key}", self._ask),
            web.get("/journal", tell),
            web.post("/trouble", trouble),  # ["busy", null, "cut"]
            web.post("/weather", weather),  # {"seed": 1, "chances": {"busy": 0.1}}
            web.post("/channels/{conversation}/close", close),
        ]

    async def _ask(self, request: web.Request) -> web.Response:
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            return await self._answer(request)
        finally:
            self._busy -= 1

    async def _answer(self, request: web.Request) -> web.Response:
        if request.method == "DELETE":
            if request.match_info["key"] in self.messages:
                self.delete(request.match_info["key"])
            return web.json_response({})
        asked = await request.json()
        trouble = self._next()
        conversation, key = request.match_info["conversation"], request.match_info.get("key")
        if trouble is Trouble.LATE:
            await asyncio.sleep(self.delay)
        status, answer = self._refusal(trouble, conversation, key)
        if trouble is Trouble.CUT or status != 200:
            action = "edit" if key else "post"
            self._note(Entry(action, False, trouble, conversation, key, asked["nonce"], asked["message"]))
            if trouble is Trouble.CUT:
                _cut(request)
            return web.json_response(answer, status=status)
        key = self._do(trouble, conversation, key, asked)
        if trouble is Trouble.SLOW:
            await asyncio.sleep(self.delay)
        if trouble is Trouble.CUT_AFTER:
            _cut(request)
        return web.json_response({"key": key})

    def _next(self) -> Trouble | None:
        if self._troubles:
            return self._troubles.popleft()
        names, chances = list(self._weather), list(self._weather.values())
        fine = max(0.0, 1.0 - sum(chances))
        return self._chance.choices([None, *names], [fine, *chances])[0]

    def _refusal(self, trouble: Trouble | None, conversation: str, key: str | None) -> tuple[int, Json]:
        match trouble:
            case Trouble.BUSY:
                return 429, {"retry_after": self.retry_after}
            case Trouble.BROKEN:
                return 503, {}
            case Trouble.REFUSED:
                return 413, {}
        if trouble is Trouble.GONE or conversation in self._closed:
            return 403, {}
        return (404, {}) if key is not None and key not in self.messages else (200, {})

    def _do(self, trouble: Trouble | None, conversation: str, key: str | None, asked: Json) -> str:
        nonce, action = asked["nonce"], "edit"
        if key is None:
            known = self._known.get((conversation, nonce)) if self.nonces else None
            action = "post" if known is None else "repeat"
            self._keys += known is None
            key = known or str(self._keys)
            self._known[conversation, nonce] = key
        entry = Entry(action, True, trouble, conversation, key, nonce, asked["message"])
        self._note(entry)
        if action != "repeat":  # the message that is there is handed out, as it is
            self.messages[key] = entry
        return key

    def _note(self, entry: Entry) -> None:
        for file in entry.message["files"]:
            data = base64.b64decode(file.pop("data"))
            file.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
        self.journal.append(entry)


class BoardMessenger:
    """The board as a platform."""

    def __init__(self, url: str, platform: str = "board", timeout: float = 30.0, nonces: bool = True) -> None:
        self._platform = platform
        self._nonces = nonces
        self._client = httpx2.AsyncClient(base_url=url, timeout=timeout)

    @property
    def platform(self) -> str:
        return self._platform

    @property
    def nonces(self) -> bool:
        return self._nonces

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def send(self, place: Place, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        return await self._call("POST", _path(place), message, nonce)

    async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
        """See ``Messenger``."""
        return await self._call("PATCH", f"{_path(place)}/{key}", message, nonce)

    async def _call(self, method: str, path: str, message: Message, nonce: str) -> str:
        body = {"nonce": nonce, "message": _body(message)}
        try:
            response = await self._client.request(method, path, json=body)
        except httpx2.TransportError as error:
            raise Patience("The board does not answer.") from error
        match response.status_code:
            case 200:
                return str(response.json()["key"])
            case 403:
                raise Gone("The bot may not write there.")
            case 404:
                raise MessageLost("There is no such message.")
            case 413:
                raise Refused("The board does not take that.")
            case 429:
                raise Patience("Too many messages.", seconds=response.json()["retry_after"])
        raise Patience(f"The board failed ({response.status_code}).")


def _path(place: Place) -> str:
    return f"/channels/{quote(place.conversation, safe='')}/messages"


def _body(message: Message) -> Json:
    """What the board keeps of a message."""

    def encoded(file: File) -> Json:
        return {**asdict(file), "data": base64.b64encode(file.data).decode()}

    return {**asdict(message), "files": [encoded(file) for file in message.files]}


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.servers.board")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--no-nonces", action="store_true")
    options = parser.parse_args()
    async with Board(port=options.port, nonces=not options.no_nonces) as board:
        print(board.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
