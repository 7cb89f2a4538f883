"""One sentence in a worker process: as sound, and as moving pictures. Where a service fails, an engine of this machine
stands in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from pipeline import registry
from pipeline.animation.animator import OURS, animator_of
from pipeline.clips import clip
from pipeline.errors import ChatAnythingError, EngineFailed, EngineUnavailable
from pipeline.receipt import Usage
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Mood, Portrait, Speech, VoiceRecipe

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Voiced:
    """A sentence as sound. ``by``: the recipe it was said with; ``spent``: what that took; ``instead``: why the voice
    that was asked for did not say it, where one of this machine did."""

    speech: Speech
    by: VoiceRecipe
    spent: tuple[Usage, ...] = ()
    instead: ChatAnythingError | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sentence as an H.264 segment. ``instead``: why the animator of the settings did not draw it, where one that is
    always here did."""

    segment: bytes
    instead: ChatAnythingError | None = None


def timed(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    """Result and seconds, measured inside the worker, so that waiting in line does not count."""
    began = time.perf_counter()
    result = function(*args, **kwargs)
    return result, time.perf_counter() - began


def say(config: EngineConfig, sentence: str, recipe: VoiceRecipe, mood: Mood) -> Voiced:
    """One sentence by the recipe's engine. Runs in the voice lane.

    Where a service fails, the voice that the recipe names for that says it instead.
    """
    try:
        speaker = registry.create("voice", recipe.engine, config)
        return Voiced(speaker.speak(sentence, recipe, mood), recipe, spent_by(speaker))
    except (EngineFailed, EngineUnavailable) as error:
        if recipe.stand_in is None:
            raise
        speaker = registry.create("voice", recipe.stand_in.engine, config)
        return Voiced(speaker.speak(sentence, recipe.stand_in, mood), recipe.stand_in, (), error)


def spent_by(speaker: Any) -> tuple[Usage, ...]:
    """What a speaker used since it was last asked, if it asks a service."""
    return tuple(speaker.spent()) if hasattr(speaker, "spent") else ()


def draw(config: EngineConfig, engine: str, portrait: Portrait, speech: Speech, direction: Direction) -> Drawn:
    """One sentence as an H.264 segment. Runs in the pictures lane.

    Where an animator fails that is not ours, as it is on another machine, ours draws instead.
    """

    def drawn_by(name: str) -> bytes:
        animator = registry.create("animation", name, config)
        return clip.draw_segment(animator, portrait, speech, direction, config.side, badged=config.badge)

    chosen = animator_of(engine, portrait)
    try:
        return Drawn(drawn_by(chosen))
    except (EngineFailed, EngineUnavailable) as error:
        if chosen in (OURS, "warp"):
            raise
        return Drawn(drawn_by(animator_of(OURS, portrait)), error)
