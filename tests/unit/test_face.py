"""The drawn face: landmarks lie on what is drawn, moods differ, colours keep contrast."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import skia
from pydantic import ValidationError

from pipeline.face.colours import from_oklch, parse, to_oklch
from pipeline.face.drawing import draw_face
from pipeline.face.landmarks import landmarks
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.types import Age, Gender, Mood, Persona, Picture, Size

SIDE = 256
SKINS = {"black": (10, 10, 12), "white": (250, 250, 250), "apple": (226, 52, 58), "slate": (120, 122, 125)}


def persona(mood: Mood = Mood.CALM, age: Age = Age.ADULT, gender: Gender = Gender.NEUTRAL) -> Persona:
    return Persona(
        concept="an apple", thing="apple", name="Russet", tagline="", personality="", temper="calm",
        mood=mood, age=age, gender=gender, size=Size.SMALL, energy=0.5, warmth=0.5, accent="american",
        likes=(), dislikes=(), catchphrase="", greeting="", samples=("", "", ""), appearance="", voice_wish="",
    )  # fmt: skip


def fitted(skin: tuple[int, int, int] = SKINS["apple"], seed: int = 1, mood: Mood = Mood.CALM) -> FaceRig:
    return FaceRig.fit(persona(mood), (0.5, 0.5), 0.3, skin, seed)


def drawn(rig: FaceRig, pose: FacePose) -> Picture:
    surface = skia.Surface(SIDE, SIDE)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorSetRGB(*parse(rig.skin)))
    draw_face(canvas, rig, pose, SIDE)
    picture: Picture = surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3].copy()
    return picture


def gap(rig: FaceRig, pose: FacePose) -> float:
    points = landmarks(rig, pose, SIDE)
    return float(np.linalg.norm(points[[61, 62, 63]] - points[[67, 66, 65]], axis=1).max())


@pytest.mark.parametrize("mood", Mood)
def test_landmarks_are_68_points_inside_the_picture_in_ibug_order(mood: Mood) -> None:
    rig = fitted(mood=mood)
    points = landmarks(rig, rest_pose(rig), SIDE)
    assert points.shape == (68, 2)
    assert points.dtype == np.float32
    assert ((points >= 0) & (points < SIDE)).all()
    left_eye, right_eye, nose, mouth = points[36:42], points[42:48], points[27:36], points[48:68]
    assert left_eye[:, 0].max() < nose[:, 0].mean() < right_eye[:, 0].min()
    assert points[17:27, 1].max() < left_eye[:, 1].mean() < nose[:, 1].mean() < mouth[:, 1].min()
    assert mouth[:, 1].max() < points[8, 1]
    assert all(np.diff(part[:, 0]).min() > 0 for part in (points[0:17], points[17:27], points[48:55]))


def test_landmarks_follow_tilt_and_place() -> None:
    upright = fitted()
    turned = upright.model_copy(update={"tilt": 30.0})
    pose = rest_pose(upright)
    a, b = landmarks(upright, pose, SIDE), landmarks(turned, pose, SIDE)
    eyes_a, eyes_b = (p[42:48].mean(0) - p[36:42].mean(0) for p in (a, b))
    angle = np.degrees(np.arctan2(eyes_b[1], eyes_b[0]) - np.arctan2(eyes_a[1], eyes_a[0]))
    assert angle == pytest.approx(30.0, abs=0.5)


@pytest.mark.parametrize("mood", Mood)
def test_mouth_is_shut_at_rest_and_when_pressed(mood: Mood) -> None:
    rig = fitted(mood=mood)
    rest = rest_pose(rig)
    assert gap(rig, rest) == 0.0
    assert gap(rig, replace(rest, jaw=0.9, press=1.0)) == 0.0
    assert gap(rig, replace(rest, jaw=0.9)) > 0.08 * SIDE * rig.radius * 2


@pytest.mark.parametrize("mood", Mood)
def test_a_blink_closes_the_lids_and_leaves_the_brows(mood: Mood) -> None:
    rig = fitted(mood=mood)
    rest = rest_pose(rig)
    open_, shut = (landmarks(rig, p, SIDE) for p in (rest, replace(rest, lid_left=1.0, lid_right=1.0)))

    def opening(points: np.ndarray) -> float:
        pairs = ((37, 41), (38, 40), (43, 47), (44, 46))
        return max(float(np.linalg.norm(points[a] - points[b])) for a, b in pairs)

    assert opening(shut) < 0.01
    assert opening(open_) > 0.1 * SIDE * rig.radius
    assert np.array_equal(open_[17:27], shut[17:27])


@pytest.mark.parametrize("mood", Mood)
def test_no_white_of_the_eye_shows_through_a_shut_lid(mood: Mood) -> None:
    rig = fitted(mood=mood)
    rest = rest_pose(rig)
    points = landmarks(rig, rest, SIDE)

    def white(pose: FacePose) -> int:
        picture = drawn(rig, pose)
        (x0, y0), (x1, y1) = points[36:48].min(0).astype(int) - 4, points[36:48].max(0).astype(int) + 4
        return int((picture[y0:y1, x0:x1].min(axis=2) > 215).sum())

    assert white(rest) > 50
    assert white(replace(rest, lid_left=1.0, lid_right=1.0)) == 0


def test_every_mood_has_a_face_of_its_own() -> None:
    pictures = [drawn(rig := fitted(mood=mood), rest_pose(rig)).astype(int) for mood in Mood]
    for i, a in enumerate(pictures):
        for b in pictures[i + 1 :]:
            assert (np.abs(a - b).max(axis=2) > 40).sum() > 250


def test_moods_move_brows_and_corners_the_way_people_do() -> None:
    rig = fitted()
    points = {mood: landmarks(rig, rest_pose(rig, mood), SIDE) for mood in Mood}

    def corner_lift(mood: Mood) -> float:
        return float(points[mood][62, 1] - points[mood][[60, 64], 1].mean())

    def inner_brow(mood: Mood) -> float:
        return float(points[mood][[21, 22], 1].mean() - points[mood][[17, 26], 1].mean())

    assert corner_lift(Mood.JOY) > corner_lift(Mood.CALM) > 0 > corner_lift(Mood.SADNESS)
    assert corner_lift(Mood.ANGER) < 0
    assert inner_brow(Mood.ANGER) > inner_brow(Mood.CALM) > inner_brow(Mood.SADNESS)
    assert points[Mood.SURPRISE][17:27, 1].mean() < points[Mood.CALM][17:27, 1].mean()


@pytest.mark.parametrize("skin", SKINS.values(), ids=SKINS)
@pytest.mark.parametrize("seed", range(3))
def test_features_stand_out_from_the_skin(skin: tuple[int, int, int], seed: int) -> None:
    rig = fitted(skin, seed)
    lightness = to_oklch(skin)[0]
    assert abs(to_oklch(parse(rig.brow_colour))[0] - lightness) > 0.18
    assert abs(to_oklch(parse(rig.lip))[0] - lightness) > 0.10
    picture = drawn(rig, rest_pose(rig)).astype(int)
    different = np.abs(picture - skin).max(axis=2) > 45
    mouth = landmarks(rig, rest_pose(rig), SIDE)[48:68]
    (x0, y0), (x1, y1) = mouth.min(0).astype(int), mouth.max(0).astype(int) + 2
    assert different[y0:y1, x0:x1].mean() > 0.15


def test_fit_is_decided_by_its_arguments() -> None:
    assert fitted(seed=5) == fitted(seed=5)
    assert fitted(seed=5) != fitted(seed=6)
    assert FaceRig.model_validate_json(fitted().model_dump_json()) == fitted()


def test_age_and_gender_show() -> None:
    old, child, lady = (
        FaceRig.fit(persona(age=age, gender=gender), (0.5, 0.5), 0.3, SKINS["slate"], 3)
        for age, gender in ((Age.OLD, Gender.MALE), (Age.CHILD, Gender.NEUTRAL), (Age.ADULT, Gender.FEMALE))
    )
    assert old.wrinkles > 0 == child.wrinkles
    assert child.eye_width > old.eye_width
    assert lady.lashes > child.lashes


def test_unknown_fields_and_wrong_colours_are_refused() -> None:
    with pytest.raises(ValidationError):
        FaceRig.model_validate({"centre": (0.5, 0.5), "radius": 0.3, "moustache": 1})
    with pytest.raises(ValidationError):
        FaceRig(centre=(0.5, 0.5), radius=0.3, ink="red")


def test_oklch_goes_there_and_back() -> None:
    for colour in ("#000000", "#ffffff", "#e2343a", "#3070a0", "#fdd035"):
        assert (
            max(abs(a - b) for a, b in zip(parse(from_oklch(*to_oklch(parse(colour)))), parse(colour), strict=True))
            <= 1
        )
    lightness = [to_oklch((v, v, v))[0] for v in range(0, 256, 15)]
    assert all(a < b for a, b in pairwise(lightness))
