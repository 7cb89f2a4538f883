"""Clips as people get them: begun and ended in the portrait, round, badged, alive as an avatar, still as a poster."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline import registry
from pipeline.clips import clip
from pipeline.clips.avatar import Form, still_life
from pipeline.clips.badge import badge
from pipeline.clips.circle import Circle, face_circle, seen
from pipeline.clips.note import SIDE, round_note, side_of
from pipeline.clips.padding import silence
from pipeline.clips.poster import poster, poster_moment
from pipeline.errors import EngineFailed
from pipeline.mark import MARK, SOURCE_TYPE
from pipeline.sentence import draw
from pipeline.speak import ENDING
from pipeline.stages import Animator, EngineConfig
from pipeline.types import Clip, Direction, Frame, Mood, Picture, Portrait, Speech
from tests.unit.faces import disc_portrait, speech_of

FPS = 25
WHOLE = Circle(0.5, 0.5, 0.5)
NOWHERE = Path("/nowhere")


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return disc_portrait()


def filmed(engine: str, portrait: Portrait, said: Speech, config: EngineConfig, mood: Mood = Mood.JOY) -> Clip:
    """A whole clip, as ``Studio`` makes it."""
    end = said.seconds + (ENDING - 1) / FPS
    drawn = [
        draw(config, engine, portrait, said, Direction(mood, 5)).segment,
        draw(config, engine, portrait, silence(ENDING / FPS), Direction(mood, 5, start=said.seconds, end=end)).segment,
    ]
    return clip.mux(drawn, said, FPS)


def pictures(mp4: bytes) -> list[Picture]:
    with av.open(io.BytesIO(mp4)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def apart(one: Picture, other: Picture) -> float:
    return float(np.abs(one.astype(int) - other).mean())


@pytest.mark.parametrize("engine", ["rig", "warp"])
def test_clips_begin_and_end_with_the_portrait(engine: str, portrait: Portrait) -> None:
    shown = pictures(filmed(engine, portrait, speech_of("hɛloɑm"), EngineConfig(NOWHERE)).mp4)
    still = cv2.resize(portrait.picture, shown[0].shape[:2], interpolation=cv2.INTER_AREA)
    assert apart(shown[0], still) < 2.5  # what the encoder takes
    assert apart(shown[-1], shown[0]) < 1.5, "another clip may follow without a jump"
    assert max(apart(picture, shown[0]) for picture in shown) > 2
    steps = [apart(one, other) for one, other in pairwise(shown)]
    assert max(steps[-ENDING:]) <= max(steps[:-ENDING])


@pytest.mark.parametrize("engine", ["rig", "warp"])
def test_what_is_drawn_last_is_what_is_drawn_first(engine: str, portrait: Portrait) -> None:
    animator: Animator = registry.create("animation", engine, EngineConfig(NOWHERE))
    first = next(iter(animator.frames(portrait, speech_of("mɑ"), Direction(Mood.ANGER, 5)))).copy()
    ending = Direction(Mood.ANGER, 5, start=2.0, end=2.0 + (ENDING - 1) / FPS)
    *_, last = animator.frames(portrait, silence(ENDING / FPS), ending)
    assert np.abs(last.astype(int) - first).max() <= 2


def square(side: int, circle: Circle, seconds: float = 0.4) -> bytes:
    """A dark clip with a light disc, and a sound."""
    frame = np.full((side * 3 // 2, side), 128, np.uint8)
    frame[:side] = 40
    middle = (round(circle.x * side), round(circle.y * side))
    cv2.circle(frame[:side], middle, round(circle.radius * side), 220, -1)

    def frames() -> Iterator[Frame]:
        for _ in range(round(seconds * FPS)):
            yield frame

    hum = Speech("", np.full(round(seconds * 24_000), 0.1, np.float32), 24_000, ())
    return clip.mux([clip.encode_segment(frames(), side, FPS)], hum, FPS).mp4


@pytest.mark.parametrize(
    ("side", "face", "shown"),
    [(720, Circle(0.5, 0.5, 0.3), 640), (512, Circle(0.2, 0.82, 0.17), None), (720, Circle(0.8, 0.2, 0.15), None)],
)
def test_a_round_video_has_the_whole_face(side: int, face: Circle, shown: int | None) -> None:
    made = round_note(square(side, face), face)
    frames = pictures(made)
    height, width = frames[0].shape[:2]
    assert height == width == side_of(face, side) <= SIDE
    assert shown in (width, None)
    assert len(frames) == 10
    y, x = np.mgrid[:width, :width] - (width - 1) / 2
    outside = np.hypot(x, y) > width / 2
    light = frames[5][..., 0] > 130
    assert light.sum() > 0.9 * np.pi * (face.radius * side * min(1, SIDE / side)) ** 2
    assert not (light & outside).any()
    with av.open(io.BytesIO(made), options={"export_xmp": "1"}) as container:
        assert container.metadata["comment"] == MARK
        assert SOURCE_TYPE in container.metadata["xmp"]
        sound = container.streams.audio[0]
        assert sound.duration is not None
        assert float(sound.duration * sound.time_base) == pytest.approx(0.4, abs=0.05)


def test_a_clip_that_is_round_already_stays_as_it_is(portrait: Portrait) -> None:
    made = square(512, WHOLE)
    assert round_note(made, face_circle(portrait.landmarks, 768)) is made
    with pytest.raises(EngineFailed):
        round_note(b"no clip", WHOLE)


@given(x=st.floats(0, 1), y=st.floats(0, 1), radius=st.floats(0.01, 0.6))
def test_what_is_seen_lies_in_the_picture_and_holds_the_face(x: float, y: float, radius: float) -> None:
    circle = seen(Circle(x, y, radius))
    assert circle.radius - 1e-9 <= min(circle.x, circle.y, 1 - circle.x, 1 - circle.y)
    if 0.2 <= radius <= min(x, y, 1 - x, 1 - y):
        assert np.hypot(x - circle.x, y - circle.y) + radius <= circle.radius + 0.01
    assert side_of(Circle(x, y, radius), 720) % 4 == 0


def test_unknown_points_are_no_face() -> None:
    assert face_circle(np.full((68, 2), np.nan, np.float32), 512) == WHOLE


@pytest.mark.parametrize("side", [512, 720])
def test_the_badge_is_small_seen_and_inside_the_circle(side: int, portrait: Portrait) -> None:
    said = silence(0.08)
    plain, badged = (
        pictures(clip.mux([draw(config, "rig", portrait, said, Direction(Mood.CALM, 1)).segment], said, FPS).mp4)[1]
        for config in (EngineConfig(NOWHERE, side=side), EngineConfig(NOWHERE, side=side, badge=True))
    )
    assert badged.shape == (side, side, 3)
    changed = np.abs(plain.astype(int) - badged).max(axis=2) > 40
    assert 0.001 < changed.mean() < 0.006
    y, x = np.nonzero(changed)
    assert (np.hypot(x - side / 2, y - side / 2) < side / 2).all()
    assert badged[changed].max() > 220, "letters"


def test_a_badge_at_a_border_stays_inside() -> None:
    for circle in (seen(Circle(0, 0, 0.1)), seen(Circle(1, 1, 0.1))):
        over = badge(512, circle)
        height, width = over.planes[0].shape
        assert 0 <= over.top <= 512 - height
        assert 0 <= over.left <= 512 - width


@pytest.mark.parametrize("form", Form)
def test_an_avatar_lives_and_loops(form: Form, portrait: Portrait) -> None:
    made = still_life(EngineConfig(NOWHERE), "rig", portrait, Direction(Mood.CALM, 8), form)
    assert len(made) < 500_000
    assert SOURCE_TYPE.encode() in made
    with Image.open(io.BytesIO(made)) as image:
        assert (image.format, image.size, image.info["loop"]) == (form.name, (256, 256), 0)
        frames, length = [], 0
        for index in range(image.n_frames):
            image.seek(index)
            frames.append(np.asarray(image.convert("RGB")))
            length += image.info["duration"]
    assert 2_900 <= length <= 3_100
    steps = [apart(one, other) for one, other in pairwise(frames)]
    assert apart(frames[-1], frames[0]) <= np.median(steps) + 0.5
    (left, top), (right, bottom) = (portrait.landmarks[36:48].min(0) / 3, portrait.landmarks[36:48].max(0) / 3)
    eyes = [frame[int(top) : int(bottom), int(left) : int(right)] for frame in frames]
    assert max(apart(eye, eyes[0]) for eye in eyes) > 15, "a blink"


def test_the_poster_has_open_eyes(portrait: Portrait) -> None:
    said, acted = speech_of("hɛloɑmɹʌsɪtfɑɹ" * 2), Direction(Mood.CALM, 2)
    moment = poster_moment([said], acted)
    assert 0.5 < moment < said.seconds
    made = clip.mux([draw(EngineConfig(NOWHERE), "rig", portrait, said, acted).segment], said, FPS)
    frames = pictures(made.mp4)
    with Image.open(io.BytesIO(poster(made.mp4, moment))) as image:
        assert (image.format, image.size) == ("JPEG", (512, 512))
        assert SOURCE_TYPE.encode() in image.info["xmp"]
        assert apart(np.asarray(image), frames[round(moment * FPS)]) < 3
    small = poster(made.mp4, moment, 320)
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (320, 320)
    assert len(small) < 200_000
    points = portrait.landmarks[36:48] * (512 / 768)
    (left, top), (right, bottom) = points.min(0).astype(int), points.max(0).astype(int)
    whites = [int((frame[top:bottom, left:right].min(axis=2) > 200).sum()) for frame in frames]
    assert whites[round(moment * FPS)] > 0.7 * max(whites)


def test_where_nothing_is_said_the_portrait_is_the_poster() -> None:
    assert poster_moment([silence(1.0)], Direction(Mood.CALM, 2)) == 0.0
    with pytest.raises(EngineFailed):
        poster(b"no clip", 0.0)
