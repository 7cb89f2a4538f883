"""A film of a conversation: every part in its place, with its sound, its name and time enough to read it."""

from __future__ import annotations

import io
import weakref
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.clips import clip, film
from pipeline.clips.film import FPS, Card, Shot
from pipeline.clips.lettering import paragraph
from pipeline.errors import EngineFailed, MissingAsset
from pipeline.mark import MARK
from pipeline.types import Frame, Picture, Speech
from storage.pictures import to_png

RED: Picture = np.full((64, 64, 3), (220, 30, 30), np.uint8)
WHITE = 0xFFFFFFFF


def shot(speaker: str, seconds: float, level: int, size: int = 512, fps: int = 25) -> Shot:
    """A grey clip that beeps from its beginning to its end."""

    def frames() -> Iterator[Frame]:
        for _ in range(round(seconds * fps)):
            frame = np.full((size * 3 // 2, size), 128, np.uint8)
            frame[:size] = level
            yield frame

    time = np.arange(round(seconds * 24_000)) / 24_000
    beep = Speech("", (0.3 * np.sin(2 * np.pi * 300 * time)).astype(np.float32), 24_000, ())
    return Shot(speaker, clip.mux([clip.encode_segment(frames(), size, fps)], beep, fps).mp4)


def shown(mp4: bytes) -> list[Picture]:
    with av.open(io.BytesIO(mp4)) as container:
        assert container.metadata["comment"] == MARK
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def heard(mp4: bytes) -> np.ndarray:
    with av.open(io.BytesIO(mp4)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def loudness(sound: np.ndarray, frame: int) -> float:
    piece = sound[frame * 1920 : (frame + 1) * 1920]
    return float(np.sqrt((piece**2).mean()))


@pytest.fixture(scope="module")
def made(assets_home: Path) -> bytes:
    card = Card("Ольга", "Who goes there?", to_png(RED))
    parts: list[Shot | Card] = [
        Card("Narrator", "Rain."),
        shot("Oak", 1.0, 90),
        card,
        shot("Imp", 1.2, 200, size=256, fps=30),
    ]
    return film.join(parts, assets_home)


BEGINS = (0, 50, 75, 125, 155)
"""First frames of the parts, and the end."""


def test_parts_follow_each_other(made: bytes) -> None:
    frames = shown(made)
    assert len(frames) == BEGINS[-1]
    top = [float(frame[5:100, 5:100].mean()) for frame in frames]
    grounds = [np.median(top[a + 1 : b - 1]) for a, b in pairwise(BEGINS)]
    assert grounds[0] == pytest.approx(grounds[2], abs=2)
    assert grounds[0] + 20 < grounds[1] < grounds[3] - 80
    for begin in BEGINS[1:-1]:
        assert abs(top[begin] - top[begin - 1]) > 20
        assert top[begin] == pytest.approx(top[begin + 3], abs=3)


def test_sound_is_where_its_pictures_are(made: bytes) -> None:
    sound = heard(made)
    assert len(sound) == pytest.approx(BEGINS[-1] * 1920, abs=1100)
    levels = [loudness(sound, frame) for frame in range(BEGINS[-1])]
    for (begin, end), speaks in zip(pairwise(BEGINS), (False, True, False, True), strict=True):
        inside = levels[begin + 2 : end - 2]
        assert (min(inside) > 0.15) if speaks else (max(inside) < 0.01)


def test_who_speaks_stands_at_the_foot(made: bytes) -> None:
    frame = shown(made)[60].astype(int)
    band, above = frame[-30:], frame[-80:-50]
    assert above.std() < 3
    assert np.median(band) < above.mean() - 20
    assert (band > above.mean() + 60).any()  # letters


def test_a_card_shows_portrait_and_words(made: bytes) -> None:
    frames = shown(made)
    narrator, person = frames[25].astype(int), frames[100].astype(int)
    red = (person[..., 0] > 170) & (person[..., 1] < 90)
    assert 0.8 < red.sum() / (np.pi * 84**2) < 1.1
    assert red[:, :170].sum() == red[:, -170:].sum() == 0
    assert not ((narrator[..., 0] > 170) & (narrator[..., 1] < 90)).any()
    assert (narrator.min(axis=2) > 200).sum() > 100


def test_long_words_get_time_and_more_cards() -> None:
    assert Card("Me", "Yes.").seconds == 2
    assert Card("Me", "x" * 300).seconds == 21
    assert Card("Me", "夜" * 30).seconds == 6


def test_everything_that_people_write_can_be_drawn(assets_home: Path) -> None:
    nasty = [
        "",
        " \n\t ",
        "W" * 700,
        "りんご 苹果 👩‍🚀 \u202eabc\u0000\ud7ff",
        "a\u0301" * 90,
        "<@123> @everyone " * 60,
    ]
    for text in nasty:
        pages = list(film._pages(Card(text, text, to_png(RED)), assets_home))
        assert "".join("".join(page.text for page in pages).split()) == "".join(text.split())
        for page in pages:
            assert film._page(page, assets_home).shape == (768, 512)
        film._caption(text, assets_home)


def test_lines_are_broken_and_letters_are_there(assets_home: Path) -> None:
    one, two = (paragraph(text, 20, WHITE, 300, assets_home) for text in ("Short.", "Much longer than that. " * 3))
    assert one.Height < two.Height
    assert two.LongestLine <= 300


def test_what_cannot_be_shown_is_an_error(assets_home: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="nothing"):
        film.join([], assets_home)
    with pytest.raises(EngineFailed, match="cannot be read"):
        film.join([Shot("Oak", b"no clip")], assets_home)
    with pytest.raises(EngineFailed, match="cannot be read"):
        film.join([Card("Oak", "Who?", b"no portrait")], assets_home)
    with pytest.raises(MissingAsset):
        film.join([Card("Oak", "No letters.")], tmp_path)


def test_frames_are_not_kept(assets_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[int] = []
    real = film.Reel.show

    def show(reel: film.Reel, pixels: Frame) -> None:
        held = [frame for frame in kept if frame() is not None]
        kept.append(weakref.ref(pixels))
        alive.append(len(held))
        real(reel, pixels)

    kept: list[weakref.ref[Frame]] = []
    monkeypatch.setattr(film.Reel, "show", show)
    film.join([shot("Oak", 1.0, 90)], assets_home)
    assert len(alive) == FPS
    assert max(alive) <= 3
