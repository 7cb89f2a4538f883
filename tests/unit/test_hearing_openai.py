"""A transcription service over real HTTP: what it is sent, what it answers, and how it fails."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.hearing.openai import OpenAIListener
from pipeline.listen import Ear
from pipeline.stages import ChatConfig, EngineConfig
from pipeline.types import Heard
from tests.servers.faults import Fault
from tests.servers.transcriber import Transcriber
from tests.unit.recordings import packed, spoken

P = ParamSpec("P")
T = TypeVar("T")
KEY = "sk-very-secret-0123456789"
VOICE = packed(spoken("Good morning."))


class Here:
    """Runs in this process what belongs into another."""

    async def run(self, lane: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)


@pytest.fixture
async def server() -> AsyncIterator[Transcriber]:
    async with Transcriber() as running:
        yield running


async def hear(server: Transcriber, voice: bytes = VOICE, **changes: Any) -> Heard:
    chat = ChatConfig(base_url=server.base_url, key=SecretStr(KEY), model="gpt-transcribe", timeout=5.0, what="service")
    listener = OpenAIListener(EngineConfig(Path(), replace(chat, **changes)))
    try:
        return await Ear(listener, Here()).hear(voice)  # type: ignore[arg-type]
    finally:
        await listener.close()


async def test_sound_alone_is_sent_and_words_come_back(server: Transcriber) -> None:
    heard = await hear(server)
    assert heard == Heard(text="Good morning.", language="en", confidence=None, seconds=server.seconds)
    assert server.seconds == pytest.approx(len(spoken("Good morning.")) / 16_000, abs=0.05)
    assert server.fields == {"model": "gpt-transcribe", "response_format": "json"}
    assert server.headers["Authorization"] == f"Bearer {KEY}"


async def test_whisper_is_asked_how_sure_it_is(server: Transcriber) -> None:
    row = {"id": 0, "start": 0.0, "end": 2.0, "avg_logprob": -0.25, "no_speech_prob": 0.01, "tokens": [1]}
    server.answer = {"text": "Buenos días.", "language": "spanish", "segments": [{**row, "text": " Buenos días."}]}
    heard = await hear(server, model="whisper-1")
    assert server.fields["response_format"] == "verbose_json"
    assert (heard.text, heard.language) == ("Buenos días.", "es")
    assert heard.confidence == pytest.approx(np.exp(-0.25))
    server.answer = {"text": "You", "language": "en", "segments": [{**row, "text": " You", "no_speech_prob": 0.9}]}
    with pytest.raises(errors.Inaudible):
        await hear(server, model="whisper-1")


@pytest.mark.parametrize("answer", [{"text": ""}, {"text": "Mhm", "languages": []}, {"text": " \n"}])
async def test_nothing_understood_is_said_so(server: Transcriber, answer: Any) -> None:
    server.answer = answer
    with pytest.raises(errors.Inaudible, match="could not make out"):
        await hear(server)


async def test_silence_costs_nothing(server: Transcriber) -> None:
    with pytest.raises(errors.Inaudible):
        await hear(server, packed(np.zeros(32_000, np.float32)))
    with pytest.raises(errors.BadRequest):
        await hear(server, b"no sound at all")
    assert server.requests == 0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.WRONG_KEY, errors.WrongKey),
        (Fault.WRONG_MODEL, errors.WrongModel),
        (Fault.QUOTA, errors.QuotaSpent),
        (Fault.rate_limited(7), errors.RateLimited),
        (Fault.SERVER_ERROR, errors.EngineBusy),
        (Fault.SILENCE, errors.TimedOut),
        (Fault.HALF_STREAM, errors.Interrupted),
    ],
)
async def test_every_failure_is_a_sentence_without_the_key(
    server: Transcriber, fault: Fault, kind: type[errors.ChatAnythingError]
) -> None:
    server.fail(fault)
    with pytest.raises(kind) as caught:
        await hear(server, timeout=0.5)
    assert "language model" not in str(caught.value)
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value.remedy)
    assert KEY not in told
    assert server.requests == 1
    if isinstance(caught.value, errors.RateLimited):
        assert caught.value.retry_after == 7


@pytest.mark.parametrize("nonsense", ["<!doctype html><title>Welcome</title>", [1, 2], {"words": "none"}, {"text": 5}])
async def test_nonsense_is_no_transcript(server: Transcriber, nonsense: Any) -> None:
    server.answer = nonsense
    with pytest.raises(errors.Malformed, match="does not look like"):
        await hear(server)


async def test_nobody_at_the_address(server: Transcriber) -> None:
    with pytest.raises(errors.Unreachable, match="No service answers"):
        await hear(server, base_url="http://127.0.0.1:9/v1")


async def test_it_can_be_called_off(server: Transcriber) -> None:
    server.fail(Fault.SILENCE)
    asking = asyncio.create_task(hear(server))
    while not server.requests:  # noqa: ASYNC110 - the server sets no event
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
