"""The voices there are, as validated rows of ``catalogue.toml``. Adding a voice is adding a row."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.types import Age, Fraction, Gender, Size, Value

Ratio = Annotated[float, Field(ge=0.3, le=2.2)]
Grade = Literal["A", "A-", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F+", "F"]


class Tone(Value):
    """How a hibari tone differs from the voice it is made of."""

    pitch: Ratio = 1.0
    formant: Annotated[float, Field(ge=0.6, le=1.5)] = 1.0
    intonation: Annotated[float, Field(ge=0.0, le=2.0)] = 1.0
    breath: Annotated[float, Field(ge=0.0, le=2.0, description="nepers added to the noise branch")] = 0.0
    flat: bool = False
    whisper: bool = False


class Voice(Value):
    """One voice of one engine."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    engine: str
    language: str
    accent: Literal["american", "british"]
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
        ids = [row.id for row in self.voice]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"voices named twice: {sorted(twice)}")
        return self


def parse(text: str) -> _Catalogue:
    """A catalogue from TOML. Raises pydantic's ``ValidationError`` naming the row that is wrong."""
    return _Catalogue.model_validate(tomllib.loads(text))


@cache
def _ours() -> _Catalogue:
    return parse((files("pipeline.voice") / "catalogue.toml").read_text(encoding="utf-8"))


def characters() -> tuple[str, ...]:
    """How all voices of all engines sound."""
    return tuple(dict.fromkeys(voice.character for voice in _ours().voice))


def voices(engine: str) -> tuple[Voice, ...]:
    """Every voice of an engine, in catalogue order."""
    return tuple(row for row in _ours().voice if row.engine == engine)


def effects() -> tuple[Effect, ...]:
    """Every effect that words can call for, first come first taken."""
    return _ours().effect
