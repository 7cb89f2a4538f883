"""Brows, eyes, nose and mouth are seen on every thing; what is seen already is left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import skia

from pipeline.concept import clean
from pipeline.face.drawing import draw_face
from pipeline.face.landmarks import landmarks
from pipeline.face.manners import GRID
from pipeline.face.rig import FaceRig, Manner, rest_pose
from pipeline.mind.scripted.writing import write
from pipeline.portrait import contrast
from pipeline.portrait.contrast import LEAST, Feature
from pipeline.portrait.illustrator import Illustrator
from pipeline.stages import EngineConfig
from pipeline.types import Picture

SIDE = 512
SOLID = np.full((SIDE, SIDE), 255, np.uint8)


def ground(colour: tuple[int, int, int]) -> Picture:
    return np.full((SIDE, SIDE, 3), colour, np.uint8)


def stripes() -> Picture:
    """Black and white, as wide as a brow is thick."""
    plate = ground((245, 245, 245))
    plate[np.arange(SIDE) // 10 % 2 == 0] = 12
    return plate


def face(**changes: object) -> FaceRig:
    return FaceRig(centre=(0.5, 0.5), radius=0.3).model_copy(update=changes)


def drawn(plate: Picture, rig: FaceRig) -> Picture:
    pixels = np.dstack([plate, np.full((SIDE, SIDE), 255, np.uint8)])
    surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    draw_face(surface.getCanvas(), rig, rest_pose(rig), SIDE)
    surface.flushAndSubmit()
    return np.asarray(pixels[..., :3], np.uint8)


def mended(plate: Picture, rig: FaceRig, solid: npt.NDArray[np.uint8] = SOLID) -> contrast.Mended:
    found = contrast.mended(plate, solid, drawn(plate, rig), rig)
    assert found is not None
    return found


def measured(plate: Picture, rig: FaceRig) -> dict[Feature, float]:
    return contrast.measured(plate, drawn(plate, rig), rig)


# --- measuring --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tilt", [0.0, 25.0])
def test_contrast_is_the_ratio_that_wcag_defines(tilt: float) -> None:
    """Of #777777 on white it is 4.48, of black on white 21."""
    for brow, ratio in (("#777777", 4.48), ("#000000", 21.0)):
        rig = face(manner=Manner.FLAT, brow_colour=brow, brow_thickness=1.6, tilt=tilt)
        assert measured(ground((255, 255, 255)), rig)[Feature.BROWS] == pytest.approx(ratio, rel=0.01)


def test_a_brow_that_is_lost_on_one_side_is_lost() -> None:
    plate = ground((200, 200, 200))
    plate[:, SIDE // 2 :] = 40
    rig = face(manner=Manner.FLAT, brow_colour="#282828")
    assert measured(plate, rig)[Feature.BROWS] < 1.1


def test_nothing_is_seen_where_nothing_is_drawn() -> None:
    plate = ground((120, 90, 60))
    assert contrast.measured(plate, plate, face()) == dict.fromkeys(Feature, 1.0)


# --- mending ----------------------------------------------------------------------------------------------------------


def test_a_face_that_is_seen_is_left_alone() -> None:
    plate, rig = ground((192, 160, 128)), face()
    assert contrast.mended(plate, SOLID, drawn(plate, rig), rig) is None


def test_a_red_mouth_on_red_is_seen_afterwards() -> None:
    plate = ground((200, 30, 40))
    rig = face(skin="#c81e28", lip="#c81e28", ink="#b01822", rim="#a01820", brow_colour="#300408")
    before = measured(plate, rig)
    found = mended(plate, rig)
    after = measured(found.plate, found.rig)
    assert before[Feature.MOUTH] < 1.3
    assert after[Feature.MOUTH] >= LEAST[Feature.MOUTH]
    np.testing.assert_array_equal(found.plate, plate)  # the lips' own colour was enough
    assert found.rig.brow_colour == rig.brow_colour
    assert [text.split()[0] for text in found.done] == ["mouth"]


@pytest.mark.parametrize("manner", Manner)
def test_black_brows_on_black_are_seen_afterwards(manner: Manner) -> None:
    plate = ground((24, 22, 26))
    rig = face(manner=manner, skin="#18161a", brow_colour="#1c1a1e", rim="#48464a", lip="#7a7078")
    found = mended(plate, rig)
    assert measured(plate, rig)[Feature.BROWS] < 1.2
    assert measured(found.plate, found.rig)[Feature.BROWS] >= LEAST[Feature.BROWS]


def test_comic_brows_are_ink_so_the_art_below_them_is_lit() -> None:
    plate = ground((60, 50, 70))
    rig = face(manner=Manner.INK, skin="#c0a080")
    found = mended(plate, rig)
    assert measured(found.plate, found.rig)[Feature.BROWS] >= LEAST[Feature.BROWS] > measured(plate, rig)[Feature.BROWS]
    changed = (found.plate != plate).any(axis=2)
    assert changed.any()
    assert not changed[:, : SIDE // 8].any()  # near the face only
    assert found.plate[changed].mean() > plate[changed].mean()


def test_brows_on_stripes_take_a_colour_between_them() -> None:
    rig = face(manner=Manner.FLAT, brow_colour="#0c0c0c")
    found = mended(stripes(), rig)
    assert measured(stripes(), rig)[Feature.BROWS] < 1.5
    assert measured(found.plate, found.rig)[Feature.BROWS] >= LEAST[Feature.BROWS]


def test_a_light_lies_on_the_thing_and_not_on_what_is_behind_it() -> None:
    plate, rig = ground((60, 50, 70)), face(manner=Manner.INK, skin="#c0a080")
    left = SOLID.copy()
    left[:, SIDE // 2 :] = 0
    found = contrast.mended(plate, left, drawn(plate, rig), rig)
    shown = plate if found is None else found.plate
    np.testing.assert_array_equal(shown[:, SIDE // 2 :], plate[:, SIDE // 2 :])


def test_pixel_art_stays_in_its_squares() -> None:
    plate = np.repeat(np.repeat(np.random.default_rng(3).integers(20, 34, (GRID, GRID, 3), np.uint8), 4, 0), 4, 1)
    rig = face(manner=Manner.PIXELS, skin="#1a1a1a", brow_colour="#1a1a1a", lip="#1a1a1a", ink="#1a1a1a")
    light, _ = contrast._lit(plate, SOLID, rig, Feature.MOUTH)
    assert (light != plate).any()
    np.testing.assert_array_equal(light, np.repeat(np.repeat(light[::4, ::4], 4, 0), 4, 1))


def test_nothing_moves() -> None:
    plate, rig = stripes(), face(manner=Manner.FLAT, brow_colour="#0c0c0c", lip="#808080")
    found = mended(plate, rig)
    np.testing.assert_array_equal(
        landmarks(found.rig, rest_pose(found.rig), SIDE), landmarks(rig, rest_pose(rig), SIDE)
    )


# --- whole portraits --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def painter(assets_home: Path) -> Illustrator:
    return Illustrator(EngineConfig(assets_home))


@pytest.mark.parametrize(
    ("concept", "look"),
    [
        ("a black cat", "noir"), ("a white snowman", "flat"), ("a zebra", "pop"), ("a black hole", "pixel"),
        ("a tuxedo", "pixel"), ("an ink bottle", "soft3d"), ("a penguin", "noir"),
    ],
)  # fmt: skip
def test_every_feature_of_a_hard_portrait_is_seen(painter: Illustrator, concept: str, look: str) -> None:
    portrait = painter.paint(write(clean(concept), 11), look, 11)
    assert portrait.rig is not None
    assert portrait.plate is not None
    seen = contrast.measured(portrait.plate, portrait.picture, FaceRig.model_validate_json(portrait.rig))
    assert all(seen[feature] >= 0.97 * LEAST[feature] for feature in Feature), seen


def test_a_mended_portrait_says_so_and_a_fine_one_is_as_it_was(
    painter: Illustrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    lemon = write(clean("a lemon"), 11)
    fine = painter.paint(lemon, "flat", 11)
    monkeypatch.setitem(LEAST, Feature.BROWS, 12.0)
    mended = painter.paint(lemon, "flat", 11)
    monkeypatch.setattr(contrast, "mended", lambda *_: None)
    same = painter.paint(lemon, "flat", 11)
    assert "brows" in mended.reason
    assert (mended.picture != fine.picture).any()
    np.testing.assert_array_equal(mended.landmarks, fine.landmarks)
    np.testing.assert_array_equal(fine.picture, same.picture)
    assert (fine.rig, fine.reason) == (same.rig, same.reason)


def test_light_for_the_brows_may_be_enough_for_the_nose(assets_home: Path) -> None:
    """Stripes end above the nose here, which has no colour of its own that could be changed."""
    reason = Illustrator(EngineConfig(assets_home)).paint(write(clean("a lonely lighthouse"), 1), "soft3d", 1).reason
    assert "brows lit" in reason
    assert "nose" not in reason
