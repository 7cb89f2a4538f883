"""An animator on another machine that lies, hangs, dies or refuses costs a sentence in the log, and nothing else."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pydantic import SecretStr, ValidationError

from bot import engines
from bot.settings import Settings
from pipeline import errors
from pipeline.animation.remote import client as wire
from pipeline.animation.remote.animator import FADE, RemoteAnimator, settled
from pipeline.errors import ChatAnythingError, EngineFailed, EngineUnavailable
from pipeline.receipt import Receipt
from pipeline.sentence import Drawn, draw
from pipeline.speak import Studio
from pipeline.stages import EngineConfig, RemoteConfig
from pipeline.types import Direction, Frame, Manner, Mood, Portrait, Speech, Utterance
from pipeline.workers import Workers
from tests.servers.animator import KEY, Lie, LyingAnimator, about
from tests.servers.ports import free_port
from tests.unit.faces import disc_portrait, speech_of

ACTED = Direction(Mood.JOY, 7, Manner(speed=2.0), start=3.5)


@pytest.fixture(scope="module")
def server() -> Iterator[LyingAnimator]:
    with LyingAnimator() as server:
        yield server


@pytest.fixture(autouse=True)
def honest(server: LyingAnimator) -> None:
    server.lie, server.side, server.fps, server.more = Lie.NOTHING, 256, 25, 0
    server.asked.clear()
    server.forgotten.clear()


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return disc_portrait(side=256)


@pytest.fixture(scope="module")
def speech() -> Speech:
    return speech_of("ɑm")


def config(url: str, timeout: float = 10.0) -> EngineConfig:
    return EngineConfig(Path(), remote=RemoteConfig(url, SecretStr(KEY), timeout))


def frames(url: str, portrait: Portrait, speech: Speech, timeout: float = 10.0) -> list[Frame]:
    return list(RemoteAnimator(config(url, timeout)).frames(portrait, speech, ACTED))


def test_what_is_sent_is_all_that_an_animator_needs(server: LyingAnimator, portrait: Portrait, speech: Speech) -> None:
    frames(server.url, portrait, speech)
    (sent,) = server.asked
    picture = cv2.imdecode(np.frombuffer(sent["portrait"], np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert np.array_equal(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), portrait.picture)
    page = about(sent)
    assert (page["mood"], page["seed"], page["start"], page["side"], page["fps"]) == ("joy", 7, 3.5, 512, 25)
    assert page["manner"]["speed"] == 2.0
    assert [one["symbol"] for one in page["phonemes"]] == [one.symbol for one in speech.phonemes]
    assert server.headers["Authorization"] == f"Bearer {KEY}"
    assert server.forgotten == ["one"], "a clip that was fetched need not be kept"


@pytest.mark.parametrize(("side", "fps", "more"), [(320, 30, 0), (512, 25, 2), (640, 25, -2), (128, 60, 1)])
def test_sizes_and_rates_are_fitted(
    server: LyingAnimator, portrait: Portrait, speech: Speech, side: int, fps: int, more: int
) -> None:
    server.side, server.fps, server.more = side, fps, more
    shown = frames(server.url, portrait, speech)
    assert len(shown) == round(speech.seconds * 25)
    assert {frame.shape for frame in shown} == {(768, 512)}
    still = cv2.cvtColor(cv2.resize(portrait.picture, (512, 512)), cv2.COLOR_RGB2YUV_I420).astype(int)
    assert max(np.abs(frame.astype(int) - still).mean() for frame in shown) < 4


def test_a_sentence_begins_and_ends_in_the_portrait() -> None:
    rest, other = np.full((12, 8), 100, np.uint8), np.full((12, 8), 130, np.uint8)
    shown = [int(frame[0, 0]) for frame in settled([other] * 9, rest, 9)]
    assert shown == [100, 110, 120, 130, 130, 130, 120, 110, 100]
    assert [int(frame[0, 0]) for frame in settled([other] * 2, rest, 2)] == [100, 100]
    assert FADE < 0.24 * 25, "in the breath after a sentence, nobody speaks"


def test_silence_is_not_worth_asking(server: LyingAnimator, portrait: Portrait, speech: Speech) -> None:
    silence = replace(speech, samples=np.zeros(1600, np.float32), phonemes=())
    assert len(frames(server.url, portrait, silence)) == 3
    assert not server.asked


def test_what_no_animator_takes_is_not_sent(server: LyingAnimator, portrait: Portrait, speech: Speech) -> None:
    endless = replace(speech, samples=np.ones(181 * speech.rate, np.float32))
    wordy = replace(speech, text="x" * 5000)
    lost = replace(portrait, landmarks=np.full((68, 2), np.nan, np.float32))
    for face, said in ((portrait, endless), (portrait, wordy), (lost, speech)):
        with pytest.raises(EngineFailed):
            frames(server.url, face, said)
    assert not server.asked


LIES: list[tuple[Lie, type[ChatAnythingError], str]] = [
    (Lie.HANGS, errors.TimedOut, "no further"),
    (Lie.CREEPS, errors.TimedOut, "no further"),
    (Lie.SILENT, errors.TimedOut, "does not answer"),
    (Lie.FAILS, errors.EngineFailed, "failed"),
    (Lie.BROKEN, errors.EngineBusy, "trouble"),
    (Lie.BUSY, errors.RateLimited, "too much to do"),
    (Lie.UNMOVABLE, errors.Declined, "no human face"),
    (Lie.REDIRECTS, errors.Malformed, "no animator"),
    (Lie.WEB_PAGE, errors.Malformed, "no animator"),
    (Lie.NONSENSE, errors.Malformed, "no animator"),
    (Lie.ENDLESS_JSON, errors.EngineFailed, "more than it may"),
    (Lie.HUGE, errors.EngineFailed, "more than it may"),
    (Lie.GARBAGE, errors.EngineFailed, "cannot be played"),
    (Lie.PLAYLIST, errors.EngineFailed, "cannot be played"),
    (Lie.SHORT, errors.EngineFailed, "frames for"),
    (Lie.LONG, errors.EngineFailed, "longer than what is said"),
    (Lie.BLACK, errors.EngineFailed, "does not show the portrait"),
    (Lie.ANOTHER, errors.EngineFailed, "does not show the portrait"),
    (Lie.WIDE, errors.EngineFailed, "not a square"),
    (Lie.HALF, errors.Interrupted, "broke off"),
]


@pytest.mark.parametrize(("lie", "kind", "words"), LIES, ids=[lie.name.lower() for lie, *_ in LIES])
def test_a_lie_is_found_out(
    server: LyingAnimator,
    portrait: Portrait,
    speech: Speech,
    monkeypatch: pytest.MonkeyPatch,
    lie: Lie,
    kind: type[ChatAnythingError],
    words: str,
) -> None:
    server.lie = lie
    monkeypatch.setattr(wire, "SILENCE", 0.5 if lie is Lie.SILENT else 10.0)
    began = time.monotonic()
    with pytest.raises((EngineFailed, EngineUnavailable), match=words) as caught:
        frames(server.url, portrait, speech, 0.2 if lie in (Lie.HANGS, Lie.CREEPS) else 10.0)
    assert type(caught.value) is kind
    assert time.monotonic() - began < 30
    for text in (str(caught.value), repr(caught.value), str(caught.value.remedy), repr(config(server.url))):
        assert KEY not in text
        assert "@" not in text
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)
    accepted = lie not in (Lie.SILENT, Lie.BROKEN, Lie.BUSY, Lie.UNMOVABLE, Lie.REDIRECTS, Lie.WEB_PAGE, Lie.NONSENSE)
    assert server.forgotten == (["one"] if accepted and lie is not Lie.ENDLESS_JSON else [])


def test_a_proxy_that_stumbles_costs_nothing(server: LyingAnimator, portrait: Portrait, speech: Speech) -> None:
    server.lie = Lie.HICCUPS
    assert frames(server.url, portrait, speech)
    assert len(server.asked) == 1


def test_a_server_that_dies_while_it_draws(portrait: Portrait, speech: Speech) -> None:
    with LyingAnimator() as server:
        server.lie = Lie.DIES
        with pytest.raises(errors.Unreachable, match="No animator answers"):
            frames(server.url, portrait, speech)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}", "http://name.invalid", "ftp://there", "http://[", "nonsense"]
)
def test_nobody_there(portrait: Portrait, speech: Speech, url: str) -> None:
    with pytest.raises(errors.Unreachable) as caught:
        frames(url.format(port=free_port()), portrait, speech)
    assert caught.value.remedy


def test_who_was_not_there_is_not_asked_by_every_sentence(
    server: LyingAnimator, portrait: Portrait, speech: Speech
) -> None:
    server.lie = Lie.BUSY
    animator = RemoteAnimator(config(server.url))
    for _ in range(3):
        with pytest.raises(errors.RateLimited):
            next(animator.frames(portrait, speech, ACTED))
    assert len(server.asked) == 1


class Here(Workers):
    """Runs everything in this process."""

    async def run(self, lane, function, *args, **kwargs):  # type: ignore[no-untyped-def]
        return function(*args, **kwargs)


async def test_ours_stands_in_and_says_so_once(server: LyingAnimator, portrait: Portrait, speech: Speech) -> None:
    server.lie = Lie.BROKEN
    told = config(server.url)
    receipt, studio = Receipt(), Studio(told, Here(), "remote")
    clip = await studio.film(Utterance((speech, speech)), portrait, ACTED, receipt)
    (notice,) = receipt.notices
    assert notice.endswith("(CUDA out of memory, *** (at)everyone). A simpler animator moves the face meanwhile.")
    ours = await Studio(told, Here(), "rig").film(Utterance((speech, speech)), portrait, ACTED)
    assert clip.mp4 == ours.mp4, "as if it had never been asked"


def test_a_picture_is_warped_instead(server: LyingAnimator, portrait: Portrait) -> None:
    server.lie = Lie.UNMOVABLE
    face, said = replace(portrait, plate=None, rig=None), speech_of("ɑ", start=0.0, step=0.04)
    drawn = draw(config(server.url, 7.0), "remote", face, said, ACTED)
    assert isinstance(drawn.instead, errors.Declined)
    assert drawn.segment == draw(config(server.url), "warp", face, said, ACTED).segment


async def test_a_clip_is_of_one_piece(server: LyingAnimator, portrait: Portrait, speech: Speech) -> None:
    server.lie = Lie.TIRES
    told, receipt, said = config(server.url, 8.0), Receipt(), Utterance((speech, speech))
    clip = await Studio(told, Here(), "remote").film(said, portrait, ACTED, receipt)
    assert clip.mp4 == (await Studio(told, Here(), "rig").film(said, portrait, ACTED)).mp4
    assert len(server.asked) == 2
    assert len(receipt.notices) == 1


async def test_nothing_is_said_of_an_animator_that_works(
    server: LyingAnimator, portrait: Portrait, speech: Speech
) -> None:
    receipt, studio = Receipt(), Studio(config(server.url, 9.0), Here(), "remote")
    await studio.film(Utterance((speech,)), portrait, ACTED, receipt)
    assert receipt.notices == []
    assert len(server.asked) == 1


def settings(**said: Any) -> Settings:
    return Settings(_env_file=None, MIND="scripted", **said)


async def test_the_settings_name_it() -> None:
    with pytest.raises(EngineUnavailable, match="set ANIMATOR_URL"):
        await engines.choose(settings(ANIMATION="remote"))
    named = settings(ANIMATOR_URL="https://me:pass@gpu.example:8770/animators", ANIMATOR_KEY=KEY)
    (auto,) = (choice for choice in await engines.choose(named) if choice.stage == "animation")
    assert auto.engine == "rig"
    assert auto.better == "ANIMATION=remote uses the animator at ANIMATOR_URL"
    chosen = await engines.choose(named.model_copy(update={"animation": "remote"}))
    (remote,) = (choice for choice in chosen if choice.stage == "animation")
    assert "gpu.example:8770 moves the face" in remote.why
    for text in (remote.why, repr(named.engine_config()), repr(named.animator)):
        assert KEY not in text
        assert "pass@" not in text


@pytest.mark.parametrize("url", ["gpu.example:8770", "ftp://gpu.example", "http://gpu.example:port", "http://"])
def test_what_is_no_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValidationError, match="ANIMATOR_URL"):
        settings(ANIMATOR_URL=url)


def test_configuration_and_reasons_travel_to_and_from_processes() -> None:
    told = config("http://127.0.0.1:8770")
    assert pickle.loads(pickle.dumps(told)) == told
    drawn = pickle.loads(pickle.dumps(Drawn(b"mp4", errors.RateLimited("Later.", remedy="wait"))))
    assert (str(drawn.instead), drawn.instead.remedy) == ("Later.", "wait")
