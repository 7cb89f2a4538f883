"""Sentences become whole frames and join without losing time; speaking and drawing overlap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import registry
from pipeline.clips.padding import whole_frames
from pipeline.sentence import say
from pipeline.speak import ENDING, PAUSE, Studio
from pipeline.stages import EngineConfig
from pipeline.tasks import together
from pipeline.types import Direction, Frame, Mood, Phoneme, Portrait, Speech, Utterance, VoicePart, VoiceRecipe
from pipeline.workers import Lane, Workers
from tests.unit.faces import disc_portrait

P = ParamSpec("P")
T = TypeVar("T")
RECIPE = VoiceRecipe(engine="toy", parts=(VoicePart(voice="toy", weight=1.0),))
TEXT = (
    "I have been waiting for you all morning, and nobody came. "
    "And now it rains on each and every one of my pies. "
    "Well, come in at last and shut the door behind you, will you?"
)


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
    parts = (whole_frames(speech(12_000), 25, 0.24), whole_frames(speech(6_000), 25, 0.0))
    utterance = Utterance(parts)
    whole = utterance.speech
    assert whole.seconds == utterance.seconds == sum(part.seconds for part in parts)
    assert whole.text == "hm hm"
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


class Toy:
    """A voice and an animator in one: 10 ms of sound per letter, grey frames that tell their time."""

    fps = 25

    def speak(self, text: str, recipe: VoiceRecipe, mood: Mood) -> Speech:
        seconds = len(text) / 100
        sound = np.sin(np.arange(round(seconds * 24_000)) / 9).astype(np.float32) * 0.3
        return Speech(text, sound, 24_000, (Phoneme("a", 0.0, seconds),))

    def frames(self, portrait: Portrait, speech: Speech, direction: Direction) -> Iterator[Frame]:
        for index in range(round(speech.seconds * self.fps)):
            yield np.full((768, 512), 16 + round(direction.start * self.fps + index) % 200, np.uint8)


class Rehearsal(Workers):
    """Runs everything here. A test may hold a lane at its ``gate`` and see what was ``begun`` meanwhile."""

    def __init__(self) -> None:
        self.gates: dict[Lane, Callable[[], asyncio.Future[object]]] = {}
        self.begun: list[tuple[Lane, str]] = []

    async def run(self, lane: Lane, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        name = getattr(args[0], "__name__", "") if args and callable(args[0]) else function.__name__
        self.begun.append((lane, name))
        if name in {"say", "draw"} and lane in self.gates:
            await asyncio.wait_for(self.gates[lane](), 10)
        return function(*args, **kwargs)


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Rehearsal:
    monkeypatch.setattr(registry, "create", lambda stage, name, config: Toy())
    return Rehearsal()


@pytest.fixture
def studio(workers: Rehearsal, tmp_path: Path) -> Studio:
    return Studio(EngineConfig(tmp_path), workers, "toy")


async def portrait() -> Portrait:
    return disc_portrait()


async def test_uttered_sentences_are_whole_frames_with_a_breath(studio: Studio) -> None:
    utterance = await studio.utter(TEXT, RECIPE, Mood.JOY)
    assert utterance.speech.text == TEXT
    assert len(utterance.parts) == 3
    for part in utterance.parts:
        plain = say(studio.config, part.text, RECIPE, Mood.JOY).speech
        assert np.array_equal(part.samples, whole_frames(plain, 25, PAUSE).samples)


@pytest.mark.parametrize("text", ["", "...", "*sighs*"])
async def test_what_cannot_be_said_is_a_short_silence(studio: Studio, text: str) -> None:
    utterance = await studio.utter(text, RECIPE, Mood.CALM)
    assert len(utterance.parts) >= 1
    assert utterance.seconds < 1
    filmed = await studio.film(utterance, await portrait(), Direction(Mood.CALM, 1))
    assert filmed.seconds == pytest.approx(utterance.seconds + ENDING / 25)


async def test_stage_by_stage_gives_what_one_go_gives(studio: Studio) -> None:
    at_once = await studio.speak(TEXT, RECIPE, Direction(Mood.JOY, 3), portrait())
    utterance = await studio.utter(TEXT, RECIPE, Mood.JOY)
    assert np.array_equal(at_once.speech.samples, utterance.speech.samples)
    assert at_once.speech.phonemes == utterance.speech.phonemes
    filmed = await studio.film(utterance, await portrait(), Direction(Mood.JOY, 3))
    assert filmed == at_once.clip  # byte for byte
    assert await studio.sound(utterance) == filmed.ogg


async def test_sound_needs_no_pictures(studio: Studio, workers: Rehearsal) -> None:
    await studio.sound(await studio.utter(TEXT, RECIPE, Mood.JOY))
    assert {lane for lane, _ in workers.begun} == {"voice"}


async def test_film_draws_all_sentences_at_the_same_time(studio: Studio, workers: Rehearsal) -> None:
    utterance = await studio.utter(TEXT, RECIPE, Mood.JOY)
    together_there = asyncio.Barrier(len(utterance.parts) + 1)  # and the end
    workers.gates["pictures"] = lambda: asyncio.ensure_future(together_there.wait())
    filmed = await studio.film(utterance, await portrait(), Direction(Mood.JOY, 3))
    assert filmed.seconds == pytest.approx(utterance.seconds + ENDING / 25)


async def test_a_sentence_is_drawn_while_the_next_is_spoken(studio: Studio, workers: Rehearsal) -> None:
    drawing, said = asyncio.Event(), 0

    async def speaking() -> None:
        nonlocal said
        said += 1
        if said == 2:
            await drawing.wait()  # the first sentence must be on its way before this one is spoken

    async def begin() -> None:
        drawing.set()

    workers.gates = {
        "voice": lambda: asyncio.ensure_future(speaking()),
        "pictures": lambda: asyncio.ensure_future(begin()),
    }
    spoken = await studio.speak(TEXT, RECIPE, Direction(Mood.JOY, 3), portrait())
    assert spoken.speech.text == TEXT
    assert [name for _, name in workers.begun].index("draw") <= 2


async def test_a_failed_drawing_ends_the_speaking(studio: Studio, workers: Rehearsal) -> None:
    async def fail() -> None:
        raise ValueError("no paint left")

    workers.gates["pictures"] = lambda: asyncio.ensure_future(fail())
    with pytest.raises(ValueError, match="no paint left"):
        await studio.speak(TEXT, RECIPE, Direction(Mood.JOY, 3), portrait())
    assert "mux" not in [name for _, name in workers.begun]
