"""One answer of a chat server, read from the wire: server-sent events, one JSON object in each, [DONE] at the end.

https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

from openai import AsyncAPIResponse
from pydantic import BaseModel, ValidationError

from pipeline import errors
from pipeline.mind.chat import failures
from pipeline.mind.chat.thoughts import Thoughts
from pipeline.mind.tokens import tokens
from pipeline.stages import ChatConfig


class _Part(BaseModel):
    text: str | None = None


class _Message(BaseModel):
    content: str | list[_Part] | None = None
    """Parts come from Mistral's reasoning models; a thought is a part without a text."""
    refusal: str | None = None
    reasoning_content: str | None = None


class _Choice(BaseModel):
    delta: _Message | None = None
    message: _Message | None = None
    """Instead of ``delta``, where a server does not stream."""
    finish_reason: str | None = None


class _Used(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = None
    """USD, from OpenRouter."""


class _Event(BaseModel):
    choices: list[_Choice] | None = None
    usage: _Used | None = None
    error: Any = None


_DONE = _Event()
_LAST_BYTES = 0.1
"""Seconds that a server has after [DONE] to end the response, so that the connection can serve again."""


class Answer:
    """What has come of an answer so far."""

    def __init__(self, config: ChatConfig, model: str) -> None:
        self.refused = False
        """Whether the model, or a filter before it, declined."""
        self.spoke = False
        """Whether anything came that a person can read."""
        self.finish = ""
        """Why it ended: "stop", "length", "content_filter" ...; "" while it goes on, or when it broke off."""
        self._config = config
        self._model = model
        self._thoughts = Thoughts()
        self._heard: list[str] = []
        self._used = _Used()

    async def read(self, response: AsyncAPIResponse[Any]) -> AsyncGenerator[str, None]:
        """The text in pieces, without thoughts. Raises what the server reports, and ``Malformed``."""
        async with aclosing(_events(response, self._config)) as events:
            async for event in events:
                if piece := self._thoughts.feed(self._take(event)):
                    self.spoke = True
                    yield piece
        if piece := self._thoughts.rest():
            self.spoke = True
            yield piece

    def _take(self, event: _Event) -> str:
        if event is _DONE:
            # A server that says so is done, also where it never says why.
            self.finish = self.finish or "stop"
        if event.error:
            raise failures.midway(event.error, self._config, self._model)
        self._used = event.usage or self._used
        return "".join(map(self._content, event.choices or ()))

    def _content(self, choice: _Choice) -> str:
        self.finish = choice.finish_reason or self.finish
        message = choice.delta or choice.message or _Message()
        self.refused = self.refused or bool(message.refusal) or self.finish == "content_filter"
        content = message.content or ""
        if isinstance(content, list):
            content = "".join(part.text or "" for part in content)
        self._heard += (content, message.reasoning_content or "")
        return content

    @property
    def starved(self) -> bool:
        """Whether all tokens went into thoughts, told or not. A model that got lost in white space is no such case."""
        return self.finish == "length" and not self.spoke and not "".join(self._heard).isspace()

    @property
    def prompt_tokens(self) -> int | None:
        """As the server counted them."""
        return self._used.prompt_tokens

    @property
    def completion_tokens(self) -> int:
        """Tokens of text and thoughts: as the server counted them, else an estimate."""
        counted = self._used.completion_tokens
        return tokens("".join(self._heard)) if counted is None else counted

    @property
    def cost(self) -> float | None:
        """USD, where the server says it."""
        return self._used.cost


async def _events(response: AsyncAPIResponse[Any], config: ChatConfig) -> AsyncGenerator[_Event, None]:
    """The events of a response; one and ``_DONE`` of a server that does not stream. Raises ``Malformed``."""
    kind = response.headers.get("content-type", "")
    if "json" in kind:
        yield _event(await response.read(), config)
        yield _DONE
        return
    if "event-stream" not in kind:
        raise failures.strange(config)
    lines = response.iter_lines()
    async for line in lines:
        field, _, value = line.partition(":")
        if field not in ("data", "error"):  # old versions of llama.cpp: "error: {...}"
            continue
        if value.strip() == "[DONE]":
            yield _DONE
            break
        yield _event(value, config)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LAST_BYTES):
            async for _ in lines:
                pass


def _event(data: str | bytes, config: ChatConfig) -> _Event:
    try:
        return _Event.model_validate_json(data)
    except ValidationError:
        # The validation error would quote the answer.
        raise errors.Malformed(f"{failures.address(config)} sent an answer that cannot be read.") from None
