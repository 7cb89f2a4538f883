"""What can be asked for, and which steps that takes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from pipeline.types import Value
from storage.steps import StepPlan


class Kind(StrEnum):
    """What a person asks for."""

    SUMMON = "summon"
    REPLY = "reply"
    RESTYLE = "restyle"
    REVOICE = "revoice"
    RETRY = "retry"
    """Another character from the same words."""
    SCENE = "scene"
    """A reply that nobody waits for: a persona's turn in a scene."""
    FILM = "film"
    """A scene as one video."""


SUMMONED = (Kind.SUMMON, Kind.RETRY)
"""What brings a new character."""

WRITTEN = (Kind.REPLY, Kind.SCENE)
"""What is shown as it is written."""


class Stage(StrEnum):
    """A step of a request, and the queue that it usually waits in."""

    MIND = "mind"
    VOICE = "voice"
    PORTRAIT = "portrait"
    CLIP = "clip"


class AnswerMode(StrEnum):
    """How a persona answers."""

    VIDEO = "video"
    VOICE = "voice"
    TEXT = "text"


class Shown(Value):
    """A stored picture or voice message that somebody sent along."""

    hash: str
    mime: str


class SummonAsk(Value):
    """Payload of ``summon`` and ``retry``."""

    words: str = Field(description="as the person typed them")
    seed: int
    style: str | None = None
    voice: str | None = Field(default=None, description="how it shall sound, in the person's words")
    picture: Shown | None = Field(default=None, description="what it shall look like")
    answer: AnswerMode = AnswerMode.VIDEO
    adult: bool = Field(default=False, description="whether the place lets it be sexual")


class SayAsk(Value):
    """Payload of ``reply`` and ``scene``."""

    text: str
    seed: int
    picture: Shown | None = None
    spoken: Shown | None = Field(default=None, description="a voice message, heard before it is answered")
    scene: str | None = Field(default=None, description="it is answered what was said last in that scene")
    answer: AnswerMode = AnswerMode.VIDEO


class RestyleAsk(Value):
    """Payload of ``restyle``; ``style`` None lets the painter choose."""

    seed: int
    style: str | None = None


class RevoiceAsk(Value):
    """Payload of ``revoice``; ``wish``: how it shall sound, in words, None as it was written for."""

    seed: int
    wish: str | None = None


class FilmAsk(Value):
    """Payload of ``film``."""

    scene: str


DEADLINES: Mapping[str, float] = {Stage.MIND: 600, Stage.VOICE: 180, Stage.PORTRAIT: 300, Stage.CLIP: 300}
"""Seconds a stage may take. A language model on a small machine may well need minutes for a long prompt."""

# Portrait before video, a text before anything: see `storage.requests` for what the offsets are added to.
FIRST, SEEN, FILMED = 0, 1, 4

LARGE, LARGEST = 200, 3
"""Each so many letters to speak put a request one turn back, at most three: small before large."""


def plan(kind: Kind, answer: AnswerMode, lock: str | None = None) -> tuple[StepPlan, ...]:
    """The steps of a kind. ``lock``: of the conversation that a reply belongs to."""
    match kind:
        case Kind.SUMMON | Kind.RETRY:
            steps = [
                _step(Stage.MIND, FIRST),
                _step(Stage.VOICE, SEEN, Stage.MIND, optional=True),
                _step(Stage.PORTRAIT, SEEN, Stage.MIND, optional=True),
            ]
            filmed: tuple[Stage, ...] = (Stage.VOICE, Stage.PORTRAIT)
        case Kind.REPLY | Kind.SCENE:
            steps = [_step(Stage.MIND, FIRST, lock=lock)]
            if answer is not AnswerMode.TEXT:
                steps.append(_step(Stage.VOICE, SEEN, Stage.MIND, optional=True))
            filmed = (Stage.VOICE,)
        case Kind.FILM:
            return (_step(Stage.CLIP, FILMED),)
        case Kind.RESTYLE:
            return (_step(Stage.PORTRAIT, SEEN),)
        case Kind.REVOICE:
            return (_step(Stage.VOICE, SEEN),)
    if answer is AnswerMode.VIDEO:
        steps.append(_step(Stage.CLIP, FILMED, *filmed, optional=True))
    return tuple(steps)


def _step(stage: Stage, offset: int, *after: Stage, optional: bool = False, lock: str | None = None) -> StepPlan:
    return StepPlan(stage.value, stage.value, tuple(one.value for one in after), optional, offset, lock)


def size(text: str) -> int:
    """Turns by which a text to speak stands back behind shorter ones."""
    return min(LARGEST, len(text) // LARGE)
