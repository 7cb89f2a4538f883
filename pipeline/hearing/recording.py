"""A voice message as people send it -> sound. What strangers send is opened here, and only in a worker process."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Iterator, Mapping

import av
import numpy as np
import numpy.typing as npt

from pipeline.errors import BadRequest, Inaudible

RATE = 16_000
"""Samples a second: what speech recognisers take."""
LONGEST = 60
"""Seconds of a voice message."""
MAXIMUM_BYTES = 20_000_000
NOTHING = "I could not hear you: there is no speech in that voice message."

_SPARE = 1.0
"""Seconds that a recorder may stop late."""
_SHORTEST = 0.1
_QUIETEST = 10 ** (-60 / 20)
"""Loudness of the loudest tenth of a second below which nothing was said into the microphone."""
_DAMAGED = 0.1
"""Share of a file that may be unreadable. A player skips as much, too."""

# The format is named to FFmpeg, never guessed by it: it also knows playlists, which tell it to open other addresses.
_FORMATS: Mapping[str, re.Pattern[bytes]] = {
    name: re.compile(beginning, re.DOTALL)
    for name, beginning in {
        "ogg": rb"OggS",
        "mp4": rb".{4}ftyp",
        "matroska": rb"\x1a\x45\xdf\xa3",
        "wav": rb"RIFF.{4}WAVE",
        "flac": rb"fLaC",
        "mp3": rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]",
        "aac": rb"\xff[\xf0\xf1\xf8\xf9]",
    }.items()
}

Samples = npt.NDArray[np.float32]


def decode(data: bytes) -> Samples:
    """A voice message (Ogg, M4A, WebM, MP3, WAV, FLAC, AAC) as (n,) float32 mono in [-1, 1] at ``RATE``.

    Raises ``BadRequest`` when it is something else, damaged or too long; ``Inaudible`` when it is silent.
    """
    if len(data) > MAXIMUM_BYTES:
        raise BadRequest(f"That voice message is too large; at most {MAXIMUM_BYTES // 1_000_000} MB, please.")
    name = next((name for name, beginning in _FORMATS.items() if beginning.match(data)), None)
    if name is None:
        raise BadRequest("That file is not a voice message that I can play: Ogg, M4A, WebM, MP3 or WAV, please.")
    try:
        with av.open(io.BytesIO(data), format=name, metadata_errors="ignore") as container:
            samples = np.concatenate([np.zeros(0, np.float32), *_pieces(container)])
    except (av.FFmpegError, ValueError) as error:  # ValueError: PyAV, where sound changes its shape on the way
        raise BadRequest("That voice message is damaged: I cannot play it. Please send it again.") from error
    if len(samples) < _SHORTEST * RATE or _loudest(samples) < _QUIETEST:
        raise Inaudible(NOTHING)
    return samples


def to_wav(samples: Samples) -> bytes:
    """Sound at ``RATE`` as 16-bit WAV, which every transcription service reads."""
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return sink.getvalue()


def _pieces(container: av.container.InputContainer) -> Iterator[Samples]:
    """The sound, decoded as far as it is wanted: a small file may unfold to days of it."""
    if not container.streams.audio:
        raise BadRequest("There is no sound in that file.")
    stream = container.streams.audio[0]
    # Integers: mixing channels to them keeps within the range, and they are never "not a number".
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    length = packets = damaged = 0
    for packet in container.demux(stream):
        packets += 1
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            damaged += 1
            continue
        for frame in frames:
            frame.pts = None  # what counts is the sound that is there, not the times that it claims
            for resampled in resampler.resample(frame):
                length += resampled.samples
                yield _floats(resampled)
        if length > (LONGEST + _SPARE) * RATE:
            raise BadRequest(f"That voice message is longer than {LONGEST} seconds. Please send a shorter one.")
    if damaged > _DAMAGED * packets or not length:
        raise BadRequest("That voice message is damaged: I cannot play it. Please send it again.")
    for resampled in resampler.resample(None):
        yield _floats(resampled)


def _floats(frame: av.AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray()[0], np.float32) / np.float32(32768)


def _loudest(samples: Samples) -> float:
    """Root mean square of the loudest tenth of a second."""
    step = RATE // 10
    blocks = samples[: len(samples) // step * step].reshape(-1, step)
    return float(np.sqrt((blocks**2).mean(axis=1)).max())
