"""Pictures, and faces in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.types.base import Value

Picture: TypeAlias = npt.NDArray[np.uint8]
"""(height, width, 3) uint8, sRGB."""

Landmarks: TypeAlias = npt.NDArray[np.float32]
"""(68, 2) float32: x, y in pixels of the picture they belong to, in iBUG 300-W order: jaw 0-16, brows 17-26,
nose 27-35, eyes 36-47, outer lips 48-59, inner lips 60-67. "Left" is the left of the picture."""


class StyleOption(Value):
    """One of the looks that a painter knows."""

    id: str
    description: str


class Flaw(StrEnum):
    """What speaks against moving a face that was found."""

    TINY = "tiny"
    CUT_OFF = "cut off"
    TURNED = "turned away"
    UNLIKELY = "unlikely"


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture, in its pixels. ``box``: left, top, right, bottom; it may reach beyond the picture.

    ``score``: 0..1, how sure the finder is. ``mesh``: (468, 3) float32 points of MediaPipe's face mesh, depth towards
    the looker negative, from finders that have it.
    """

    landmarks: Landmarks
    score: float
    box: tuple[float, float, float, float]
    flaw: Flaw | None = None
    mesh: npt.NDArray[np.float32] | None = field(default=None, repr=False)

    @property
    def size(self) -> float:
        """The longer side of the box, in pixels."""
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture of the persona with exactly one face.

    ``picture`` shows the face at rest; ``plate`` is the same picture without the face and ``rig`` (JSON of
    ``FaceRig``) the face to draw on it, both present when the painter drew the face itself.
    """

    picture: Picture
    landmarks: Landmarks
    style: str
    art: str
    reason: str
    plate: Picture | None = None
    rig: str | None = None
