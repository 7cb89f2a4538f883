"""Animates portraits whose face was drawn by us: plate and rig in, frames out, everything exact."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from pipeline.animation import motion
from pipeline.animation.layers import Layers
from pipeline.animation.visemes import MOVES, mouth_track
from pipeline.errors import EngineFailed
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.stages import EngineConfig
from pipeline.types import Frame, Mood, Portrait, Speech

SIDE = 512


class RigAnimator:
    """A face on a body that sways and breathes."""

    fps = 25

    def __init__(self, config: EngineConfig) -> None:
        cv2.setNumThreads(1)

    def frames(self, portrait: Portrait, speech: Speech, mood: Mood, start: float, seed: int) -> Iterator[Frame]:
        """One sentence, frame by frame; see `pipeline.stages.Animator`.

        Raises ``EngineFailed`` for a portrait that has no rig.
        """
        if portrait.plate is None or portrait.rig is None:
            raise EngineFailed("This picture has no drawn face, so it cannot be moved as one.")
        rig = FaceRig.model_validate_json(portrait.rig)
        count = math.ceil(round(speech.seconds * self.fps, 6))
        return self._draw(portrait.plate, rig, poses(rig, speech, mood, start, seed, self.fps, count))

    def _draw(
        self, plate: np.ndarray, rig: FaceRig, moments: Iterator[tuple[FacePose, tuple[float, float]]]
    ) -> Iterator[Frame]:
        small = plate if plate.shape[0] == SIDE else cv2.resize(plate, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        layers = Layers(cv2.cvtColor(small, cv2.COLOR_RGB2BGRA), rig)
        for pose, bend in moments:
            yield layers.frame(pose, bend)


def poses(
    rig: FaceRig, speech: Speech, mood: Mood, start: float, seed: int, fps: int, count: int
) -> Iterator[tuple[FacePose, tuple[float, float]]]:
    """Face, and sway and stretch of the body, of each frame."""
    times = np.arange(count) / fps
    track = mouth_track(speech.phonemes, times)
    accents = motion.accents(speech.text, speech.phonemes, speech.seconds, seed)
    temper = motion.TEMPERS[mood]
    own, wanted = rest_pose(rig), rest_pose(rig, mood)
    for time, row in zip(times.tolist(), track.tolist(), strict=True):
        now = start + time
        # Body and head move on every second frame ("on twos", as animators say), counted from the clip's start:
        # their steps are small, and all but lips and blinks stands still for half of the frames.
        then = round(now * fps) // 2 * 2 / fps
        idle, head = motion.idle(now, seed, mood), motion.idle(then, seed, mood)
        brow, nod = (temper.accent * value for value in accents.at(then - start))
        rest = wanted if mood is rig.mood else own.blend(wanted, motion.smooth(now / 0.6))
        mouth = dict(zip(MOVES, row, strict=True))
        yield _compose(rest, mouth, idle, head, brow, nod, temper.mouth), (head.sway, head.breath + 0.9 * nod)


def _compose(
    rest: FacePose,
    mouth: dict[str, float],
    idle: motion.Idle,
    head: motion.Idle,
    brow: float,
    nod: float,
    opening: float,
) -> FacePose:
    """Speech, life and accents over the resting face."""
    # A grin or a scowl gives way to the shapes of speech, but is not lost.
    busy = min(1.0, 2.0 * mouth["jaw"] + mouth["pucker"])
    return replace(
        rest,
        jaw=min(1.0, rest.jaw + opening * mouth["jaw"]),
        spread=rest.spread * (1 - 0.6 * busy) + mouth["spread"],
        pucker=rest.pucker * (1 - busy) + mouth["pucker"],
        press=mouth["press"],
        tuck=mouth["tuck"],
        upper_teeth=mouth["upper_teeth"] * (1 - 0.7 * mouth["pucker"]),
        lower_teeth=mouth["lower_teeth"],
        tongue=mouth["tongue"],
        smile=rest.smile * (1 - 0.38 * busy),
        lid_left=rest.lid_left + (1 - rest.lid_left) * idle.blink,
        lid_right=rest.lid_right + (1 - rest.lid_right) * idle.blink,
        gaze_x=_clamp(rest.gaze_x + idle.gaze_x),
        gaze_y=_clamp(rest.gaze_y + idle.gaze_y),
        brow_left=rest.brow_left + brow,
        brow_right=rest.brow_right + brow,
        turn=_clamp(head.turn),
        nod=_clamp(head.nod + nod),
    )


def _clamp(value: float) -> float:
    return min(max(value, -1.0), 1.0)
