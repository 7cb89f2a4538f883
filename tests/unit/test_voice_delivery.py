"""Moods, punctuation and emphasis as they are measured in the sound; levels and ends of every speech. By hibari, which
is quick; what is promised here is done behind both models."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pipeline.animation.visemes import sounds
from pipeline.stages import EngineConfig
from pipeline.types import Mood, Phoneme, Speech, VoicePart, VoiceRecipe
from pipeline.voice import effects, emphasis, kokoro, sound
from pipeline.voice.delivery import MANNERS, split, unmarked, utterance
from pipeline.voice.hibari import HibariSpeaker
from pipeline.voice.sound import RATE
from tests.contract.test_voice import pitch

SENTENCE = "I never saw that yellow balloon before."


@cache
def speaker() -> HibariSpeaker:
    return HibariSpeaker(EngineConfig(Path()))


@cache
def said(text: str = SENTENCE, mood: Mood = Mood.CALM, effect: str = "none", voice: str = "lady") -> Speech:
    recipe = VoiceRecipe(engine="hibari", parts=(VoicePart(voice=voice, weight=1.0),), effect=effect)
    return speaker().speak(text, recipe, mood)


def part(speech: Speech, symbols: str) -> Speech:
    """The stretch of some phonemes."""
    first = "".join(p.symbol[0] for p in speech.phonemes).index(symbols)
    start, end = speech.phonemes[first].start, speech.phonemes[first + len(symbols) - 1].end
    return Speech("", speech.samples[round(start * RATE) : round(end * RATE)], RATE, ())


def level(speech: Speech) -> float:
    return float(10 * np.log10(np.mean(speech.samples.astype(np.float64) ** 2)))


def brightness(speech: Speech) -> float:
    """Decibels of what is above 2 kHz against what is below."""
    power = np.abs(np.fft.rfft(speech.samples)) ** 2
    cut = round(2000 * len(speech.samples) / RATE)
    return float(10 * np.log10(power[cut:].sum() / power[:cut].sum()))


def test_moods_change_pace_pitch_and_energy() -> None:
    calm = said()
    pace = {mood: calm.seconds / said(mood=mood).seconds for mood in Mood}
    height = {mood: pitch(said(mood=mood)) / pitch(calm) for mood in Mood}
    energy = {mood: brightness(said(mood=mood)) - brightness(calm) for mood in Mood}
    assert pace[Mood.SADNESS] < 0.95 < 1.02 < pace[Mood.JOY]
    assert pace[Mood.FEAR] > 1.05
    assert height[Mood.SADNESS] < 0.97 < 1.04 < min(height[Mood.JOY], height[Mood.FEAR], height[Mood.SURPRISE])
    assert energy[Mood.SADNESS] < -2 < 2 < energy[Mood.ANGER]
    assert all(0.8 < pace[mood] < 1.25 and 0.85 < height[mood] < 1.25 for mood in Mood)  # still one person


def test_a_stressed_word_is_longer_louder_and_higher() -> None:
    for voice in ("lady", "man"):
        usual, stressed = (said(text, voice=voice) for text in (SENTENCE, SENTENCE.replace("yellow", "*yellow*")))
        assert [p.symbol for p in stressed.phonemes] == [p.symbol for p in usual.phonemes]
        before, after = part(usual, "jɛlO"), part(stressed, "jɛlO")
        assert after.seconds / before.seconds == pytest.approx(emphasis.LONGER, abs=0.06)
        assert (level(after) - level(stressed)) - (level(before) - level(usual)) > 1.0
        assert pitch(after) / pitch(before) > 1.05
        assert part(stressed, "bəfɔɹ").seconds == pytest.approx(part(usual, "bəfɔɹ").seconds, abs=0.03)
        assert stressed.text == SENTENCE.replace("yellow", "*yellow*")


def test_away_from_a_stressed_word_the_sound_is_as_it_was() -> None:
    noise = np.random.default_rng(1).standard_normal(2 * RATE).astype(np.float32)
    out, (before, after) = emphasis.stress(noise, [(0.8, 1.1)])
    assert len(out) == round(after[-1] * RATE) == pytest.approx(len(noise) + 0.3 * 0.25 * RATE, abs=2)
    np.testing.assert_allclose(out[: round(0.75 * RATE)], noise[: round(0.75 * RATE)], atol=1e-6)
    assert float(np.interp(1.5, before, after)) == pytest.approx(1.575)
    assert emphasis.stress(noise, [])[0] is noise


def test_marks_of_stress_are_not_said() -> None:
    assert unmarked("ðˈæt ‹ˈɪz› mI") == ("ðˈæt ɪz mI".replace("ɪz", "ˈɪz"), [(5, 8)])
    assert unmarked("nˈIn› ‹nˈI") == ("nˈIn nˈI", [(0, 4), (5, 8)])
    assert split("‹ . ›", 60) == []
    whole = utterance(np.ones(RATE, np.float32), "ab", [2, 10, 10, 2])
    assert [p.symbol for p in whole.phonemes] == ["a", "b"]
    assert [p.end for p in whole.phonemes] == pytest.approx([0.25, 0.5])


def test_punctuation_is_heard() -> None:
    def last_pitch(text: str) -> float:
        return pitch(Speech("", said(text).samples[-round(0.28 * RATE) : -round(0.12 * RATE)], RATE, ()))

    asked, told = (last_pitch(f"You found my money{mark}") for mark in "?.")
    who_asked, who_told = (last_pitch(f"Who found my money{mark}") for mark in "?.")
    assert asked / told > 1.15
    assert who_asked / who_told < 0.97 * asked / told  # what asks for more than yes or no does not rise
    assert said("Well, I know, my dear.").seconds > said("Well I know my dear.").seconds + 0.15
    assert said("Well… I know.").seconds > said("Well I know.").seconds + 0.05


LOUD = ((Mood.ANGER, "imp"), (Mood.SADNESS, "giant"), (Mood.SURPRISE, "lady"))


@pytest.mark.parametrize(
    ("effect", "mood", "voice"),
    [  # Every effect, and every mood without one; the others are slow.
        pytest.param(effect, mood, voice, marks=() if effect == "none" or number % 3 == turn else pytest.mark.slow)
        for number, effect in enumerate(effects.EFFECTS)
        for turn, (mood, voice) in enumerate(LOUD)
    ],
)
def test_every_speech_is_as_loud_and_never_too_loud(effect: str, mood: Mood, voice: str) -> None:
    speech = said("Oh my, is it *seven* o'clock already?", mood, effect, voice)
    fine = sound.oversampled(speech.samples)
    assert 20 * np.log10(np.abs(fine).max()) <= -1.0
    assert sound.measure_loudness(speech.samples) == pytest.approx(sound.LOUDNESS + MANNERS[mood].gain, abs=0.3)
    for end in (speech.samples[:240], speech.samples[-240:]):  # nothing clicks
        assert np.abs(end).max() < 0.05
    assert abs(float(speech.samples[0])) < 1e-6 > abs(float(speech.samples[-1]))
    assert speech.phonemes[0].start < 0.2


_ELSEWHERE = """
import hashlib
from tests.unit.test_voice_delivery import said
from pipeline.types import Mood
print(hashlib.sha256(said("Boo! *Who* is there?", Mood.FEAR, "ghost", "crone").samples.tobytes()).hexdigest())
"""


def test_another_process_says_the_same() -> None:
    here = said("Boo! *Who* is there?", Mood.FEAR, "ghost", "crone")
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.strip() == hashlib.sha256(here.samples.tobytes()).hexdigest()


def test_every_sound_of_kokoro_has_a_mouth() -> None:
    neutral = sounds([Phoneme("ə", 0.0, 0.1)])[0].viseme
    spoken = {symbol for symbol in kokoro._vocabulary() if unicodedata.category(symbol) in ("Ll", "Lu")}
    assert len(spoken) > 70
    for symbol in spoken - set("əᵊɐɜ"):
        assert [sound.viseme for sound in sounds([Phoneme(symbol, 0.0, 0.1)])] != [neutral], symbol
