"""Measuring a voice, against sounds of which everything is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.types import Phoneme, Speech
from pipeline.voice import effects
from pipeline.voice.measure import measured, track
from pipeline.voice.sound import CEILING, RATE, normalise

Samples = npt.NDArray[np.float32]


def voiced(hertz: float, seconds: float = 1.0, *, overtone: float = 0.5) -> Samples:
    """Harmonics that fall by ``overtone`` each, gliding by a third."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(hertz * 2 ** (0.1 * np.sin(2 * np.pi * time))) / RATE
    return np.asarray(0.2 * sum(overtone**k * np.sin((k + 1) * phase) for k in range(12)), np.float32)


def noise(seconds: float = 1.0) -> Samples:
    return (0.1 * np.random.default_rng(1).standard_normal(round(seconds * RATE))).astype(np.float32)


def speech(samples: Samples, phonemes: int = 10) -> Speech:
    step = len(samples) / RATE / phonemes
    return Speech("x", samples, RATE, tuple(Phoneme("a", i * step, (i + 1) * step) for i in range(phonemes)))


@pytest.mark.parametrize("hertz", [75.0, 110.0, 190.0, 330.0])
@pytest.mark.parametrize("overtone", [0.3, 0.9])
def test_pitch_is_found(hertz: float, overtone: float) -> None:
    found = measured([speech(voiced(hertz, overtone=overtone))])
    assert found.pitch == pytest.approx(hertz, rel=0.04)
    assert found.low == pytest.approx(hertz * 2**-0.1, rel=0.04)
    assert found.high == pytest.approx(hertz * 2**0.1, rel=0.04)


def test_a_vowel_heard_an_octave_up_is_put_right() -> None:
    samples = voiced(110)
    time = np.arange(len(samples) // 5) / RATE
    samples[: len(time)] = 0.2 * np.sin(2 * np.pi * 220 * time)
    found = measured([speech(samples)])
    assert found.high is not None
    assert found.high < 130


def test_a_whisper_has_no_pitch_and_is_hardly_harmonic() -> None:
    found = measured([speech(noise())])
    assert found.pitch is None
    assert found.harmonicity < 0 < measured([speech(voiced(150))]).harmonicity


def test_rate_tilt_and_dynamics() -> None:
    assert measured([speech(voiced(150), 14)]).rate == pytest.approx(14)
    dark, bright = (measured([speech(voiced(150, overtone=overtone))]).tilt for overtone in (0.3, 0.9))
    assert dark < bright - 6
    swelling = voiced(150) * np.linspace(0.15, 1, RATE, dtype=np.float32)
    assert measured([speech(swelling)]).dynamics > measured([speech(voiced(150))]).dynamics + 6


def test_too_short_to_measure() -> None:
    assert len(track(np.zeros(100, np.float32), RATE).pitch) == 0


@pytest.mark.parametrize("effect", list(effects.EFFECTS))
def test_an_effect_is_as_loud_as_the_voice_and_does_not_clip(effect: str) -> None:
    before = np.concatenate([voiced(140), noise(0.3), np.zeros(RATE // 2, np.float32)])
    after = effects.apply(effect, before)
    assert len(after) == len(before)
    assert np.sqrt(np.mean(after**2)) == pytest.approx(float(np.sqrt(np.mean(before**2))), rel=1e-3)
    assert np.abs(after).max() < 4 * np.abs(before).max()
    assert np.abs(normalise(after)).max() <= CEILING + 1e-6


@pytest.mark.parametrize("effect", list(effects.EFFECTS))
def test_an_effect_survives_a_click_and_silence(effect: str) -> None:
    for samples in (np.zeros(2000, np.float32), np.ones(3, np.float32), np.zeros(0, np.float32)):
        after = effects.apply(effect, samples)
        assert after.shape == samples.shape
        assert np.isfinite(after).all()
