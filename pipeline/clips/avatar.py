"""A character that only lives: three seconds of breath, gaze and a blink that begin and end with the portrait, so they
can be shown round and round, as an animated WebP or GIF."""

from __future__ import annotations

import io
from dataclasses import replace
from enum import StrEnum

import cv2
from PIL import Image

from pipeline import registry
from pipeline.animation.acting import moments
from pipeline.animation.animator import OURS, animator_of
from pipeline.clips.padding import silence
from pipeline.face.pose import FacePose
from pipeline.mark import MARK, XMP, marked_gif
from pipeline.stages import Animator, EngineConfig
from pipeline.types import Direction, Frame, Portrait

SIDE, SECONDS = 256, 3.0
_EVERY = 2
"""Every which frame is shown: 12.5 a second. The body moves as often, and browsers delay quicker GIFs."""
_BLINK = (0.8, 2.4)
"""Between which seconds there may be a blink."""
_COLOURS = 128
"""Of a GIF: one palette for all frames, which keeps what stands still from flickering."""


class Form(StrEnum):
    """What it is written as."""

    WEBP = "webp"
    GIF = "gif"


def still_life(config: EngineConfig, engine: str, portrait: Portrait, direction: Direction, form: Form) -> bytes:
    """The animation as a file, marked as synthetic. Runs in the pictures lane. Raises ``EngineFailed``."""
    here = OURS if engine == "remote" else engine  # nothing is said, and silence is not sent away
    animator: Animator = registry.create("animation", animator_of(here, portrait), replace(config, side=SIDE))
    acted = _blinking(replace(direction, start=0.0, end=SECONDS), animator.fps)
    frames = animator.frames(portrait, silence(SECONDS), acted)
    # What follows the last frame is the first: the loop is closed.
    pictures = [_picture(frame) for index, frame in enumerate(frames) if index % _EVERY == 0]
    return _encoded(pictures, round(1000 * _EVERY / animator.fps), form)


def _blinking(direction: Direction, fps: int) -> Direction:
    """The same with a seed near by, by which there is a blink that begins late enough and is over before the end."""

    def fits(acted: Direction) -> bool:
        own = FacePose()
        lids = [moment.pose.lid_left for moment in moments(own, own, silence(SECONDS), acted, fps)]
        first, last = (round(second * fps) for second in _BLINK)
        return max(lids) > 0.9 and max(lids[:first] + lids[last:]) < 0.05

    near = (replace(direction, seed=direction.seed + more) for more in range(50))
    return next(filter(fits, near), direction)


def _picture(frame: Frame) -> Image.Image:
    picture = cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420)
    if picture.shape[0] != SIDE:
        picture = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return Image.fromarray(picture)


def _encoded(pictures: list[Image.Image], milliseconds: int, form: Form) -> bytes:
    sink = io.BytesIO()
    if form is Form.WEBP:
        first, *others = pictures
        first.save(
            sink, "WEBP", save_all=True, append_images=others, duration=milliseconds, quality=80, method=4, xmp=XMP
        )
        return sink.getvalue()
    palette = pictures[0].quantize(_COLOURS, kmeans=3)  # without it green eyes on brown are brown
    first, *others = (picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures)
    first.save(sink, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0, comment=MARK.encode())
    return marked_gif(sink.getvalue())
