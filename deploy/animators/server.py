"""The HTTP side: what is asked becomes a folder and a job, and where it stands is told."""

from __future__ import annotations

import asyncio
import hmac
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from pydantic import ValidationError

from deploy.animators import drawing
from deploy.animators.jobs import Full, Jobs
from deploy.animators.renderers import Work
from pipeline.animation.remote.contract import CLIPS, FILES, HEALTH, LONGEST, MOST_ASKED, About, Health, Told

VERSION = "1.0"
AGAIN = 5
"""Seconds after which to ask a server that has too much to do."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(jobs: Jobs, key: str | None = None) -> web.Application:
    """The server of a renderer. ``key``: what everybody has to show who asks anything."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        shown = request.headers.get("Authorization", "").encode()
        if key and not hmac.compare_digest(shown, f"Bearer {key}".encode()):
            return _refused(401, "the key is wrong")
        try:
            return await handler(request)
        except web.HTTPException as error:  # aiohttp's own: no such path, too large
            return _refused(error.status, error.reason)

    app = web.Application(client_max_size=MOST_ASKED, middlewares=[guarded])
    server = Server(jobs)
    app.router.add_get(HEALTH, server.health)
    app.router.add_post(CLIPS, server.ask)
    app.router.add_get(f"{CLIPS}/{{id}}", server.standing)
    app.router.add_get(f"{CLIPS}/{{id}}/clip.mp4", server.clip)
    app.router.add_delete(f"{CLIPS}/{{id}}", server.forget)
    return app


class Server:
    """The five requests of docs/animators.md."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    async def health(self, request: web.Request) -> web.Response:
        """What this server is, and whether it can draw."""
        renderer = self._jobs.renderer
        why = renderer.missing()
        told = Health(
            name=renderer.name,
            version=VERSION,
            faces=renderer.faces,
            side=512,
            fps=renderer.fps,
            ready=not why,
            why=why,
        )
        return _json(told)

    async def ask(self, request: web.Request) -> web.Response:
        """A clip is asked for."""
        if why := self._jobs.renderer.missing():
            return _refused(503, why)
        try:
            clip, folder = self._jobs.folder()
        except Full:
            return _refused(429, "too many clips wait", {"Retry-After": str(AGAIN)})
        try:
            work = await _received(request, folder)
        except ValueError as error:
            shutil.rmtree(folder)
            return _refused(400, str(error))
        except BaseException:  # the connection broke, or it was too large: nobody will ask for it
            shutil.rmtree(folder)
            raise
        return _json(self._jobs.add(clip, work), 202)

    async def standing(self, request: web.Request) -> web.Response:
        """Where a clip stands."""
        told = self._jobs.standing(request.match_info["id"])
        return _refused(404, "there is no such clip") if told is None else _json(told)

    async def clip(self, request: web.Request) -> web.StreamResponse:
        """A clip that is done."""
        if self._jobs.standing(request.match_info["id"]) is None:
            return _refused(404, "there is no such clip")
        path = self._jobs.clip(request.match_info["id"])
        if path is None:
            return _refused(409, "the clip is not done")
        return web.FileResponse(path, headers={"Content-Type": "video/mp4"})

    async def forget(self, request: web.Request) -> web.Response:
        """Nobody wants a clip any more."""
        known = self._jobs.forget(request.match_info["id"])
        return web.Response(status=204) if known else _refused(404, "there is no such clip")


async def _received(request: web.Request, folder: Path) -> Work:
    """The form as files. Raises ``ValueError`` with what is wrong with it."""
    sent = await request.post()
    for name in FILES:
        part = sent.get(name.partition(".")[0])
        if part is None:
            raise ValueError(f"{name} is missing")
        if not isinstance(part, web.FileField):
            raise ValueError(f"{name} is no file")
        with part.file as file:
            (folder / name).write_bytes(file.read())
    try:
        about = About.model_validate_json((folder / "about.json").read_bytes())
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise ValueError(f"about.json: {where or 'no JSON'}") from None
    await asyncio.to_thread(drawing.portrait_in, folder)
    if drawing.speech_in(folder, about).seconds > LONGEST:
        raise ValueError("the speech is too long")
    return Work(folder, about)


def _json(told: Told, status: int = 200) -> web.Response:
    return web.json_response(text=told.model_dump_json(), status=status)


def _refused(status: int, why: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": why}, status=status, headers=headers)
