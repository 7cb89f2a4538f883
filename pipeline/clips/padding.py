"""Silence, and speech that silence fills up to whole frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.clips.clip import SOUND_RATE
from pipeline.types import Speech


def silence(seconds: float, rate: int = SOUND_RATE) -> Speech:
    """Nothing said."""
    return Speech("", np.zeros(round(seconds * rate), np.float32), rate, ())


def whole_frames(speech: Speech, fps: int, tail: float) -> Speech:
    """The speech with ``tail`` seconds of silence, and then as much as fills the last frame.

    Segments are joined by counting frames, so a sentence must end where a frame ends.
    """
    frames = max(1, -(-round((speech.seconds + tail) * speech.rate) * fps // speech.rate))
    samples = np.zeros(round(frames * speech.rate / fps), np.float32)
    samples[: len(speech.samples)] = speech.samples
    return replace(speech, samples=samples)
