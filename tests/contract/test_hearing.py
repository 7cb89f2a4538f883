"""What a listener promises, by the real model: words where somebody speaks, and none where nobody does."""

from __future__ import annotations

import difflib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from pipeline.errors import EngineUnavailable, Inaudible
from pipeline.hearing import whisper
from pipeline.hearing.recording import RATE, Samples
from pipeline.listen import Ear
from pipeline.stages import EngineConfig
from pipeline.workers import Workers
from tests.unit.recordings import noise, packed, spoken

pytestmark = pytest.mark.asyncio(loop_scope="module")
SENTENCE = "Good morning, old friend. Have you seen my umbrella?"
STORY = "Tell me about the dragon who was afraid of the dark and lived beside a river."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear() -> AsyncIterator[Ear]:
    """The real thing, with one process whose model is loaded once."""
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        yield Ear(whisper.WhisperListener(EngineConfig(Path())), workers)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def errors(heard: str, said: str) -> float:
    """Share of the words that were heard wrong or not at all, or that nobody said."""
    found, wanted = words(heard), words(said)
    same = sum(block.size for block in difflib.SequenceMatcher(None, found, wanted).get_matching_blocks())
    return 1 - same / max(len(found), len(wanted))


def music(seconds: float) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    chord = sum(np.sin(2 * np.pi * f * time * (1 + 0.002 * np.sin(31 * time))) for f in (220, 277, 330, 440, 880))
    return np.asarray(chord / 6 * (0.6 + 0.4 * np.sin(2 * np.pi * 2 * time)), np.float32)


@pytest.mark.parametrize(
    ("text", "voice", "container"), [(STORY, "baritone", "ipod"), ("Hello, old friend!", "boy", "ogg")]
)
async def test_what_was_said_is_heard(ear: Ear, text: str, voice: str, container: str) -> None:
    sent = spoken(text, voice)
    heard = await ear.hear(packed(sent, container))
    assert errors(heard.text, text) <= 0.1
    assert heard.language == "en"
    assert heard.confidence is not None
    assert heard.confidence > 0.4
    assert heard.seconds == pytest.approx(len(sent) / RATE, abs=0.06)


async def test_pauses_and_noise_around_the_words_do_not_matter(ear: Ear) -> None:
    sent = np.concatenate([noise(4, 0.005), spoken(SENTENCE), noise(6, 0.005)])
    assert errors((await ear.hear(packed(sent))).text, SENTENCE) <= 0.1


@pytest.mark.parametrize(
    "sound",
    [np.zeros(5 * RATE, np.float32), noise(5, 0.001), noise(5, 0.3), music(5), noise(0.05)],
    ids=["silence", "hiss", "noise", "music", "click"],
)
async def test_where_nobody_speaks_nothing_is_heard(ear: Ear, sound: Samples) -> None:
    with pytest.raises(Inaudible, match="there is no speech"):
        await ear.hear(packed(sound, "wav"))


async def test_what_is_no_language_is_not_guessed(ear: Ear) -> None:
    backwards = spoken(SENTENCE)[::-1].copy()
    with pytest.raises(Inaudible, match="could not make out"):
        await ear.hear(packed(backwards, "wav"))


async def test_without_a_listener_there_is_a_sentence() -> None:
    with pytest.raises(EngineUnavailable, match="cannot listen"):
        await Ear(None, Workers()).hear(b"OggS")


async def test_a_listener_that_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper, "installed", lambda: False)
    with pytest.raises(EngineUnavailable) as caught:
        whisper.WhisperListener(EngineConfig(Path()))
    assert caught.value.remedy == whisper.REMEDY
