"""The one client of a language model: any server that speaks the chat API of OpenAI.

Every answer is streamed, also those that are wanted whole: a slow server may take minutes for one, and only its silence
tells that it is stuck. https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from openai import APIStatusError, AsyncAPIResponse, OpenAIError

from pipeline import errors
from pipeline.mind.chat import client, failures, servers
from pipeline.mind.chat.answers import Answer
from pipeline.mind.chat.dialects import Body, Dialect
from pipeline.mind.tokens import tokens
from pipeline.receipt import Receipt, Usage
from pipeline.stages import ChatConfig, Task

Message: TypeAlias = dict[str, Any]
"""{"role": "system" | "user" | "assistant", "content": text or parts}"""

_PAUSES: Mapping[type[errors.ChatAnythingError], tuple[float, ...]] = {
    errors.TimedOut: (),
    errors.Interrupted: (0.0,),
    errors.EngineBusy: (0.5, 1.5),
    errors.Empty: (0.0,),
}
"""Seconds before a call is made again that has said nothing yet, per failure; the first type that fits counts."""
_PATIENCE = 10.0
"""Longest wait in seconds that a server may ask for: a person is waiting. A longer one fails at once."""
_ROOM = 4
"""Times the tokens for a model that spent all of them on thinking."""


class Endpoint:
    """A language model behind an address. One per process and event loop; safe for concurrent use."""

    def __init__(self, config: ChatConfig) -> None:
        self.config = config
        self._slots = asyncio.Semaphore(config.concurrency)
        self._dialects: dict[str, Dialect] = {}
        self._opened: client.Client | None = None

    async def stream(
        self,
        task: Task,
        messages: Sequence[Message],
        receipt: Receipt,
        *,
        max_tokens: int,
        temperature: float = 0.8,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> AsyncGenerator[str, None]:
        """The answer in pieces, without what the model thinks aloud. Closing the generator ends the HTTP request.

        Adds one ``Usage`` to the receipt, also when it is closed early. Raises the errors of ``pipeline.errors``.
        """
        body = self._body(task, messages, max_tokens, temperature, seed, stop)
        async with aclosing(self._answer(task, body, receipt, whole=False)) as pieces:
            async for piece in pieces:
                yield piece

    async def text(
        self,
        task: Task,
        messages: Sequence[Message],
        receipt: Receipt,
        *,
        max_tokens: int,
        temperature: float = 0.8,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> str:
        """The whole answer, stripped. Raises as ``stream``."""
        body = self._body(task, messages, max_tokens, temperature, seed, stop)
        return await self._whole(task, body, receipt)

    async def json(
        self,
        task: Task,
        messages: Sequence[Message],
        receipt: Receipt,
        *,
        schema: Mapping[str, Any],
        name: str,
        max_tokens: int,
        temperature: float = 0.8,
        seed: int | None = None,
    ) -> str:
        """The text that should hold one JSON object, as strictly as the model takes the schema. Raises as ``stream``.

        Whoever asks parses and validates: some servers accept a schema and do not follow it.
        """
        body = self._body(task, messages, max_tokens, temperature, seed, ())
        strictly = {"name": name, "schema": dict(schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": strictly}
        return await self._whole(task, body, receipt)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    def _body(
        self,
        task: Task,
        messages: Sequence[Message],
        max_tokens: int,
        temperature: float,
        seed: int | None,
        stop: Sequence[str],
    ) -> Body:
        body: Body = {
            "model": self.config.model_for(task),
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if seed is not None:
            body["seed"] = seed & 0x7FFFFFFF  # 31 bits: what every server takes
        if stop:
            body["stop"] = list(stop)
        return body

    async def _whole(self, task: Task, body: Body, receipt: Receipt) -> str:
        async with aclosing(self._answer(task, body, receipt, whole=True)) as answers:
            return (await anext(answers)).strip()

    async def _answer(self, task: Task, body: Body, receipt: Receipt, *, whole: bool) -> AsyncGenerator[str, None]:
        """The answer, in pieces or as one. Asked for again where that may help and nothing of it was given out yet."""
        async with self._slots:
            meter = _Meter()
            given = False
            try:
                for attempt in itertools.count():
                    try:
                        async with aclosing(self._attempt(body, meter)) as pieces:
                            if whole:
                                yield "".join([piece async for piece in pieces])
                            else:
                                async for piece in pieces:
                                    given = True
                                    yield piece
                        return
                    except errors.ChatAnythingError as failure:
                        pause = _pause(failure, attempt)
                        if given or pause is None:
                            raise
                    await asyncio.sleep(pause)
            finally:
                if meter.answers:
                    receipt.usages.append(meter.usage(task, body, self.config.prices))

    async def _attempt(self, body: Body, meter: _Meter) -> AsyncGenerator[str, None]:
        """One request and what comes of it."""
        model = body["model"]
        dialect = self._dialects.setdefault(model, Dialect())
        room = dialect.room
        answer = Answer(self.config, model)
        meter.answers.append(answer)
        try:
            async with AsyncExitStack() as stack:
                response = await self._open(stack, body, dialect)
                async for piece in await stack.enter_async_context(aclosing(answer.read(response))):
                    meter.first = meter.first or time.monotonic()
                    yield piece
        except failures.RAISED as error:
            if isinstance(error, OpenAIError):
                meter.answers.remove(answer)  # refused, or never reached: nothing was used
            raise await self._understood(error, model) from None
        if answer.refused:
            raise errors.Declined(f"The content filter of {model} declined to answer that.")
        if not answer.finish:
            raise errors.Interrupted(f"The answer of {model} broke off in the middle.")
        if not answer.spoke:
            if answer.starved:
                dialect.make_room(_ROOM * room)
            raise errors.Empty(f"{model} answered with nothing.")

    async def _open(self, stack: AsyncExitStack, body: Body, dialect: Dialect) -> AsyncAPIResponse[Any]:
        """The beginning of an answer, in the dialect that the model turns out to take."""
        if self._opened is None:
            self._opened = client.connect(self.config)
        while True:
            request = dialect.speak(body)
            try:
                call = self._opened.chat.completions.with_streaming_response.create(**request)
                return await stack.enter_async_context(call)
            except APIStatusError as refusal:
                words = failures.said(refusal.body)
                if failures.meaning(words) or not dialect.learn(refusal.status_code, words, request):
                    raise

    async def _understood(self, error: Exception, model: str) -> errors.ChatAnythingError:
        failure = failures.understood(error, self.config, model)
        if isinstance(failure, errors.WrongModel):
            with suppress(errors.ChatAnythingError):
                served = await servers.models(self.config.base_url, self.config.key)
                return failures.with_models(failure, [row.id for row in served])
        return failure


def _pause(failure: errors.ChatAnythingError, attempt: int) -> float | None:
    """Seconds until the call is made again after its ``attempt``-th failure, counted from 0; None for never."""
    pauses = next((pauses for kind, pauses in _PAUSES.items() if isinstance(failure, kind)), ())
    if attempt >= len(pauses):
        return None
    asked = failure.retry_after if isinstance(failure, errors.RateLimited) else None
    if asked is None:
        return pauses[attempt]
    return asked if asked <= _PATIENCE else None


@dataclass(slots=True)
class _Meter:
    """What a call used, over all of its attempts."""

    start: float = field(default_factory=time.monotonic)
    first: float | None = None
    """When the first piece came."""
    answers: list[Answer] = field(default_factory=list)

    def usage(self, task: Task, body: Body, prices: tuple[float, float] | None) -> Usage:
        """Tokens that a server did not count, as of an answer that was cut short, are estimated."""
        prompt = sum(_prompt_tokens(body) if a.prompt_tokens is None else a.prompt_tokens for a in self.answers)
        completion = sum(answer.completion_tokens for answer in self.answers)
        costs = [answer.cost for answer in self.answers if answer.cost is not None]
        cost = sum(costs) if costs else None
        if cost is None and prices is not None:
            cost = (prompt * prices[0] + completion * prices[1]) / 1e6
        return Usage(
            task=task,
            model=body["model"],
            prompt_tokens=prompt,
            completion_tokens=completion,
            seconds=time.monotonic() - self.start,
            first=None if self.first is None else self.first - self.start,
            cost=cost,
        )


def _prompt_tokens(body: Body) -> int:
    contents = [message["content"] for message in body["messages"]]
    parts = [[{"text": content}] if isinstance(content, str) else content for content in contents]
    return sum(tokens(part.get("text", "")) for content in parts for part in content)
