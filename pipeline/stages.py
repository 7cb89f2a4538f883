"""One small Protocol per stage. An engine is any class with these methods; `registry` finds it by name.

Minds talk to networks and stream, so they are async. The other stages are arithmetic: blocking calls that
`workers` runs in processes of their own, so engines there may keep models in plain attributes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.types import Frame, Mood, Persona, Portrait, ReplyDelta, Speech, Turn, VoiceRecipe


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What every engine is built with. Hashable, so that a worker process can keep one engine per configuration."""

    assets: Path
    """Folder that `chatanything assets --fetch` fills."""


class Mind(Protocol):
    """Writes personas and speaks for them."""

    async def write(self, concept: str, seed: int) -> Persona:
        """A character for a cleaned concept. The same concept and seed give the same character."""

    def reply(self, persona: Persona, turns: Sequence[Turn], text: str, seed: int) -> AsyncIterator[ReplyDelta]:
        """The answer to ``text`` after ``turns`` (oldest first), streamed in pieces."""


class Speaker(Protocol):
    """Finds a voice for a persona and speaks with it."""

    def choose(self, persona: Persona, seed: int) -> VoiceRecipe:
        """The recipe of the voice that fits, with its reason."""

    def speak(self, text: str, recipe: VoiceRecipe, mood: Mood) -> Speech:
        """One sentence as sound. Text without anything to say gives a short silence with no phonemes."""


class Painter(Protocol):
    """Paints a portrait with one face."""

    def styles(self) -> Sequence[str]:
        """Ids of the styles this painter knows."""

    def paint(self, persona: Persona, style: str | None, seed: int) -> Portrait:
        """A square portrait of at least 768 px; ``style`` None lets the painter choose."""


class Animator(Protocol):
    """Moves a portrait's face to speech."""

    fps: int

    def frames(self, portrait: Portrait, speech: Speech, mood: Mood, start: float, seed: int) -> Iterator[Frame]:
        """One sentence as I420 frames of 512 x 512 pixels, ``ceil(speech.seconds * fps)`` of them.

        ``start`` is the sentence's place in the clip in seconds: idle motion (breath, sway, gaze) is a function of
        absolute time and the seed, so sentences drawn one by one, or in different processes, join without a jump.
        """
