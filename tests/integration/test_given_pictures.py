"""Pictures that people give, from the bytes of the file to the frames of the clip: what can speak does, and what cannot
is answered with a sentence. No speech, the longest, and points that are none, too."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import psutil
import pytest
from PIL import Image
from pydantic import SecretStr

from pipeline import registry
from pipeline.animation.animator import animator_of
from pipeline.clips import clip
from pipeline.clips.padding import silence, whole_frames
from pipeline.errors import BadRequest, EngineFailed
from pipeline.face import ibug
from pipeline.portrait import upload
from pipeline.portrait.upload import NoFace
from pipeline.receipt import Receipt
from pipeline.speak import ENDING, Studio
from pipeline.stages import EngineConfig, RemoteConfig
from pipeline.types import Direction, Face, Frame, Mood, Picture, Portrait, Speech, Utterance
from pipeline.workers import Workers
from tests.servers.animator import KEY, Lie, LyingAnimator
from tests.unit.faces import disc_portrait, speech_of
from tests.unit.pictures import astronaut, packaged

CALM = Direction(Mood.CALM, 3)
FACE = 105
"""Pixels from ear to ear in the picture of the astronaut."""


class Here(Workers):
    """Runs everything in this process."""

    async def run(self, lane, function, *args, **kwargs):  # type: ignore[no-untyped-def]
        return function(*args, **kwargs)


@pytest.fixture(scope="module")
def studio(assets_home: Path) -> Studio:
    return Studio(EngineConfig(assets_home, side=256), Here(), "rig")


def file(picture: Picture | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(out, kind, **options)
    return out.getvalue()


def resized(picture: Picture, width: int) -> Picture:
    share = width / picture.shape[1]
    return np.asarray(cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))


def clear() -> bytes:
    """Nothing but the head."""
    seen = Image.new("L", (512, 512))
    seen.paste(255, (100, 20, 350, 330))
    image = Image.fromarray(astronaut())
    image.putalpha(seen)
    return file(image)


def sixteen_bits(*, grey: bool) -> bytes:
    picture = astronaut()[..., 1] if grey else astronaut()[..., ::-1]
    return bytes(cv2.imencode(".png", picture.astype(np.uint16) * 257)[1])


def small(face: float) -> bytes:
    """A face of so many pixels on a large grey ground."""
    ground = np.full((400, 400, 3), 128, np.uint8)
    shown = resized(astronaut(), round(512 * face / FACE))
    ground[20 : 20 + len(shown), 20 : 20 + len(shown)] = shown
    return file(ground)


def profile() -> bytes:
    """The head of the cameraman, who looks to the side."""
    return file(resized(np.ascontiguousarray(packaged("camera.png")[30:200, 150:340]), 570))


def two() -> bytes:
    one = astronaut()[:320, 120:340]
    return file(np.hstack([one, one]))


CAN: dict[str, Callable[[], bytes]] = {
    "whole": lambda: file(astronaut(), "JPEG"),
    "face at the left border": lambda: file(astronaut()[:, 165:]),
    "transparent": clear,
    "16 bits of grey": lambda: sixteen_bits(grey=True),
    "16 bits of each colour": lambda: sixteen_bits(grey=False),
    "CMYK": lambda: file(Image.fromarray(astronaut()).convert("CMYK"), "JPEG"),
    "10,000 pixels wide": lambda: file(resized(astronaut()[40:230], 10_000), "JPEG"),
}
CANNOT: dict[str, tuple[Callable[[], bytes], NoFace]] = {
    "no face": (lambda: file(packaged("coffee.png")), NoFace.NONE),
    "half a face": (lambda: file(astronaut()[:, 222:]), NoFace.CUT_OFF),
    "face cut off beside": (lambda: file(astronaut()[:, 200:]), NoFace.CUT_OFF),
    "face cut off below": (lambda: file(astronaut()[:165]), NoFace.CUT_OFF),
    "profile": (profile, NoFace.TURNED),
    "face of 40 pixels": (lambda: small(40), NoFace.TINY),
    "two faces": (two, NoFace.SEVERAL),
}


def shown(mp4: bytes) -> list[Picture]:
    with av.open(io.BytesIO(mp4)) as container:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]


@pytest.mark.parametrize("kind", CAN)
async def test_a_picture_speaks(kind: str, studio: Studio) -> None:
    portrait = await upload.portray(studio.workers, studio.config, CAN[kind]())
    assert isinstance(portrait, Portrait)
    assert animator_of(studio.animation, portrait) == "warp"
    speech = speech_of("mɑɑ", start=0.04)
    frames = shown((await studio.film(Utterance((speech,)), portrait, CALM)).mp4)
    assert len(frames) == round(speech.seconds * 25) + ENDING
    still = cv2.resize(portrait.picture, (256, 256), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(frames[0] - still).mean() < 4, "it begins as the picture"
    lips = portrait.landmarks[ibug.INNER_LIPS] * 256 / upload.SIDE
    x, y = lips.mean(axis=0).astype(int)
    mouth, moved = np.s_[y - 3 : y + 8, x - 6 : x + 7], [np.abs(frame - frames[0]) for frame in frames]
    assert max(change[mouth].mean() for change in moved) > 12, "its mouth opens"
    assert max(change[:4].mean() for change in moved) < 3, "what is behind keeps still"


@pytest.mark.parametrize("kind", CANNOT)
async def test_what_cannot_speak_is_answered_with_its_reason(kind: str, studio: Studio) -> None:
    picture, reason = CANNOT[kind]
    assert await upload.portray(studio.workers, studio.config, picture()) is reason
    assert reason.sentence


async def test_a_picture_that_would_fill_the_memory_is_refused(studio: Studio) -> None:
    with pytest.raises(BadRequest, match="too large"):
        await upload.portray(studio.workers, studio.config, file(Image.new("1", (10_000, 9_000))))


@pytest.mark.parametrize("lost", [np.nan, np.inf])
async def test_points_that_are_none_are_refused(lost: float, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whatever finder they were given, and by the animator where they have come that far."""

    class Lost:
        def find(self, picture: Picture) -> list[Face]:
            return [Face(np.full((68, 2), lost, np.float32), 0.9, (100.0, 100.0, 300.0, 300.0))]

    with monkeypatch.context() as patched:
        patched.setattr(registry, "create", lambda stage, name, config: Lost())
        assert await upload.portray(studio.workers, studio.config, file(astronaut())) is NoFace.UNLIKELY
    portrait = replace(disc_portrait(), plate=None, rig=None, landmarks=np.full((68, 2), lost, np.float32))
    with pytest.raises(EngineFailed, match="not known"):
        await studio.film(Utterance((speech_of("m"),)), portrait, CALM)


@pytest.mark.parametrize("animation", ["rig", "warp"])
async def test_nothing_said_is_a_moment_of_rest(animation: str, studio: Studio) -> None:
    portrait, nothing = disc_portrait(), Speech("", np.zeros(0, np.float32), 24_000, ())
    for parts in ((whole_frames(nothing, 25, tail=0.0),), (silence(0.2), silence(0.2))):
        made = await replace(studio, animation=animation).film(Utterance(parts), portrait, CALM)
        frames = shown(made.mp4)
        assert len(frames) == sum(round(part.seconds * 25) for part in parts) + ENDING
        assert max(np.abs(frame - frames[0]).mean() for frame in frames) < 2


@pytest.mark.parametrize("lie", [Lie.HANGS, Lie.BLACK, Lie.DIES])
async def test_an_animator_elsewhere_that_fails_costs_a_sentence(lie: Lie, studio: Studio) -> None:
    """It hangs, lies or dies: the clip is ours, and why is told once."""
    portrait, said = replace(disc_portrait(side=256), plate=None, rig=None), Utterance((speech_of("m"),))
    with LyingAnimator() as server:
        server.lie = lie
        remote = RemoteConfig(server.url, SecretStr(KEY), 0.2 if lie is Lie.HANGS else 10.0)
        elsewhere, receipt = replace(studio, config=replace(studio.config, remote=remote)), Receipt()
        made = await replace(elsewhere, animation="remote").film(said, portrait, CALM, receipt)
    assert made.mp4 == (await studio.film(said, portrait, CALM)).mp4
    assert len(receipt.notices) == 1


def watched(animation: str, portrait: Portrait, speech: Speech) -> tuple[int, int]:
    """Most bytes of this process while it draws, and by how much they grow after ten seconds of the clip."""
    animator, process = registry.create("animation", animation, EngineConfig(Path(), side=256)), psutil.Process()
    seen: list[int] = []

    def frames() -> Iterator[Frame]:
        for index, frame in enumerate(animator.frames(portrait, speech, CALM)):
            if index % 25 == 0:
                seen.append(process.memory_info().rss)
            yield frame

    clip.encode_segment(frames(), 256, animator.fps)
    return max(seen), max(seen[10:]) - seen[10]


@pytest.mark.slow
@pytest.mark.parametrize("animation", ["rig", "warp"])
async def test_a_speech_of_three_minutes_takes_no_more_memory(animation: str) -> None:
    """In a process of its own, as one sentence: less than anybody says, more than any platform takes."""
    speech = speech_of("mɑmi" * 560)
    assert speech.seconds > 179
    async with Workers({"voice": 1, "pictures": 1}) as fresh:
        most, growth = await fresh.run("pictures", watched, animation, disc_portrait(), speech)
    assert most < 400e6
    assert growth < 25e6
