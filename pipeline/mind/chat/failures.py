"""What went wrong at an endpoint, in our words: exceptions of the SDK and of its HTTP client become the typed errors.

Servers that call themselves OpenAI-compatible agree on no status codes, error codes or wordings. So what a server says
comes first, and its status decides where the words do not. The patterns hold what OpenAI, Azure, OpenRouter, Mistral,
Groq, DeepSeek, Gemini, vLLM, TGI, llama.cpp, Ollama and LM Studio were seen to say.
"""

from __future__ import annotations

import re
import shlex
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime

import anyio
import httpx2
from openai import APIConnectionError, APIStatusError, OpenAIError

from pipeline import errors
from pipeline.errors import ChatAnythingError
from pipeline.stages import ChatConfig

RAISED = (OpenAIError, httpx2.HTTPError, ssl.SSLError, anyio.EndOfStream)
"""What the SDK raises while a response is opened, and its HTTP client while the response is read."""

_SAID: Mapping[type[ChatAnythingError], re.Pattern[str]] = {
    kind: re.compile("|".join(words), re.IGNORECASE)
    for kind, words in {
        errors.QuotaSpent: (
            "insufficient_quota",
            "insufficient (?:credits|balance|funds)",
            "billing_(?:hard_limit|not_active)",
            "credit balance is too low",
        ),
        errors.RateLimited: ("rate_limit_exceeded", "rate limit reached"),
        errors.ContextOverflow: (
            "context[ _](?:length|window|size)",
            r"\bn_ctx\b",
            "prompt is too long",
            "too many (?:input )?tokens",
            "reduce the length",
            r"token count \(?\d+\)? exceeds",
            r"exceeds? (?:the )?(?:max\w* number of tokens|limit of \d)",
            "max_new_tokens.{0,10} must be <=",
            "max_tokens must be at least 1, got -",
            r"max_\w*tokens\b.{0,40}too large",
        ),
        errors.Declined: (
            "content_policy",
            "content_filter",
            "content management policy",
            "safety system",
            "PROHIBITED_CONTENT",
            "requires moderation",
            "input was flagged",
        ),
        errors.WrongModel: (
            "model_not_found",
            "model_decommissioned",
            r"model\b.{0,80}?(?:not found|not exist|decommissioned|no longer available)",
            "not a valid model|invalid model|no models? loaded|no endpoints found for",
        ),
        errors.WrongKey: (
            "invalid_api_key",
            r"(?:invalid|incorrect|missing)\b.{0,10}\bapi[ _]key",
            "api key not valid",
        ),
        errors.Malformed: ("json_validate_failed", "failed to generate json"),
        errors.EngineUnavailable: ("requires more system memory",),
    }.items()
}
_BY_STATUS: Mapping[int, type[ChatAnythingError]] = {
    401: errors.WrongKey,
    402: errors.QuotaSpent,
    403: errors.WrongKey,
    408: errors.TimedOut,
    409: errors.EngineBusy,
    413: errors.ContextOverflow,
    429: errors.RateLimited,
}
_LONGEST_QUOTE = 200
_MODELS_TOLD = 5


def address(config: ChatConfig) -> str:
    """host:port of the endpoint, without the credentials that may stand before it."""
    url = httpx2.URL(config.base_url)
    return f"{url.host}:{url.port}" if url.port else url.host


def said(body: object) -> str:
    """The server's own words: message, code, parameter. Never the ``input`` that some echo, which holds the prompt."""
    return " ".join(_words(body))


def _words(body: object) -> Iterator[str]:
    if isinstance(body, (str, int)):
        yield str(body)
    elif isinstance(body, list):
        for item in body:
            yield from _words(item)
    elif isinstance(body, Mapping):
        for name in ("message", "msg", "code", "type", "param", "loc", "detail", "error", "metadata", "raw"):
            yield from _words(body.get(name))


def meaning(words: str) -> type[ChatAnythingError] | None:
    """What a server's words say, where they say it plainly."""
    return next((kind for kind, pattern in _SAID.items() if pattern.search(words)), None)


def understood(error: Exception, config: ChatConfig, model: str) -> ChatAnythingError:
    """The typed error for one of ``RAISED``. It holds nothing of the exception, whose request holds the key."""
    host = address(config)
    if isinstance(error, APIStatusError):
        return _refused(error, config, model)
    cause = error.__cause__ if isinstance(error, APIConnectionError) else error
    if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol)):
        return errors.Unreachable(
            f"No {config.what} answers at {host}.",
            remedy="start the server there, or set OPENAI_BASE_URL to where it is",
        )
    if isinstance(cause, httpx2.TimeoutException):
        return errors.TimedOut(f"The {config.what} at {host} said nothing for {config.timeout:g} seconds.")
    return errors.Interrupted(f"The connection to the {config.what} at {host} broke off.")


def midway(body: object, config: ChatConfig, model: str) -> ChatAnythingError:
    """The typed error for a failure that a server reports inside of a stream."""
    words = said(body)
    return _error(meaning(words) or errors.EngineBusy, words, config, model)


def with_models(error: errors.WrongModel, models: Sequence[str]) -> errors.WrongModel:
    """The same error, saying what the server has instead."""
    some = ", ".join(models[:_MODELS_TOLD]) + (" ..." if len(models) > _MODELS_TOLD else "")
    return errors.WrongModel(f"{error.sentence} It has: {some or 'none'}.", remedy=error.remedy)


def strange(config: ChatConfig) -> errors.Malformed:
    """The error for an answer that no chat server gives."""
    return errors.Malformed(
        f"What answers at {address(config)} does not look like an OpenAI-compatible endpoint;"
        " the address usually ends in /v1.",
        remedy="set OPENAI_BASE_URL to the address of the endpoint",
    )


def _refused(refusal: APIStatusError, config: ChatConfig, model: str) -> ChatAnythingError:
    status, words = refusal.status_code, said(refusal.body)
    headers = refusal.response.headers
    kind = meaning(words) or _BY_STATUS.get(status) or (errors.EngineBusy if status >= 500 else None)
    if kind is None and status == 404 and "model" in words.casefold():
        kind = errors.WrongModel
    if kind is None and (status in (404, 405) or "json" not in headers.get("content-type", "")):
        return strange(config)
    error = _error(kind or errors.EngineFailed, words, config, model)
    if isinstance(error, errors.RateLimited):
        error.retry_after = _retry_after(headers)
    return error


def _error(kind: type[ChatAnythingError], words: str, config: ChatConfig, model: str) -> ChatAnythingError:
    host = address(config)
    if kind is errors.WrongKey:
        refuses = "refuses the key" if config.key.get_secret_value() else "wants a key, and none is set"
        return errors.WrongKey(f"{host} {refuses}.", remedy="set OPENAI_API_KEY to a valid key")
    if kind is errors.WrongModel:
        return errors.WrongModel(f"{host} has no model named {model!r}.", remedy=_model_remedy(words, model))
    sentences: Mapping[type[ChatAnythingError], str] = {
        errors.QuotaSpent: f"The account at {host} has no credit left.",
        errors.RateLimited: f"{host} gets more requests than it allows. Please try again a little later.",
        errors.ContextOverflow: f"That is more text than {model} can take at once.",
        errors.Declined: f"The content filter of {model} declined to answer that.",
        errors.EngineBusy: f"The {config.what} at {host} is in trouble or busy. Please try again a little later.",
        errors.TimedOut: f"The {config.what} at {host} took too long.",
        errors.Malformed: f"{model} could not write its answer as JSON.",
        errors.EngineUnavailable: f"{model} does not fit into the memory of {host}.",
    }
    return kind(sentences.get(kind) or f"{host} refused the request: {_quoted(words, config)}")


def _model_remedy(words: str, model: str) -> str:
    # Ollama is the one that speaks of pulling.
    return f"ollama pull {shlex.quote(model)}" if "pulling" in words else "set OPENAI_MODEL to a model that is there"


def _quoted(words: str, config: ChatConfig) -> str:
    """What a server said, for people: short, without our key, and without a mention that could ping somebody."""
    key = config.key.get_secret_value()
    text = " ".join((words.replace(key, "***") if key else words).split()).replace("@", "(at)")
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]} ..."


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds that a server asks to wait: a number or a date. RFC 9110, section 10.2.3."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
