"""Forced alignment against voices whose own times are known; `tests.bench.aligning` measures it on more of them."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline import registry
from pipeline.stages import EngineConfig, Speaker
from pipeline.voice import alignment, delivery
from tests.bench.aligning import Known, errors, known, learn, off_on
from tests.bench.recordings import Span, read_grid, recordings

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


def grid(tiers: dict[str, Sequence[Span]], *, long: bool) -> str:
    """A TextGrid in the form that Praat writes for people, or the short one."""

    def line(name: str, value: object) -> str:
        return f"    {name} = {value} \n" if long else f"{value}\n"

    text = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n{line("xmin", 0)}{line("xmax", 9.5)}'
    text += f"{'tiers? ' if long else ''}<exists>\n{line('size', len(tiers))}"
    for i, (name, spans) in enumerate(tiers.items(), 1):
        text += f"    item [{i}]:\n" if long else ""
        text += line("class", '"IntervalTier"') + line("name", f'"{name}"') + line("xmin", 0) + line("xmax", 9.5)
        text += line("intervals: size", len(spans))
        for k, span in enumerate(spans, 1):
            text += f"        intervals [{k}]:\n" if long else ""
            text += line("xmin", span.start) + line("xmax", span.end) + line("text", f'"{span.label}"')
    return text


@pytest.mark.parametrize("long", [True, False])
def test_labels_of_recordings_are_read(tmp_path: Path, hibari: Sequence[Known], long: bool) -> None:
    one = hibari[0]
    phones = [Span(phoneme.symbol, phoneme.start, phoneme.end) for phoneme in one.speech.phonemes]
    words, rest = [], iter(phones)
    for text, symbols in zip(one.speech.text.split(), one.symbols.split(), strict=True):
        inside = [next(rest) for _ in delivery.time_phonemes(symbols, np.full(len(symbols) + 2, 4.0))]
        words.append(Span(text.strip(",."), inside[0].start, inside[-1].end))
    silence = Span("", 0.0, words[0].start)
    said = grid({"words": [silence, *words], "phones": [silence, *phones]}, long=long)
    (tmp_path / "elder.TextGrid").write_bytes(said.encode("utf-16"))
    with wave.open(str(tmp_path / "elder.wav"), "wb") as file:
        file.setparams((1, 2, one.speech.rate, 0, "NONE", ""))
        file.writeframes((one.speech.samples * 32767).astype(np.int16).tobytes())

    assert read_grid(said.encode()) == {"words": tuple(words), "phones": tuple(phones)}
    (read,) = recordings(tmp_path)
    assert read.within(words[1]) == phones[2:7]
    off_words, off_phones = off_on(read)
    assert len(off_words) == 2 * len(words)
    assert np.median(off_words) < 30
    assert np.median(off_phones) < 30
