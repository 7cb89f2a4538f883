"""Somebody else's project, where its operator has it, behind its command line."""

from __future__ import annotations

import asyncio
import math
import os
import re
import shutil
import signal
import wave
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from PIL import Image

from deploy.animators import drawing
from deploy.animators.renderers import CannotDraw, Faces, Told, Work
from pipeline.types import Landmarks

FPS = 25
"""Frames a second of all of them."""
FEWEST, FATAL = 3, 21
"""Frames below which both projects stop with an error (a Savitzky-Golay filter in SadTalker wants three, JoyVASA
squeezes an axis of one away), and the one number for which SadTalker draws a blink out of an empty range:
``generate_blink_seq_randomly`` in its src/generate_batch.py."""

_KEPT = 16384
"""Bytes of what a process prints that are looked at: a traceback and more."""
_STYLE = re.compile("\x1b\\[[0-9;?]*[A-Za-z]|[\u2500-\u257f]")
"""Colours, and the boxes around the errors of tyro."""
_WRONG = re.compile(r"error|exception|unrecogni[sz]ed|can't|out of memory", re.IGNORECASE)
_FACELESS = re.compile(
    r"no (animal )?face (is )?detected|can not detect the landmark|in extract_keypoint(?s:.*)IndexError", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a script is started with. ``landmarks``: in shares of the picture's side."""

    picture: Path
    sound: Path
    out: Path
    landmarks: Landmarks

    @classmethod
    def of(cls, work: Work) -> Self:
        """Files of a job as scripts want them: no larger than it will be shown, since both paste their frames back on
        the processor, and no shorter than they can take."""
        portrait = drawing.portrait_in(work.folder)
        size = portrait.picture.shape[0]
        given = cls(work.folder / "face.png", work.folder / "voice.wav", work.folder / "out", portrait.landmarks / size)
        side = min(work.about.side, size) // 2 * 2
        shown = Image.fromarray(portrait.picture).resize((side, side), Image.Resampling.LANCZOS)
        shown.save(given.picture, compress_level=1)
        _lengthened(work.speech, given.sound)
        given.out.mkdir()
        return given


def _lengthened(speech: Path, longer: Path) -> None:
    """Silence to the next whole frame that can be drawn: they leave the rest of a frame out."""
    with wave.open(str(speech)) as source, wave.open(str(longer), "wb") as sink:
        sink.setparams(source.getparams())
        frames = max(FEWEST, math.ceil(round(source.getnframes() / source.getframerate() * FPS, 6)))
        frames += frames == FATAL
        missing = math.ceil(frames * source.getframerate() / FPS) - source.getnframes()
        sink.writeframes(source.readframes(source.getnframes()) + bytes(2 * missing))


@dataclass(frozen=True, slots=True)
class Checkout:
    """`Renderer` by the inference.py of a checkout. ``python``: of its own environment. ``needs``: files in it without
    which it draws nothing. ``arguments``: of the script. ``stages``: which part of the work each of its progress bars
    is. ``clip``: how the result is called. ``links``: folders that the script opens from where it runs."""

    name: str
    faces: Faces
    root: Path
    python: Path
    needs: tuple[str, ...]
    arguments: Callable[[Given], Sequence[str | Path]]
    stages: Mapping[str, tuple[float, float]]
    clip: str
    links: tuple[str, ...] = ()
    fps: float = FPS

    def missing(self) -> str | None:
        """The first file that should be there and is not."""
        files = [self.root / "inference.py", *(self.root / name for name in self.needs), self.python]
        if lost := next((file for file in files if not file.exists()), None):
            return f"there is no {lost}"
        return None if shutil.which("ffmpeg", path=self._environment()["PATH"]) else "there is no ffmpeg on the path"

    async def render(self, work: Work, told: Told) -> Path:
        """As `Renderer`."""
        given = await asyncio.to_thread(Given.of, work)
        for name in self.links:
            (work.folder / name).symlink_to(self.root / name)
        # It runs in the folder of the job, which is deleted with all that a script leaves when it is called off, and in
        # a process group of its own: these projects start FFmpeg and data loaders, which must end with them.
        process = await asyncio.create_subprocess_exec(
            self.python,
            self.root / "inference.py",
            *self.arguments(given),
            cwd=work.folder,
            env=self._environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said = await self._followed(process, told)
            code = await process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        clip = next(given.out.glob(self.clip), None)
        if code == 0 and clip:
            return clip
        raise CannotDraw(f"{self.name} {_why(code, said)}")

    def _environment(self) -> dict[str, str]:
        ours = ("ANIMATOR_KEY", "PYTHONPATH", "PYTHONHOME")  # not their business
        rest = {name: value for name, value in os.environ.items() if name not in ours}
        # FFmpeg may be of their environment, which nobody has activated. rich draws its bars live for a terminal alone.
        path = f"{self.python.parent}{os.pathsep}{rest.get('PATH', os.defpath)}"
        return rest | {"PATH": path, "PYTHONUNBUFFERED": "1", "FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "120"}

    async def _followed(self, process: asyncio.subprocess.Process, told: Told) -> str:
        """Reads what a process prints, and returns the end of it."""
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        bars = re.compile(f"({'|'.join(self.stages)})[^%\\r\\n]*?(\\d{{1,3}})%")
        said, kept, done = "", b"", 0.0
        while piece := await process.stdout.read(4096):
            kept = (kept + piece)[-_KEPT:]
            said = _STYLE.sub("", kept.decode(errors="replace"))
            for name, percent in bars.findall(said):
                first, last = self.stages[name]
                done = max(done, first + (last - first) * int(percent) / 100)
            told(done)
        return said


def _why(code: int, said: str) -> str:
    """What went wrong, by what was printed."""
    if _FACELESS.search(said):
        return "found no face in the portrait"
    lines = [line.strip() for line in re.split(r"[\r\n]+", said) if re.search(r"\w", line)]
    words = ([line for line in lines if _WRONG.search(line)] or lines or [""])[-1][:200]
    return (f"ended with {code}" if code else "made no clip") + (f": {words}" if words else "")
