"""Clips and portraits made smaller than what a platform takes: first less detail, then fewer pixels."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image

from pipeline.errors import EngineFailed, StorageFailed
from pipeline.mark import MARK, XMP, marked_mp4

SIDES = (512, 384, 256)
"""Pixels of the longer side of a clip that are tried where its own show too little."""
PICTURE_SIDES = (1024, 768, 512, 384, 256, 128)
JPEG, PNG = "image/jpeg", "image/png"

_TRIES = 3
_ROOM = 0.94
"""Share of the limit that is aimed at: an encoder keeps a bit rate only on the average."""
_CONTAINER = 6_000
"""Bytes around the streams; per second come about as many again as one packet of each takes to be listed."""
_PER_SECOND = 500
_POOREST, _LAST_RESORT = 0.02, 0.004
"""Bits a pixel and frame below which a drawn face falls apart. Then fewer pixels show more, as long as there are fewer.
"""
_SOUND = ((96_000, 48_000), (64_000, 48_000), (40_000, 24_000), (24_000, 24_000))
"""Bits and samples a second of speech, best first. It may take a third of the whole."""
_QUALITIES = (90, 80, 65, 45)


def fit(mp4: bytes, limit: int) -> bytes | None:
    """The clip with at most ``limit`` bytes, with sound, index first and mark; None where that cannot be.

    A clip that fits is given back as it is. Raises ``EngineFailed`` for what is no clip.
    """
    if len(mp4) <= limit:
        return mp4
    try:
        return _smaller(mp4, limit)
    except OSError as error:
        raise StorageFailed("The clip could not be written to the temporary folder. Is the disk full?") from error
    except av.FFmpegError as error:
        raise EngineFailed("The clip cannot be read, so it cannot be made smaller.") from error


def fit_picture(png: bytes, limit: int) -> tuple[str, bytes] | None:
    """MIME type and bytes of the picture, at most ``limit`` of them: as it is, or a JPEG; None where that cannot be.

    Raises ``EngineFailed`` for what is no picture.
    """
    if len(png) <= limit:
        return PNG, png
    try:
        with Image.open(io.BytesIO(png)) as image:
            whole = image.convert("RGB")
    except OSError as error:
        raise EngineFailed("The picture cannot be read, so it cannot be made smaller.") from error
    for side in (max(whole.size), *(side for side in PICTURE_SIDES if side < max(whole.size))):
        picture = whole.copy()
        picture.thumbnail((side, side))
        for quality in _QUALITIES:
            sink = io.BytesIO()
            picture.save(sink, "JPEG", quality=quality, optimize=True, xmp=XMP)
            if sink.tell() <= limit:
                return JPEG, sink.getvalue()
    return None


def _smaller(mp4: bytes, limit: int) -> bytes | None:
    with av.open(io.BytesIO(mp4)) as source:
        seconds = (source.duration or 0) / av.time_base
        picture = source.streams.video[0]
        size = (picture.width, picture.height)
        fps = float(picture.average_rate or 25)
    room = limit * _ROOM - _CONTAINER - _PER_SECOND * seconds
    for side in (max(size), *(side for side in SIDES if side < max(size))):
        shape = _shape(size, side)
        rate = 8 * room / max(seconds, 1 / fps)
        for _ in range(_TRIES):
            sound = next((choice for choice in _SOUND if choice[0] <= rate / 3), _SOUND[-1])
            poorest = _LAST_RESORT if side <= SIDES[-1] else _POOREST
            if rate - sound[0] < poorest * shape[0] * shape[1] * fps:
                break
            made = marked_mp4(_encoded(mp4, shape, int(rate - sound[0]), sound))
            if len(made) <= limit:
                return made
            rate *= min(0.9, _ROOM * limit / len(made))
    return None


def _shape(size: Sequence[int], side: int) -> tuple[int, int]:
    """Width and height with the longer one at most ``side``, even, as yuv420p needs them."""
    scale = min(1.0, side / max(size))
    width, height = (max(2, 2 * round(length * scale / 2)) for length in size)
    return width, height


def _encoded(mp4: bytes, shape: tuple[int, int], rate: int, sound: tuple[int, int]) -> bytes:
    """The clip once more, in other sizes. Holds a frame at a time."""
    with tempfile.TemporaryDirectory() as folder, av.open(io.BytesIO(mp4)) as source:
        path = Path(folder) / "clip.mp4"
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as sink:
            sink.metadata["comment"] = MARK
            tracks = {source.streams.video[0].index: _picture_track(source, sink, shape, rate)}
            if source.streams.audio:
                tracks[source.streams.audio[0].index] = _sound_track(source, sink, *sound)
            for packet in source.demux():
                if (track := tracks.get(packet.stream.index)) is None:
                    continue
                for frame in packet.decode():
                    if isinstance(frame, av.VideoFrame):
                        frame = frame.reformat(*shape, format="yuv420p")
                        frame.pict_type = 0  # else key frames stay where the first encoder put them
                    sink.mux(track.encode(frame))
            for track in tracks.values():
                sink.mux(track.encode(None))
        return path.read_bytes()


def _picture_track(
    source: av.container.InputContainer, sink: av.container.OutputContainer, shape: tuple[int, int], rate: int
) -> av.VideoStream:
    origin = source.streams.video[0]
    options = {"preset": "veryfast", "tune": "animation", "threads": "1", "maxrate": str(rate), "bufsize": str(rate)}
    track = sink.add_stream("libx264", rate=origin.average_rate or 25, options=options)
    track.width, track.height = shape
    track.pix_fmt = "yuv420p"
    track.bit_rate = rate
    context = track.codec_context
    context.time_base = origin.time_base or Fraction(1, 90_000)
    for tag in ("color_range", "colorspace", "color_primaries", "color_trc"):
        setattr(context, tag, getattr(origin.codec_context, tag))
    return track


def _sound_track(
    source: av.container.InputContainer, sink: av.container.OutputContainer, bits: int, rate: int
) -> av.AudioStream:
    track = sink.add_stream("aac", rate=rate, layout=source.streams.audio[0].codec_context.layout)
    track.bit_rate = bits
    return track
