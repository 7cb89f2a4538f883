"""ElevenLabs and OpenAI themselves: ``LIVE_ELEVENLABS_API_KEY=... LIVE_OPENAI_API_KEY=... pytest -m live tests/live``.

Costs about 150 characters of each account whose key is there. Names of their own, so that no other test can spend them.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from bot.doctor import services
from bot.settings import Settings
from pipeline import errors, registry
from pipeline.evaluation.intelligibility import distance, heard
from pipeline.stages import EngineConfig, Speaker
from pipeline.types import Mood
from tests.unit.test_voice_match import OAK

pytestmark = pytest.mark.live

TEXT = "Nobody told the dragon about the party, and now he is very, very sad."
KEYS = {"elevenlabs": "ELEVENLABS_API_KEY", "openai": "OPENAI_API_KEY"}


@pytest.fixture(params=KEYS)
def engine(request: pytest.FixtureRequest) -> str:
    if f"LIVE_{KEYS[request.param]}" not in os.environ:
        pytest.skip(f"LIVE_{KEYS[request.param]} is not set")
    return str(request.param)


def configured(engine: str, key: str, home: Path) -> Settings:
    return Settings.model_validate({"CHATANYTHING_HOME": home, "VOICE": engine, KEYS[engine]: key})


@pytest.fixture
def settings(engine: str, tmp_path: Path) -> Settings:
    key = os.environ[f"LIVE_{KEYS[engine]}"]
    return configured(engine, key, tmp_path)


def test_a_sentence_is_said_and_understood(engine: str, settings: Settings) -> None:
    speaker: Speaker = registry.create("voice", engine, settings.engine_config())
    recipe = speaker.choose(OAK, 1)
    speech = speaker.speak(TEXT, recipe, Mood.SADNESS)
    assert 2 < speech.seconds < 20
    assert distance(TEXT.split(), heard(speech).split()) <= 4
    spoken = np.zeros(len(speech.samples), bool)
    for phoneme in speech.phonemes:
        spoken[round(phoneme.start * speech.rate) : round(phoneme.end * speech.rate)] = True
    power = speech.samples.astype(np.float64) ** 2
    assert power[~spoken].sum() < 0.05 * power.sum()


def test_doctor_finds_it_in_order(engine: str, settings: Settings) -> None:
    service = settings.elevenlabs if engine == "elevenlabs" else settings.speech
    assert service is not None
    look = services.elevenlabs if engine == "elevenlabs" else services.voice_service
    assert look(service).state == "ok"


def test_a_wrong_key_is_told(engine: str, tmp_path: Path) -> None:
    settings = configured(engine, "sk-wrong", tmp_path)
    config: EngineConfig = settings.engine_config()
    speaker: Speaker = registry.create("voice", engine, config)
    with pytest.raises(errors.WrongKey):
        speaker.choose(OAK, 1) if engine == "elevenlabs" else speaker.speak(TEXT, speaker.choose(OAK, 1), Mood.CALM)
