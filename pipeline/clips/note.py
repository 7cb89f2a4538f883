"""Clips as round videos: what stands outside the circle is not seen, so the face must stand inside it.

https://core.telegram.org/bots/api#sendvideonote
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from pipeline.clips import clip
from pipeline.clips.circle import Circle, seen
from pipeline.errors import EngineFailed, StorageFailed
from pipeline.mark import MARK, marked_mp4
from pipeline.types import Frame

SIDE = 640
"""Pixels that a round video has at most."""


def side_of(face: Circle, side: int) -> int:
    """Pixels of the round video that ``round_note`` makes of a clip with so many."""
    return _Window.of(seen(face), side).shown


def round_note(mp4: bytes, face: Circle) -> bytes:
    """The square clip as a round video: at most ``SIDE`` pixels, the face inside the circle. As it is, where it fits.

    Sound is copied. Raises ``EngineFailed`` for what is no clip, ``StorageFailed`` when the disk is full.
    """
    try:
        with av.open(io.BytesIO(mp4)) as source:
            side = source.streams.video[0].width
            window = _Window.of(seen(face), side)
            if window.shown == side:
                return mp4
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "note.mp4"
                with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as sink:
                    sink.metadata["comment"] = MARK
                    _cut(source, sink, window)
                return marked_mp4(path.read_bytes())
    except OSError as error:
        raise StorageFailed("The clip could not be written to the temporary folder. Is the disk full?") from error
    except (av.FFmpegError, IndexError) as error:
        raise EngineFailed("The clip cannot be read, so it cannot be made round.") from error


@dataclass(frozen=True, slots=True)
class _Window:
    """What is cut out, in even pixels, and the side it is shown with."""

    left: int
    top: int
    side: int
    shown: int

    @classmethod
    def of(cls, circle: Circle, side: int) -> _Window:
        cut = 4 * round(circle.radius * side / 2)
        left, top = (2 * round((value - circle.radius) * side / 2) for value in (circle.x, circle.y))
        return cls(min(left, side - cut), min(top, side - cut), cut, min(cut, SIDE))

    def of_plane(self, plane: npt.NDArray[np.uint8], by: int) -> npt.NDArray[np.uint8]:
        """The part of a plane that has one of ``by`` pixels in each direction."""
        x, y, side = self.left // by, self.top // by, self.side // by
        cut = plane[y : y + side, x : x + side]
        if self.shown == self.side:
            return cut
        shown = self.shown // by
        return np.asarray(cv2.resize(cut, (shown, shown), interpolation=cv2.INTER_AREA), np.uint8)


def _cut(source: av.container.InputContainer, sink: av.container.OutputContainer, window: _Window) -> None:
    origin = source.streams.video[0]
    fps = round(origin.average_rate or 25)
    picture = clip.picture_track(sink, window.shown, fps)
    tracks = {track.index: sink.add_stream_from_template(track) for track in source.streams.audio[:1]}
    shown = 0
    for packet in source.demux():
        if packet.stream.index in tracks:
            if packet.dts is not None:
                packet.stream = tracks[packet.stream.index]
                sink.mux(packet)
        elif packet.stream.index == origin.index:
            for frame in packet.decode():
                cut = av.VideoFrame.from_ndarray(_shown(frame, window), format="yuv420p")
                cut.pts, cut.time_base = shown, Fraction(1, fps)
                sink.mux(picture.encode(cut))
                shown += 1
    sink.mux(picture.encode(None))


def _shown(frame: av.VideoFrame, window: _Window) -> Frame:
    pixels, side = frame.to_ndarray(format="yuv420p"), frame.width
    half = side // 2
    chroma = (pixels[side + i * half // 2 : side + (i + 1) * half // 2].reshape(half, half) for i in (0, 1))
    planes = (window.of_plane(pixels[:side], 1), *(window.of_plane(plane, 2) for plane in chroma))
    return np.concatenate([plane.ravel() for plane in planes]).reshape(window.shown * 3 // 2, window.shown)
