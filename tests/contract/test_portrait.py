"""What every painter promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline import registry
from pipeline.errors import BadRequest
from pipeline.stages import EngineConfig, Painter
from pipeline.types import Mood, Portrait
from tests.unit.test_portrait import persona

ENGINES = ("illustrator",)


@pytest.fixture(scope="module", params=ENGINES)
def painter(request: pytest.FixtureRequest, assets_home: Path) -> Painter:
    engine: Painter = registry.create("portrait", request.param, EngineConfig(assets_home))
    return engine


def check(portrait: Portrait) -> None:
    side = portrait.picture.shape[0]
    assert portrait.picture.shape == (side, side, 3)
    assert side >= 768
    assert portrait.picture.dtype == np.uint8
    assert portrait.landmarks.shape == (68, 2)
    assert portrait.landmarks.dtype == np.float32
    assert ((portrait.landmarks >= 0) & (portrait.landmarks < side)).all()
    assert portrait.art
    assert portrait.reason
    assert (portrait.plate is None) == (portrait.rig is None)


def test_every_style_gives_a_portrait(painter: Painter) -> None:
    for style in painter.styles():
        portrait = painter.paint(persona("teapot", mood=Mood.JOY), style.id, 11)
        check(portrait)
        assert portrait.style == style.id
        assert style.description


def test_the_painter_chooses_when_nobody_does(painter: Painter) -> None:
    portrait = painter.paint(persona("lighthouse"), None, 4)
    check(portrait)
    assert portrait.style in {style.id for style in painter.styles()}


def test_face_points_lie_in_order(painter: Painter) -> None:
    points = painter.paint(persona("apple"), None, 2).landmarks
    left, right, mouth = points[36:42].mean(axis=0), points[42:48].mean(axis=0), points[48:60].mean(axis=0)
    assert left[0] < mouth[0] < right[0]
    assert max(left[1], right[1]) < mouth[1]


def test_the_same_request_gives_the_same_picture(painter: Painter) -> None:
    first, again = (painter.paint(persona("robot"), None, 8) for _ in range(2))
    np.testing.assert_array_equal(first.picture, again.picture)
    np.testing.assert_array_equal(first.landmarks, again.landmarks)


def test_an_unknown_style_is_refused(painter: Painter) -> None:
    with pytest.raises(BadRequest):
        painter.paint(persona("apple"), "no-such-style", 1)
