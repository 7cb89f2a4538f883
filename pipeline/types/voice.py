"""Voices, and speech as sound."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from pydantic import Field

from pipeline.types.base import Value


class VoicePart(Value):
    """One voice of a mixture."""

    voice: str
    weight: float = Field(gt=0.0, le=1.0)


class VoiceRecipe(Value):
    """A voice as a mixture: which voices, how much of each, and how the result is bent."""

    engine: str
    parts: tuple[VoicePart, ...] = Field(min_length=1, max_length=3, description="weights sum to 1")
    pitch: float = Field(default=1.0, ge=0.4, le=2.2, description="fundamental frequency ratio")
    formant: float = Field(default=1.0, ge=0.6, le=1.5, description="vocal tract ratio; > 1 sounds smaller")
    pace: float = Field(default=1.0, ge=0.5, le=1.6, description="speaking rate ratio")
    effect: str = "none"
    language: str = Field(default="en", description="that its words are pronounced in; ISO 639-1")
    spoken: bool = Field(default=True, description="whether its voices speak the persona's language")
    reason: str = Field(default="", description="why this voice, for people")
    acting: str = Field(default="", description="how it speaks, in words, for engines that can be told")
    stand_in: VoiceRecipe | None = Field(default=None, description="who speaks on this machine while a service cannot")


class VoiceOption(Value):
    """One of several voices that fit."""

    recipe: VoiceRecipe
    description: str = Field(description="how it sounds, without names")


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One spoken sound: IPA symbol, start and end in seconds. Pauses are gaps between phonemes."""

    symbol: str
    start: float
    end: float
    stressed: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """One stretch of speech. ``samples``: (n,) float32 mono in [-1, 1]; times of phonemes count from its start."""

    text: str
    samples: npt.NDArray[np.float32]
    rate: int
    phonemes: tuple[Phoneme, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Utterance:
    """A spoken text. ``parts``: its sentences, at least one, of one rate, each as long as whole frames of a clip."""

    parts: tuple[Speech, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return sum(part.seconds for part in self.parts)

    @property
    def speech(self) -> Speech:
        """All parts as one, phoneme times counted from the start of the first."""
        phonemes: list[Phoneme] = []
        start = 0.0
        for part in self.parts:
            phonemes += [replace(p, start=p.start + start, end=p.end + start) for p in part.phonemes]
            start += part.seconds
        return Speech(
            text=" ".join(part.text for part in self.parts),
            samples=np.concatenate([part.samples for part in self.parts]),
            rate=self.parts[0].rate,
            phonemes=tuple(phonemes),
        )
