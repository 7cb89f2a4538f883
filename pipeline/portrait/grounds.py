"""Which ground a thing stands out on (grounds.toml)."""

from __future__ import annotations

import math
import random
import tomllib
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
from pydantic import Field

from pipeline.face.colours import to_oklch
from pipeline.portrait.svg import Layer
from pipeline.types import Mood, Persona, Value

Oklch = tuple[float, float, float]
ENOUGH = 0.21
"""OKLab distance beyond which more contrast does not show."""


class Ground(Value):
    """Two colours as OKLCH, from the centre to the border."""

    id: str = Field(pattern=r"^[a-z]+$")
    centre: Oklch
    edge: Oklch
    moods: tuple[Mood, ...] = Field(min_length=1)
    things: tuple[str, ...] = ()
    stars: bool = False


class _Table(Value):
    ground: tuple[Ground, ...] = Field(min_length=1)


@cache
def grounds() -> tuple[Ground, ...]:
    """The rows of grounds.toml, checked."""
    text = files("pipeline.portrait").joinpath("grounds.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text)).ground


def choose(persona: Persona, art: Layer, rng: random.Random) -> Ground:
    """The ground that suits the mood and differs from ``art`` where the two meet; chance decides near ties."""
    outline = _outline_colours(art)

    def score(ground: Ground) -> float:
        contrast = sum(share * min(1.0, _distance(colour, ground) / ENOUGH) for colour, share in outline)
        own = 1.5 if persona.thing.lower() in ground.things else 0.0
        return 1.6 * contrast + own + 0.35 * (persona.mood in ground.moods) + 0.40 * rng.random()

    return max(grounds(), key=score)


def _distance(colour: Oklch, ground: Ground) -> float:
    """OKLab distance to what the outline mostly lies on, between centre and edge."""
    near = (_lab(ground.centre) * 0.6) + (_lab(ground.edge) * 0.4)
    return float(np.linalg.norm((_lab(colour) - near) * (1.0, 1.35, 1.35)))


def _lab(colour: Oklch) -> np.ndarray:
    lightness, chroma, hue = colour
    return np.array((lightness, chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))))


def _outline_colours(art: Layer) -> list[tuple[Oklch, float]]:
    """Colours just inside the outline, with their shares."""
    small = np.asarray(cv2.resize(art, (64, 64), interpolation=cv2.INTER_AREA), np.uint8)
    solid = (small[..., 3] > 200).astype(np.uint8)
    band = (solid > 0) & (cv2.erode(solid, np.ones((9, 9), np.uint8)) == 0)
    pixels = small[band][:, :3] if band.any() else small.reshape(-1, 4)[:, :3]
    bins, counts = np.unique(pixels >> 6, axis=0, return_counts=True)
    means = [pixels[(pixels >> 6 == key).all(axis=1)].mean(axis=0) for key in bins]
    return [
        (to_oklch((int(mean[0]), int(mean[1]), int(mean[2]))), count / len(pixels))
        for mean, count in zip(means, counts, strict=True)
        if count > 0.04 * len(pixels)
    ]
