"""The voices there are: rows of ``catalogue.toml``, with what was measured of them in ``catalogue_measured.toml``.

Adding a voice is adding a row and running `chatanything voices measure --write`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pipeline.types import Age, Fraction, Gender, Size, Value

Ratio = Annotated[float, Field(ge=0.3, le=2.2)]
Grade = Literal["A", "A-", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F+", "F"]
Accent = Literal[
    "american", "british", "spanish", "french", "indian", "italian", "japanese", "portuguese", "chinese"
]  # fmt: skip

MEASURED = files("pipeline.voice") / "catalogue_measured.toml"
"""Written by `chatanything voices measure --write`."""
_RATE = 13.3
"""Phonemes a second of an ordinary voice: the median of all that were measured."""


class Tone(Value):
    """How a hibari tone differs from the voice it is made of."""

    pitch: Ratio = 1.0
    formant: Annotated[float, Field(ge=0.6, le=1.5)] = 1.0
    intonation: Annotated[float, Field(ge=0.0, le=2.0)] = 1.0
    breath: Annotated[float, Field(ge=0.0, le=2.0, description="nepers added to the noise branch")] = 0.0
    flat: bool = False
    whisper: bool = False


class Measured(Value):
    """What `measure` found in the sound of one voice."""

    pitch: float | None = Field(default=None, description="median fundamental, Hz; none of a whisper")
    low: float | None = Field(default=None, description="tenth percentile of the fundamental, Hz")
    high: float | None = Field(default=None, description="ninetieth percentile of the fundamental, Hz")
    rate: float = Field(description="phonemes a second, pauses left out")
    tilt: float = Field(description="decibels above 1 kHz against below: a dark voice has less")
    dynamics: float = Field(description="decibels between loud and soft frames, ninetieth and tenth percentile")
    harmonicity: float = Field(description="median decibels of the periodic against the rest: a hoarse voice has less")


class Voice(Value):
    """One voice of one engine."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$", description="as the engine calls it")
    engine: str
    name: str | None = Field(default=None, description="for people, where the id is none")
    language: str = Field(description="what it was made for")
    speaks: tuple[str, ...] = Field(default=("en",), description="languages it can be made to say here")
    accent: Accent
    gender: Gender
    age: Age
    pitch: float = Field(ge=50, le=500, description="median fundamental, Hz")
    pace: float = Field(ge=0.4, le=2.0, description="speaking rate, 1 = average")
    energy: Fraction
    warmth: Fraction
    roughness: Fraction
    grade: Grade
    character: str = Field(min_length=10, description="matched with a persona's wish by meaning")
    licence: str
    source: str
    tone: Tone | None = None
    measured: Measured | None = Field(default=None, description="what pitch and pace are taken from")


class Effect(Value):
    """Treatment of the finished sound, and what calls for it."""

    id: str = Field(pattern=r"^[a-z]+$")
    words: tuple[str, ...]
    size: Size | None = None


class _Catalogue(Value):
    voice: tuple[Voice, ...]
    effect: tuple[Effect, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> _Catalogue:
        ids = [(row.engine, row.id) for row in self.voice]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"voices named twice: {sorted(twice)}")
        return self


def parse(text: str, measured: str = "") -> _Catalogue:
    """A catalogue from TOML; ``measured``: tables ``[engine.voice]``. Raises pydantic's ``ValidationError`` naming the
    row that is wrong, also where nothing says its pitch and pace."""
    document, found = tomllib.loads(text), tomllib.loads(measured)
    for row in document.get("voice", []):
        if figures := found.get(row.get("engine"), {}).get(row.get("id")):
            row.update(_heard(figures), measured=figures)
    return _Catalogue.model_validate(document)


def _heard(figures: dict[str, Any]) -> dict[str, float]:
    """What a row takes from its figures; a whisper keeps the pitch it is said to have."""
    pace = {"pace": round(figures["rate"] / _RATE, 3)} if "rate" in figures else {}
    return pace | ({"pitch": figures["pitch"]} if "pitch" in figures else {})


@cache
def _ours() -> _Catalogue:
    rows = files("pipeline.voice") / "catalogue.toml"
    return parse(rows.read_text(encoding="utf-8"), MEASURED.read_text(encoding="utf-8"))


def characters() -> tuple[str, ...]:
    """How the embedded voices sound that speak without a foreign accent."""
    native = (voice for voice in _ours().voice if voice.measured and voice.accent in ("american", "british"))
    return tuple(dict.fromkeys(voice.character for voice in native))


def engines() -> tuple[str, ...]:
    """Every engine that has rows, in catalogue order."""
    return tuple(dict.fromkeys(voice.engine for voice in _ours().voice))


def voices(engine: str) -> tuple[Voice, ...]:
    """Every voice of an engine, in catalogue order."""
    return tuple(row for row in _ours().voice if row.engine == engine)


def effects() -> tuple[Effect, ...]:
    """Every effect that words can call for, first come first taken."""
    return _ours().effect
