"""Which ground a thing stands out on: a place where it is at home (scenes.toml), or a wall in a colour that suits its
mood (grounds.toml)."""

from __future__ import annotations

import math
import random
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import cv2
import numpy as np
from pydantic import Field

from pipeline.face.colours import to_oklch
from pipeline.portrait.svg import Layer
from pipeline.types import Fraction, Mood, Persona, Value

Oklch = tuple[float, float, float]
ENOUGH = 0.21
"""OKLab distance beyond which more contrast does not show."""
AT_HOME = 0.72
"""Chance that a thing is shown where its kind is at home."""
_SHIFTS = (0.0, -0.10, 0.07, -0.18, 0.13)
"""Steps of lightness by which a place gives way to a thing of its own colour, the smallest first."""
_MOODS = {Mood.SADNESS: (-0.07, 0.75), Mood.FEAR: (-0.10, 0.80), Mood.ANGER: (-0.07, 1.05), Mood.JOY: (0.02, 1.05)}
"""What a mood does to the lightness and to the chroma of a place."""


class Light(Value):
    """Light on the thing from (x right, y down)."""

    x: float = -0.7
    y: float = -0.7
    colour: Oklch = (1.0, 0.0, 0.0)
    strength: Fraction = 0.30


class Scene(Value):
    """A place, in four colours."""

    id: str = Field(pattern=r"^[a-z]+$")
    far: Oklch
    near: Oklch
    floor: Oklch
    accent: Oklch
    words: frozenset[str]
    kinds: tuple[str, ...]
    light: Light
    turns: tuple[float, ...] = Field(default=(0.0,), description="degrees of hue by which its walls may differ")

    def shades(self) -> dict[str, Oklch]:
        """Its colours by name."""
        return {"far": self.far, "near": self.near, "floor": self.floor, "accent": self.accent}


class Ground(Value):
    """Two colours as OKLCH, from the centre to the border."""

    id: str = Field(pattern=r"^[a-z]+$")
    centre: Oklch
    edge: Oklch
    moods: tuple[Mood, ...] = ()
    things: tuple[str, ...] = ()
    stars: bool = False
    light: Light = Light()
    scene: Scene | None = None


class _Table(Value):
    ground: tuple[Ground, ...] = Field(min_length=1)


class _Scenes(Value):
    scene: tuple[Scene, ...] = Field(min_length=1)


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(files("pipeline.portrait").joinpath(name).read_text(encoding="utf-8"))


@cache
def grounds() -> tuple[Ground, ...]:
    """The rows of grounds.toml, checked."""
    return _Table.model_validate(_read("grounds.toml")).ground


@cache
def scenes() -> tuple[Scene, ...]:
    """The rows of scenes.toml, checked."""
    return _Scenes.model_validate(_read("scenes.toml")).scene


def choose(persona: Persona, art: Layer, kinds: Sequence[str], rng: random.Random) -> Ground:
    """Where the words say the thing is, often where its ``kinds`` (`lexicon.kinds`) are at home, else a wall that suits
    the mood; each in colours that differ from ``art`` where the two meet. Chance decides near ties.
    """
    outline = _outline_colours(art)
    if place := _place(persona, kinds, rng):
        return _settled(place, persona.mood, outline, rng)

    def score(ground: Ground) -> float:
        own = 1.5 if persona.thing.lower() in ground.things else 0.0
        return 1.6 * _contrast(outline, ground) + own + 0.35 * (persona.mood in ground.moods) + 0.40 * rng.random()

    return max(grounds(), key=score)


def _place(persona: Persona, kinds: Sequence[str], rng: random.Random) -> Scene | None:
    words = re.findall(r"[a-z]+", persona.concept.lower())
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    # What stands last says most: a wise crystal in a cave is in a cave. A snow queen lives in no common castle.
    for word in (*reversed(pairs), *reversed(words)):
        for scene in scenes():
            if word in scene.words or word.removesuffix("s") in scene.words:
                return scene
    if rng.random() > AT_HOME:
        return None
    near = [(kinds.index(kind), scene.id, scene) for scene in scenes() for kind in scene.kinds if kind in kinds]
    return min(near, key=lambda found: found[:2])[2] if near else None


def _settled(scene: Scene, mood: Mood, outline: list[tuple[Oklch, float]], rng: random.Random) -> Ground:
    """The place in the light of a mood, in a colour of its own, lighter or darker by as little as makes the thing stand
    out."""
    step, colourful = _MOODS.get(mood, (0.0, 1.0))
    ways: dict[Ground, float] = {}
    for turn in scene.turns:
        liked = 0.12 * rng.random()
        for order, shift in enumerate(_SHIFTS):
            moved = scene.model_copy(update=_moved(scene, step + shift, colourful, turn))
            ground = Ground(id=scene.id, centre=moved.near, edge=moved.far, light=scene.light, scene=moved)
            ways[ground] = _contrast(outline, ground) + liked - 0.03 * order
    return max(ways, key=ways.__getitem__)


def _moved(scene: Scene, step: float, colourful: float, turn: float) -> dict[str, Oklch]:
    return {
        key: (min(max(lightness + step, 0.12), 0.97), chroma * colourful, (hue + turn * (key != "floor")) % 360)
        for key, (lightness, chroma, hue) in scene.shades().items()
    }


def _contrast(outline: list[tuple[Oklch, float]], ground: Ground) -> float:
    """0 none .. 1 all of the outline stands out."""
    return sum(share * min(1.0, _distance(colour, ground) / ENOUGH) for colour, share in outline)


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
