"""Voice messages for tests: sentences spoken by hibari, packed as phones and browsers pack them."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import av
import numpy as np
import soxr

from pipeline.hearing.recording import RATE, Samples
from pipeline.stages import EngineConfig
from pipeline.types import Mood, VoicePart, VoiceRecipe
from pipeline.voice.hibari import HibariSpeaker

FORMATS = {
    "ogg": ("libopus", 48_000),
    "ipod": ("aac", 44_100),
    "webm": ("libopus", 48_000),
    "mp3": ("libmp3lame", 24_000),
    "wav": ("pcm_s16le", 16_000),
}
"""What FFmpeg calls the container -> codec and rate. "ipod" is M4A."""


@cache
def spoken(text: str, voice: str = "lady") -> Samples:
    """A sentence at ``RATE``."""
    recipe = VoiceRecipe(engine="hibari", parts=(VoicePart(voice=voice, weight=1.0),))
    speech = _speaker().speak(text, recipe, Mood.CALM)
    return np.asarray(soxr.resample(speech.samples, speech.rate, RATE), np.float32)


def noise(seconds: float, level: float = 0.1) -> Samples:
    """White noise."""
    return (level * np.random.default_rng(1).standard_normal(round(seconds * RATE))).astype(np.float32)


@cache
def _speaker() -> HibariSpeaker:
    return HibariSpeaker(EngineConfig(Path()))


def packed(samples: Samples, container: str = "ogg", layout: str = "mono") -> bytes:
    """A file of one of ``FORMATS``."""
    codec, rate = FORMATS[container]
    sound = np.asarray(soxr.resample(samples, RATE, rate), np.float32)
    channels = 2 if layout == "stereo" else 1
    sink = io.BytesIO()
    with av.open(sink, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
        frame = av.AudioFrame.from_ndarray(np.tile(sound, (channels, 1)), format="fltp", layout=layout)
        frame.sample_rate = rate
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return sink.getvalue()
