"""Animators for tests: the reference server as a process of its own, and one that does everything wrong.

with Animator() as server: ...          # server.url; a real process
with LyingAnimator() as server:
    server.lie = Lie.HANGS
    ...
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from enum import Enum, auto
from fractions import Fraction
from typing import Any, Self

import av
import cv2
import numpy as np
from aiohttp import web

from pipeline.animation.remote.contract import CLIPS, MOST_ASKED
from tests.servers.threaded import Threaded

KEY = "k-4711-secret"


class Animator:
    """``python -m deploy.animators`` with our own renderer."""

    def __init__(self, key: str = "", waiting: int = 8) -> None:
        self._key, self._waiting = key, waiting
        self.url = ""
        self.process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "deploy.animators", "--port", "0", "--waiting", str(self._waiting)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "ANIMATOR_KEY": self._key}
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()


class Lie(Enum):
    """What goes wrong."""

    NOTHING = auto()
    SILENT = auto()
    """It takes what it is sent and never answers."""
    HANGS = auto()
    """The clip is drawn for ever."""
    CREEPS = auto()
    """So it is, but there is always some progress."""
    DIES = auto()
    """It is gone while it draws."""
    HICCUPS = auto()
    """Two questions are answered by a proxy that has lost it."""
    FAILS = auto()
    """It says that it failed, with our key and a mention in its words."""
    BROKEN = auto()
    """500."""
    TIRES = auto()
    """500 for all but the first."""
    BUSY = auto()
    """429."""
    UNMOVABLE = auto()
    """422."""
    REDIRECTS = auto()
    """It sends the portrait elsewhere."""
    WEB_PAGE = auto()
    """It is something else."""
    NONSENSE = auto()
    """JSON that tells nothing."""
    ENDLESS_JSON = auto()
    """An answer without end where a short one belongs."""
    HUGE = auto()
    """A clip without end."""
    GARBAGE = auto()
    """The clip is no MP4."""
    PLAYLIST = auto()
    """The clip is a list of files on this machine."""
    SHORT = auto()
    """It is a third of a second short."""
    LONG = auto()
    """It is three times as long."""
    BLACK = auto()
    """It is black from the middle on."""
    ANOTHER = auto()
    """It shows another portrait."""
    WIDE = auto()
    """It is no square."""
    HALF = auto()
    """The connection ends in the middle of the clip."""


class LyingAnimator(Threaded):
    """Sends the portrait back as a clip that stands still. ``clip``: how it is made of it, for tests of what is fair.

    ``asked`` forms it got; ``forgotten`` clips it was told to forget.
    """

    def __init__(self) -> None:
        self.lie = Lie.NOTHING
        self.side, self.fps, self.more = 256, 25, 0
        self.asked: list[dict[str, bytes]] = []
        self.forgotten: list[str] = []
        self.headers: dict[str, str] = {}
        self.questions = 0
        super().__init__("animator")
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def _start(self) -> None:
        app = web.Application(client_max_size=MOST_ASKED)
        app.router.add_post(CLIPS, self._ask)
        app.router.add_get(f"{CLIPS}/one", self._standing)
        app.router.add_get(f"{CLIPS}/one/clip.mp4", self._clip)
        app.router.add_delete(f"{CLIPS}/{{id}}", self._forget)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        self.headers, self.questions = dict(request.headers), 0
        sent: dict[str, bytes] = {}
        for name, part in (await request.post()).items():
            assert isinstance(part, web.FileField)
            with part.file as file:
                sent[name] = file.read()
        self.asked.append(sent)
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        match self.lie:
            case Lie.SILENT:
                await asyncio.sleep(60)
            case Lie.TIRES if len(self.asked) > 1:
                return web.json_response({"error": "tired"}, status=500)
            case Lie.BROKEN:
                return web.json_response({"error": f"CUDA out of memory, {key} @everyone"}, status=500)
            case Lie.BUSY:
                return web.json_response({"error": "later"}, status=429, headers={"Retry-After": "5"})
            case Lie.UNMOVABLE:
                return web.json_response({"error": "no human face"}, status=422)
            case Lie.REDIRECTS:
                return web.Response(status=307, headers={"Location": f"{self.url}{CLIPS}"})
            case Lie.WEB_PAGE:
                return web.Response(text="<!doctype html><title>Welcome</title>", content_type="text/html")
            case Lie.NONSENSE:
                return web.json_response({"id": "../../etc", "state": "fine"}, status=202)
            case Lie.ENDLESS_JSON:
                return await self._endless(request, b" " * 65536)
        return web.json_response({"id": "one", "state": "waiting", "progress": 0}, status=202)

    async def _standing(self, request: web.Request) -> web.StreamResponse:
        self.questions += 1
        told: dict[str, Any] = {"id": "one", "state": "drawing", "progress": 0.5}
        match self.lie:
            case Lie.HANGS:
                pass
            case Lie.CREEPS:
                told["progress"] = min(1.0, self.questions / 1000)
            case Lie.HICCUPS if self.questions <= 2:
                return web.Response(status=502, text="Bad gateway")
            case Lie.DIES:
                assert request.transport is not None
                asyncio.get_running_loop().create_task(self._stop())
                request.transport.abort()
            case Lie.FAILS:
                key = self.headers.get("Authorization", "").removeprefix("Bearer ")
                told |= {"state": "failed", "error": f"CUDA\nout of memory, {key} @everyone " + "x" * 1000}
            case _:
                told |= {"state": "done", "progress": 1.0}
        return web.json_response(told)

    async def _clip(self, request: web.Request) -> web.StreamResponse:
        match self.lie:
            case Lie.HUGE:
                return await self._endless(request, bytes(1 << 20))
            case Lie.GARBAGE:
                return web.Response(body=b"\0\0\0\x20ftypisom" + bytes(1000), content_type="video/mp4")
            case Lie.PLAYLIST:
                return web.Response(body=b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", content_type="video/mp4")
        mp4 = await asyncio.to_thread(self._drawn)
        if self.lie is Lie.HALF:
            response = web.StreamResponse(headers={"Content-Length": str(len(mp4))})
            await response.prepare(request)
            await response.write(mp4[: len(mp4) // 2])
            assert request.transport is not None
            request.transport.abort()
            return response
        return web.Response(body=mp4, content_type="video/mp4")

    async def _endless(self, request: web.Request, piece: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            await response.write(piece)

    async def _forget(self, request: web.Request) -> web.StreamResponse:
        self.forgotten.append(request.match_info["id"])
        return web.Response(status=204)

    def _drawn(self) -> bytes:
        sent = self.asked[-1]
        picture = cv2.imdecode(np.frombuffer(sent["portrait"], np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        seconds = (len(sent["speech"]) - 44) / 2 / int.from_bytes(sent["speech"][24:28], "little")
        seconds += {Lie.SHORT: -0.3, Lie.LONG: 2 * seconds}.get(self.lie, 0.0)
        size = (self.side, self.side // 2 if self.lie is Lie.WIDE else self.side)
        still = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        if self.lie is Lie.ANOTHER:
            still = np.ascontiguousarray(255 - still)
        count = round(seconds * self.fps) + self.more
        black = count // 2 if self.lie is Lie.BLACK else count
        return encoded([still if index < black else np.zeros_like(still) for index in range(count)], self.fps)


def encoded(pictures: list[np.ndarray], fps: int) -> bytes:
    """BGR pictures as an MP4."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as container:
        track = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "threads": "1"})
        track.height, track.width = pictures[0].shape[:2]
        track.pix_fmt = "yuv420p"
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return sink.getvalue()


def about(sent: dict[str, bytes]) -> dict[str, Any]:
    """The page of a form."""
    page: dict[str, Any] = json.loads(sent["about"])
    return page
