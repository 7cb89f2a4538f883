"""What every finder of faces promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline import registry
from pipeline.errors import EngineUnavailable, MissingAsset
from pipeline.face.ibug import CHIN, INNER_LIPS, LEFT_EYE, NOSE_TIP, RIGHT_EYE
from pipeline.stages import EngineConfig, FaceFinder, Painter
from pipeline.types import Face, Flaw, Mood, Picture
from tests.unit.faces import disc_portrait
from tests.unit.pictures import FACELESS, astronaut, packaged
from tests.unit.test_portrait import persona


@pytest.fixture(scope="module", params=registry.names("face"))
def finder(request: pytest.FixtureRequest, assets_home: Path) -> FaceFinder:
    try:
        made: FaceFinder = registry.create("face", request.param, EngineConfig(assets_home))
    except (EngineUnavailable, MissingAsset) as missing:
        if request.param == "facemesh":  # the embedded one is always there
            raise
        pytest.skip(f"{missing} ({missing.remedy})")
    return made


@pytest.fixture(scope="module")
def painter(assets_home: Path) -> Painter:
    engine: Painter = registry.create("portrait", "illustrator", EngineConfig(assets_home))
    return engine


def only(finder: FaceFinder, picture: Picture) -> Face:
    (face,) = finder.find(picture)
    assert face.landmarks.shape == (68, 2)
    assert face.landmarks.dtype == np.float32
    assert 0.5 <= face.score <= 1
    return face


def placed(picture: Picture, x: int, y: int, width: int, height: int) -> Picture:
    """The picture on a large grey sheet."""
    sheet = np.full((height, width, 3), 96, np.uint8)
    sheet[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return sheet


def test_an_ordinary_face(finder: FaceFinder) -> None:
    face = only(finder, astronaut())
    assert face.flaw is None
    # Pupils and the middle of the teeth, read off the picture by hand.
    for part, place in ((LEFT_EYE, (203, 101)), (RIGHT_EYE, (246, 103)), (INNER_LIPS, (224, 146))):
        assert np.abs(face.landmarks[part].mean(axis=0) - place).max() < 4
    down = [face.landmarks[point, 1] for point in (19, 37, 41, NOSE_TIP, 51, 62, 66, 57, CHIN)]
    assert down == sorted(down)


def test_the_same_face_elsewhere_and_larger(finder: FaceFinder) -> None:
    here = only(finder, astronaut()).landmarks
    there = only(finder, placed(astronaut(), 700, 300, 1700, 1000)).landmarks
    assert np.abs(there - (700, 300) - here).max() < 3
    large = only(finder, astronaut(4000)).landmarks
    assert np.abs(large * 512 / 4000 - here).max() < 3


def test_two_faces_come_largest_first(finder: FaceFinder) -> None:
    sheet = placed(astronaut(), 0, 0, 900, 512)
    sheet[:340, 530:870] = astronaut(340)
    first, second = finder.find(sheet)
    assert first.size > 1.3 * second.size
    assert first.landmarks[:, 0].max() < 512 < second.landmarks[:, 0].min()


def test_a_tiny_face_is_found_and_said_to_be_tiny(finder: FaceFinder) -> None:
    face = only(finder, placed(astronaut(192), 100, 200, 512, 512))
    assert 35 < face.size < 45
    assert face.flaw is Flaw.TINY


@pytest.mark.parametrize("cut", [np.s_[:, 225:], np.s_[:, :228], np.s_[140:, :], np.s_[:140, :]])
def test_half_a_face_is_none_that_could_speak(finder: FaceFinder, cut: tuple[slice, slice]) -> None:
    assert all(face.flaw for face in finder.find(np.ascontiguousarray(astronaut()[cut])))


@pytest.mark.parametrize("name", FACELESS)
def test_no_face_where_there_is_none(finder: FaceFinder, name: str) -> None:
    assert list(finder.find(packaged(name))) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (40, 40), (512, 512)])
def test_empty_pictures_of_any_shape(finder: FaceFinder, shape: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        assert list(finder.find(np.full((*shape, 3), value, np.uint8))) == []


def test_a_drawn_face_is_found_where_it_was_drawn(finder: FaceFinder) -> None:
    portrait = disc_portrait(Mood.JOY)
    close(only(finder, portrait.picture), portrait.landmarks)


@pytest.mark.parametrize("thing", ["dragon", "robot", "teapot"])
def test_art_with_and_without_its_face(finder: FaceFinder, painter: Painter, thing: str) -> None:
    portrait = painter.paint(persona(thing, mood=Mood.JOY), None, 3)
    close(finder.find(portrait.picture)[0], portrait.landmarks)
    assert portrait.plate is not None
    assert list(finder.find(portrait.plate)) == []


def close(face: Face, truth: np.ndarray) -> None:
    """Eyes, nose and mouth lie where they were drawn, within a quarter of the distance between the eyes. (How wide a
    drawn grin is, and where the outline of a teapot runs, is a matter of taste.)"""
    assert face.flaw is None
    parts = [LEFT_EYE, RIGHT_EYE, slice(30, 31), INNER_LIPS]
    found, drawn = (np.array([points[part].mean(axis=0) for part in parts]) for points in (face.landmarks, truth))
    assert np.abs(found - drawn).max() < 0.25 * np.linalg.norm(drawn[1] - drawn[0])
