"""Sentences become whole frames, and join without losing time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.speak import join, together, whole_frames
from pipeline.types import Phoneme, Speech


def speech(samples: int, rate: int = 24000) -> Speech:
    return Speech("hm", np.full(samples, 0.1, np.float32), rate, (Phoneme("m", 0.0, samples / rate),))


@given(samples=st.integers(0, 100_000), tail=st.sampled_from([0.0, 0.1, 0.24]))
def test_whole_frames(samples: int, tail: float) -> None:
    padded = whole_frames(speech(samples), 25, tail)
    assert len(padded.samples) >= 960
    assert len(padded.samples) % 960 == 0  # 24,000 samples a second, 25 frames a second
    assert padded.seconds >= samples / 24000 + tail - 1e-9
    assert padded.seconds < samples / 24000 + tail + 2 / 25
    assert np.array_equal(padded.samples[:samples], speech(samples).samples)
    assert not padded.samples[samples:].any()


def test_joined_phonemes_keep_their_sound() -> None:
    parts = [whole_frames(speech(12_000), 25, 0.24), whole_frames(speech(6_000), 25, 0.0)]
    whole = join(parts)
    assert whole.seconds == sum(part.seconds for part in parts)
    assert whole.phonemes[1].start == pytest.approx(parts[0].seconds)
    for phoneme in whole.phonemes:
        sound = whole.samples[round(phoneme.start * whole.rate) : round(phoneme.end * whole.rate)]
        assert (sound > 0).all()


async def test_one_failure_is_one_error() -> None:
    async def fail() -> None:
        raise ValueError("the reason")

    with pytest.raises(ValueError, match="the reason"):
        async with together() as tasks:
            tasks.create_task(fail())
