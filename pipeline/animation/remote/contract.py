"""What travels between us and an animator on another machine, as both sides read it: docs/animators.md, version 1."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.types import Direction, Fraction, Manner, Mood, Speech

NO_ADDRESS = "ANIMATION=remote needs an animator: set ANIMATOR_URL."
CLIPS, HEALTH = "/v1/clips", "/v1/health"
FILES = ("portrait.png", "landmarks.json", "speech.wav", "about.json")
"""Parts of the form that asks for a clip."""
MOST_ASKED, MOST_ANSWERED, MOST_TOLD = 32 << 20, 64 << 20, 64 << 10
"""Bytes of that form, of a clip, and of any JSON answer."""
LONGEST = 180.0
"""Seconds of one sentence."""
LARGEST = 4096
"""Pixels of a side of a portrait or a clip."""
FORGOTTEN = 30.0
"""Seconds after which a clip that nobody asked about is given up, done or not."""


class Told(BaseModel):
    """Base of everything told. Unknown keys are left unread, so either side may learn to say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Sound(Told):
    """A phoneme: IPA symbol, and seconds from the start of the WAV."""

    symbol: str = Field(max_length=16)
    start: float = Field(ge=0, le=LONGEST)
    end: float = Field(ge=0, le=LONGEST)
    stressed: bool = False


class About(Told):
    """about.json: what is said, and how it is to be acted."""

    text: str = Field(max_length=4000)
    phonemes: tuple[Sound, ...] = Field(max_length=4000)
    mood: Mood
    seed: int
    manner: Manner = Manner()
    start: float = Field(ge=0, allow_inf_nan=False, description="where the sentence begins in its clip, in seconds")
    end: float | None = Field(None, ge=0, allow_inf_nan=False, description="where all rests again, if it is known")
    side: int = Field(ge=64, le=1024, description="pixels of a side, as it will be shown")
    fps: int = Field(ge=10, le=60, description="as it will be shown")

    @classmethod
    def of(cls, speech: Speech, direction: Direction, side: int, fps: int) -> About:
        """The page for a sentence."""
        return cls(
            text=speech.text,
            phonemes=tuple(
                Sound(symbol=one.symbol, start=one.start, end=one.end, stressed=one.stressed) for one in speech.phonemes
            ),
            mood=direction.mood,
            seed=direction.seed,
            manner=direction.manner,
            start=direction.start,
            end=direction.end,
            side=side,
            fps=fps,
        )


class State(StrEnum):
    """Where a clip stands."""

    WAITING = "waiting"
    DRAWING = "drawing"
    DONE = "done"
    FAILED = "failed"


class Standing(Told):
    """A clip, as it is told of. ``ahead``: how many are drawn before it; ``error``: why it failed."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    state: State
    progress: Fraction = 0.0
    ahead: int = 0
    error: str | None = None


class Health(Told):
    """What a server is. ``faces``: whether it moves any portrait or only those of people; ``why`` it is not ready."""

    name: str = Field(max_length=100)
    version: str = Field(max_length=100)
    faces: Literal["human", "any"]
    side: int
    fps: float
    ready: bool
    why: str | None = None


def frames_of(speech: Speech, fps: int) -> int:
    """How many frames a sentence has."""
    return math.ceil(round(speech.seconds * fps, 6))
