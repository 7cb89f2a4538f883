"""Hearing the voices: the page, and the player."""

from __future__ import annotations

import base64
import io
import re
import wave
from pathlib import Path

import av
import pytest

from bot import voice_sheet
from bot.settings import Settings
from pipeline.errors import BadRequest
from pipeline.types import VoicePart, VoiceRecipe
from pipeline.voice import catalogue, effects

LADY = VoiceRecipe(engine="hibari", parts=(VoicePart(voice="lady", weight=1.0),))


def test_a_page_lets_every_voice_and_effect_be_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_sheet, "SAID", "Hello <you>!")
    voice_sheet.sheet(Settings(), "hibari", tmp_path / "voices.html")
    page = (tmp_path / "voices.html").read_text(encoding="utf-8")
    names = re.findall(r"<tr><td>([^<]+)</td>", page)
    assert names == [*(voice.name or voice.id for voice in catalogue.voices("hibari")), *effects.EFFECTS]
    assert "Hello &lt;you&gt;!" in page
    sounds = [base64.b64decode(sound) for sound in re.findall(r"data:audio/ogg;base64,([^\"]+)", page)]
    assert len(set(sounds)) >= len(names) - 1  # "none" is the first voice again
    with av.open(io.BytesIO(sounds[0])) as container:
        assert container.streams.audio[0].codec_context.name == "opus"


def test_a_voice_is_played_by_what_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = tmp_path / "aplay"
    player.write_text(f'#!/bin/sh\n/bin/cp "$2" {tmp_path}/heard.wav\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    voice_sheet.play(Settings(), LADY)
    with wave.open(str(tmp_path / "heard.wav")) as heard:
        assert 1.0 < heard.getnframes() / heard.getframerate() < 8.0


def test_what_cannot_be_played_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadRequest, match="--sheet"):
        voice_sheet.play(Settings(), LADY)
    with pytest.raises(BadRequest, match="hibari"):
        voice_sheet.sheet(Settings(), "elevenlabs", tmp_path / "x.html")
