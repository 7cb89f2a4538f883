"""What is made smaller stays below the limit, and stays what it was: as long, with sound, and marked."""

from __future__ import annotations

import io

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.clips import clip, fitting
from pipeline.errors import EngineFailed
from pipeline.mark import MARK, SOURCE_TYPE
from pipeline.types import Frame, Speech
from storage.pictures import from_png, to_png

FPS = 25
SECONDS = 2


def moving(count: int) -> list[Frame]:
    """Something that is not cheap to encode: a rough ground that drifts."""
    ground = cv2.resize(np.random.default_rng(5).normal(128, 45, (128, 128)), (768, 768), interpolation=cv2.INTER_CUBIC)
    frames = []
    for index in range(count):
        frame = np.full((768, 512), 128, np.uint8)
        frame[:512] = np.clip(ground[2 * index : 2 * index + 512, 3 * index : 3 * index + 512], 0, 255)
        frames.append(frame)
    return frames


@pytest.fixture(scope="module")
def made() -> bytes:
    rate = 24_000
    time = np.arange(SECONDS * rate) / rate
    speech = Speech("", (0.3 * np.sin(2 * np.pi * 300 * time)).astype(np.float32), rate, ())
    return clip.mux([clip.encode_segment(moving(SECONDS * FPS), 512, FPS)], speech, FPS).mp4


@pytest.fixture(scope="module")
def portrait() -> bytes:
    dice = np.random.default_rng(3)
    small = dice.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    return to_png(np.asarray(Image.fromarray(small).resize((768, 768), Image.Resampling.BICUBIC)))


def check(mp4: bytes) -> int:
    """What must hold of every clip; its width."""
    assert 0 < mp4.find(b"moov") < mp4.find(b"mdat")
    with av.open(io.BytesIO(mp4), options={"export_xmp": "1"}) as container:
        assert container.metadata["comment"] == MARK
        assert SOURCE_TYPE in container.metadata["xmp"]
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, picture.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (picture.codec_context.color_range, picture.codec_context.colorspace) == (1, 6)  # limited, BT.601
        for stream in (picture, sound):
            assert stream.duration is not None
            assert float(stream.duration * stream.time_base) == pytest.approx(SECONDS, abs=0.1)
        width = int(picture.width)
        assert sum(1 for _ in container.decode(picture)) == SECONDS * FPS
    with av.open(io.BytesIO(mp4)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert np.sqrt((heard**2).mean()) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)
    return width


def test_what_fits_is_left_alone(made: bytes, portrait: bytes) -> None:
    assert fitting.fit(made, len(made)) is made
    assert fitting.fit_picture(portrait, len(portrait)) == ("image/png", portrait)
    assert check(made) == 512


@pytest.mark.parametrize(("limit", "width"), [(80_000, 512), (45_000, 384), (25_000, 256)])
def test_first_detail_goes_then_pixels(made: bytes, limit: int, width: int) -> None:
    assert len(made) > 85_000
    smaller = fitting.fit(made, limit)
    assert smaller is not None
    assert len(smaller) <= limit
    assert check(smaller) == width


@settings(max_examples=6)
@given(st.floats(0.001, 1.2))
def test_no_clip_is_larger_than_its_limit(made: bytes, share: float) -> None:
    limit = int(share * len(made))
    smaller = fitting.fit(made, limit)
    assert smaller is None or len(smaller) <= limit


@settings(max_examples=12)
@given(st.integers(1, 400_000))
def test_no_picture_is_larger_than_its_limit(portrait: bytes, limit: int) -> None:
    found = fitting.fit_picture(portrait, limit)
    if found is None:
        assert limit < 6_000
        return
    mime, data = found
    assert len(data) <= limit
    with Image.open(io.BytesIO(data)) as image:
        assert Image.MIME[image.format or ""] == mime
        assert SOURCE_TYPE.encode() in image.info["xmp"]
        image.load()


def test_what_is_no_clip_is_an_error() -> None:
    with pytest.raises(EngineFailed):
        fitting.fit(b"no clip at all", 3)
    with pytest.raises(EngineFailed):
        fitting.fit_picture(b"no picture at all", 3)


def test_a_portrait_says_that_it_is_synthetic_and_is_always_the_same_file() -> None:
    picture = np.random.default_rng(4).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    png = to_png(picture)
    assert png == to_png(picture.copy())
    assert (from_png(png) == picture).all()
    with Image.open(io.BytesIO(png)) as image:
        image.verify()
        assert SOURCE_TYPE in image.info["XML:com.adobe.xmp"]


def test_a_voice_message_is_marked() -> None:
    with av.open(io.BytesIO(clip.encode_ogg(np.zeros(4_800, np.float32), 48_000))) as container:
        assert container.streams.audio[0].metadata["comment"] == MARK


def test_less_detail_comes_before_fewer_pixels() -> None:
    dice, silent = np.random.default_rng(2), Speech("", np.zeros(9_600, np.float32), 24_000, ())
    noisy = (dice.integers(90, 160, (1080, 720), np.uint8) for _ in range(10))
    large = clip.mux([clip.encode_segment(noisy, 720, FPS)], silent, FPS).mp4
    made = fitting.fit(large, len(large) * 3 // 4)
    assert made is not None
    with av.open(io.BytesIO(made)) as container:
        assert container.streams.video[0].width == 720
