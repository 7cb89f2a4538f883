"""One picture of a persona by a painter, with what it took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2

from pipeline import registry
from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.face import plausible
from pipeline.portrait.diffusion import device
from pipeline.portrait.diffusion.guidance import Guidance
from pipeline.portrait.diffusion.jobs import Cancelled, Job, Made, Watch
from pipeline.portrait.diffusion.looks import Look
from pipeline.portrait.diffusion.painter import DiffusionPainter, Easel, enlarged
from pipeline.stages import EngineConfig, FaceFinder, Painter
from pipeline.types import Landmarks, Persona, Picture, Portrait

SMALL = 256
"""Pixels of the pictures on contact sheets."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture, the landmarks where they are known and not found, and what `kept.Row` says of it."""

    picture: Picture
    known: Landmarks | None
    facts: dict[str, Any]


def once(engine: str, config: EngineConfig, persona: Persona, seed: int) -> Painted:
    """By a painter without modes. Raises as its ``paint``."""
    began = time.perf_counter()
    portrait = _paint(engine, config, persona, seed)
    seconds = time.perf_counter() - began
    exact = portrait.rig is not None
    facts = {
        "animatable": plausible.flaw(portrait.landmarks, portrait.picture.shape[:2]) is None,
        "seconds": round(seconds, 3),
        "all_seconds": round(seconds, 3),
        "style": portrait.style,
        "art": portrait.art,
        "reason": portrait.reason,
    }
    return Painted(portrait.picture, portrait.landmarks if exact else None, facts)


def drawn(config: EngineConfig, persona: Persona, seed: int) -> Portrait:
    """The illustrator's portrait, whose plate has no face."""
    return _paint("illustrator", config, persona, seed)


def diffused(config: EngineConfig, persona: Persona, seed: int, gate: str) -> Painted:
    """By diffusion, guided as ``config`` says. The first picture is the one that counts, as if there were no ladder of
    remedies; how many it takes with the ladder, and the finder ``gate`` behind each, is counted beside it.

    Raises ``EngineUnavailable`` or ``EngineFailed`` when no picture came.
    """
    guidance = config.diffusion.guidance
    # One easel for every mode, so that models are loaded once.
    easel = _Watched(device.easel(config.assets, replace(config.diffusion, guidance=None)), guidance)
    finder: FaceFinder = registry.create("face", gate, config)
    began = time.perf_counter()
    portrait = DiffusionPainter(config, easel=easel, finder=finder).paint(persona, None, seed)
    seconds = time.perf_counter() - began
    if not easel.made:
        raise EngineUnavailable(f"No picture was painted: {portrait.reason}")
    look, made, moment = easel.made[0]
    if made.flagged:
        raise EngineFailed("The picture was put aside by the safety checker.")
    facts = {
        "animatable": portrait.rig is None,  # else the illustrator had to help out
        "tries": len(easel.made),
        "seconds": round(moment - began, 3),
        "all_seconds": round(seconds, 3),
        "style": look.id,
        "art": look.checkpoint.name if look.checkpoint.id else "",
        "reason": portrait.reason,
    }
    return Painted(enlarged(made.picture), None, facts)


class _Watched:
    """An easel that keeps what was painted on it, and paints with one guidance only: a look that cannot follow it is
    passed over."""

    def __init__(self, easel: Easel, mode: str | None) -> None:
        self._easel, self._mode = easel, mode
        self.made: list[tuple[Look, Made, float]] = []

    def paint(
        self, look: Look, jobs: Sequence[Job], guidance: Guidance, watch: Watch, cancelled: Cancelled
    ) -> Sequence[Made]:
        """See ``Easel``."""
        if self._mode is not None and guidance.mode != self._mode:
            raise EngineUnavailable(f"The look {look.id!r} cannot be led by {self._mode}.")
        pictures = self._easel.paint(look, jobs, guidance, watch, cancelled)
        self.made += [(look, one, time.perf_counter()) for one in pictures]
        return pictures


@lru_cache(maxsize=1)
def _paint(engine: str, config: EngineConfig, persona: Persona, seed: int) -> Portrait:
    """Kept until the next one: the picture without a face follows the one with it."""
    painter: Painter = registry.create("portrait", engine, config)
    return painter.paint(persona, None, seed)


def small(picture: Picture) -> bytes:
    """As a small JPEG."""
    tile = cv2.resize(picture, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(tile, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 90])[1])
