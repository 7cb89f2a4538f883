"""The reference server of docs/animators.md, as a process, with our own renderer."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from pydantic import SecretStr

from bot.doctor import services
from pipeline.animation.remote.animator import form
from pipeline.animation.remote.client import Client
from pipeline.animation.remote.contract import MOST_ASKED, Standing, State
from pipeline.animation.warp import WarpAnimator
from pipeline.errors import EngineFailed, RateLimited, WrongKey
from pipeline.sentence import draw
from pipeline.stages import EngineConfig, RemoteConfig
from pipeline.types import Direction, Mood
from tests.servers.animator import KEY, Animator
from tests.unit.faces import disc_portrait, speech_of

ACTED = Direction(Mood.JOY, 7, start=3.5)
PORTRAIT = disc_portrait(side=512)


@pytest.fixture(scope="module")
def server() -> Iterator[RemoteConfig]:
    with Animator(KEY, waiting=2) as server:
        yield RemoteConfig(server.url, SecretStr(KEY))


@pytest.fixture
def client(server: RemoteConfig) -> Iterator[Client]:
    with Client(server) as client:
        yield client


def test_a_sentence_drawn_there_is_what_would_be_drawn_here(server: RemoteConfig) -> None:
    speech = speech_of("hɛloɑm")
    drawn = draw(EngineConfig(Path(), remote=server), "remote", PORTRAIT, speech, ACTED)
    assert drawn.instead is None
    with av.open(io.BytesIO(drawn.segment)) as container:
        there = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    frames = WarpAnimator(EngineConfig(Path())).frames(PORTRAIT, speech, ACTED)
    here = [cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420), cv2.COLOR_BGR2GRAY) for frame in frames]
    assert len(there) == len(here) == 25
    apart = [np.abs(a.astype(int) - b.astype(int)).mean() for a, b in zip(there, here, strict=True)]
    assert max(apart[3:-3]) < 1.5, "but for the fade at both ends"


def test_it_says_what_it_is(client: Client) -> None:
    health = client.health()
    assert (health.name, health.faces, health.ready) == ("warp", "any", True)


@pytest.mark.parametrize(("key", "words"), [("", "wants a key"), ("another", "refuses the key")])
def test_without_the_key_nothing_is_told(server: RemoteConfig, key: str, words: str) -> None:
    with Client(RemoteConfig(server.url, SecretStr(key))) as client:
        for ask in (client.health, lambda: client.standing("one"), lambda: client.ask(asked("ɑ"))):
            with pytest.raises(WrongKey, match=words):
                ask()


def test_doctor_asks_it(server: RemoteConfig) -> None:
    assert "warp 1.0 at 127.0.0.1" in services.animator(server).sentence
    refused = services.animator(RemoteConfig(server.url))
    assert (refused.state, refused.remedy) == ("note", "set ANIMATOR_KEY")


def test_one_is_drawn_while_few_wait(client: Client) -> None:
    long = asked("hɛloɑm" * 40)
    drawing, second, third = (client.ask(long).id for _ in range(3))
    with pytest.raises(RateLimited):
        client.ask(long)
    assert wait(client, drawing, State.DRAWING).ahead == 0
    assert [client.standing(clip).ahead for clip in (second, third)] == [1, 2]
    with pytest.raises(EngineFailed, match="409"):
        client.fetch(second, time.monotonic() + 5)
    client.forget(second)
    client.forget(drawing)
    assert wait(client, third, State.DRAWING).ahead == 0, "who was called off holds up nobody"
    client.forget(third)
    with pytest.raises(EngineFailed, match="no such clip"):
        client.standing(third)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("portrait.png", b"GIF89a", "no PNG"),
        ("portrait.png", cv2.imencode(".png", np.zeros((20, 30, 3), np.uint8))[1].tobytes(), "no square"),
        ("landmarks.json", b"[[1, 2]]", "not 68 points"),
        ("landmarks.json", b"{", "landmarks"),
        ("speech.wav", b"RIFF", "no WAV"),
        ("about.json", b'{"text": 5}', "about.json: text"),
        ("about.json", b"\xff", "about.json"),
        ("about.json", bytes(MOST_ASKED), "413"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_reason(client: Client, name: str, data: bytes, words: str) -> None:
    with pytest.raises(EngineFailed, match=words):
        client.ask({**asked("ɑ"), name: data})


def asked(symbols: str) -> dict[str, bytes]:
    return form(PORTRAIT, speech_of(symbols), ACTED, 512, 25)


def wait(client: Client, clip: str, state: State) -> Standing:
    until = time.monotonic() + 60
    while (told := client.standing(clip)).state is not state:
        assert time.monotonic() < until, told
        time.sleep(0.05)
    return told
