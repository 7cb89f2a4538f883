"""Pictures that are bent: what must meet meets, and what must keep still keeps still."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import registry
from pipeline.animation.acting import Moment, moments
from pipeline.animation.animator import animator_of
from pipeline.animation.controls import MIDDLE, Controls
from pipeline.animation.lips import parted
from pipeline.animation.warp import OWN, Bent, WarpAnimator
from pipeline.animation.warping import COARSE, Field, Head, Sheet
from pipeline.clips.padding import silence
from pipeline.errors import EngineFailed
from pipeline.face import ibug
from pipeline.face.pose import FacePose
from pipeline.portrait import upload
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Mood, Phoneme, Portrait, Speech
from tests.unit.faces import disc_portrait
from tests.unit.pictures import astronaut

REST, STILL = FacePose(), (0.0, 0.0)


@pytest.fixture(scope="module")
def drawn() -> Portrait:
    return replace(disc_portrait(Mood.CALM), plate=None, rig=None)


@pytest.fixture(scope="module")
def smiling(assets_home: Path) -> Portrait:
    """A photo, showing teeth."""
    finder = registry.create("face", "facemesh", EngineConfig(assets_home))
    return upload.portrait(astronaut(), finder.find(astronaut())[0])


def shown(portrait: Portrait, pose: FacePose = REST, bend: tuple[float, float] = STILL) -> np.ndarray:
    frame = Bent(portrait).frame(Moment(pose, bend))
    picture: np.ndarray = cv2.cvtColor(frame, cv2.COLOR_YUV2RGB_I420).astype(int)
    return picture


def small(portrait: Portrait) -> np.ndarray:
    """The landmarks in pixels of a frame."""
    points: np.ndarray = portrait.landmarks * 512 / portrait.picture.shape[0]
    return points


def controls(portrait: Portrait) -> Controls:
    return Controls(small(portrait), Head.of(small(portrait), 512).ring())


@pytest.mark.parametrize("pose", [FacePose(turn=1, nod=-1), FacePose(brow_left=1, jaw=0.4)], ids=["turn", "speak"])
def test_what_a_place_shows_comes_from_where_its_point_was(drawn: Portrait, pose: FacePose) -> None:
    found, head = controls(drawn), Head.of(small(drawn), 512)
    sheet = Sheet(head.region(), head, Field(found), 1.0, COARSE, 1.5)
    shape = found.shape(pose, 0.5, 0.5)
    places = sheet.map(sheet.solve(shape))
    for point in (17, 21, 26, ibug.NOSE_TIP, 31, 35):
        x, y = np.rint(shape.at[point]).astype(int)
        error = shape.at[point] - (x, y)
        shown = (places[y - sheet.region.top, x - sheet.region.left] + 0.5) / 1.5 - 0.5
        assert np.abs(shown + error - found.rest[point]).max() < 1.5, "a fifth of a cell"


def test_larger_frames_show_the_same(drawn: Portrait) -> None:
    pose = Moment(FacePose(jaw=0.6, lid_left=0.5, turn=0.5), (0.5, 0.5))
    small_frame, large = (cv2.cvtColor(Bent(drawn, side).frame(pose), cv2.COLOR_YUV2RGB_I420) for side in (512, 720))
    assert large.shape == (720, 720, 3)
    shrunk = cv2.resize(large, (512, 512), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk.astype(int) - small_frame).mean() < 2.5


def test_teeth_are_seen_in_any_light_and_a_line_is_not(smiling: Portrait, drawn: Portrait) -> None:
    for tint in ((1.0, 1.0, 1.0), (1.0, 0.55, 0.6), (0.5, 0.6, 1.0)):
        lit = np.clip(smiling.picture[..., ::-1] * np.array(tint), 0, 255).astype(np.uint8)
        assert parted(lit, smiling.landmarks), tint
    assert not parted(np.ascontiguousarray(drawn.picture[..., ::-1]), drawn.landmarks)


@pytest.mark.parametrize("name", ["drawn", "smiling"])
def test_at_rest_it_is_the_portrait(name: str, request: pytest.FixtureRequest) -> None:
    portrait = request.getfixturevalue(name)
    picture = cv2.resize(portrait.picture, (512, 512), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(shown(portrait) - picture).mean() < 1.5


@pytest.mark.parametrize("jaw", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("name", ["drawn", "smiling"])
def test_pressed_lips_meet_over_all_teeth(name: str, jaw: float, request: pytest.FixtureRequest) -> None:
    portrait = request.getfixturevalue(name)
    lips = controls(portrait).shape(FacePose(jaw=jaw, press=1.0), 0.3, 0.3).lips
    assert np.abs(lips.upper - lips.lower).max() < 0.02
    place = small(portrait)[[62, 66]].mean(axis=0).astype(int)
    box = np.s_[place[1] - 4 : place[1] + 5, place[0] - 8 : place[0] + 9]
    if name == "smiling":
        white, teeth = (shown(portrait, pose)[box].min(axis=2) > 190 for pose in (FacePose(jaw=jaw, press=1.0), REST))
        assert white.mean() < 0.3 * teeth.mean()


@pytest.mark.parametrize("name", ["drawn", "smiling"])
def test_the_mouth_opens_with_the_jaw(name: str, request: pytest.FixtureRequest) -> None:
    found = controls(request.getfixturevalue(name))
    gaps = []
    for jaw in (0.2, 0.4, 0.6, 0.8, 1.0):
        lips = found.shape(FacePose(jaw=jaw), 0, 0).lips
        gaps.append(float((lips.lower - lips.upper)[MIDDLE]))
    assert gaps == sorted(gaps)
    assert gaps[-1] == pytest.approx(5 * gaps[0], rel=0.01)
    assert gaps[-1] > 0.3 * found.unit


def test_a_toothy_smile_gives_way_to_rounded_lips(smiling: Portrait) -> None:
    """No crescent and hardly a tooth: lips that touch at the sides, in a line that is bent far less than the smile."""
    found = controls(smiling)

    def bow(pose: FacePose) -> float:
        lips = found.shape(pose, 0, 0).lips
        line = (lips.upper + lips.lower) / 2
        return float(line[MIDDLE] - (line[0] + line[-1]) / 2)

    said = FacePose(jaw=0.24, pucker=1.0)
    lips = found.shape(said, 0, 0).lips
    open_at = lips.x[lips.lower - lips.upper > 0.5]
    assert np.ptp(open_at) < 0.6 * np.ptp(found.shape(REST, 0, 0).lips.x)
    assert bow(said) < 0.4 * bow(FacePose(press=1.0))
    place = small(smiling)[[62, 66]].mean(axis=0).astype(int)
    box = np.s_[place[1] - 6 : place[1] + 9, place[0] - 12 : place[0] + 13]
    white, teeth = (shown(smiling, pose)[box].min(axis=2) > 190 for pose in (said, REST))
    assert white.mean() < 0.4 * teeth.mean()


def test_a_smile_does_not_flick_shut_before_it_speaks(smiling: Portrait) -> None:
    """In the first frame of "who" the mouth is on its way from the smile to the vowel, not shut between them."""
    poses = REST, FacePose(jaw=0.08, pucker=0.22), FacePose(jaw=0.24, pucker=1.0)
    rest, begun, vowel = (controls(smiling).shape(pose, 0, 0).lips for pose in poses)
    gaps = [float((lips.lower - lips.upper)[MIDDLE]) for lips in (rest, begun, vowel)]
    assert gaps[2] < gaps[1] < gaps[0]


def test_lips_that_part_do_not_drag_each_other(drawn: Portrait) -> None:
    """What lies above the mouth keeps still however far the lower lip goes."""
    open_, shut = shown(drawn, FacePose(jaw=0.9)), shown(drawn)
    nose = small(drawn)[ibug.NOSE_TIP].astype(int)
    box = np.s_[nose[1] - 12 : nose[1] + 4, nose[0] - 20 : nose[0] + 20]
    assert np.abs(open_[box] - shut[box]).mean() < 2.0


@pytest.mark.parametrize("name", ["drawn", "smiling"])
def test_a_blink_covers_the_eye_and_leaves_the_brow_alone(name: str, request: pytest.FixtureRequest) -> None:
    portrait = request.getfixturevalue(name)
    shut, open_ = shown(portrait, FacePose(lid_left=1.0, lid_right=1.0)), shown(portrait)
    points = small(portrait)
    for eye, brow in ((ibug.LEFT_EYE, ibug.LEFT_BROW), (ibug.RIGHT_EYE, ibug.RIGHT_BROW)):
        corners = points[eye][[0, 3], 0]
        upper, lower = points[eye][1:3, 1].mean(), points[eye][4:, 1].mean()
        middle = slice(*(int(corners[0] + share * (corners[1] - corners[0])) for share in (0.3, 0.7)))
        above = int(upper + 0.25 * (lower - upper)), int(upper + 0.5 * (lower - upper))
        skin = open_[int(upper - 0.8 * (lower - upper)), middle].mean(axis=0)
        seen, covered = (np.abs(p[above[0] : above[1], middle] - skin).mean() for p in (open_, shut))
        assert covered < 0.5 * seen
        low, high = points[brow].min(axis=0).astype(int), points[brow].max(axis=0).astype(int)
        box = np.s_[low[1] - 4 : high[1] + 1, low[0] : high[0]]
        assert np.abs(shut[box] - open_[box]).mean() < 1.0


def test_a_drawn_lid_has_no_stripes(drawn: Portrait) -> None:
    """Lashes and folds above the eye are not drawn out over it."""
    shut = shown(drawn, FacePose(lid_left=1.0, lid_right=1.0))
    points = small(drawn)[ibug.LEFT_EYE]
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    width, height = right - left, bottom - top
    lid = shut[int(top + 0.1 * height) : int(top + 0.5 * height), int(left + 0.25 * width) : int(right - 0.25 * width)]
    assert np.abs(np.diff(lid, axis=1)).max() <= 12


def test_what_is_drawn_above_an_eye_is_not_drawn_down_with_its_lid(drawn: Portrait) -> None:
    points = small(drawn)
    spotted = drawn.picture.copy()
    top = float(points[ibug.LEFT_EYE, 1].min())
    x, y = int(points[ibug.LEFT_EYE, 0].mean()), int(top + 0.55 * (points[19, 1] - top))
    cv2.circle(spotted, (int(1.5 * x), int(1.5 * y)), 4, (40, 90, 160), -1)
    portrait = replace(drawn, picture=spotted)
    changed = np.abs(shown(portrait, FacePose(lid_left=1.0)) - shown(portrait))
    assert changed[y - 5 : y + 6, x - 5 : x + 6].mean() < 3.0
    assert changed[int(top) + 8 : int(top) + 18, x - 5 : x + 6].mean() > 20.0, "the lid is shut"


def test_each_lid_has_its_own_eye(drawn: Portrait) -> None:
    wink = np.abs(shown(drawn, FacePose(lid_left=1.0)) - shown(drawn)).sum(axis=(0, 2))
    middle = int(small(drawn)[27, 0])
    assert wink[:middle].sum() > 100 * max(wink[middle:].sum(), 1)


def test_eyes_look_where_they_are_told(drawn: Portrait) -> None:
    def dark(pose: FacePose) -> float:
        points = small(drawn)[ibug.LEFT_EYE]
        low, high = points.min(axis=0).astype(int), points.max(axis=0).astype(int)
        rows = slice((low[1] + high[1]) // 2, high[1] - 6)  # of iris and pupil, not of lashes
        light = shown(drawn, pose)[rows, low[0] : high[0]].mean(axis=2)
        weight = np.clip(120 - light, 0, None).sum(axis=0)
        return float((weight * np.arange(len(weight))).sum() / weight.sum())

    assert dark(FacePose(gaze_x=-1)) + 2 < dark(REST) < dark(FacePose(gaze_x=1)) - 2


@pytest.mark.parametrize("name", ["drawn", "smiling"])
def test_the_background_keeps_still(name: str, request: pytest.FixtureRequest) -> None:
    portrait = request.getfixturevalue(name)
    moved = np.abs(shown(portrait, FacePose(turn=1, nod=1, jaw=1), (1.0, 1.0)) - shown(portrait))
    head = Head.of(small(portrait), 512)
    x, y = np.meshgrid(np.arange(512), np.arange(512))
    beyond = np.hypot((x - head.centre[0]) / head.axes[0], (y - head.centre[1]) / head.axes[1]) > head.FADE + 0.05
    if beyond.any():
        assert moved[beyond].max() <= 3
    assert moved[:8].max() <= 3
    assert moved.mean() > 0.5, "the head does move"


def test_what_is_drawn_again_only_where_it_moved_is_the_same(smiling: Portrait) -> None:
    poses = [
        FacePose(jaw=0.5, turn=share, nod=-share, lid_left=share, gaze_x=share) for share in np.linspace(0, 0.5, 6)
    ]
    going, anew = Bent(smiling), Bent(smiling)
    for pose in poses:
        frame = going.frame(Moment(pose, STILL))
        anew.begin()
        assert cv2.absdiff(frame, anew.frame(Moment(pose, STILL))).mean() < 0.1


def test_a_sentence_looks_the_same_whatever_came_before(drawn: Portrait) -> None:
    animator = WarpAnimator(EngineConfig(Path()))

    def frames(start: float) -> list[np.ndarray]:
        return list(animator.frames(drawn, silence(0.2), Direction(Mood.JOY, 1, start=start)))

    first, other, again = frames(3.0), frames(9.0), frames(3.0)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_near_points_move_further_than_far_ones(smiling: Portrait) -> None:
    found = controls(smiling)
    turned = found.shape(FacePose(turn=1.0), 0, 0).at - found.rest
    assert turned[ibug.NOSE_TIP, 0] > 1.3 * turned[36, 0] > 0
    assert abs(turned[0, 0]) < 0.3 * turned[ibug.NOSE_TIP, 0]


@pytest.mark.parametrize("wild", [np.nan, np.inf, 5000.0])
def test_points_that_are_none_are_refused(drawn: Portrait, wild: float) -> None:
    points = drawn.landmarks.copy()
    points[40] = wild
    with pytest.raises(EngineFailed):
        Bent(replace(drawn, landmarks=points))


@pytest.mark.parametrize("spread", [0.0, 0.5, 6.0])
def test_faces_of_no_size_or_at_the_border_do_not_break_it(drawn: Portrait, spread: float) -> None:
    middle = drawn.landmarks.mean(axis=0)
    for centre in (middle, np.array([3.0, 3.0]), np.array([767.0, 400.0])):
        points = np.clip(centre + spread / 10 * (drawn.landmarks - middle), 0, 767).astype(np.float32)
        frame = Bent(replace(drawn, landmarks=points)).frame(Moment(FacePose(jaw=1, turn=1, lid_left=1), (1, 1)))
        assert frame.shape == (768, 512)


def test_rigs_are_moved_as_rigs_and_pictures_are_warped() -> None:
    portrait = disc_portrait()
    picture = replace(portrait, plate=None, rig=None)
    assert animator_of("rig", portrait) == "rig"
    assert animator_of("rig", picture) == "warp"
    assert animator_of("other", picture) == "other"


def test_a_smile_with_all_teeth_opens_into_speech_without_a_twitch(smiling: Portrait) -> None:
    """ "Hello": the portrait's own smile is given up no sooner than the sound opens the mouth."""
    ends = (0.07, 0.14, 0.22, 0.45)
    hello = tuple(map(Phoneme, ("h", "ə", "l", "oʊ"), (0.0, *ends), ends))
    speech = Speech("Hello", np.zeros(24_000, np.float32), 24_000, hello)
    speaking = controls(smiling)

    def opening(pose: FacePose, bend: tuple[float, float]) -> float:
        lips = speaking.shape(pose, *bend).lips
        return float((lips.lower - lips.upper)[MIDDLE])

    spoken = [opening(moment.pose, moment.bend) for moment in moments(OWN, OWN, speech, Direction(Mood.CALM, 5), 25)]
    rest = opening(REST, STILL)
    assert min(spoken[: round(0.35 * 25)]) > 0.6 * rest
    assert min(spoken) < 0.6 * rest  # rounded lips end the smile
    assert abs(spoken[0] - rest) < 0.25 * rest
