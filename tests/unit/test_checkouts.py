"""Recipes for the projects of others, against scripts with their flags, their files and their words."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from deploy.animators.checkouts import Checkout, Given
from deploy.animators.recipes import liveportrait, sadtalker
from deploy.animators.renderers import CannotDraw, Work
from pipeline.animation.remote.animator import form
from pipeline.animation.remote.contract import About
from pipeline.animation.remote.received import checked
from pipeline.types import Direction, Mood, Portrait
from tests.servers import joyvasa as joyvasa_double
from tests.servers import sadtalker as sadtalker_double
from tests.unit.faces import disc_portrait, speech_of

PORTRAIT = disc_portrait(side=512)
SPEECH = speech_of("hɛloɑm")
FRAMES = 25
DOUBLES = {"sadtalker": sadtalker_double.__file__, "liveportrait": joyvasa_double.__file__}
Recipe = Callable[[Path, Path], Checkout]


def human(root: Path, python: Path) -> Checkout:
    return liveportrait(root, python, "human")


def anything(root: Path, python: Path) -> Checkout:
    return liveportrait(root, python, "any")


@pytest.fixture(autouse=True)
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look for one; the stand-ins do not start it."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/ffmpeg").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")


def installed(tmp_path: Path, recipe: Recipe) -> Checkout:
    """A checkout with all that the recipe says it needs, and nothing else."""
    made = recipe(tmp_path / "checkout", Path(sys.executable))
    (made.root / "src/config").mkdir(parents=True)
    for name in made.needs:
        (made.root / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(DOUBLES[made.name], made.root / "inference.py")
    return made


def job(tmp_path: Path, portrait: Portrait = PORTRAIT, frames: int = FRAMES, side: int = 512) -> Work:
    speech = replace(SPEECH, samples=SPEECH.samples[: frames * 640], phonemes=())
    sent = form(portrait, speech, Direction(Mood.CALM, 1), side, 25)
    folder = tmp_path / "job"
    folder.mkdir()
    for name, data in sent.items():
        (folder / name).write_bytes(data)
    return Work(folder, About.model_validate_json(sent["about.json"]))


@pytest.mark.parametrize("recipe", [human, anything, sadtalker])
async def test_the_clip_is_what_the_bot_believes(tmp_path: Path, recipe: Recipe) -> None:
    made, work, told = installed(tmp_path, recipe), job(tmp_path), list[float]()
    assert made.missing() is None
    before = sorted(made.root.rglob("*"))
    clip = await made.render(work, told.append)
    assert checked(clip.read_bytes(), PORTRAIT.picture, FRAMES, 25).count == FRAMES
    assert any(0.2 < share < 0.8 for share in told), "it is told while it draws"
    assert told == sorted(told), told
    assert sorted(made.root.rglob("*")) == before, "nothing is left in the checkout"
    assert work.folder in clip.parents


@pytest.mark.parametrize("recipe", [human, anything, sadtalker])
async def test_all_that_it_opens_is_asked_for(tmp_path: Path, recipe: Recipe) -> None:
    made = installed(tmp_path, recipe)
    for name in made.needs:
        moved = (made.root / name).rename(tmp_path / "moved")
        assert str(made.root / name) in (made.missing() or "")
        moved.rename(made.root / name)
    (tmp_path / "bin/ffmpeg").unlink()
    if not shutil.which("ffmpeg"):
        assert "ffmpeg" in (made.missing() or "")
    (made.root / "inference.py").unlink()
    assert "inference.py" in (made.missing() or "")


@pytest.mark.parametrize(
    ("recipe", "wrong", "words"),
    [
        (sadtalker, "no face", "sadtalker found no face in the portrait"),
        (sadtalker, "no face in the crop", "sadtalker found no face in the portrait"),
        (sadtalker, "no coefficients", "sadtalker made no clip: Can't get the coeffs of the input"),
        (sadtalker, "memory", "sadtalker ended with 1: RuntimeError: CUDA out of memory"),
        (human, "no face", "liveportrait found no face in the portrait"),
        (human, "ffmpeg", "liveportrait made no clip: Error occurred"),
    ],
)
async def test_a_failure_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: Recipe, wrong: str, words: str
) -> None:
    monkeypatch.setenv("GOES_WRONG", wrong)
    with pytest.raises(CannotDraw, match=words):
        await installed(tmp_path, recipe).render(job(tmp_path), lambda share: None)


@pytest.mark.parametrize(("recipe", "code"), [(human, 2), (sadtalker, 2)])
async def test_a_flag_that_it_does_not_know_is_told(tmp_path: Path, recipe: Recipe, code: int) -> None:
    made = installed(tmp_path, recipe)
    misspelt = replace(made, arguments=lambda given: [*made.arguments(given), "--flag_do_cropp"])
    with pytest.raises(CannotDraw, match=rf"ended with {code}: .*([Uu]nrecognized)"):
        await misspelt.render(job(tmp_path), lambda share: None)


async def test_what_is_called_off_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, work = installed(tmp_path, sadtalker), job(tmp_path)
    (made.root / "inference.py").write_text(
        "import os, pathlib, subprocess, sys, time\n"
        "assert 'ANIMATOR_KEY' not in os.environ\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "pathlib.Path('child').write_text(str(child.pid)); time.sleep(60)\n"
    )
    monkeypatch.setenv("ANIMATOR_KEY", "k-4711")
    drawn, child = asyncio.create_task(made.render(work, lambda share: None)), work.folder / "child"
    await until(lambda: child.exists() and child.read_text())
    drawn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawn
    await until(lambda: not alive(int(child.read_text())))


@pytest.mark.parametrize(("frames", "drawn"), [(1, 3), (20, 20), (21, 22), (22, 22)])
def test_no_speech_is_too_short_for_them(tmp_path: Path, frames: int, drawn: int) -> None:
    given = Given.of(job(tmp_path, frames=frames))
    assert sadtalker_double.heard(str(given.sound)) == joyvasa_double.heard(str(given.sound)) == drawn


def test_a_part_of_a_frame_is_drawn_whole(tmp_path: Path) -> None:
    work = job(tmp_path)
    with wave.open(str(work.speech), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(bytes(2 * 22_051))
    given = Given.of(work)
    with wave.open(str(given.sound)) as file:
        assert (file.getframerate(), file.getnframes()) == (22_050, 26 * 882)


@pytest.mark.parametrize(("move", "over"), [((0, 0), False), ((-0.3, -0.3), False), ((0.3, 0), True), ((0, 0.3), True)])
def test_a_face_at_the_border_is_moved_with_the_whole_picture(
    tmp_path: Path, move: tuple[float, float], over: bool
) -> None:
    landmarks = PORTRAIT.landmarks + 512 * np.array(move, np.float32)
    given = Given.of(job(tmp_path, replace(PORTRAIT, landmarks=landmarks)))
    arguments = list(sadtalker(tmp_path, tmp_path).arguments(given))
    assert arguments[arguments.index("--preprocess") + 1] == ("resize" if over else "full")


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not what():  # noqa: ASYNC110 - it is not ours to tell
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
