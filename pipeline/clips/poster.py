"""The picture that stands for a clip before it plays: eyes open, looking at us, and about to speak."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import av
from PIL import Image

from pipeline.animation.acting import Moment, moments
from pipeline.errors import EngineFailed
from pipeline.face.pose import FacePose
from pipeline.mark import XMP
from pipeline.types import Direction, Speech

THUMBNAIL = 320
"""Pixels that Telegram takes, https://core.telegram.org/bots/api#sendvideo, with 200 kB: ours have a tenth of that."""
_JAW = 0.25
"""How far the mouth is best open."""
_AFTER = 0.6
"""Seconds until the face has taken on its mood."""


def poster_moment(parts: Sequence[Speech], direction: Direction, fps: int = 25) -> float:
    """The second that best shows the clip of these sentences; 0, the portrait, where nothing is said."""
    if not any(part.phonemes for part in parts):
        return 0.0
    own, costs, start = FacePose(), [], direction.start
    for part in parts:
        costs += [_cost(moment) for moment in moments(own, own, part, replace(direction, start=start), fps)]
        start += part.seconds
    first = min(round(_AFTER * fps), len(costs) - 1)
    # The neighbours count too: a blink that begins shows, and moments are told in whole frames.
    spread = [max(costs[max(0, index - 1) : index + 2]) for index in range(first, len(costs))]
    return (first + spread.index(min(spread))) / fps


def _cost(moment: Moment) -> float:
    pose = moment.pose
    lids = pose.lid_left + pose.lid_right
    return 4 * lids + abs(pose.jaw - _JAW) + 0.5 * (abs(pose.gaze_x) + abs(pose.gaze_y)) + 0.3 * abs(pose.turn)


def poster(mp4: bytes, moment: float, side: int | None = None) -> bytes:
    """The frame of that second as a JPEG, marked as synthetic, with a longer side of at most ``side`` pixels.

    Raises ``EngineFailed`` for what is no clip.
    """
    shown = None
    try:
        with av.open(io.BytesIO(mp4)) as source:
            for frame in source.decode(video=0):
                shown = frame
                if frame.time is not None and frame.time >= moment - 1e-3:
                    break
    except (av.FFmpegError, IndexError) as error:
        raise EngineFailed("The clip cannot be read, so there is no picture of it.") from error
    if shown is None:
        raise EngineFailed("The clip has no pictures.")
    picture = Image.fromarray(shown.to_ndarray(format="rgb24"))
    if side is not None:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    sink = io.BytesIO()
    picture.save(sink, "JPEG", quality=88, optimize=True, xmp=XMP)
    return sink.getvalue()
