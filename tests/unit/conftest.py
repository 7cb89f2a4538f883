"""A chat server and an endpoint that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from pipeline.mind.chat.endpoint import Endpoint
from tests.servers.asking import config
from tests.servers.chat import ChatServer


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(lambda body: "Hello to you. How are the pies?") as running:
        yield running


@pytest.fixture
async def endpoint(server: ChatServer) -> AsyncIterator[Endpoint]:
    running = Endpoint(config(server))
    yield running
    await running.close()
