"""The bars of a voice message follow the sound that is in it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.clips.clip import encode_ogg
from pipeline.errors import EngineFailed
from pipeline.waveform import waveform

RATE = 24_000


def tone(seconds: float, level: float) -> np.ndarray:
    return (level * np.sin(2 * np.pi * 200 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def bars(samples: np.ndarray) -> tuple[list[int], float]:
    points, seconds = waveform(encode_ogg(samples, RATE))
    return list(points), seconds


def test_loud_is_high_and_silence_is_flat() -> None:
    points, seconds = bars(np.concatenate([tone(1, 0.4), tone(1, 0.0), tone(1, 0.1)]))
    assert seconds == pytest.approx(3.0, abs=0.02)
    assert len(points) == 30
    assert max(points) == 255
    assert np.mean(points[2:8]) > 240
    assert np.mean(points[12:18]) < 5
    assert np.mean(points[22:28]) == pytest.approx(64, abs=12)


def test_a_quiet_message_is_drawn_as_high_as_a_loud_one() -> None:
    assert max(bars(tone(1, 0.01))[0]) == 255
    assert max(bars(tone(1, 0.0))[0]) == 0


@pytest.mark.parametrize(("seconds", "points"), [(0.02, 1), (0.5, 5), (26.0, 256)])
def test_there_are_at_most_ten_bars_a_second_and_256_in_all(seconds: float, points: int) -> None:
    found, length = bars(tone(seconds, 0.3))
    assert len(found) == points
    assert length == pytest.approx(seconds, abs=0.02)


def test_what_is_no_sound_is_an_error() -> None:
    with pytest.raises(EngineFailed):
        waveform(b"no sound")
