"""The ruler for lip sync: right on faces drawn at known openings, and figures that can be computed by hand."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import skia
from rich.console import Console

from bot import evaluate_lipsync as shown
from pipeline.animation.rig import RigAnimator
from pipeline.animation.visemes import sounds
from pipeline.clips import clip
from pipeline.clips.padding import silence, whole_frames
from pipeline.errors import MissingAsset
from pipeline.evaluation import sitters, synchrony
from pipeline.evaluation.eyes import SHUT, LifelikeEye, eyes
from pipeline.evaluation.lips import Lips
from pipeline.evaluation.lipsync import Report, Ruler, Skipped, decoded, measured
from pipeline.evaluation.synchrony import Blink, Measured, Trace, figures
from pipeline.face.drawing import draw_face
from pipeline.face.landmarks import landmarks
from pipeline.face.pose import FacePose
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Mood, Phoneme, Picture, Portrait, Speech
from tests.unit.faces import disc_portrait, speech_of

SIDE = 512


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return disc_portrait(Mood.CALM)


@pytest.fixture(scope="module")
def rig(portrait: Portrait) -> FaceRig:
    assert portrait.rig is not None
    return FaceRig.model_validate_json(portrait.rig)


def filmed(portrait: Portrait, rig: FaceRig, poses: list[FacePose]) -> list[Picture]:
    """A face in known poses, as it comes out of the clip."""
    frames = []
    for pose in poses:
        pixels = np.dstack([cv2.resize(portrait.plate, (SIDE, SIDE)), np.full((SIDE, SIDE), 255, np.uint8)])
        surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
        draw_face(surface.getCanvas(), rig, pose, SIDE)
        surface.flushAndSubmit()
        frames.append(cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2YUV_I420))
    return list(decoded(clip.encode_segment(frames, SIDE, 25)))


def gap(rig: FaceRig, pose: FacePose) -> float:
    """The opening that was drawn, in pixels."""
    points = landmarks(rig, pose, SIDE)
    return float(np.linalg.norm(points[66] - points[62]))


def openings(portrait: Portrait, rig: FaceRig, poses: list[FacePose]) -> np.ndarray:
    """The opening that is read in each pose, as a share of the widest."""
    frames = filmed(portrait, rig, [rest_pose(rig), *poses])
    lips = Lips(frames[0], landmarks(rig, rest_pose(rig), SIDE))
    return np.array([lips.opening(frame) for frame in frames[1:]]) / gap(rig, FacePose(jaw=1.0))


def test_an_opening_is_read_as_it_was_drawn(portrait: Portrait, rig: FaceRig) -> None:
    rest = rest_pose(rig)
    poses = [replace(rest, jaw=jaw, upper_teeth=0.8, tongue=0.3, turn=0.2) for jaw in np.linspace(0, 1, 6)]
    poses += [replace(rest, jaw=jaw, pucker=0.6, spread=-0.2) for jaw in (0.2, 0.5, 0.8)]
    poses += [replace(rest, jaw=jaw, spread=0.9, lower_teeth=0.8, upper_teeth=0.9) for jaw in (0.1, 0.3)]
    drawn = np.array([gap(rig, pose) for pose in poses]) / gap(rig, FacePose(jaw=1.0))
    read = openings(portrait, rig, poses)
    assert np.abs(read - drawn).max() < 0.06
    assert np.corrcoef(read, drawn)[0, 1] > 0.995
    assert all(before < after for before, after in pairwise(read[:6]))


def test_shut_lips_are_read_as_shut(portrait: Portrait, rig: FaceRig) -> None:
    rest = rest_pose(rig)
    poses = [rest, replace(rest, press=1.0), replace(rest, jaw=0.7, press=1.0), replace(rest, nod=0.5, turn=-0.5)]
    poses += [replace(rest, lid_left=1.0, lid_right=1.0), replace(rest, press=1.0, pucker=0.5)]
    assert openings(portrait, rig, poses).max() < 0.05
    assert openings(portrait, rig, [replace(rest, jaw=0.2)]).min() > synchrony.CLOSED


def test_the_ruler_follows_the_head(portrait: Portrait, rig: FaceRig) -> None:
    pose = replace(rest_pose(rig), jaw=0.5)
    frames = filmed(portrait, rig, [rest_pose(rig), pose])
    lips = Lips(frames[0], landmarks(rig, rest_pose(rig), SIDE))
    moved = np.roll(frames[1], (9, -7), (0, 1))
    assert lips.opening(moved, (-7, 9)) == pytest.approx(lips.opening(frames[1]), abs=0.3)


def pale_mouth(gap: int) -> Picture:
    """Lips of the colour of the skin; between them a thick dark line, or teeth, darkness and a tongue."""
    light = np.linspace(1.0, 0.9, 240)[:, None, None]
    picture = (light * np.full((240, 240, 3), (231, 167, 101))).astype(np.uint8)
    upper = 92 - gap // 5
    inside, lower = upper + 8, upper + 16 + gap
    shown = [
        (upper, inside, (196, 142, 67)), (lower, lower + 8, (224, 184, 112)), (lower + 8, lower + 11, (196, 142, 67)),
        (inside, lower, (38, 22, 2)), (inside + 1, inside + gap // 3, (235, 230, 220)),
        (lower - 1 - gap // 2, lower - 1, (190, 110, 105)),
    ]  # fmt: skip
    for begin, end, colour in shown:
        picture[begin : max(begin, end)] = colour
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.8), np.uint8)


@pytest.mark.parametrize("off", [-2.0, -0.25, 0.0, 0.25, 2.0])
def test_the_line_between_pale_lips_is_no_lip(off: float) -> None:
    points = np.zeros((68, 2), np.float32)
    points[36:42], points[42:48] = (80, 50), (160, 50)
    points[48], points[49:54], points[54], points[55:60] = (60, 102), (120, 92), (180, 102), (120, 119)
    points[60:65], points[65:68] = (120, 102), (120, 106)
    lips = Lips(pale_mouth(0), points + np.array([0, off], np.float32))
    read = [lips.opening(pale_mouth(gap)) for gap in range(0, 46, 5)]
    assert np.abs(read - np.arange(0, 46, 5)).max() < 4.0


def test_lids_and_brows_are_read_apart(portrait: Portrait, rig: FaceRig) -> None:
    rest = rest_pose(rig)
    poses = [replace(rest, lid_left=lid, lid_right=lid) for lid in np.linspace(rest.lid_left, 1, 5)]
    poses.append(replace(rest, brow_left=rest.brow_left - 0.5, brow_right=rest.brow_right - 0.5))
    points = landmarks(rig, rest, SIDE)
    frames = filmed(portrait, rig, [rest, *poses])
    trace = Ruler(frames[0], points, eyes_like="drawn", teeth=False).read(frames, speech_of(""), 25)
    assert all(before > after for before, after in pairwise(trace.lids[1:6].max(axis=1)))
    assert trace.lids[5].max() < SHUT["drawn"] < trace.lids[4].min()
    assert np.abs(trace.brows[:6]).max() < 0.5
    lower = landmarks(rig, poses[-1], SIDE)[17:22, 1].mean() - points[17:22, 1].mean()
    assert trace.brows[-1].mean() == pytest.approx(lower, abs=1.0)
    assert len(eyes(frames[0], points, "lifelike")) == 2


@pytest.mark.parametrize(("height", "share"), [(6, 1.0), (3, 0.5), (1, 0.2)])
def test_a_small_eye_is_read_by_its_height(height: int, share: float) -> None:
    def drawn(half: int) -> Picture:
        picture = np.full((80, 80, 3), (220, 180, 150), np.uint8)
        return np.asarray(cv2.ellipse(picture, (40, 40), (14, half), 0, 0, 360, (60, 40, 30), -1, cv2.LINE_AA))

    ring = np.array([[26, 40], [35, 34], [45, 34], [54, 40], [45, 46], [35, 46]], np.float32)
    assert LifelikeEye(drawn(6), ring).open(drawn(height), (0, 0)) == pytest.approx(share, abs=0.15)


def trace_of(opening: list[float], phonemes: tuple[Phoneme, ...] = (), **more: np.ndarray) -> Trace:
    pairs = {"lids": np.ones((len(opening), 2)), "brows": np.zeros((len(opening), 2))} | more
    return Trace(np.array(opening), pairs["lids"], pairs["brows"], phonemes, 25)


def test_a_late_mouth_is_found_out() -> None:
    said = speech_of("ɑmɑpibuɑ", step=0.12)
    times = np.arange(60) / 25
    wanted = synchrony.openness(said.phonemes, times, sitters.script().heights())
    assert wanted[said.phonemes[2].start < times].max() > 0.9
    for late in (0, 2, -3):
        fit, lag = synchrony.best_fit(np.roll(30 * wanted + 2, late), wanted)
        assert fit == pytest.approx(1.0)
        assert lag == late
    assert synchrony.best_fit(np.zeros(60), wanted)[0] == 0


def test_closures_and_silence_are_counted() -> None:
    sounds_ = (Phoneme("ɑ", 0.4, 0.6), Phoneme("b", 0.6, 0.68), Phoneme("ɑ", 0.68, 0.8), Phoneme("m", 0.8, 0.9))
    opening = [0.0] * 10 + [20.0] * 5 + [1.0] + [20.0] * 8 + [0.0] * 6
    trace = trace_of(opening, sounds_)
    assert synchrony.closures(trace, 20.0) == [pytest.approx(0.05), 1.0]
    assert trace.quiet.sum() == 7 + 3
    assert synchrony.unrest([trace], 0.0, 20.0) == 0.0
    assert synchrony.unrest([trace_of([1.0] * 20)], 0.0, 20.0) == pytest.approx(0.05)


def test_blinks_are_found_and_judged() -> None:
    lids, brows = np.ones((100, 2)), np.zeros((100, 2))
    lids[10:14], lids[12] = 0.5, 0.02
    lids[40:44], lids[41] = 0.5, (0.02, 0.30)
    brows[41] = 0.0, 4.0
    lids[60:95] = 0.4
    found = synchrony.blinks(trace_of([0.0] * 100, lids=lids, brows=brows))
    assert [(round(blink.seen, 2), blink.brow) for blink in found] == [(0.02, 0.0), (0.30, 4.0)]


def test_every_sound_of_the_voices_has_a_height() -> None:
    spelt = sitters.script().spelt(
        Speech("", np.zeros(1, np.float32), 16_000, (Phoneme("ʧ", 0, 1), Phoneme("A", 1, 2)))
    )
    assert [sound.symbol for sound in spelt.phonemes] == ["tʃ", "eɪ"]
    heights = sitters.script().heights()
    for letter in "AIWYOQTbdfhijklmnpstuvwzæðŋɑɐɒɔəɛɜɡɪɹɾʃʊʌʒʤʧθᵊᵻ":
        assert sounds((Phoneme(letter, 0.0, 0.1),))
        assert all(each in heights for each in sitters.script().letters.get(letter, letter)), letter


def test_the_set_is_what_was_asked_for() -> None:
    script = sitters.script()
    assert len(script.portrait) == 12
    assert sum(row.kind == "drawn" for row in script.portrait) == 8
    assert len(script.sentences) == 10
    assert len(script.voice) >= 3


def test_without_the_photo_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitters, "find_spec", lambda name: None if name == "skimage" else find_spec(name))
    (row,) = (row for row in sitters.script().portrait if row.kind == "photo")
    with pytest.raises(MissingAsset, match="scikit-image"):
        sitters.portrait_of(EngineConfig(tmp_path), row, None)


def test_a_portrait_from_sentence_to_report(portrait: Portrait, tmp_path: Path) -> None:
    animator = RigAnimator(EngineConfig(tmp_path))
    speeches = [silence(3.4), whole_frames(speech_of("mɑbɑpomɑ", step=0.11), 25, tail=0.1)]
    clips = [
        clip.mux([clip.draw_segment(animator, portrait, speech, Direction(Mood.CALM, 3))], speech, 25).mp4
        for speech in speeches
    ]
    row, sheet = measured(sitters.Row(id="disc", kind="drawn"), "rig", portrait, speeches, clips, 25)
    found = {figure.key: figure.value for figure in figures([row])}
    assert found["correlation"] is not None
    assert found["correlation"] > 0.85
    assert len(row.closures) == 4
    assert found["closed"] == 100
    assert found["silence"] is not None
    assert found["silence"] < 3
    assert row.blinks
    assert found["lids"] == 100
    assert row.first < 3
    assert row.background is None
    picture = np.asarray(cv2.imdecode(np.frombuffer(sheet, np.uint8), cv2.IMREAD_COLOR))
    assert picture.shape == (4 * 256, 6 * 256, 3)


def test_reports_agree(tmp_path: Path) -> None:
    row = Measured(
        id="disc", kind="drawn", animation="rig", full=40.0, correlations=(0.95, 0.93, 0.97), lags=(0, 0, 1),
        closures=(0.0, 0.02, 0.3, 0.1), silence=0.01, first=1.5, last=1.6, background=None,
        blinks=(Blink(seen=0.02, brow=0.4), Blink(seen=0.4, brow=0.1)), shut=0.1,
    )  # fmt: skip
    warped = row.model_copy(update={"id": "photo", "animation": "warp", "background": 0.2})
    skipped = (Skipped(id="astronaut", why="not here"),)
    report = Report(3, ("hibari lady",), (row, warped), skipped, {"disc": b"png"})
    document = json.loads(json.dumps(shown.document(report)))
    assert document["figures"]["closed"] == 75
    assert document["figures"]["lids"] == 50
    assert document["figures"]["lag_most"] == 1
    assert document["portraits"]["disc"]["background"] is None
    assert document["skipped"] == {"astronaut": "not here"}
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(shown.table(report))
    text = console.export_text()
    assert "astronaut was left out: not here" in text
    assert "0.950" in text
    shown.write(report, tmp_path / "out")
    assert "| photo | warp | 0.950 |" in (tmp_path / "out" / "lipsync.md").read_text("utf-8")
    assert (tmp_path / "out" / "disc.png").read_bytes() == b"png"
