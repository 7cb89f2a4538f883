"""The 68 points of iBUG 300-W among the 468 of MediaPipe's face mesh, and the parts of a face by their numbers.

The mesh is numbered by MediaPipe's canonical face model (``canonical_face_model.obj``). Eyes, brows, nose and lips of
300-W (C. Sagonas et al., 2013) have vertices of the same meaning there. The 17 points of the jaw have not: 300-W
spaces them evenly along the outline from ear to ear, so each takes the vertex of the mesh's outline next to its place.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.types import Landmarks

JAW, BROWS, NOSE = slice(0, 17), slice(17, 27), slice(27, 36)
LEFT_BROW, RIGHT_BROW = slice(17, 22), slice(22, 27)
LEFT_EYE, RIGHT_EYE = slice(36, 42), slice(42, 48)
OUTER_LIPS, INNER_LIPS = slice(48, 60), slice(60, 68)
CHIN, NOSE_TIP = 8, 30
MOUTH_LEFT, MOUTH_RIGHT = 48, 54

MESH = (
    127, 234, 93, 132, 58, 172, 150, 176, 152, 400, 379, 397, 288, 361, 323, 454, 356,  # jaw, 0-16
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,  # brows, 17-26
    168, 197, 5, 4, 98, 97, 2, 326, 327,  # bridge and tip of the nose, nostrils, 27-35
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,  # eyes, 36-47
    61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91,  # outer lips, 48-59
    78, 81, 13, 311, 308, 402, 14, 178,  # inner lips, 60-67
)  # fmt: skip
"""Vertex of the mesh for each of the 68 points."""


def from_mesh(mesh: npt.NDArray[np.float32]) -> Landmarks:
    """The 68 points of a mesh (468, 3), as (68, 2)."""
    return np.ascontiguousarray(mesh[list(MESH), :2])
