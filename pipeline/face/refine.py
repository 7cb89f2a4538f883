"""The best points for a face that was found: of every finder that is here, the most exact one is asked again.

Nothing is blended: the points are those of one finder, and it is said which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline import registry
from pipeline.errors import EngineUnavailable, MissingAsset
from pipeline.stages import EngineConfig, FaceFinder
from pipeline.types import Face, Landmarks, Picture

ORDER = ("face_alignment", "facemesh")
"""Engines of the stage "face", the most exact first: face_alignment's outline is that of iBUG 300-W, FaceMesh's is
mapped to it."""
SAME = 0.5
"""How near the middles of two boxes must be, as a share of their size, to be of one face."""


@dataclass(frozen=True, slots=True)
class Refined:
    """Points of a face, (68, 2), the engine that found them (None: they are the given ones), and why in words."""

    landmarks: Landmarks
    by: str | None
    why: str


def finders(config: EngineConfig) -> Mapping[str, FaceFinder]:
    """The engines of `ORDER` that can run here. Raises ``MissingAsset`` if not even the embedded one can."""
    found: dict[str, FaceFinder] = {}
    for name in ORDER:
        try:
            found[name] = registry.create("face", name, config)
        except (EngineUnavailable, MissingAsset):
            if name == ORDER[-1]:
                raise
    return found


def refine(picture: Picture, face: Face, finders: Mapping[str, FaceFinder]) -> Refined:
    """The points of ``face`` by the most exact of the ``finders`` (by name) that sees it and no flaw in it; else its
    own."""
    passed = []
    for name in (name for name in ORDER if name in finders):
        same = next((one for one in finders[name].find(picture) if _same(one, face)), None)
        if same is None or same.flaw:
            passed.append(f"{name} {'sees no face there' if same is None else f'says: {same.flaw}'}")
            continue
        return Refined(same.landmarks, name, "; ".join([*passed, "the most exact that is here"]))
    return Refined(face.landmarks, None, "; ".join([*passed, "kept as they were found"]))


def _same(one: Face, other: Face) -> bool:
    middles = [np.add(face.box[:2], face.box[2:]) / 2 for face in (one, other)]
    return bool(np.hypot(*(middles[0] - middles[1])) < SAME * max(one.size, other.size))
