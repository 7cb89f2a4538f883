"""Two characters side by side, as a film: who speaks stands lit and large, the other listens, and what people and the
narrator say stands between them. Composed by moviepy, a line at a time, so no more than that is open.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import skia

from pipeline import registry
from pipeline.animation.animator import animator_of
from pipeline.clips import clip
from pipeline.clips.captions import cues, drawn
from pipeline.clips.film import FPS, Card, Reel, Shot
from pipeline.clips.lettering import paragraph
from pipeline.clips.overlay import i420
from pipeline.clips.padding import silence
from pipeline.errors import EngineFailed, StorageFailed
from pipeline.mark import MARK, marked_mp4
from pipeline.stages import Animator, EngineConfig
from pipeline.types import Direction, Picture, Portrait

WIDTH, HEIGHT = 1024, 576
LONGEST = 120.0
"""Seconds that this is for: every frame is composed of several, which takes longer than what ``film.join`` does."""
_LARGE, _SMALL, _DIM = 488, 424, 0.6
"""Pixels of who speaks and of who listens, and how light the latter is."""
_TOP, _NAMES, _NAME_SIZE = 268, 538, 24
"""Height of the pictures' middle, and of the names' first line."""
_GROUND, _NAME, _FAINT = 0xFF1C2029, 0xFFF2EFE8, 0xFF86868A


@dataclass(frozen=True, slots=True)
class Player:
    """One of the two. ``direction``: how they listen."""

    name: str
    portrait: Portrait
    direction: Direction


@dataclass(frozen=True, slots=True)
class Said:
    """A clip, or words without one, and whose they are: 0 for who stands left, 1, or None for anybody else."""

    part: Shot | Card
    player: int | None


def seconds(lines: Sequence[Said]) -> float:
    """How long the film would be. Raises ``EngineFailed`` for a clip that cannot be read."""
    return sum(line.part.seconds if isinstance(line.part, Card) else _frames(line.part) / FPS for line in lines)


def duet(players: tuple[Player, Player], lines: Sequence[Said], config: EngineConfig, engine: str) -> bytes:
    """An MP4 of ``WIDTH`` x ``HEIGHT`` pixels. Runs in a worker process.

    Raises ``EngineFailed`` when there is nothing to show or a clip cannot be read, ``MissingAsset`` for the letters,
    ``StorageFailed`` when the disk is full.
    """
    if not lines:
        raise EngineFailed("There is nothing to make a film of.")
    stage = _Stage(players, config, engine)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mp4"
            with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as sink:
                sink.metadata["comment"] = MARK
                reel = Reel(sink, WIDTH, HEIGHT)
                for number, line in enumerate(lines):
                    for pixels in stage.play(line, number, Path(folder)):
                        reel.show(i420(pixels))
                    if isinstance(line.part, Shot):
                        reel.say(_sound(line.part)[: max(0, reel.missing)])
                    reel.be_quiet()
                reel.end()
            return marked_mp4(path.read_bytes())
    except OSError as error:
        if error.errno is None:  # what moviepy raises for what ffmpeg cannot read
            raise EngineFailed("A clip of the film cannot be read.") from error
        raise StorageFailed("The film could not be written to the temporary folder. Is the disk full?") from error
    except av.FFmpegError as error:
        raise EngineFailed("A clip of the film cannot be read.") from error


class _Stage:
    """Where the two stand."""

    def __init__(self, players: tuple[Player, Player], config: EngineConfig, engine: str) -> None:
        self._players, self._config, self._engine = players, config, engine

    def play(self, line: Said, number: int, folder: Path) -> Iterator[Picture]:
        """The frames of a line."""
        from moviepy import CompositeVideoClip, ImageClip, VideoFileClip

        count = round(line.part.seconds * FPS) if isinstance(line.part, Card) else _frames(line.part)
        speaker = line.player if isinstance(line.part, Shot) else None
        opened: list[Any] = []
        shown: list[Any] = []
        try:
            for index, player in enumerate(self._players):
                speaks, path = index == speaker, folder / f"{index}.mp4"
                part = line.part
                path.write_bytes(part.mp4 if speaks and isinstance(part, Shot) else self._idle(player, count, number))
                side = _LARGE if speaks else _SMALL
                video = VideoFileClip(str(path), audio=False, target_resolution=(side, side))
                opened.append(video)
                middle = WIDTH // 4 + index * WIDTH // 2
                dimmed = video if speaks or line.player == index else video.image_transform(_dimmed)
                shown.append(dimmed.with_position((middle - side // 2, _TOP - side // 2)))
            ground = ImageClip(_ground(self._players, line.player, self._config.assets))
            if isinstance(line.part, Card):
                for place, cue in enumerate(cues(line.part.text, [silence(count / FPS)])):
                    said = f"{line.part.speaker}: {cue.text}" if line.part.speaker and place == 0 else cue.text
                    words = drawn(said, 512, self._config.assets, WIDTH - 120)
                    corner = ((WIDTH - words.shape[1]) // 2, _TOP + _LARGE // 2 - words.shape[0])
                    placed = ImageClip(words).with_position(corner).with_start(cue.start)
                    shown.append(placed.with_end(min(cue.end, count / FPS)))
            # With a ground of its own, nothing is composed of it but what lies upon it.
            whole = CompositeVideoClip([ground.with_duration(count / FPS), *shown], use_bgclip=True)
            for index in range(count):
                yield np.asarray(whole.get_frame(index / FPS), np.uint8)
        finally:
            for video in opened:
                video.close()

    def _idle(self, player: Player, frames: int, number: int) -> bytes:
        """Listening: it begins and ends in rest, as clips do."""
        config = replace(self._config, side=512)
        animator: Animator = registry.create("animation", animator_of(self._engine, player.portrait), config)
        acted = replace(player.direction, seed=player.direction.seed + number, start=0.0, end=(frames - 1) / FPS)
        return clip.draw_segment(
            animator, player.portrait, silence(frames / FPS), acted, config.side, badged=config.badge
        )


def _dimmed(picture: Picture) -> Picture:
    return np.asarray(cv2.convertScaleAbs(picture, alpha=_DIM), np.uint8)


def _ground(players: Sequence[Player], lit: int | None, home: Path) -> Picture:
    """What lies under the pictures, with the names below them."""
    surface = skia.Surface(WIDTH, HEIGHT)
    with surface as canvas:
        canvas.clear(_GROUND)
        for index, player in enumerate(players):
            colour = _NAME if index == lit else _FAINT
            words = paragraph(player.name[:60], _NAME_SIZE, colour, WIDTH // 2 - 16, home)
            words.paint(canvas, index * WIDTH // 2 + 8, _NAMES)
    pixels: Picture = surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3].copy()
    return pixels


def _frames(shot: Shot) -> int:
    try:
        with av.open(io.BytesIO(shot.mp4)) as source:
            seconds: float = (source.duration or 0) / av.time_base
            return max(1, round(seconds * FPS))
    except av.FFmpegError as error:
        raise EngineFailed("A clip of the film cannot be read.") from error


def _sound(shot: Shot) -> npt.NDArray[np.float32]:
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=clip.SOUND_RATE)
    with av.open(io.BytesIO(shot.mp4)) as source:
        frames = [piece for frame in source.decode(audio=0) for piece in resampler.resample(frame)]
    return np.concatenate([np.zeros(0, np.float32), *(frame.to_ndarray()[0] for frame in frames)])
