"""The 68 landmarks of a drawn face, read from the curves that are drawn."""

from __future__ import annotations

import math

import numpy as np

from pipeline.face import geometry
from pipeline.face.geometry import Point
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig
from pipeline.types import Landmarks


def landmarks(rig: FaceRig, pose: FacePose, side: float) -> Landmarks:
    """(68, 2) float32 in pixels of a square picture of ``side`` pixels, iBUG order, clipped to the picture."""
    points = [
        *_jaw(pose),
        *_brow(rig, pose, -1),
        *reversed(_brow(rig, pose, 1)),
        *_nose(rig, pose),
        *geometry.eye_points(geometry.eye(rig, pose, -1)),
        *geometry.eye_points(geometry.eye(rig, pose, 1)),
        *_mouth(rig, pose),
    ]
    turned = math.radians(rig.tilt)
    rotation = np.array([[math.cos(turned), math.sin(turned)], [-math.sin(turned), math.cos(turned)]])
    placed = np.array(points) @ rotation * rig.radius + rig.centre
    pixels: Landmarks = np.clip(placed * side, 0, side - 1).astype(np.float32)
    return pixels


def _jaw(pose: FacePose) -> list[Point]:
    """A thing has no jaw line: half an oval around the features, its chin following the jaw."""
    dx, dy = geometry.shift("jaw", pose)
    angles = [math.pi * (1 - i / 16) for i in range(17)]
    chin = 1.22 + 0.14 * pose.jaw * (1 - pose.press)
    return [(0.98 * math.cos(a) + dx, -0.20 + chin * math.sin(a) + dy) for a in angles]


def _brow(rig: FaceRig, pose: FacePose, side: int) -> list[Point]:
    """Five points from the outer to the inner end."""
    inner, peak, outer = geometry.brow(rig, pose, side)
    return [geometry.cubic(*_elevate(outer, peak, inner), t) for t in (0.02, 0.26, 0.5, 0.74, 0.98)]


def _nose(rig: FaceRig, pose: FacePose) -> list[Point]:
    dx, dy = geometry.shift("nose", pose)
    tip = geometry.NOSE_Y
    bridge = [(0.0, geometry.EYE_Y + 0.08 + (tip - geometry.EYE_Y - 0.08) * i / 3) for i in range(4)]
    w = rig.nose_width
    wings = [(x * w, tip + 0.5 * w - 0.28 * w * abs(x)) for x in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    return [(x + dx, y + dy) for x, y in (*bridge, *wings)]


def _mouth(rig: FaceRig, pose: FacePose) -> list[Point]:
    """Outer lips clockwise from the left corner (12), then inner lips (8)."""
    m = geometry.mouth(rig, pose)
    upper, lower = geometry.outer_lip(m)
    left_half, right_half = upper[:4], upper[3:]
    top = [geometry.cubic(*_four(left_half), t) for t in (0.0, 0.45, 0.8)]
    top += [upper[3], *(geometry.cubic(*_four(right_half), t) for t in (0.2, 0.55, 1.0))]
    bottom = [geometry.cubic(*_four(lower), t) for t in (0.82, 0.66, 0.5, 0.34, 0.18)]
    inner = [geometry.cubic(m.left, *m.upper, m.right, t) for t in (0.0, 0.28, 0.5, 0.72, 1.0)]
    inner += [geometry.cubic(m.left, *m.lower, m.right, t) for t in (0.72, 0.5, 0.28)]
    return [*top, *bottom, *inner]


def _four(points: tuple[Point, ...]) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = points
    return a, b, c, d


def _elevate(a: Point, b: Point, c: Point) -> tuple[Point, Point, Point, Point]:
    """A quadratic Bezier curve as a cubic one."""
    first = (a[0] + 2 / 3 * (b[0] - a[0]), a[1] + 2 / 3 * (b[1] - a[1]))
    second = (c[0] + 2 / 3 * (b[0] - c[0]), c[1] + 2 / 3 * (b[1] - c[1]))
    return a, first, second, c
