"""How a clip is acted, and the clip."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field

from pipeline.types.base import Value
from pipeline.types.persona import Mood

Frame: TypeAlias = npt.NDArray[np.uint8]
"""One picture of a clip as the encoder takes it: (1.5 x height, width) uint8, I420 planes (BT.601, limited range)."""


class Manner(Value):
    """How somebody moves, whatever the mood: multiples of an ordinary body."""

    speed: float = Field(default=1.0, ge=0.3, le=2.5, description="of sway, gaze and nods")
    reach: float = Field(default=1.0, ge=0.3, le=2.0, description="size of movements")
    blinks: float = Field(default=1.0, ge=0.3, le=2.5, description="how slowly the lids close; > 1 is sleepy")


@dataclass(frozen=True, slots=True)
class Direction:
    """How a clip is acted. ``start``: place of a sentence in its clip, in seconds. ``end``: place of the clip's last
    frame, where that is known: by then all rests as in the portrait."""

    mood: Mood
    seed: int
    manner: Manner = field(default_factory=Manner)
    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished talking-head clip: H.264 yuv420p + AAC in MP4, index first."""

    mp4: bytes = field(repr=False)
    ogg: bytes = field(repr=False)
    seconds: float
    width: int
    height: int
    fps: int
