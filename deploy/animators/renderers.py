"""Who draws: what every renderer has, and our own warp. Projects of others: checkouts.py and recipes.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from deploy.animators import drawing
from pipeline.animation.remote.contract import About
from pipeline.workers import Workers

Faces = Literal["human", "any"]
Told = Callable[[float], None]
"""Takes how much is done, 0..1."""


class CannotDraw(Exception):
    """It tried, and there is no clip. The message says why, for the operator of the bot."""


@dataclass(frozen=True, slots=True)
class Work:
    """One clip to draw. ``folder`` holds portrait.png (square), landmarks.json, speech.wav (mono, 16 bit) and
    about.json, and takes whatever a renderer leaves."""

    folder: Path
    about: About

    @property
    def portrait(self) -> Path:
        """The picture."""
        return self.folder / "portrait.png"

    @property
    def speech(self) -> Path:
        """The sound."""
        return self.folder / "speech.wav"


class Renderer(Protocol):
    """Draws one clip at a time."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def faces(self) -> Faces:
        """Whether it moves any portrait, or only those of people."""

    @property
    def fps(self) -> float:
        """Frames a second of its clips."""

    def missing(self) -> str | None:
        """Why it cannot draw here; None where it can."""

    async def render(self, work: Work, told: Told) -> Path:
        """The clip as an MP4, framed as the portrait is and as long as the speech; its sound is not used. Cancelled,
        it ends what it has started.

        Raises ``CannotDraw``.
        """


class Warp:
    """Our own animator for any portrait, on a processor. It shows how a server is kept, and serves tests."""

    name, fps = "warp", 25.0
    faces: Faces = "any"

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def missing(self) -> str | None:
        """Nothing."""
        return None

    async def render(self, work: Work, told: Told) -> Path:
        """As `Renderer`."""
        drawn = asyncio.create_task(self._workers.run("pictures", drawing.draw, work.folder, work.about))
        try:
            while not (await asyncio.wait({drawn}, timeout=0.1))[0]:
                told(drawing.progress(work.folder))
        finally:
            drawn.cancel()
        return drawn.result()
