"""The client of language models: what it asks, what it hears, what it counts, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.mind.chat.endpoint import Endpoint
from pipeline.receipt import Receipt
from pipeline.stages import Task
from tests.servers.asking import HELLO, KEY, ask, ask_json, config, streamed
from tests.servers.chat import ChatServer
from tests.servers.faults import Fault

# What is asked, and what is answered


async def test_streams_the_answer_in_pieces_and_counts_it(server: ChatServer, endpoint: Endpoint) -> None:
    receipt = Receipt()
    pieces = await streamed(endpoint, receipt)
    assert "".join(pieces) == "Hello to you. How are the pies?"
    assert len(pieces) > 5
    (usage,) = receipt.usages
    assert (usage.task, usage.model, usage.completion_tokens) == ("reply", "test-model", len(pieces))
    assert usage.prompt_tokens > 0
    assert usage.first is not None
    assert 0 < usage.first <= usage.seconds
    assert usage.cost is None


async def test_asks_for_what_it_was_told(server: ChatServer, endpoint: Endpoint) -> None:
    await ask(endpoint, max_tokens=7, temperature=0.3, seed=-(2**40) - 1, stop=["\n"])
    body = server.requests[0].body
    assert (body["max_tokens"], body["temperature"], body["stop"], body["stream"]) == (7, 0.3, ["\n"], True)
    assert 0 <= body["seed"] < 2**31
    assert body["messages"] == HELLO


async def test_each_task_may_have_a_model_of_its_own() -> None:
    with ChatServer(models=("small", "large")) as server:
        asking = Endpoint(config(server, model="small", models=((Task.PERSONA, "large"),)))
        await ask(asking)
        await ask_json(asking)
        await asking.close()
        assert [request.body["model"] for request in server.requests] == ["small", "large"]


async def test_no_request_runs_into_a_connection_that_llama_cpp_closes(server: ChatServer, endpoint: Endpoint) -> None:
    for _ in range(4):
        await ask(endpoint)
    assert server.connections == 4, "without TLS, each request has one of its own"


async def test_a_server_that_does_not_stream_is_understood(endpoint: Endpoint, server: ChatServer) -> None:
    server.streams = False
    receipt = Receipt()
    assert await ask(endpoint, receipt) == "Hello to you. How are the pies?"
    assert receipt.usages[0].completion_tokens > 0


@pytest.mark.parametrize("strange", [[], {"choices": "x"}, {"choices": [{"delta": {"content": 5}}]}, "hello"])
async def test_an_answer_of_another_shape_cannot_be_read(server: ChatServer, endpoint: Endpoint, strange: Any) -> None:
    server.fail(Fault(body=strange))
    with pytest.raises(errors.Malformed):
        await ask(endpoint)


@pytest.mark.parametrize(
    "answer",
    [
        "<think>They greet me.\nI greet back.</think>\n\nHello!",
        "<thinking>hm</thinking>Hello!",
        "<think></think>\n\nHello!",
        "Hel<think>is that <b>enough</b>?</think>lo!",
        "Hello!<think>What else",
    ],
)
async def test_thoughts_are_not_part_of_the_answer(server: ChatServer, endpoint: Endpoint, answer: str) -> None:
    server.answer = lambda body: answer
    assert "".join(await streamed(endpoint, Receipt())) == "Hello!"


async def test_what_only_looks_like_a_thought_is_said(server: ChatServer, endpoint: Endpoint) -> None:
    server.answer = lambda body: "1 < 2 and <thin"
    assert await ask(endpoint) == "1 < 2 and <thin"


async def test_a_model_that_thinks_too_long_gets_more_tokens_and_keeps_them(
    server: ChatServer, endpoint: Endpoint
) -> None:
    server.answer = lambda body: f"<think>{'well ' * 30}</think>Hello!"
    receipt = Receipt()
    assert await ask(endpoint, receipt, max_tokens=20) == "Hello!"
    assert await ask(endpoint, max_tokens=20) == "Hello!"
    assert [request.body["max_tokens"] for request in server.requests] == [20, 80, 80]
    (usage,) = receipt.usages
    assert usage.completion_tokens > 20, "both attempts count"


async def test_a_model_that_is_lost_in_white_space_gets_no_more_tokens(server: ChatServer, endpoint: Endpoint) -> None:
    server.answer = lambda body: "\n" * 300
    with pytest.raises(errors.Empty):
        await ask(endpoint, max_tokens=20)
    assert [request.body["max_tokens"] for request in server.requests] == [20, 20]


# Cost


async def test_the_price_list_of_the_operator_counts() -> None:
    with ChatServer() as server:
        asking = Endpoint(config(server, prices=(2.0, 10.0)))
        receipt = Receipt()
        await ask(asking, receipt)
        await asking.close()
    (usage,) = receipt.usages
    assert usage.cost == pytest.approx((usage.prompt_tokens * 2 + usage.completion_tokens * 10) / 1e6)


async def test_the_figure_of_the_endpoint_counts_more() -> None:
    with ChatServer(cost=0.0125) as server:
        asking = Endpoint(config(server, prices=(2.0, 10.0)))
        receipt = Receipt()
        await ask(asking, receipt)
        await asking.close()
    assert receipt.usages[0].cost == 0.0125


async def test_what_a_server_does_not_count_is_estimated() -> None:
    with ChatServer(lambda body: "word " * 40, counts=False) as server:
        asking = Endpoint(config(server))
        receipt = Receipt()
        await ask(asking, receipt)
        await asking.close()
    assert 20 <= receipt.usages[0].completion_tokens <= 80
    assert receipt.usages[0].prompt_tokens >= 2


async def test_a_call_that_was_refused_used_nothing(server: ChatServer, endpoint: Endpoint) -> None:
    server.fail(Fault.WRONG_KEY)
    receipt = Receipt()
    with pytest.raises(errors.WrongKey):
        await ask(endpoint, receipt)
    assert receipt.usages == []


# Stopping early, and many at once


async def test_closing_a_stream_ends_the_request(server: ChatServer, endpoint: Endpoint) -> None:
    server.answer = lambda body: "la " * 1000
    server.delay = 0.01
    receipt = Receipt()
    async with aclosing(endpoint.stream(Task.REPLY, HELLO, receipt, max_tokens=1000)) as pieces:
        async for _ in pieces:
            break
    await _until(lambda: server.disconnects == 1)
    (usage,) = receipt.usages
    assert 0 < usage.completion_tokens < 100
    assert usage.prompt_tokens > 0


@pytest.mark.parametrize("fault", [Fault(), Fault.SILENCE], ids=["in the answer", "before it"])
async def test_cancelling_the_task_ends_the_request(server: ChatServer, endpoint: Endpoint, fault: Fault) -> None:
    server.answer = lambda body: "la " * 1000
    server.delay = 0.01
    server.fail(fault)
    receipt = Receipt()
    task = asyncio.create_task(ask(endpoint, receipt, max_tokens=1000))
    await _until(lambda: len(server.requests) == 1)
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _until(lambda: server.disconnects == 1)
    assert len(receipt.usages) == 1


async def test_no_more_calls_at_once_than_configured() -> None:
    with ChatServer(delay=0.01) as server:
        asking = Endpoint(config(server, concurrency=3))
        receipt = Receipt()
        await asyncio.gather(*(ask(asking, receipt) for _ in range(9)))
        await asking.close()
        assert server.busiest == 3
    assert len(receipt.usages) == 9


async def test_a_stream_that_was_left_makes_room(server: ChatServer) -> None:
    asking = Endpoint(config(server, concurrency=1))
    for _ in range(3):
        async with aclosing(asking.stream(Task.REPLY, HELLO, Receipt(), max_tokens=50)) as pieces:
            await anext(pieces)
    async with asyncio.timeout(5):
        assert await ask(asking)
    await asking.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the server lives in another thread
            await asyncio.sleep(0.01)


# Secrets, and the environment


async def test_the_key_is_sent_and_told_nobody(
    server: ChatServer, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.key = "another"
    with pytest.raises(errors.WrongKey) as failure:
        await ask(endpoint)
    server.key = KEY
    await ask(endpoint)
    server.fail(Fault.refusing(f"strange request of {KEY} for @everyone"))
    with pytest.raises(errors.EngineFailed) as other:
        await ask(endpoint)
    assert "***" in str(other.value)
    assert "@everyone" not in str(other.value)
    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    told = [repr(endpoint), repr(endpoint.config), caplog.text, str(vars(endpoint))]
    told += [part for error in (failure, other) for part in traceback.format_exception(error.value)]
    assert KEY not in "".join(told)
    assert "HTTP Request" in caplog.text, "the client did log"


@pytest.mark.parametrize("key", [f"{KEY}\nX-Header: 1", f"{KEY}é"])
async def test_what_cannot_be_a_key_is_not_sent(server: ChatServer, key: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(errors.WrongKey) as failure:
        await ask(Endpoint(config(server, key=SecretStr(key))))
    assert KEY not in "".join(traceback.format_exception(failure.value)) + caplog.text


async def test_a_password_in_the_address_becomes_a_header(server: ChatServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asking = Endpoint(config(server, base_url=server.base_url.replace("//", "//me:hunter2@")))
    await ask(asking)
    await asking.close()
    assert server.requests[0].headers["Authorization"].startswith("Basic ")
    assert "hunter2" not in caplog.text


async def test_no_key_is_no_hindrance(server: ChatServer) -> None:
    asking = Endpoint(config(server, key=SecretStr("")))
    assert await ask(asking)
    server.key = KEY
    with pytest.raises(errors.WrongKey, match="wants a key"):
        await ask(asking)
    await asking.close()


async def test_nothing_is_taken_from_the_environment(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-environment")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-environment")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://environment.invalid/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Environment: environment\nAuthorization: environment")
    monkeypatch.setenv("HTTP_PROXY", "http://environment.invalid:3128")
    monkeypatch.setenv("ALL_PROXY", "http://environment.invalid:3128")
    asking = Endpoint(config(server))
    await ask(asking)
    await asking.close()
    headers = {name.lower(): value for name, value in server.requests[0].headers.items()}
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["user-agent"] == "ChatAnything"
    assert "environment" not in str(headers)
    assert "openai" not in str(headers).lower()
