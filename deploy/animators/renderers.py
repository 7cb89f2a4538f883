"""Who draws: our own warp, or somebody else's checkout behind its command line."""

from __future__ import annotations

import asyncio
import math
import os
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from deploy.animators import drawing
from pipeline.animation.remote.contract import About
from pipeline.workers import Workers

Faces = Literal["human", "any"]
Told = Callable[[float], None]
"""Takes how much is done, 0..1."""
_PERCENT = re.compile(rb"(\d{1,3})%")


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


@dataclass(frozen=True, slots=True)
class Checkout:
    """Another project, where its operator has it. ``python``: of its own environment; ``arguments``: of its script."""

    name: str
    faces: Faces
    root: Path
    python: Path
    needs: tuple[str, ...]
    arguments: Callable[[Work], Sequence[str | Path]]
    fps: float = 25.0

    def missing(self) -> str | None:
        """The first file that should be there and is not."""
        files = [self.root / "inference.py", *(self.root / name for name in self.needs), self.python]
        return next((f"there is no {file}" for file in files if not file.exists()), None)

    async def render(self, work: Work, told: Told) -> Path:
        """As `Renderer`."""
        out = work.folder / "out"
        out.mkdir()
        # A process group of its own: these projects start FFmpeg and data loaders, which must end with them.
        process = await asyncio.create_subprocess_exec(
            self.python,
            "inference.py",
            *self.arguments(work),
            cwd=self.root,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            last = await _followed(process, told)
            code = await process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        clips = sorted(out.rglob("*.mp4"), key=lambda file: file.stat().st_mtime)
        if code != 0 or not clips:
            raise CannotDraw(f"{self.name} ended with {code}: {last}" if last else f"{self.name} ended with {code}")
        return clips[-1]


async def _followed(process: asyncio.subprocess.Process, told: Told) -> str:
    """Reads what a process prints: bars of tqdm and rich carry a percentage. Returns the last line."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    tail, last, moved = b"", 0, 0
    while piece := await process.stdout.read(4096):
        tail = (tail + piece)[-4096:]
        for percent in map(int, _PERCENT.findall(piece)):
            moved, last = moved + max(0, percent - last), percent
        # Several bars run one after the other, and nobody knows how many: each step counts for a little less.
        told(1 - math.exp(-moved / 100))
    lines = [line.strip() for line in re.split(r"[\r\n]", tail.decode(errors="replace")) if line.strip()]
    return lines[-1][:200] if lines else ""


def liveportrait(root: Path, python: Path, faces: Faces) -> Checkout:
    """LivePortrait moved by JoyVASA: inference.py of jdh-algo/JoyVASA. ``faces``: its human mode finds the face, its
    animal mode takes the whole portrait for one, whatever it is.

    Flags: its src/config/argument_config.py; the clip: the end of its src/live_portrait_wmg_pipeline.py, 25 frames a
    second, as many as the sound has (and a silent ``_temp.mp4`` before it, which is older). It takes no seed.
    """
    # The clip must be framed as the portrait is. Cropped, it is so only if pasted back, which wants stitching, which
    # is not for animals. Not cropped, it is; and a portrait is about as tight as the crop of the network would be.
    framing = ["--flag_do_crop", "--flag_pasteback", "--flag_stitching"] if faces == "human" else []
    mode = "human" if faces == "human" else "animal"

    def arguments(work: Work) -> Sequence[str | Path]:
        asked: Mapping[str, str | Path] = {
            "--reference": work.portrait,
            "--audio": work.speech,
            "--output_dir": work.folder / "out",
            "--animation_mode": mode,
            "--cfg_scale": "2.0",
        }
        return [*(one for pair in asked.items() for one in pair), *framing]

    weights = "liveportrait" if faces == "human" else "liveportrait_animals"
    needs = "pretrained_weights/JoyVASA", f"pretrained_weights/{weights}"
    return Checkout("liveportrait", faces, root, python, needs, arguments)


def sadtalker(root: Path, python: Path) -> Checkout:
    """inference.py of OpenTalker/SadTalker, for photographs of people. The clip is RESULT_DIR/TIME.mp4."""

    def arguments(work: Work) -> Sequence[str | Path]:
        asked: Mapping[str, str | Path] = {
            "--source_image": work.portrait,
            "--driven_audio": work.speech,
            "--result_dir": work.folder / "out",
            "--size": "512" if work.about.side > 256 else "256",
            "--preprocess": "full",
        }
        # The whole picture with the head where it is: that is what --still is for. It also stops all blinks
        # (src/generate_batch.py) and leaves a pose style without effect (src/generate_facerender_batch.py).
        return [*(one for pair in asked.items() for one in pair), "--still"]

    # The mapping that "full" takes, see its src/utils/init_path.py.
    return Checkout("sadtalker", "human", root, python, ("checkpoints/mapping_00109-model.pth.tar",), arguments)
