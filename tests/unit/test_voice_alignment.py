"""Forced alignment against voices whose own times are known; `tests.bench.aligning` measures it on more of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline import registry
from pipeline.stages import EngineConfig, Speaker
from pipeline.voice import alignment, delivery
from tests.bench.aligning import Known, errors, known, learn

LINES = (
    "The kettle is singing, and nobody told the dragon about the party.",
    "Can you hear the rain? I have been waiting here for a thousand years!",
    "She whispered something, closed the door and bought three apples.",
)


@pytest.fixture(scope="module")
def hibari() -> Sequence[Known]:
    speaker: Speaker = registry.create("voice", "hibari", EngineConfig(Path()))
    return [known(speaker, "hibari", voice, text) for voice in ("elder", "sprite") for text in LINES]


def test_boundaries_are_found_in_voices_that_it_does_not_know(hibari: Sequence[Known]) -> None:
    off = errors(hibari)
    assert np.median(off) <= 25
    assert np.percentile(off, 90) <= 60


def test_noise_and_another_level_do_not_matter(hibari: Sequence[Known]) -> None:
    one = hibari[0]
    noise = np.random.default_rng(1).normal(0, 0.003, len(one.speech.samples))
    samples = (0.2 * (one.speech.samples + noise)).astype(np.float32)
    found = alignment.durations(samples, one.symbols)
    phonemes = delivery.utterance(samples, one.symbols, found).phonemes
    starts = np.array([phoneme.start for phoneme in phonemes])
    assert np.median(np.abs(starts - one.moments[:-1])) < 0.035


def test_where_the_sound_says_little_words_begin_when_they_are_said_to() -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, 24_000).astype(np.float32)
    symbols = "wˈʌn tˈu"
    place = symbols.index("t")

    def begins(moment: float) -> float:
        found = alignment.durations(noise, symbols, {place: moment})
        return float(found[: place + 1].sum()) * 0.025 - delivery.EARLY

    assert begins(0.4) == pytest.approx(0.4, abs=0.08)
    assert begins(0.6) == pytest.approx(0.6, abs=0.08)


def test_what_is_heard_counts_more_than_a_moment_that_cannot_be(hibari: Sequence[Known]) -> None:
    one = hibari[0]
    place = one.symbols.index("d", one.symbols.index("tˈ"))
    told = alignment.durations(one.speech.samples, one.symbols, {place: 0.3})
    np.testing.assert_allclose(told, alignment.durations(one.speech.samples, one.symbols), atol=1.0)


@pytest.mark.parametrize("symbols", ["", " ", "?!", "ˈ", "ˈæpᵊl" * 40, "ʁyøçɲ↗", "xɑː"])
@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3])
def test_whatever_it_is_given_it_gives_a_time_for_each_symbol(symbols: str, seconds: float) -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, round(24_000 * seconds)).astype(np.float32)
    for sound in (samples, np.zeros_like(samples)):
        found = alignment.durations(sound, symbols)
        assert found.shape == (len(symbols) + 2,)
        assert np.isfinite(found).all()
        assert found.min() >= 0


def test_it_learns_from_little(hibari: Sequence[Known]) -> None:
    stored = learn(hibari[:3])
    table = alignment.Table(
        {symbol: np.array(rows) for symbol, rows in stored["spectra"].items()},
        np.array(stored["spread"]),
        {symbol: (mean, deviation) for symbol, (mean, deviation) in stored["seconds"].items()},
    )
    assert np.median(errors(hibari[:1], table)) <= 25
    assert table.near("ʁ") in table.seconds
