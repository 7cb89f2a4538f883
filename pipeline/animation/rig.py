"""Animates portraits whose face was drawn by us: plate and rig in, frames out, everything exact."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import skia

from pipeline.animation import motion
from pipeline.animation.body import Body
from pipeline.animation.visemes import MOVES, mouth_track
from pipeline.errors import EngineFailed
from pipeline.face.drawing import draw_moving, draw_still
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.stages import EngineConfig
from pipeline.types import Frame, Mood, Portrait, Speech

SIDE = 512


class RigAnimator:
    """Draws the face anew for every frame on a body that sways and breathes."""

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
        buffer = cv2.cvtColor(small, cv2.COLOR_RGB2RGBA)
        canvas = skia.Surface.MakeRasterDirect(
            skia.ImageInfo.Make(SIDE, SIDE, skia.kRGBA_8888_ColorType, skia.kOpaque_AlphaType), buffer, SIDE * 4
        ).getCanvas()
        draw_still(canvas, rig, rest_pose(rig), SIDE)
        body = Body(buffer.copy(), rig.pivot, rig.sway)
        bent, held = buffer.copy(), (0.0, 0.0)
        for pose, bend in moments:
            if bend != held:
                body.bend(bent, *bend)
                held = bend
            np.copyto(buffer, bent)
            canvas.save()
            canvas.concat(body.matrix(rig.centre, *bend))
            draw_moving(canvas, rig, pose, SIDE)
            canvas.restore()
            yield cv2.cvtColor(buffer, cv2.COLOR_RGBA2YUV_I420)


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
        idle = motion.idle(now, seed, mood)
        brow, nod = (temper.accent * value for value in accents.at(time))
        rest = wanted if mood is rig.mood else own.blend(wanted, motion.smooth(now / 0.6))
        mouth = dict(zip(MOVES, row, strict=True))
        # The heavy body moves on every second frame, counted from the clip's start: nobody sees it (steps stay
        # under a pixel), and it halves the work of bending and of encoding what stands behind the face.
        then = round(now * fps) // 2 * 2 / fps
        body = motion.idle(then, seed, mood)
        hop = temper.accent * accents.at(then - start)[1]
        yield _compose(rest, mouth, idle, brow, nod, temper.mouth), (body.sway, body.breath + 0.9 * hop)


def _compose(
    rest: FacePose, mouth: dict[str, float], idle: motion.Idle, brow: float, nod: float, opening: float
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
        turn=_clamp(idle.turn),
        nod=_clamp(idle.nod + nod),
    )


def _clamp(value: float) -> float:
    return min(max(value, -1.0), 1.0)
