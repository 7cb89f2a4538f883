"""The questions that the tests of the endpoint ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from pipeline.mind.chat.endpoint import Endpoint, Message
from pipeline.receipt import Receipt
from pipeline.stages import ChatConfig, Task
from tests.servers.chat import ChatServer

KEY = "sk-very-secret-0123456789"
HELLO: list[Message] = [{"role": "user", "content": "hello there"}]
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 1}, "format": {"type": "string"}},
    "required": ["name", "format"],
    "additionalProperties": False,
}


def config(server: ChatServer, **changes: Any) -> ChatConfig:
    """A configuration for a server, which gives up early."""
    whole = ChatConfig(base_url=server.base_url, key=SecretStr(KEY), model="test-model", timeout=5.0)
    return replace(whole, **changes)


async def ask(endpoint: Endpoint, receipt: Receipt | None = None, **how: Any) -> str:
    """The whole answer to a greeting."""
    return await endpoint.text(Task.REPLY, HELLO, receipt or Receipt(), **{"max_tokens": 100, **how})


async def ask_json(endpoint: Endpoint, **how: Any) -> str:
    """An answer that should follow ``SCHEMA``."""
    how = {"max_tokens": 100, **how}
    return await endpoint.json(Task.PERSONA, HELLO, Receipt(), schema=SCHEMA, name="thing", **how)


async def streamed(endpoint: Endpoint, receipt: Receipt) -> list[str]:
    """The answer to a greeting in pieces."""
    return [piece async for piece in endpoint.stream(Task.REPLY, HELLO, receipt, max_tokens=100)]
