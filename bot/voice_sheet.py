"""`chatanything voices --sheet` and `--play`: how the voices of this machine sound."""

from __future__ import annotations

import base64
import html
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bot.results import write_text
from bot.settings import Settings
from bot.voices import MEASURABLE
from pipeline import registry
from pipeline.clips.clip import encode_ogg
from pipeline.errors import BadRequest
from pipeline.stages import Speaker
from pipeline.types import Mood, Speech, VoicePart, VoiceRecipe
from pipeline.voice import catalogue, effects

SAID = "Hello! I was waiting for somebody to ask me how I sound."
PLAYERS = (
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("mpv", "--really-quiet"),
    ("paplay",),
    ("afplay",),
    ("aplay", "-q"),
)
"""Commands that play a file; the first that is here does."""
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Voices of {engine}</title>
<style>body{{font:16px system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}}td{{padding:.3rem .8rem}}
td:nth-child(2){{color:#666}}</style>
<h1>Voices of {engine}</h1><p>All of them say: “{said}”</p>
<h2>Voices</h2><table>{voices}</table>
<h2>Effects, on {first}</h2><table>{effects}</table></html>
"""


def sheet(settings: Settings, engine: str, path: Path, tell: Callable[[str], None] = lambda line: None) -> None:
    """One page with every voice and every effect of an engine, its sound in it: seconds of work for `hibari`, minutes
    for `kokoro`. Raises ``BadRequest`` for an engine that costs money or is not known, and what the engine does."""
    speaker = _speaker(settings, engine)
    voices = catalogue.voices(engine)
    first = voices[0].id

    def row(voice: str, effect: str, name: str, what: str = "") -> str:
        tell(name)
        return _row(name, what, speaker.speak(SAID, _recipe(engine, voice, effect), Mood.CALM))

    page = _PAGE.format(
        engine=engine,
        said=html.escape(SAID),
        first=html.escape(first),
        voices="".join(row(voice.id, "none", voice.name or voice.id, _who(voice)) for voice in voices),
        effects="".join(row(first, effect, effect) for effect in effects.EFFECTS),
    )
    write_text(path, page)


def play(settings: Settings, recipe: VoiceRecipe) -> None:
    """Let a voice be heard. Raises ``BadRequest`` where nothing plays sound, and what the engine does."""
    player = next((player for player in PLAYERS if shutil.which(player[0])), None)
    if player is None:
        names = ", ".join(player[0] for player in PLAYERS)
        raise BadRequest(f"Nothing here plays sound ({names}). `voices --sheet voices.html` writes a page instead.")
    speech = _speaker(settings, recipe.engine).speak(SAID, recipe, Mood.CALM)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "voice.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(speech.rate)
            file.writeframes((speech.samples * 32767).clip(-32768, 32767).astype(np.int16).tobytes())
        subprocess.run([*player, str(path)], check=False)  # noqa: S603


def _speaker(settings: Settings, engine: str) -> Speaker:
    if engine not in MEASURABLE:
        raise BadRequest(f"Only voices that speak on this machine are played: {', '.join(MEASURABLE)}.")
    speaker: Speaker = registry.create("voice", engine, settings.engine_config())
    return speaker


def _recipe(engine: str, voice: str, effect: str) -> VoiceRecipe:
    return VoiceRecipe(engine=engine, parts=(VoicePart(voice=voice, weight=1.0),), effect=effect)


def _who(voice: catalogue.Voice) -> str:
    return f"{voice.age} {voice.gender}, {voice.accent}; {voice.character}"


def _row(name: str, what: str, speech: Speech) -> str:
    sound = base64.b64encode(encode_ogg(speech.samples, speech.rate)).decode()
    player = f'<audio controls preload="none" src="data:audio/ogg;base64,{sound}"></audio>'
    return f"<tr><td>{html.escape(name)}</td><td>{html.escape(what)}</td><td>{player}</td></tr>\n"
