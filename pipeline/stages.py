"""One small Protocol per stage. An engine is any class with these methods; `registry` finds it by name.

Minds and listeners may talk to networks, so they are async. The other stages are arithmetic: blocking calls that
`workers` runs in processes of their own, so engines there may keep models in plain attributes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from pipeline.receipt import Receipt
from pipeline.types import (
    Attachment,
    Direction,
    Face,
    Fact,
    Frame,
    Heard,
    Line,
    Memory,
    Mood,
    Persona,
    Picture,
    Portrait,
    ReplyDelta,
    Speech,
    StyleOption,
    Turn,
    VoiceOption,
    VoiceRecipe,
)
from pipeline.workers import Workers


class Task(StrEnum):
    """What a language model is asked for; each may have a model of its own."""

    PERSONA = "persona"
    REPLY = "reply"
    MEMORY = "memory"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class ChatConfig:
    """An OpenAI-compatible endpoint and how it is used."""

    base_url: str = field(repr=False)  # it may hold a password
    key: SecretStr
    model: str
    models: tuple[tuple[Task, str], ...] = ()
    """Models for single tasks."""
    words: int = 50
    """Longest reply, in words."""
    context: int = 4096
    """Tokens that prompt and answer may fill together."""
    timeout: float = 60.0
    """Seconds of silence after which a call is given up: a slow answer may last longer, a stuck one may not."""
    concurrency: int = 4
    """Calls at the same time."""
    sees: bool = False
    """Whether the reply model takes pictures."""
    chooses: bool = False
    """Whether the choice model is good enough to pick voices and styles."""
    prices: tuple[float, float] | None = None
    """USD per million prompt tokens and completion tokens."""
    what: str = "language model"
    """What answers there, for people."""

    def model_for(self, task: Task) -> str:
        """The model of a task."""
        return dict(self.models).get(task, self.model)


@dataclass(frozen=True, slots=True)
class DiffusionConfig:
    """How a painter uses diffusion models."""

    styles: Path | None = None
    """An operator's own looks."""
    device: str = "auto"
    """"cuda", "cuda:1", "mps", "cpu", or the best there is."""
    guidance: str | None = None
    """What leads to a face, as in `guidance.Mode`; None: what the look says."""
    safety: bool = True
    """Whether pictures are looked at by a safety checker."""
    compiled: bool = False
    """Whether torch compiles the networks: minutes at first, then quicker."""
    vram: float | None = None
    """GiB that models may take on the device; None: what is free when the first is loaded."""
    tries: int = 10
    """Pictures painted for one portrait before the illustrator takes over."""


@dataclass(frozen=True, slots=True)
class RemoteConfig:
    """An animator on another machine, as in docs/animators.md."""

    url: str = field(repr=False)  # it may hold a password
    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    timeout: float = 60.0
    """Seconds without progress after which a clip is given up."""


@dataclass(frozen=True, slots=True)
class SpeechConfig:
    """A service that speaks, and how it is used."""

    base_url: str = field(repr=False)  # it may hold a password
    key: SecretStr
    model: str
    timeout: float = 30.0
    """Seconds of silence after which a call is given up."""
    price: float | None = None
    """USD per 1000 characters."""
    designs: bool = False
    """Whether a new voice is made for each persona, where the service can."""


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What every engine is built with. Hashable, so that a worker process can keep one engine per configuration."""

    assets: Path
    """Folder that `chatanything assets --fetch` fills."""
    chat: ChatConfig | None = None
    """For minds that ask a language model, and listeners that ask a service."""
    side: int = 512
    """Of the frames of a clip, in pixels: 512 or 720."""
    badge: bool = False
    """Whether clips say in the picture that they are made by a machine."""
    diffusion: DiffusionConfig = DiffusionConfig()
    """For painters that use diffusion models."""
    remote: RemoteConfig | None = None
    """For the animator that asks another machine."""
    elevenlabs: SpeechConfig | None = None
    """For voices of ElevenLabs."""
    speech: SpeechConfig | None = None
    """For voices of an OpenAI-compatible service."""


class Mind(Protocol):
    """Writes personas, speaks for them and remembers for them.

    ``receipt`` takes what a call used and what the person should be told. All methods raise ``EngineUnavailable`` or
    ``EngineFailed``.
    """

    async def write(self, concept: str, seed: int, receipt: Receipt, picture: Attachment | None = None) -> Persona:
        """A character for a cleaned concept. Another seed gives another character. ``picture``: what it looks like, for
        minds that see."""

    def reply(
        self, persona: Persona, memory: Memory, line: Line, seed: int, receipt: Receipt
    ) -> AsyncGenerator[ReplyDelta, None]:
        """The answer to a line in pieces, at least one; the first carries the mood. Closing it ends the work."""

    async def learn(self, persona: Persona, memory: Memory, line: Line, receipt: Receipt) -> Sequence[Fact]:
        """What the line newly tells about the person who said it; mostly nothing."""

    async def fold(self, persona: Persona, summary: str, turns: Sequence[Turn], receipt: Receipt) -> str:
        """The summary of an earlier summary and the turns after it."""

    async def choose(self, persona: Persona, what: str, options: Sequence[str], receipt: Receipt) -> int | None:
        """Which of the described options fits the persona: an index, or None where the mind leaves it to others.

        ``what``: what the options are: "voice", "portrait style".
        """

    async def pick(self, lines: Sequence[Turn], options: Sequence[str], receipt: Receipt) -> int | None:
        """Which of those described answers the last of the lines of a scene: an index, or None where the mind leaves
        it to others. All lines have a speaker."""

    async def close(self) -> None:
        """Let go of connections. The mind is not used afterwards."""


class Speaker(Protocol):
    """Finds a voice for a persona and speaks with it."""

    def choose(self, persona: Persona, seed: int) -> VoiceRecipe:
        """The recipe of the voice that fits best, with its reason."""

    def shortlist(self, persona: Persona, seed: int) -> Sequence[VoiceOption]:
        """The few voices that fit, for a mind to choose from; the first is the one that ``choose`` gives."""

    def speak(self, text: str, recipe: VoiceRecipe, mood: Mood) -> Speech:
        """One sentence as sound. Text without anything to say gives a short silence with no phonemes."""


class Painter(Protocol):
    """Paints a portrait with one face."""

    def styles(self) -> Sequence[StyleOption]:
        """The styles this painter knows."""

    def paint(self, persona: Persona, style: str | None, seed: int) -> Portrait:
        """A square portrait of at least 768 px; ``style`` None lets the painter choose."""


class FaceFinder(Protocol):
    """Finds the faces in a picture."""

    def find(self, picture: Picture) -> Sequence[Face]:
        """Every face, largest first; none is no error. Faces that cannot be moved well say so by their ``flaw``."""


class Animator(Protocol):
    """Moves a portrait's face to speech."""

    fps: int

    def frames(self, portrait: Portrait, speech: Speech, direction: Direction) -> Iterator[Frame]:
        """One sentence as square I420 frames of ``EngineConfig.side`` pixels, ``ceil(speech.seconds * fps)`` of them.

        Idle motion (breath, sway, gaze) is a function of absolute time (``direction.start`` and on) and the seed, so
        sentences drawn one by one, or in different processes, join without a jump.
        """


class Listener(Protocol):
    """Understands voice messages. Some ask a service and some compute, so it gets the processes to compute in."""

    async def hear(self, voice: bytes, workers: Workers) -> Heard:
        """The words of a recording of at most 60 seconds, as a chat platform brings it.

        Raises ``BadRequest`` for what is no voice message, damaged or too long, ``Inaudible`` rather than guess, and
        ``EngineUnavailable`` or ``EngineFailed``.
        """

    async def close(self) -> None:
        """Let go of connections. The listener is not used afterwards."""
