"""What can go wrong with a request to a chat server, in the words that real ones use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, ClassVar


class Break(Enum):
    """How an answer ends that should not end so."""

    HALF = auto()
    """The connection is cut after two pieces."""
    OPEN = auto()
    """The stream ends properly after two pieces, without a reason and without [DONE]."""
    GARBAGE = auto()
    """After two pieces comes half a JSON object."""
    MIDWAY = auto()
    """After two pieces comes an error."""
    STALL = auto()
    """After two pieces comes nothing, and the connection stays."""
    SILENCE = auto()
    """Nothing comes, and the connection stays."""
    HTML = auto()
    """A web page comes."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request. Without arguments: nothing."""

    status: int = 200
    body: Any = None
    """Body of a refusal: JSON, or a plain text. "{key}" in it becomes the key of the request."""
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: str | None = None
    """Text instead of the answer."""
    finish: str | None = None
    """Reason of the end instead of "stop"."""
    refuses: bool = False
    """The text comes as a refusal."""
    breaks: Break | None = None

    RATE_LIMITED: ClassVar[Fault]
    SERVER_ERROR: ClassVar[Fault]
    LOADING: ClassVar[Fault]
    WRONG_KEY: ClassVar[Fault]
    WRONG_MODEL: ClassVar[Fault]
    QUOTA: ClassVar[Fault]
    OVERFLOW: ClassVar[Fault]
    POLICY: ClassVar[Fault]
    FILTERED: ClassVar[Fault]
    REFUSAL: ClassVar[Fault]
    EMPTY: ClassVar[Fault]
    BAD_JSON: ClassVar[Fault]
    HALF_STREAM: ClassVar[Fault]
    OPEN_END: ClassVar[Fault]
    GARBAGE: ClassVar[Fault]
    MIDWAY: ClassVar[Fault]
    STALL: ClassVar[Fault]
    SILENCE: ClassVar[Fault]
    HTML: ClassVar[Fault]
    UNKNOWN_PATH: ClassVar[Fault]
    NO_SCHEMA: ClassVar[Fault]

    @classmethod
    def rate_limited(cls, retry_after: float | str) -> Fault:
        """Too many requests, with the time to wait: seconds, or a date."""
        return cls(429, cls.RATE_LIMITED.body, {"Retry-After": str(retry_after)})

    @classmethod
    def refusing(cls, message: str, status: int = 400) -> Fault:
        """A refusal in the words of some server."""
        return cls(status, {"error": {"message": message}})

    @classmethod
    def no_parameter(cls, name: str) -> Fault:
        """A parameter that the model does not know; for one that it never knows see ``ChatServer.lacks``."""
        return cls(400, said(f"Unsupported parameter: '{name}' is not supported with this model.", "unsupported", name))


def said(message: str, code: str, param: str | None = None) -> dict[str, Any]:
    """An error as OpenAI words it."""
    return {"error": {"message": message, "type": "invalid_request_error", "code": code, "param": param}}


Fault.RATE_LIMITED = Fault(429, said("Rate limit reached", "rate_limit_exceeded"))
Fault.SERVER_ERROR = Fault(500, said("The server had an error while processing your request", "server_error"))
Fault.LOADING = Fault(503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}})
Fault.WRONG_KEY = Fault(401, said("Incorrect API key provided: {key}.", "invalid_api_key"))
Fault.WRONG_MODEL = Fault(404, said("The model `gone` does not exist.", "model_not_found", "model"))
Fault.QUOTA = Fault(429, said("You exceeded your current quota, please check your plan.", "insufficient_quota"))
Fault.OVERFLOW = Fault(
    400, said("This model's maximum context length is 4096 tokens.", "context_length_exceeded", "messages")
)
Fault.POLICY = Fault(400, said("Your request was rejected by our safety system.", "content_policy_violation"))
Fault.FILTERED = Fault(answer="I would", finish="content_filter")
Fault.REFUSAL = Fault(answer="I cannot help with that.", refuses=True)
Fault.EMPTY = Fault(answer="")
Fault.BAD_JSON = Fault(answer='{"name": "Russet", "tagline": ')
Fault.HALF_STREAM = Fault(breaks=Break.HALF)
Fault.OPEN_END = Fault(breaks=Break.OPEN)
Fault.GARBAGE = Fault(breaks=Break.GARBAGE)
Fault.MIDWAY = Fault(breaks=Break.MIDWAY)
Fault.STALL = Fault(breaks=Break.STALL)
Fault.SILENCE = Fault(breaks=Break.SILENCE)
Fault.HTML = Fault(breaks=Break.HTML)
Fault.UNKNOWN_PATH = Fault(404, "404 page not found")
Fault.NO_SCHEMA = Fault.no_parameter("response_format")
