"""What stands at an address, and which of its models talks."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline import errors
from pipeline.mind.chat.servers import Found, Served, chat_model, local, models
from tests.servers.chat import ChatServer

NO_KEY = SecretStr("")

LLAMA_CPP = {
    "object": "list",
    "data": [{"id": "gemma-3-4b-it-Q4_K_M.gguf", "object": "model", "owned_by": "llamacpp", "meta": {"n_ctx": 8192}}],
    "models": [
        {
            "name": "gemma-3-4b-it-Q4_K_M.gguf",
            "model": "gemma-3-4b-it-Q4_K_M.gguf",
            "type": "model",
            "capabilities": ["completion", "multimodal"],
        }
    ],
}
LLAMA_CPP_BLIND = {
    **LLAMA_CPP,
    "models": [{"name": "gemma-3-4b-it-Q4_K_M.gguf", "type": "model", "capabilities": ["completion"]}],
}
OPENROUTER = {
    "data": [
        {"id": "meta/a", "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]}},
        {
            "id": "meta/b",
            "context_length": 131072,
            "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
        },
    ]
}
MISTRAL = {"data": [{"id": "pixtral", "capabilities": {"completion_chat": True, "vision": True}}]}
OLLAMA = {"object": "list", "data": [{"id": "llama3.2:latest", "object": "model", "owned_by": "library"}]}
OPENAI = {"object": "list", "data": [{"id": "gpt-4.1-mini", "object": "model", "owned_by": "system"}]}


@pytest.mark.parametrize(
    ("listed", "served"),
    [
        (LLAMA_CPP, [Served("gemma-3-4b-it-Q4_K_M.gguf", True, 8192)]),
        (LLAMA_CPP_BLIND, [Served("gemma-3-4b-it-Q4_K_M.gguf", False, 8192)]),
        (OPENROUTER, [Served("meta/a", True), Served("meta/b", False, 131072)]),
        (MISTRAL, [Served("pixtral", True)]),
        (OLLAMA, [Served("llama3.2:latest", None)]),
        (OPENAI, [Served("gpt-4.1-mini", None)]),
        ({"object": "list", "data": None}, []),  # Ollama without models
    ],
)
async def test_what_servers_say_of_their_models(listed: Any, served: list[Served]) -> None:
    with ChatServer() as server:
        server.listed = listed
        assert await models(server.base_url, NO_KEY) == served


@pytest.mark.parametrize("listed", ["<!doctype html>", [], {"hello": "world"}, {"data": "all"}])
async def test_what_lists_no_models_is_no_such_server(listed: Any) -> None:
    with ChatServer() as server:
        server.listed = listed
        with pytest.raises(errors.Malformed, match="/v1"):
            await models(server.base_url, NO_KEY)
        assert await local([("Ollama", server.base_url)]) is None


async def test_a_wrong_path_is_told_from_a_wrong_key() -> None:
    with ChatServer(key="right") as server:
        with pytest.raises(errors.WrongKey):
            await models(server.base_url, SecretStr("wrong"))
        with pytest.raises(errors.Malformed):
            await models(server.base_url.removesuffix("/v1"), SecretStr("right"))
        assert await models(server.base_url, SecretStr("right")) == [Served("test-model")]


async def test_nobody_there() -> None:
    with pytest.raises(errors.Unreachable, match=r"127\.0\.0\.1:9"):
        await models("http://127.0.0.1:9/v1", NO_KEY)


async def test_the_first_local_server_that_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://environment.invalid:3128")
    with ChatServer(models=("qwen",)) as first, ChatServer(models=("gemma",)) as second:
        addresses = [("none", "http://127.0.0.1:9/v1"), ("one", first.base_url), ("two", second.base_url)]
        assert await local(addresses) == Found("one", first.base_url, (Served("qwen"),))
        assert await local([*addresses[:1], addresses[2]]) == Found("two", second.base_url, (Served("gemma"),))
        assert await local(addresses[:1]) is None
        assert await local([]) is None


@pytest.mark.parametrize("address", ["http://127.0.0.1:99999/v1", "http://[bad/v1", "nowhere", ""])
async def test_what_is_no_address_is_no_server(address: str) -> None:
    assert await local([("strange", address)]) is None


async def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/v1"
    start = time.monotonic()
    with ChatServer() as server:
        found = await local([("silent", address), ("real", server.base_url)])
    assert found is not None
    assert found.name == "real"
    assert time.monotonic() - start < 5
    silent.close()


@pytest.mark.parametrize(
    ("ids", "wished", "chosen"),
    [
        (["llama3.2:latest"], "llama3.2", "llama3.2:latest"),
        (["llama3.2:latest"], "llama3.2:latest", "llama3.2:latest"),
        (["llama3.2:3b"], "llama3.2", None),
        (["a", "b"], "b", "b"),
        (["a", "b"], None, "a"),
        (["nomic-embed-text:latest", "bge-m3:latest", "all-minilm:22m", "gemma3:4b"], None, "gemma3:4b"),
        (["whisper-1", "tts-1", "text-embedding-3-small", "dall-e-3", "gpt-4.1-mini"], None, "gpt-4.1-mini"),
        (["omni-moderation-latest", "jina-reranker-v2", "sora-2", "gpt-image-1"], None, None),
        (["text-embedding-3-small"], "text-embedding-3-small", "text-embedding-3-small"),
        ([], None, None),
        ([], "llama3.2", None),
    ],
)
def test_a_model_that_talks_is_chosen(ids: list[str], wished: str | None, chosen: str | None) -> None:
    assert chat_model([Served(name) for name in ids], wished) == chosen
