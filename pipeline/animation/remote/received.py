"""A clip that came from elsewhere: looked at before a frame of it is believed, then handed out frame by frame."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation

from pipeline.animation.remote.contract import LARGEST
from pipeline.errors import EngineFailed
from pipeline.types import Picture

SLACK = 2
"""Frames that a clip may be longer or shorter than the sentence: animators round, and count the last frame or not."""
SLOWEST, FASTEST = 5, 120
"""Frames a second."""
THUMB = 32
"""Side of the thumbnails, in pixels, by which clip and portrait are compared: lips and blinks hardly show at this size,
another picture does."""
UNLIKE = 24.0
"""Mean difference of thumbnails, in grey levels, that no moving face in the same picture makes."""

Thumb = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Received:
    """A clip that holds what was asked for. ``count`` frames, ``rate`` of them a second."""

    mp4: bytes = field(repr=False)
    count: int
    rate: Fraction

    def pictures(self, number: int, fps: int) -> Iterator[npt.NDArray[np.uint8]]:
        """``number`` pictures at ``fps``, as BGR of whatever size: the nearest in time, the last one once more where
        there are too few."""
        with _opened(self.mp4) as (container, track):
            decoded = enumerate(container.decode(track))
            index, frame = next(decoded)
            for position in range(number):
                wanted = min(self.count - 1, round(position * self.rate / fps))
                while index < wanted:
                    index, frame = next(decoded)
                yield frame.to_ndarray(format="bgr24")


def checked(mp4: bytes, picture: Picture, number: int, fps: int) -> Received:
    """The clip, if it can be played, has ``number`` frames of ``fps``, is square, and shows this picture throughout.

    Raises ``EngineFailed`` with what is wrong. Holds one frame at a time.
    """
    wanted, count = _thumb_of(picture), 0
    try:
        with _opened(mp4) as (container, track):
            rate = _rate(track)
            for frame in container.decode(track):
                count += 1
                if count * fps > (number + SLACK + 1) * rate:
                    raise EngineFailed("The animator sent a clip that is longer than what is said.")
                _look(frame, wanted)
    except (av.FFmpegError, ValueError, OverflowError):
        raise EngineFailed("The animator sent a clip that cannot be played.") from None
    if abs(count * fps / rate - number) > SLACK:
        raise EngineFailed(f"The animator sent {count} frames for {number / fps:.1f} seconds of speech.")
    return Received(mp4, count, rate)


@contextmanager
def _opened(mp4: bytes) -> Iterator[tuple[av.container.InputContainer, av.VideoStream]]:
    # The format is named: FFmpeg left to guess also takes playlists, which make it open other files and addresses.
    with av.open(io.BytesIO(mp4), format="mp4") as container:
        if not container.streams.video:
            raise ValueError("no pictures")
        track = container.streams.video[0]
        track.codec_context.thread_count = 1
        yield container, track


def _rate(track: av.VideoStream) -> Fraction:
    rate, context = Fraction(track.average_rate or 0), track.codec_context
    if not (0 < context.width <= LARGEST and 0 < context.height <= LARGEST):
        raise EngineFailed(f"The animator sent a clip of {context.width} x {context.height} pixels.")
    if not SLOWEST <= rate <= FASTEST:
        raise EngineFailed(f"The animator sent a clip of {float(rate):g} frames a second.")
    return rate


def _look(frame: av.VideoFrame, wanted: Thumb) -> None:
    """Raises ``EngineFailed`` unless the frame is a square that shows the portrait."""
    sides = frame.width, frame.height
    if max(sides) > 1.02 * min(sides):
        raise EngineFailed(f"The animator sent a clip of {sides[0]} x {sides[1]} pixels, not a square.")
    small = frame.reformat(THUMB, THUMB, "gray", interpolation=Interpolation.AREA).to_ndarray()
    if float(np.abs(small.astype(np.float32) - wanted).mean()) > UNLIKE:
        raise EngineFailed("The animator sent a clip that does not show the portrait.")


def _thumb_of(picture: Picture) -> Thumb:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (THUMB, THUMB), interpolation=cv2.INTER_AREA), np.float32)
