"""Animates portraits whose face was drawn by us: plate and rig in, frames out, everything exact."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import cv2
import numpy as np

from pipeline.animation.acting import moments
from pipeline.animation.layers import Figure, Layers
from pipeline.animation.planes import fitted
from pipeline.errors import EngineFailed
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Frame, Portrait, Speech


class RigAnimator:
    """A face on a body that sways and breathes."""

    fps = 25

    def __init__(self, config: EngineConfig) -> None:
        cv2.setNumThreads(1)
        self._side = config.side

    def frames(self, portrait: Portrait, speech: Speech, direction: Direction) -> Iterator[Frame]:
        """One sentence, frame by frame; see `pipeline.stages.Animator`.

        Raises ``EngineFailed`` for a portrait that has no rig.
        """
        if portrait.plate is None or portrait.rig is None:
            raise EngineFailed("This picture has no drawn face, so it cannot be moved as one.")
        figure = _figure(portrait.plate.tobytes(), portrait.plate.shape[0], portrait.rig, self._side)
        own, wanted = rest_pose(figure.rig), rest_pose(figure.rig, direction.mood)
        layers = Layers(figure)
        return map(layers.frame, moments(own, wanted, speech, direction, self.fps))


@lru_cache(maxsize=2)
def _figure(plate: bytes, height: int, rig: str, side: int) -> Figure:
    """Kept, as a clip is drawn sentence by sentence, and two may talk to each other."""
    picture = np.frombuffer(plate, np.uint8).reshape(height, -1, 3)
    return Figure(fitted(picture, side), FaceRig.model_validate_json(rig))
