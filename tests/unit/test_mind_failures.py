"""Everything that can go wrong at an endpoint has a type and a sentence."""

from __future__ import annotations

import time
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pipeline import errors
from pipeline.mind.chat import endpoint as module
from pipeline.mind.chat.endpoint import Endpoint
from pipeline.receipt import Receipt
from pipeline.stages import Task
from tests.servers.asking import HELLO, KEY, ask, config
from tests.servers.chat import ChatServer
from tests.servers.faults import Fault


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSES", {kind: (0.0,) * len(wait) for kind, wait in module._PAUSES.items()})


@pytest.mark.parametrize(
    ("fault", "kind", "requests", "words"),
    [
        (Fault.WRONG_KEY, errors.WrongKey, 1, "refuses the key"),
        (Fault.WRONG_MODEL, errors.WrongModel, 1, "It has: test-model."),
        (Fault.QUOTA, errors.QuotaSpent, 1, "no credit left"),
        (Fault.RATE_LIMITED, errors.RateLimited, 3, "more requests than it allows"),
        (Fault.SERVER_ERROR, errors.EngineBusy, 3, "in trouble or busy"),
        (Fault.LOADING, errors.EngineBusy, 3, "in trouble or busy"),
        (Fault.OVERFLOW, errors.ContextOverflow, 1, "more text than test-model can take"),
        (Fault.POLICY, errors.Declined, 1, "content filter"),
        (Fault.FILTERED, errors.Declined, 1, "content filter"),
        (Fault.REFUSAL, errors.Declined, 1, "content filter"),
        (Fault.EMPTY, errors.Empty, 2, "answered with nothing"),
        (Fault.HALF_STREAM, errors.Interrupted, 2, "broke off"),
        (Fault.OPEN_END, errors.Interrupted, 2, "broke off"),
        (Fault.GARBAGE, errors.Malformed, 1, "cannot be read"),
        (Fault.HTML, errors.Malformed, 1, "/v1"),
        (Fault.MIDWAY, errors.EngineBusy, 3, "in trouble or busy"),
        (Fault.UNKNOWN_PATH, errors.Malformed, 1, "/v1"),
        (Fault.refusing("messages[0].name is too colourful"), errors.EngineFailed, 1, "too colourful"),
    ],
)
async def test_every_failure_has_its_type_and_a_sentence(
    server: ChatServer,
    endpoint: Endpoint,
    fault: Fault,
    kind: type[errors.ChatAnythingError],
    requests: int,
    words: str,
) -> None:
    server.fail(*[fault] * 5)
    with pytest.raises(errors.ChatAnythingError) as failure:
        await ask(endpoint)
    assert type(failure.value) is kind
    assert words in str(failure.value)
    assert len(server.requests) == requests
    assert KEY not in "".join(traceback.format_exception(failure.value))


@pytest.mark.parametrize(
    "fault", [Fault.SERVER_ERROR, Fault.RATE_LIMITED, Fault.EMPTY, Fault.HALF_STREAM, Fault.MIDWAY, Fault.OPEN_END]
)
async def test_a_passing_failure_is_not_noticed_in_a_whole_answer(
    server: ChatServer, endpoint: Endpoint, fault: Fault
) -> None:
    server.fail(fault)
    receipt = Receipt()
    assert await ask(endpoint, receipt) == "Hello to you. How are the pies?"
    assert len(receipt.usages) == 1


async def test_a_stream_is_not_begun_again_once_it_was_heard(server: ChatServer, endpoint: Endpoint) -> None:
    server.fail(Fault.HALF_STREAM)
    receipt = Receipt()
    pieces = endpoint.stream(Task.REPLY, HELLO, receipt, max_tokens=50)
    assert [await anext(pieces), await anext(pieces)] == ["Hello", " to"]
    with pytest.raises(errors.Interrupted):
        await anext(pieces)
    assert len(server.requests) == 1
    assert receipt.usages[0].completion_tokens > 0


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum context length is 16385 tokens. However, your messages resulted in 20000 tokens.",
        "This endpoint's maximum context length is 32768 tokens. However, you requested about 42832 tokens.",
        "request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it",
        "Context size has been exceeded.",
        "Trying to keep the first 6547 tokens when context overflows. However, the model is loaded with a context "
        "length of only 4096 tokens",
        "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= "
        "n_ctx: 4096).",
        "Requested tokens (2285) exceed context window of 2048",
        "Input prompt (36893 tokens) is too long and exceeds limit of 1000",
        "max_tokens must be at least 1, got -186.",
        "max_tokens is too large: 5000. This model supports at most 4096 completion tokens.",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "Please reduce the length of the messages or completion.",
    ],
)
async def test_an_overflow_is_known_in_all_wordings(server: ChatServer, endpoint: Endpoint, words: str) -> None:
    server.fail(Fault.refusing(words))
    with pytest.raises(errors.ContextOverflow):
        await ask(endpoint)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (404, 'model "llama3" not found, try pulling it first', errors.WrongModel),
        (400, "llama9 is not a valid model ID", errors.WrongModel),
        (400, "No models loaded. Please load a model in the developer page.", errors.WrongModel),
        (400, "API key not valid. Please pass a valid API key.", errors.WrongKey),
        (402, "Insufficient credits. Add more using https://openrouter.ai/credits", errors.QuotaSpent),
        (
            429,
            "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000. Add a payment method at /billing.",
            errors.RateLimited,
        ),
        (
            400,
            "The response was filtered due to the prompt triggering Azure's content management policy",
            errors.Declined,
        ),
        (500, "model requires more system memory (5.6 GiB) than is available (3.1 GiB)", errors.EngineUnavailable),
    ],
)
async def test_failures_in_the_words_of_other_servers(
    server: ChatServer, endpoint: Endpoint, status: int, words: str, kind: type[errors.ChatAnythingError]
) -> None:
    server.fail(*[Fault.refusing(words, status)] * 3)
    with pytest.raises(errors.ChatAnythingError) as failure:
        await ask(endpoint)
    assert type(failure.value) is kind


async def test_ollama_is_told_to_pull(server: ChatServer, endpoint: Endpoint) -> None:
    server.fail(Fault.refusing('model "test-model" not found, try pulling it first', 404))
    with pytest.raises(errors.WrongModel) as failure:
        await ask(endpoint)
    assert failure.value.remedy == "ollama pull test-model"


async def test_waits_as_long_as_the_server_asks(server: ChatServer, endpoint: Endpoint) -> None:
    server.fail(Fault.rate_limited(0.3))
    start = time.monotonic()
    await ask(endpoint)
    assert time.monotonic() - start >= 0.3


@pytest.mark.parametrize("date", [False, True])
async def test_a_long_wait_is_left_to_the_caller(server: ChatServer, endpoint: Endpoint, date: bool) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.fail(Fault.rate_limited(later if date else 90))
    with pytest.raises(errors.RateLimited) as failure:
        await ask(endpoint)
    assert failure.value.retry_after == pytest.approx(90, abs=5)
    assert failure.value.retryable
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.STALL])
async def test_silence_is_given_up_once_and_soon(server: ChatServer, fault: Fault) -> None:
    asking = Endpoint(config(server, timeout=0.4))
    server.fail(fault)
    with pytest.raises(errors.TimedOut, match=r"said nothing for 0\.4 seconds"):
        await ask(asking)
    await asking.close()
    assert len(server.requests) == 1


async def test_a_slow_answer_may_take_longer_than_a_silence_may(server: ChatServer) -> None:
    server.delay = 0.1
    asking = Endpoint(config(server, timeout=0.8))
    start = time.monotonic()
    assert await ask(asking)
    await asking.close()
    assert time.monotonic() - start > 0.8


@pytest.mark.parametrize(
    "base_url",
    [
        "http://127.0.0.1:9/v1",
        "https://127.0.0.1:9/v1",
        "http://user:pass@127.0.0.1:9/v1",
        "127.0.0.1:9/v1",
        "http://[oops/v1",
    ],
)
async def test_where_nobody_answers(server: ChatServer, base_url: str) -> None:
    asking = Endpoint(config(server, base_url=base_url))
    with pytest.raises(errors.Unreachable) as failure:
        await ask(asking)
    await asking.close()
    assert "pass" not in str(failure.value)
    assert "OPENAI_BASE_URL" in f"{failure.value} {failure.value.remedy}"
    assert failure.value.retryable
