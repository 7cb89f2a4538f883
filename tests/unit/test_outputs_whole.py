"""What is easily lost on the way to a file: the rest at a clip's end, a mouth under its words, a face at the rim of a
round video, the colours of small things."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.clips.avatar import Form, _encoded
from pipeline.clips.captions import captioned
from pipeline.clips.circle import Circle, seen
from pipeline.types import Phoneme, Picture, Speech
from tests.unit.test_film import shot

# moviepy leaves the pipes of a process that has ended to the garbage collector.
pipes = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
SAID = Speech("Hello.", np.full(9_600, 0.1, np.float32), 24_000, (Phoneme("a", 0.05, 0.15), Phoneme("b", 0.15, 0.2)))


def pictures(mp4: bytes) -> list[Picture]:
    with av.open(io.BytesIO(mp4)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pipes
@pytest.mark.parametrize("text", ["Hello.", ""])
def test_captions_leave_a_clip_as_long_as_it_was(text: str, assets_home: Path) -> None:
    """After the last word comes a rest, and a text may have no words."""
    source = shot("Oak", 1.16, 90).mp4
    made = pictures(captioned(source, text, [SAID], assets_home))
    assert len(made) == len(pictures(source)) == 29
    assert bool((made[5] > 200).any()) == (text == "Hello.")
    assert not (made[-1] > 200).any()


@pipes
@pytest.mark.parametrize(
    ("face", "above"),
    [(Circle(0.5, 0.45, 0.2), False), (Circle(0.5, 0.76, 0.19), True), (Circle(0.5, 0.6, 0.5), False), (None, False)],
)
def test_captions_stand_where_the_mouth_is_not(face: Circle | None, above: bool, assets_home: Path) -> None:
    """Of a face low in the picture; one that fills it leaves no choice."""
    picture = pictures(captioned(shot("Oak", 0.4, 90).mp4, "Hello.", [SAID], assets_home, face))[4]
    rows = np.flatnonzero((picture > 200).any(axis=(1, 2)))
    assert (rows.max() < 256) == above
    assert (rows.min() > 256) != above
    if face and above:
        assert rows.max() < (face.y - face.radius) * 512


@given(x=st.floats(0.3, 0.7), y=st.floats(0.3, 0.75), radius=st.floats(0.05, 0.22))
def test_a_round_video_has_the_face_about_in_its_middle(x: float, y: float, radius: float) -> None:
    circle = seen(Circle(x, y, radius))
    aside = float(np.hypot(x - circle.x, y - circle.y))
    assert aside <= 0.45 * circle.radius
    assert aside + radius <= circle.radius + 0.01
    assert circle.radius >= 1.35 * radius, "not a face alone"


def test_what_is_about_in_the_middle_already_is_not_cut() -> None:
    assert seen(Circle(0.5, 0.62, 0.2)) == Circle(0.5, 0.5, 0.5)


def test_small_things_keep_their_colours_in_a_gif() -> None:
    """Green eyes on something brown."""
    shade = np.linspace(0, 90, 256)
    brown = np.add.outer(shade, shade)[..., None] * np.array([1.0, 0.55, 0.35]) + np.array([40, 15, 5])
    eyes = np.clip(brown, 0, 255).astype(np.uint8)
    eyes[100:110, [*range(80, 90), *range(150, 160)]] = (30, 160, 140)
    made = _encoded([Image.fromarray(eyes)] * 2, 80, Form.GIF)
    with Image.open(io.BytesIO(made)) as image:
        found = np.asarray(image.convert("RGB")).astype(int)[105, 85]
    assert np.abs(found - (30, 160, 140)).max() < 25
