"""Frames and sound to files.

Each sentence becomes an H.264 segment of its own, encoded while its frames are drawn, perhaps in a process of its own;
segments are then joined packet by packet, without encoding again. All use the same settings and closed groups of
pictures, so any sequence of them is one valid stream.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import soxr

from pipeline.clips.badge import badge
from pipeline.clips.circle import face_circle, seen
from pipeline.clips.overlay import lay
from pipeline.errors import EngineFailed, StorageFailed
from pipeline.mark import MARK, marked_mp4
from pipeline.stages import Animator
from pipeline.types import Clip, Direction, Frame, Portrait, Speech

SOUND_RATE = 48_000
ENCODER = {
    "preset": "veryfast",
    # A fixed quantiser: drawn pictures are alike from end to end, and looking ahead to share out the bits took half
    # of the time. Without B-pictures frames are decoded in the order in which they are shown, too.
    "qp": "26",
    "tune": "animation",
    "threads": "1",
    # Drawn pictures need no fine motion search; the stronger deblocking of the tune smears the lines of a shut mouth.
    "x264-params": "open-gop=0:bframes=0:ref=1:subme=0:me=dia:weightp=0:rc-lookahead=0:mbtree=0:scenecut=0:"
    "partitions=none:trellis=0:8x8dct=1:deblock=0,0:"
    # Arithmetic coding saves a tenth of the bytes and costs a tenth of the time.
    "cabac=0",
}

TOGETHER = 8
"""Frames that are drawn before they are encoded: by turns, each would find the other's data in the caches."""
AAC = {"aac_coder": "fast"}
"""Two thirds of the work of the other coder, and at this bit rate nearer to the sound in the log spectrum."""
OPUS = {"compression_level": "5"}
"""Half of the work of the highest, and as near to the sound."""


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """The sound of a clip of so many ``frames``: AAC in an MP4 without pictures, and Opus in Ogg."""

    frames: int
    aac: bytes
    ogg: bytes


def draw_segment(
    animator: Animator,
    portrait: Portrait,
    speech: Speech,
    direction: Direction,
    side: int = 512,
    *,
    badged: bool = False,
) -> bytes:
    """One sentence drawn and encoded: a segment for `mux`. Never holds more than a few frames."""
    frames = animator.frames(portrait, speech, direction)
    if badged:
        over = badge(side, seen(face_circle(portrait.landmarks, portrait.picture.shape[0])))
        frames = (lay(frame.copy(), over) for frame in frames)  # animators may keep what they gave
    return encode_segment(frames, side, animator.fps)


def encode_segment(frames: Iterable[Frame], size: int, fps: int) -> bytes:
    """I420 frames of ``size`` x ``size`` pixels as H.264 (High, yuv420p) in an MP4 in memory."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as container:
        stream = picture_track(container, size, fps)
        numbered, tick = enumerate(frames), Fraction(1, fps)
        while some := list(islice(numbered, TOGETHER)):
            for index, pixels in some:
                frame = av.VideoFrame.from_numpy_buffer(pixels, format="yuv420p")
                frame.pts, frame.time_base = index, tick
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return sink.getvalue()


def picture_track(
    container: av.container.OutputContainer, width: int, fps: int, height: int | None = None
) -> av.VideoStream:
    """A track for I420 frames, square ones unless a height is given."""
    track = container.add_stream("libx264", rate=fps, options=ENCODER)
    track.width, track.height = width, height or width
    track.pix_fmt = "yuv420p"
    track.profile = "High"
    context = track.codec_context
    context.time_base = Fraction(1, fps)
    # What cv2 makes: BT.601, limited range. Said aloud, players do not have to guess.
    context.color_range, context.colorspace = 1, 6
    context.color_primaries, context.color_trc = 6, 6
    return track


def mux(segments: Sequence[bytes], speech: Speech, fps: int, sound: Soundtrack | None = None) -> Clip:
    """Segments one after the other, with the speech that belongs to them all. ``sound``: the same speech from
    `soundtrack`, where it is there already and as long as the pictures.

    Raises ``EngineFailed`` when segments differ, ``StorageFailed`` when the disk is full.
    """
    if not segments:
        raise EngineFailed("There are no pictures to make a clip of.")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            # faststart rewrites the file at its end, which needs a real one.
            with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
                container.metadata["comment"] = MARK
                frames, side, sound = _join(container, segments, speech, fps, sound)
            mp4 = marked_mp4(path.read_bytes())
    except OSError as error:
        raise StorageFailed("The clip could not be written to the temporary folder. Is the disk full?") from error
    return Clip(mp4=mp4, ogg=sound.ogg, seconds=frames / fps, width=side, height=side, fps=fps)


def soundtrack(speech: Speech, frames: int, fps: int) -> Soundtrack:
    """The sound of a clip, as long as its pictures, cut or filled with silence; the voice message is never filled."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=SOUND_RATE, layout="mono", options=AAC)
        stream.bit_rate = 96_000
        samples = _fitted(_resampled(speech.samples, speech.rate), round(frames * SOUND_RATE / fps))
        for frame in _sound_frames(samples):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    length = round(frames * speech.rate / fps)
    return Soundtrack(frames, sink.getvalue(), encode_ogg(speech.samples[:length], speech.rate))


def encode_ogg(samples: npt.NDArray[np.float32], rate: int) -> bytes:
    """(n,) float32 mono in [-1, 1] as Opus, 48 kHz mono, in Ogg: what chat platforms call a voice message."""
    sink = io.BytesIO()
    # Else the stream gets a random serial number, and the same sound is never the same file.
    with av.open(sink, "w", format="ogg", options={"fflags": "bitexact"}) as container:
        container.metadata["comment"] = MARK
        stream = container.add_stream("libopus", rate=SOUND_RATE, layout="mono", options=OPUS)
        stream.bit_rate = 40_000
        for frame in _sound_frames(_resampled(samples, rate)):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return sink.getvalue()


def _join(
    container: av.container.OutputContainer,
    segments: Sequence[bytes],
    speech: Speech,
    fps: int,
    sound: Soundtrack | None,
) -> tuple[int, int, Soundtrack]:
    """Write pictures and sound; the number of frames, the side in pixels, and the sound."""
    tick = Fraction(1, fps)
    frames, side, header = 0, 0, b""
    packets: list[av.Packet] = []
    picture = None
    for segment in segments:
        with av.open(io.BytesIO(segment)) as source:
            shown = source.streams.video[0]
            if picture is None:
                side, header = shown.codec_context.width, bytes(shown.codec_context.extradata or b"")
                picture = container.add_stream_from_template(shown)
            if bytes(shown.codec_context.extradata or b"") != header:
                raise EngineFailed("Parts of the clip were encoded in different ways and cannot be joined.")
            for packet in source.demux(shown):
                if packet.dts is None:
                    continue
                packet.pts = packet.dts = frames
                packet.duration = 1
                packet.time_base = tick
                packet.stream = picture
                packets.append(packet)
                frames += 1
    if sound is None or sound.frames != frames:
        sound = soundtrack(speech, frames, fps)
    with av.open(io.BytesIO(sound.aac)) as source:
        origin = source.streams.audio[0]
        heard = container.add_stream_from_template(origin)
        for packet in source.demux(origin):
            if packet.dts is not None:
                packet.stream = heard
                packets.append(packet)
    container.mux(sorted(packets, key=lambda packet: packet.dts * packet.time_base))
    return frames, side, sound


def _resampled(samples: npt.NDArray[np.float32], rate: int) -> npt.NDArray[np.float32]:
    if rate == SOUND_RATE or len(samples) == 0:
        return samples.astype(np.float32)
    resampled: npt.NDArray[np.float32] = soxr.resample(samples.astype(np.float32), rate, SOUND_RATE)
    return resampled


def _fitted(samples: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    fitted = np.zeros(length, np.float32)
    fitted[: min(len(samples), length)] = samples[:length]
    return fitted


def _sound_frames(samples: npt.NDArray[np.float32]) -> Iterator[av.AudioFrame]:
    """Pieces of 20 ms, with their times."""
    step = SOUND_RATE // 50
    for begin in range(0, len(samples), step):
        piece = np.ascontiguousarray(np.clip(samples[begin : begin + step], -1, 1))[None]
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, begin, Fraction(1, SOUND_RATE)
        yield frame
