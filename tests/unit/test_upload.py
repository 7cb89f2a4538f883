"""Pictures that people give: every kind of file, and the face in it."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline import registry
from pipeline.animation.acting import Moment
from pipeline.animation.warp import Bent
from pipeline.errors import BadRequest
from pipeline.evaluation.eyes import SHUT, eyes
from pipeline.face.drawn_eyes import corrected
from pipeline.face.ibug import INNER_LIPS, LEFT_EYE, RIGHT_EYE
from pipeline.face.pose import FacePose
from pipeline.portrait import upload
from pipeline.portrait.upload import NoFace
from pipeline.stages import EngineConfig, FaceFinder
from pipeline.types import Face, Flaw, Mood, Picture, Portrait
from pipeline.workers import Workers
from tests.unit.faces import disc_portrait
from tests.unit.pictures import astronaut, packaged


def file(picture: Picture | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(out, kind, **options)
    return out.getvalue()


def face(size: float, flaw: Flaw | None = None) -> Face:
    return Face(np.zeros((68, 2), np.float32), 0.9, (0.0, 0.0, size, size), flaw)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_kind_of_file_shows_the_same(kind: str) -> None:
    shown = upload.decoded(file(astronaut(128), kind))
    assert shown.shape == (128, 128, 3)
    assert np.abs(shown.astype(int) - astronaut(128)).mean() < 8


def test_pictures_are_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held sideways
    lying = np.rot90(astronaut(128))
    shown = upload.decoded(file(np.ascontiguousarray(lying), "JPEG", exif=exif, quality=95))
    assert np.abs(shown.astype(int) - astronaut(128)).mean() < 6


def test_what_one_can_see_through_gets_a_light_ground() -> None:
    clear = np.zeros((40, 40, 4), np.uint8)
    clear[10:30, 10:30] = (200, 30, 30, 255)
    shown = upload.decoded(file(clear))
    assert shown[0, 0].min() > 200
    assert tuple(shown[20, 20]) == (200, 30, 30)


def test_sixteen_bits_are_scaled_not_cut_off() -> None:
    grey = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    shown = upload.decoded(file(Image.fromarray(grey)))
    assert np.abs(shown[..., 0].ravel().astype(int) - np.arange(256)).max() <= 1


def test_print_colours_become_screen_colours() -> None:
    shown = upload.decoded(file(Image.fromarray(astronaut(128)).convert("CMYK"), "JPEG", quality=95))
    assert np.abs(shown.astype(int) - astronaut(128)).mean() < 12


def test_huge_pictures_are_read_small() -> None:
    assert max(upload.decoded(file(np.zeros((50, 9000, 3), np.uint8), "JPEG")).shape) <= upload.MOST


@pytest.mark.parametrize("data", [b"", b"no picture", file(astronaut(64))[:300], b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadRequest):
        upload.decoded(data)


@pytest.mark.parametrize("side", [9_450, 12_000, 30_000])
def test_an_absurd_size_is_refused(side: int) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    with pytest.raises(BadRequest):
        upload.decoded(bomb + bytes(100))
    with pytest.raises(BadRequest, match="too large"):
        upload.decoded(bomb + file(astronaut(16))[33:])


def test_which_face_is_meant() -> None:
    assert upload.meant([]) is NoFace.NONE
    large, small = face(200), face(100)
    assert upload.meant([small]) is small
    assert upload.meant([large, small]) is large
    assert upload.meant([large, face(190)]) is NoFace.SEVERAL
    for flaw in Flaw:
        refused = upload.meant([face(200, flaw), small])
        assert isinstance(refused, NoFace)
        assert refused.value == flaw.value
    assert all(reason.sentence.endswith(".") for reason in NoFace)


async def test_a_photo_becomes_a_portrait(assets_home: Path) -> None:
    async with Workers({"voice": 1, "pictures": 1}) as workers:
        config = EngineConfig(assets_home)
        made = await upload.portray(workers, config, file(astronaut(), "JPEG", quality=92))
        nobody = await upload.portray(workers, config, file(packaged("coffee.png")))
    assert nobody is NoFace.NONE
    assert isinstance(made, Portrait)
    assert made.picture.shape == (upload.SIDE, upload.SIDE, 3)
    assert made.plate is None
    assert made.rig is None
    points = made.landmarks
    assert ((points > 0.2 * upload.SIDE) & (points < 0.8 * upload.SIDE)).all(), "room for hair and shoulders"
    # Pupils are dark, teeth are light: the points moved along with the picture.
    light = made.picture.astype(float).mean(axis=2)
    eyes = [light[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4].mean() for x, y in
            (points[LEFT_EYE].mean(axis=0), points[RIGHT_EYE].mean(axis=0))]  # fmt: skip
    x, y = points[INNER_LIPS].mean(axis=0).astype(int)
    assert max(eyes) < 100 < 150 < light[y - 3 : y + 4, x - 8 : x + 9].mean()


def _scene(kind: str) -> Picture:
    """The astronaut's picture, made difficult. Her face is at (170-275, 60-200) of 512."""
    whole = astronaut()
    if kind == "half a face":
        return whole[:, 222:]
    if kind == "below the eyes":
        return whole[115:]
    if kind == "two faces":
        return np.hstack([whole[:320, 120:340], whole[:320, 120:340]])
    if kind == "tiny":
        ground = np.full((300, 300, 3), 128, np.uint8)
        ground[100:220, 100:220] = astronaut(120)
        return ground
    return np.full((200, 300, 3), 90, np.uint8)


@pytest.mark.parametrize("kind", ["half a face", "below the eyes", "two faces", "tiny", "nothing"])
def test_a_face_that_cannot_speak_is_answered_with_a_sentence(kind: str, assets_home: Path) -> None:
    answer = upload.cut_out(EngineConfig(assets_home), file(_scene(kind)), "facemesh")
    assert isinstance(answer, NoFace), "a picture that would look broken is refused"
    assert answer.sentence


def test_a_face_in_the_corner_is_cut_out_inside_the_picture() -> None:
    picture = np.zeros((300, 500, 3), np.uint8)
    points = np.tile(np.array([30, 40], np.float32), (68, 1))
    made = upload.portrait(picture, Face(points, 0.9, (5.0, 5.0, 65.0, 75.0)))
    side = upload.ROOM * 70
    assert np.allclose(made.landmarks, (points + 0.5) * upload.SIDE / round(side) - 0.5, atol=0.01)


def test_eyes_drawn_larger_than_peoples_are_found_whole(assets_home: Path) -> None:
    drawn = disc_portrait(Mood.SURPRISE)
    made = upload.cut_out(EngineConfig(assets_home), file(drawn.picture), "facemesh")
    assert isinstance(made, Portrait)
    for eye in (LEFT_EYE, RIGHT_EYE):
        true, found = drawn.landmarks[eye], made.landmarks[eye]  # the cut-out is the whole picture
        assert np.abs(found - true).max() < 0.3 * (true[3, 0] - true[0, 0])


@pytest.mark.parametrize(
    ("mood", "skin"), [(Mood.FEAR, (240, 238, 242)), (Mood.ANGER, (240, 238, 242)), (Mood.FEAR, (150, 150, 150))]
)
def test_eyes_under_thick_lines_blink_on_any_skin(mood: Mood, skin: tuple[int, int, int], assets_home: Path) -> None:
    drawn = disc_portrait(mood, skin=skin)
    made = upload.cut_out(EngineConfig(assets_home), file(drawn.picture), "facemesh")
    assert isinstance(made, Portrait)
    bent, points = Bent(made), drawn.landmarks * np.float32(512 / 768)  # the cut-out is the whole picture
    rest, shut = (
        cv2.cvtColor(bent.frame(Moment(FacePose(lid_left=lid, lid_right=lid), (0.0, 0.0))), cv2.COLOR_YUV2RGB_I420)
        for lid in (0.0, 1.0)
    )
    seen = [eye.open(shut, (0, 0)) for eye in eyes(rest, points, "drawn")]
    assert max(seen) < SHUT["drawn"] + 0.05


def test_spectacles_are_no_eyes(assets_home: Path) -> None:
    finder: FaceFinder = registry.create("face", "facemesh", EngineConfig(assets_home))
    worn = astronaut(1024)
    points = finder.find(worn)[0].landmarks
    centres = [points[eye].mean(axis=0) for eye in (LEFT_EYE, RIGHT_EYE)]
    width = float(np.hypot(*(points[39] - points[36])))
    for joined in (False, True):
        for x, y in centres:
            cv2.ellipse(worn, (int(x), int(y)), (int(0.9 * width), int(0.7 * width)), 0, 0, 360, (15, 15, 20), 5)
        if joined:
            bridge = [np.rint(centre + np.array([side * 0.9 * width, 0])).astype(int).tolist()
                      for centre, side in zip(centres, (1, -1), strict=True)]  # fmt: skip
            cv2.line(worn, bridge[0], bridge[1], (15, 15, 20), 5)
        assert np.array_equal(corrected(worn, points), points)


def test_eyes_of_people_are_left_as_they_were_found(assets_home: Path) -> None:
    finder: FaceFinder = registry.create("face", "facemesh", EngineConfig(assets_home))
    points = finder.find(astronaut())[0].landmarks
    assert np.array_equal(corrected(astronaut(), points), points)
