"""The picture of a voice message: the little bars that Discord and Telegram draw for it."""

from __future__ import annotations

import io

import av
import numpy as np

from pipeline.errors import EngineFailed

MOST = 256
"""Points that platforms take; they draw at most ten a second."""
_EVERY = 0.1
_RATE = 8_000
"""Loudness needs no high notes."""


def waveform(ogg: bytes) -> tuple[bytes, float]:
    """Loudness along a voice message, one byte a point, 255 where it is loudest, and its length in seconds.

    https://discord.com/developers/docs/resources/message#voice-messages. Raises ``EngineFailed`` when the bytes are
    no sound.
    """
    try:
        samples = _decoded(ogg)
    except av.FFmpegError as error:
        raise EngineFailed("The voice message cannot be read.") from error
    seconds = len(samples) / _RATE
    points = min(MOST, max(1, round(seconds / _EVERY)))
    edges = np.linspace(0, len(samples), points + 1).round().astype(int)
    sums = np.concatenate([[0.0], np.cumsum(samples**2)])
    loudness = np.sqrt((sums[edges[1:]] - sums[edges[:-1]]) / np.maximum(1, np.diff(edges)))
    return np.rint(255 * loudness / max(loudness.max(), 1e-4)).astype(np.uint8).tobytes(), seconds


def _decoded(ogg: bytes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
    with av.open(io.BytesIO(ogg)) as container:
        frames = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([np.zeros(0), *(frame.to_ndarray()[0] / 32768 for frame in frames)])
