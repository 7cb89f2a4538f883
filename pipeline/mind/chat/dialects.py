"""Dialects of the OpenAI chat API: what a model does not take, learnt from its refusals.

No two servers take the same parameters. A request starts with all of them; when a server refuses one by name, the first
rung of the ladder that fits the refusal changes just that, the call is made again, and the model's dialect remembers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pipeline.mind import prompts

Body: TypeAlias = dict[str, Any]
"""A chat completion request."""

# fmt: off
_LIMITS = frozenset({
    "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "default", "examples",
})
# fmt: on
"""Words of JSON Schema that only check values: strict modes and grammars do not know all of them."""

_REFUSALS = (400, 422, 500, 501)
"""llama.cpp calls what its chat template does not take a server error, Vertex what a schema may not hold."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One change of a request, and the words of a refusal that call for it."""

    refusal: re.Pattern[str]
    change: Callable[[Body], Body]


def _words(*words: str) -> re.Pattern[str]:
    # "_" counts as a letter: "stop" is not found in "stop_sequences".
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def _without(name: str) -> Callable[[Body], Body]:
    return lambda body: {key: value for key, value in body.items() if key != name}


def _renamed(old: str, new: str) -> Callable[[Body], Body]:
    return lambda body: {new if key == old else key: value for key, value in body.items()}


def _without_limits(body: Body) -> Body:
    answer = body.get("response_format")
    return body if answer is None else {**body, "response_format": _plain(answer)}


def _plain(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    # Below "properties" the keys are names of ours, not words of JSON Schema.
    return {
        key: {name: _plain(value) for name, value in inner.items()} if key == "properties" else _plain(inner)
        for key, inner in schema.items()
        if key not in _LIMITS
    }


def _as_json_object(body: Body) -> Body:
    answer = body.get("response_format", {})
    if answer.get("type") != "json_schema":
        return body
    told = _told_in_words(body["messages"], answer["json_schema"]["schema"])
    return {**body, "messages": told, "response_format": {"type": "json_object"}}


def _as_text(body: Body) -> Body:
    return _without("response_format")(_as_json_object(body))


def _told_in_words(messages: list[Any], schema: Mapping[str, Any]) -> list[Any]:
    words = prompts.fill(prompts.text("schema"), {"schema": json.dumps(schema, ensure_ascii=False)})
    return [*messages, {"role": "system", "content": words}]


def _alternating(body: Body) -> Body:
    """Person and model in turn, the system's words in the person's mouth: all that some chat templates know."""
    messages: list[Any] = []
    for message in body["messages"]:
        role = "assistant" if message["role"] == "assistant" else "user"
        if messages and messages[-1]["role"] == role:
            messages[-1] = {"role": role, "content": _joined(messages[-1]["content"], message["content"])}
        else:
            messages.append({"role": role, "content": message["content"]})
    return {**body, "messages": messages}


def _joined(first: Any, second: Any) -> Any:
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}\n\n{second}"
    parts = [
        [{"type": "text", "text": content}] if isinstance(content, str) else content for content in (first, second)
    ]
    return [*parts[0], *parts[1]]


def _without_pictures(body: Body) -> Body:
    return {**body, "messages": [{**message, "content": _unseen(message["content"])} for message in body["messages"]]}


def _unseen(content: Any) -> Any:
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] if part["type"] == "text" else prompts.text("unseen") for part in content)


LADDER: Mapping[str, Rung] = {
    "max_tokens": Rung(_words("max_tokens"), _renamed("max_tokens", "max_completion_tokens")),
    "temperature": Rung(_words("temperature"), _without("temperature")),
    "seed": Rung(_words("seed"), _without("seed")),
    "stop": Rung(_words("stop"), _without("stop")),
    "stream_options": Rung(_words("stream_options"), _without("stream_options")),
    "limits": Rung(_words("invalid schema", "unsupported field", "min_?length", "max_?length"), _without_limits),
    "json_schema": Rung(_words("response_format", "json_schema", "schema", "grammar"), _as_json_object),
    "json_object": Rung(_words("response_format", "json_object", "grammar"), _as_text),
    "pictures": Rung(_words("image input", "image_url", "support images?", "must be a string"), _without_pictures),
    "roles": Rung(_words("roles must alternate", "system role", "system message", "got system"), _alternating),
}
"""In the order in which they are tried and applied."""


_MOST_ROOM = 16
"""Times the tokens that were asked for."""


@dataclass(slots=True)
class Dialect:
    """What one model was found not to take: names of rungs. ``room``: times the tokens, for one that thinks first."""

    learnt: set[str] = field(default_factory=set)
    room: int = 1

    def speak(self, body: Body) -> Body:
        """The request as the model takes it."""
        body = {**body, "max_tokens": body["max_tokens"] * self.room}
        for name, rung in LADDER.items():
            if name in self.learnt:
                body = rung.change(body)
        return body

    def learn(self, status: int, refusal: str, request: Body) -> bool:
        """Take a lesson from the refusal of a spoken request. False where it holds none."""
        if status not in _REFUSALS:
            return False
        for name, rung in LADDER.items():
            # Also where it was learnt meanwhile, from a call at the same time: this request was made before.
            if rung.refusal.search(refusal) and rung.change(request) != request:
                self.learnt.add(name)
                return True
        return False

    def make_room(self, times: int) -> None:
        """Let the model have more tokens: it spent all of them on thinking."""
        self.room = min(max(self.room, times), _MOST_ROOM)
