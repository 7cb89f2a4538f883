"""The decoder of the box network, and what speaks against points that it led to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.concept import clean
from pipeline.face import blazeface, ibug, plausible
from pipeline.face.blazeface import Detection
from pipeline.face.facemesh import FaceMeshFinder
from pipeline.mind.scripted.writing import write
from pipeline.portrait.illustrator import Illustrator
from pipeline.stages import EngineConfig
from pipeline.types import Flaw, Landmarks
from tests.unit.faces import disc_portrait


def seen(score: float, left: float, top: float, size: float) -> Detection:
    box = np.array([left, top, left + size, top + size], np.float32)
    return Detection(score, box, np.tile(box[:2], (6, 1)))


def test_an_anchor_says_where_its_candidate_lies() -> None:
    regressors, scores = np.zeros((896, 16), np.float32), np.full(896, -9.0, np.float32)
    scores[512 + 6 * (8 * 2 + 5)] = 9.0  # third row, sixth column of the 8 x 8 grid
    regressors[:, 2:4] = 32.0
    (found,) = blazeface.decode(regressors, scores)
    assert found.score == pytest.approx(1.0, abs=1e-3)
    assert (found.box[:2] + found.box[2:]) / 2 == pytest.approx([5.5 / 8, 2.5 / 8])
    assert found.size == pytest.approx(0.25)
    assert found.moved(800, 100, 50).points[0] == pytest.approx([100 + 550, 50 + 250])


def test_candidates_of_one_face_are_merged_and_others_are_not() -> None:
    found = blazeface.merged([seen(0.6, 0.12, 0.1, 0.3), seen(0.9, 0.1, 0.1, 0.3), seen(0.7, 0.6, 0.6, 0.3)])
    assert [one.score for one in found] == [0.9, 0.7]
    assert found[0].box[0] == pytest.approx((0.6 * 0.12 + 0.9 * 0.1) / 1.5)


@pytest.fixture(scope="module")
def points() -> Landmarks:
    return disc_portrait().landmarks


def test_a_face_has_no_flaw_however_it_is_tilted(points: Landmarks) -> None:
    for angle in (-0.6, 0.0, 0.6):
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        assert plausible.flaw(((points - 384) @ turn + 384).astype(np.float32), (768, 768)) is None


def test_what_speaks_against_a_face(points: Landmarks) -> None:
    size = (768, 768)
    lost = points.copy()
    lost[3] = np.nan
    assert plausible.flaw(lost, size) is Flaw.UNLIKELY
    assert plausible.flaw(points * 0.05, size) is Flaw.TINY
    assert plausible.flaw(points - (250, 0), size) is Flaw.CUT_OFF
    assert plausible.flaw(points, (768, 500)) is Flaw.CUT_OFF
    aside = points.copy()
    aside[ibug.NOSE, 0] = points[2, 0] + 20
    assert plausible.flaw(aside, size) is Flaw.TURNED
    assert plausible.flaw((768 - points).astype(np.float32), size) is Flaw.UNLIKELY
    chinless = points.copy()
    chinless[ibug.CHIN, 1] = points[27, 1]
    assert plausible.flaw(chinless, size) is Flaw.UNLIKELY


def test_every_point_of_the_68_is_another_point_of_the_mesh() -> None:
    assert len(set(ibug.MESH)) == 68
    assert max(ibug.MESH) < 468


@pytest.fixture(scope="module")
def painter(assets_home: Path) -> Illustrator:
    return Illustrator(EngineConfig(assets_home))


@pytest.fixture(scope="module")
def finder(assets_home: Path) -> FaceMeshFinder:
    return FaceMeshFinder(EngineConfig(assets_home))


@pytest.mark.parametrize(
    ("concept", "look"),
    [
        ("a wise old oak", "pixel"), ("a nervous banana", "pixel"), ("a stoic bison", "soft3d"),
        ("time itself", "soft3d"),
    ],
)  # fmt: skip
def test_a_face_that_is_hard_to_see_is_seen_and_a_chance_likeness_is_not(
    painter: Illustrator, finder: FaceMeshFinder, concept: str, look: str
) -> None:
    """Squares hide a face, the marks of a dial make one: nothing but its mirror image tells a dial from a face."""
    portrait = painter.paint(write(clean(concept), 11), look, 11)
    assert len(finder.find(portrait.picture)) == 1
    assert portrait.plate is not None
    assert list(finder.find(portrait.plate)) == []
