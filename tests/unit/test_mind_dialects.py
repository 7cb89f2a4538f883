"""What a model does not take is left out, and asked for once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pipeline.mind.chat.endpoint import Endpoint, Message
from pipeline.receipt import Receipt
from pipeline.stages import Task
from tests.servers.asking import ask, ask_json, config
from tests.servers.chat import ChatServer
from tests.servers.faults import Fault, said


@pytest.mark.parametrize("name", ["temperature", "seed", "stop", "stream_options"])
async def test_a_parameter_that_is_refused_is_left_out_from_then_on(name: str) -> None:
    with ChatServer(lacks=[name]) as server:
        asking = Endpoint(config(server))
        for _ in range(2):
            assert await ask(asking, seed=1, stop=["\n\n"])
        await asking.close()
        assert [name in request.body for request in server.requests] == [True, False, False]


async def test_max_tokens_may_have_its_newer_name() -> None:
    with ChatServer(lacks=["max_tokens"]) as server:
        asking = Endpoint(config(server))
        await ask(asking)
        await asking.close()
        assert server.requests[1].body["max_completion_tokens"] == 100


async def test_several_refusals_are_learnt_one_by_one_and_per_model() -> None:
    with ChatServer(lacks=["max_tokens", "temperature", "stop"], models=("a", "b")) as server:
        asking = Endpoint(config(server, model="a", models=((Task.PERSONA, "b"),)))
        await ask(asking, stop=["x"])
        await ask(asking, stop=["x"])
        assert len(server.requests) == 5
        await ask_json(asking)
        await asking.close()
        assert len(server.requests) == 5 + 3


async def test_calls_at_the_same_time_learn_the_same_lesson() -> None:
    with ChatServer(lacks=["temperature"], delay=0.01) as server:
        asking = Endpoint(config(server))
        await asyncio.gather(*(ask(asking) for _ in range(4)))
        await asking.close()


@pytest.mark.parametrize(
    ("lacks", "form"),
    [
        ((), "json_schema"),
        (("json_schema",), "json_object"),
        (("json_schema", "json_object"), None),
        (("response_format",), None),
    ],
)
async def test_json_is_asked_for_as_strictly_as_the_model_takes_it(lacks: tuple[str, ...], form: str | None) -> None:
    with ChatServer(lambda body: '{"name": "Russet"}', lacks=lacks) as server:
        asking = Endpoint(config(server))
        assert await ask_json(asking) == '{"name": "Russet"}'
        await asking.close()
        last = server.requests[-1].body
        assert last.get("response_format", {}).get("type") == form
        told = [message for message in last["messages"] if "minLength" in message["content"]]
        assert bool(told) == (form != "json_schema"), "the schema is told in words where it is told no other way"


async def test_a_schema_loses_only_what_strict_modes_do_not_know(server: ChatServer, endpoint: Endpoint) -> None:
    words = (
        "Invalid schema for response_format 'thing': In context=('properties', 'name'), 'minLength' is not permitted."
    )
    server.fail(Fault(400, said(words, "invalid_request_error", "response_format")))
    await ask_json(endpoint)
    form = server.requests[1].body["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["schema"]["properties"] == {"name": {"type": "string"}, "format": {"type": "string"}}


@pytest.mark.parametrize(
    ("status", "error", "gone"),
    [
        (400, {"error": "'response_format.type' must be 'json_object' or 'text'"}, "json_schema"),
        (400, {"error": {"message": "This response_format type is unavailable now"}}, "json_schema"),
        (
            422,
            {
                "object": "error",
                "message": {
                    "detail": [
                        {
                            "type": "extra_forbidden",
                            "loc": ["body", "stream_options", "include_usage"],
                            "msg": "Extra inputs are not permitted",
                            "input": True,
                        }
                    ]
                },
            },
            "stream_options",
        ),
        (
            400,
            [{"error": {"message": 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'}}],
            "seed",
        ),
    ],
    ids=["LM Studio", "DeepSeek", "Mistral", "Gemini"],
)
async def test_refusals_in_the_words_of_other_servers(
    server: ChatServer, endpoint: Endpoint, status: int, error: Any, gone: str
) -> None:
    server.fail(Fault(status, body=error))
    await ask_json(endpoint, seed=1)
    before, after = ({**request.body, **request.body["response_format"]} for request in server.requests)
    assert gone in before
    assert gone not in after
    assert before.keys() - after.keys() == {gone}


async def test_templates_that_know_no_system_get_turns_in_turn(server: ChatServer, endpoint: Endpoint) -> None:
    server.fail(Fault(500, said("Conversation roles must alternate user/assistant/user/assistant/...", "500")))
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    messages: list[Message] = [
        {"role": "system", "content": "You are Russet."},
        {"role": "user", "content": "Hi."},
        {"role": "assistant", "content": "Hm."},
        {"role": "user", "content": "Look."},
        {"role": "user", "content": [picture]},
    ]
    await endpoint.text(Task.REPLY, messages, Receipt(), max_tokens=50)
    assert server.requests[1].body["messages"] == [
        {"role": "user", "content": "You are Russet.\n\nHi."},
        {"role": "assistant", "content": "Hm."},
        {"role": "user", "content": [{"type": "text", "text": "Look."}, picture]},
    ]


async def test_a_model_that_sees_nothing_is_told_of_the_picture(server: ChatServer, endpoint: Endpoint) -> None:
    server.fail(Fault.refusing("image input is not supported - hint: you may need to provide the mmproj", 500))
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    messages: list[Message] = [{"role": "user", "content": [{"type": "text", "text": "Look!"}, picture]}]
    await endpoint.text(Task.REPLY, messages, Receipt(), max_tokens=50)
    told = server.requests[1].body["messages"][0]["content"]
    assert told.startswith("Look!\n")
    assert "cannot see" in told
