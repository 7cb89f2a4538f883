"""Clips that were asked for: drawn one at a time, first come, first served, and forgotten when nobody asks any more."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.animators.renderers import CannotDraw, Renderer, Work
from pipeline.animation.remote.contract import FORGOTTEN, Standing, State
from pipeline.errors import ChatAnythingError


class Full(Exception):
    """As many clips wait as may."""


@dataclass(slots=True)
class Job:
    """One clip."""

    id: str
    work: Work
    state: State = State.WAITING
    progress: float = 0.0
    error: str | None = None
    clip: Path | None = None
    asked: float = field(default_factory=time.monotonic)


class Jobs:
    """All of them. Use as an async context manager, in one event loop; leaving it ends what is drawn."""

    def __init__(self, renderer: Renderer, folder: Path, most: int = 8, forgotten: float = FORGOTTEN) -> None:
        self.renderer = renderer
        self._folder, self._most, self._forgotten = folder, most, forgotten
        self._jobs: dict[str, Job] = {}
        self._drawn: tuple[Job, asyncio.Task[None]] | None = None
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._draw_all()), asyncio.create_task(self._sweep())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for clip in list(self._jobs):
            self.forget(clip)
        drawn = [self._drawn[1]] if self._drawn else []
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *drawn, return_exceptions=True)

    def folder(self) -> tuple[str, Path]:
        """An id for a new clip, and an empty folder for its files. Raises ``Full``."""
        waiting = sum(job.state is State.WAITING for job in self._jobs.values())
        if waiting >= self._most or len(self._jobs) >= 4 * self._most:
            raise Full
        clip = secrets.token_urlsafe(12)
        (self._folder / clip).mkdir()
        return clip, self._folder / clip

    def add(self, clip: str, work: Work) -> Standing:
        """A clip that can be drawn now."""
        self._jobs[clip] = Job(clip, work)
        self._news.set()
        return self._standing(self._jobs[clip])

    def standing(self, clip: str) -> Standing | None:
        """Where a clip stands; None when it is not known."""
        job = self._jobs.get(clip)
        if job is None:
            return None
        job.asked = time.monotonic()
        return self._standing(job)

    def clip(self, clip: str) -> Path | None:
        """The file of a clip that is done."""
        job = self._jobs.get(clip)
        return job.clip if job else None

    def forget(self, clip: str) -> bool:
        """Ends it, wherever it stands, and deletes its files; whether it was known."""
        job = self._jobs.pop(clip, None)
        if job is None:
            return False
        if self._drawn and self._drawn[0] is job:
            self._drawn[1].cancel()  # its folder goes when nobody writes into it any more
        else:
            shutil.rmtree(job.work.folder, ignore_errors=True)
        return True

    def _standing(self, job: Job) -> Standing:
        before = [one for one in self._jobs.values() if one.state in (State.WAITING, State.DRAWING)]
        ahead = before.index(job) if job.state is State.WAITING else 0
        return Standing(id=job.id, state=job.state, progress=round(job.progress, 3), ahead=ahead, error=job.error)

    async def _draw_all(self) -> None:
        while True:
            self._news.clear()
            job = next((one for one in self._jobs.values() if one.state is State.WAITING), None)
            if job is None:
                await self._news.wait()
                continue
            self._drawn = job, asyncio.create_task(self._draw(job))
            await asyncio.wait({self._drawn[1]})
            if not self._drawn[1].cancelled() and (mistake := self._drawn[1].exception()):
                job.state, job.error = State.FAILED, f"a mistake in {self.renderer.name}: {type(mistake).__name__}"
                traceback.print_exception(mistake)
            self._drawn = None
            if job.id not in self._jobs:
                shutil.rmtree(job.work.folder, ignore_errors=True)

    async def _draw(self, job: Job) -> None:
        def told(share: float) -> None:
            job.progress = max(job.progress, min(share, 1.0))

        job.state = State.DRAWING
        try:
            job.clip = await self.renderer.render(job.work, told)
        except (CannotDraw, ChatAnythingError, OSError) as error:
            job.state, job.error = State.FAILED, str(error)
        else:
            job.state, job.progress = State.DONE, 1.0

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(1.0, self._forgotten / 4))
            for job in list(self._jobs.values()):
                if time.monotonic() - job.asked > self._forgotten:
                    self.forget(job.id)
