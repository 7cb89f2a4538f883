"""Which animator moves a portrait, and what ours needs of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.animation.planes import fitted
from pipeline.types import Portrait

OURS = "rig"
"""Moves any portrait, with `warp` where no face was drawn: see `animator_of`."""


def animator_of(engine: str, portrait: Portrait) -> str:
    """The engine that moves this portrait: the rig moves faces that were drawn with one, pictures are warped."""
    return "warp" if engine == OURS and portrait.rig is None else engine


def lightened(portrait: Portrait, side: int) -> Portrait:
    """All that drawing a face of ours takes, in an eighth of the bytes."""
    if portrait.plate is None:
        return portrait
    plate = fitted(portrait.plate, side)
    landmarks = portrait.landmarks * np.float32(side / portrait.picture.shape[0])
    return replace(portrait, picture=plate, plate=plate, landmarks=landmarks)
