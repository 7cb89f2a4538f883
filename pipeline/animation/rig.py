"""Animates portraits whose face was drawn by us: plate and rig in, frames out, everything exact."""

from __future__ import annotations

from collections.abc import Iterator

import cv2

from pipeline.animation.acting import Moment, moments
from pipeline.animation.layers import Layers
from pipeline.errors import EngineFailed
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Frame, Picture, Portrait, Speech


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
        rig = FaceRig.model_validate_json(portrait.rig)
        acted = moments(rest_pose(rig), rest_pose(rig, direction.mood), speech, direction, self.fps)
        return self._draw(portrait.plate, rig, acted)

    def _draw(self, plate: Picture, rig: FaceRig, acted: Iterator[Moment]) -> Iterator[Frame]:
        side = self._side
        small = plate if plate.shape[0] == side else cv2.resize(plate, (side, side), interpolation=cv2.INTER_AREA)
        layers = Layers(cv2.cvtColor(small, cv2.COLOR_RGB2BGRA), rig)
        for moment in acted:
            yield layers.frame(moment)
