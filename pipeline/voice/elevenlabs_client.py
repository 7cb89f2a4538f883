"""The wire to ElevenLabs (https://elevenlabs.io/docs/api-reference) by its own SDK: the requests, what is used of the
answers, and what it means when something else comes.
"""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

import httpx
from elevenlabs import VoiceSettings
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.parse_error import ParsingError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import errors
from pipeline.errors import ChatAnythingError
from pipeline.mind.chat.servers import is_loopback
from pipeline.stages import SpeechConfig

T = TypeVar("T", bound=BaseModel)

FORMAT = "pcm_24000"
CONNECT = 5.0
PAGES, PAGE = 5, 100
"""Voices of an account that are looked at: 500."""
DESIGNER = "eleven_ttv_v3"
"""Model that makes voices from descriptions."""
_ADDRESS = "set ELEVENLABS_BASE_URL to something like https://api.elevenlabs.io"
_COST = "character-cost"
"""Header that says what a request was charged for."""
_QUOTED = 200
# What it says comes before the status: a spent quota is a 401, too.
_SAID: Mapping[type[ChatAnythingError], re.Pattern[str]] = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        errors.QuotaSpent: r"quota_exceeded|insufficient_credits|payment_required|paid_plan|free_users|unusual_activity"
        r"|subscription_required|only_for_creator",
        errors.WrongKey: r"invalid_api_key|missing_permissions|needs_authorization|invalid_authorization",
        errors.RateLimited: r"too_many_concurrent_requests|concurrent_limit_exceeded|rate_limit|too_many_requests",
        errors.EngineBusy: r"system_busy",
        errors.EngineFailed: r"voice_not_found|voice_does_not_exist",
        errors.WrongModel: r"model_not_found|model_id_does_not_exist|invalid_model|model_access_denied",
        errors.ContextOverflow: r"max_character_limit_exceeded|text_too_long",
        errors.Declined: r"blocked|moderat|against_policy|policy_violation|content_restricted|safety",
    }.items()
}
_BY_STATUS: Mapping[int, type[ChatAnythingError]] = {
    401: errors.WrongKey,
    402: errors.QuotaSpent,
    403: errors.WrongKey,
    408: errors.TimedOut,
    409: errors.EngineBusy,
    425: errors.EngineBusy,
    429: errors.RateLimited,
}


class _Answer(BaseModel):
    """What is used of an answer. The SDK checks nothing that it reads."""

    model_config = ConfigDict(from_attributes=True)


class Characters(_Answer):
    """When each character of a text is said, in seconds."""

    characters: list[str]
    character_start_times_seconds: list[float]


class Spoken(_Answer):
    """Sound, and when what is said. ``cost``: characters that it was charged for."""

    audio_base_64: str = Field(repr=False)
    alignment: Characters | None = None
    cost: int = 0

    @property
    def sound(self) -> bytes:
        """PCM. Raises ``ValueError`` for what is none."""
        return base64.b64decode(self.audio_base_64, validate=True)


class Listed(_Answer):
    """A voice of an account."""

    voice_id: str
    name: str | None = None
    category: str | None = None
    labels: dict[str, str | None] | None = None
    description: str | None = None


class _Page(_Answer):
    voices: list[Listed]
    has_more: bool = False
    next_page_token: str | None = None


class _Preview(_Answer):
    generated_voice_id: str


class Designed(_Answer):
    """Voices made from a description, not kept yet."""

    previews: list[_Preview] = Field(min_length=1)
    text: str = ""
    cost: int = 0


class Quota(_Answer):
    """Credits of the billing period."""

    character_count: int
    character_limit: int


class Client:
    """One account. All methods raise ``EngineUnavailable`` and ``EngineFailed``, with nothing of a request in the
    error: it holds the key."""

    def __init__(self, service: SpeechConfig) -> None:
        try:
            url = httpx.URL(service.base_url)
        except httpx.InvalidURL:
            raise errors.Unreachable("ELEVENLABS_BASE_URL is not an address.", remedy=_ADDRESS) from None
        self._service = service
        self._key = service.key.get_secret_value().strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise errors.WrongKey(
                "ELEVENLABS_API_KEY holds characters that are in no key.", remedy="copy the key once more"
            )
        self._host = f"{url.host}:{url.port}" if url.port else url.host
        limit = httpx.Timeout(service.timeout, connect=min(CONNECT, service.timeout))
        self._http = httpx.Client(
            auth=(url.username, url.password) if url.userinfo else None,
            limits=httpx.Limits(max_keepalive_connections=4 if url.scheme == "https" else 0),
            trust_env=not is_loopback(url.host),  # no proxy of the environment can reach this machine
            verify=_certificates(),
        )
        self._sdk = ElevenLabs(
            base_url=str(url.copy_with(userinfo=b"")),
            api_key=self._key,
            httpx_client=self._http,
            timeout=cast(float, limit),  # it is handed on to httpx as it is; without one the SDK waits for 240 seconds
            headers={"User-Agent": "ChatAnything", "X-Fern-Runtime": "", "X-Fern-Platform": ""},
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def voices(self, search: str | None = None) -> Sequence[Listed] | None:
        """The voices of the account; None where the key may not see them, as one that may only speak."""
        found: list[Listed] = []
        token: str | None = None
        try:
            for _ in range(PAGES):
                page = self._asked(
                    _Page,
                    self._sdk.voices.with_raw_response.search,
                    page_size=PAGE,
                    search=search,
                    next_page_token=token,
                )
                found += page.voices
                token = page.next_page_token
                if not (page.has_more and token):
                    break
        except errors.WrongKey as error:
            if error.remedy == _PERMISSION:
                return None
            raise
        return found

    def speak(self, voice: str, text: str, *, language: str | None, settings: Mapping[str, float], seed: int) -> Spoken:
        """A text in a voice."""
        return self._asked(
            Spoken,
            self._sdk.text_to_speech.with_raw_response.convert_with_timestamps,
            voice_id=voice,
            text=text,
            model_id=self._service.model,
            output_format=FORMAT,
            voice_settings=VoiceSettings(**settings),
            seed=seed,
            **({"language_code": language} if language else {}),
        )

    def design(self, description: str, seed: int) -> Designed:
        """Voices that sound as described (20 to 1000 characters)."""
        return self._asked(
            Designed,
            self._sdk.text_to_voice.with_raw_response.design,
            voice_description=description,
            model_id=DESIGNER,
            auto_generate_text=True,
            seed=seed,
        )

    def keep(self, name: str, description: str, generated: str) -> Listed:
        """Makes a designed voice one of the account."""
        return self._asked(
            Listed,
            self._sdk.text_to_voice.with_raw_response.create,
            voice_name=name,
            voice_description=description,
            generated_voice_id=generated,
        )

    def quota(self) -> Quota:
        """What is left."""
        return self._asked(Quota, self._sdk.user.subscription.with_raw_response.get)

    def _asked(self, kind: type[T], call: Callable[..., Any], **content: Any) -> T:
        try:
            # The SDK would sit out a refusal for a minute, twice.
            response = call(**content, request_options={"max_retries": 0})
            answer = kind.model_validate(response.data)
        except ApiError as refusal:
            raise self._refused(refusal) from None
        except (ParsingError, ValidationError, TypeError):  # TypeError: the SDK, of JSON that is no object
            raise self._strange() from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol):
            remedy = "look whether this machine reaches it, or set ELEVENLABS_BASE_URL"
            raise errors.Unreachable(f"ElevenLabs does not answer at {self._host}.", remedy=remedy) from None
        except httpx.TimeoutException:
            raise errors.TimedOut(f"ElevenLabs said nothing for {self._service.timeout:g} seconds.") from None
        except (httpx.HTTPError, ssl.SSLError):
            raise errors.Interrupted("The connection to ElevenLabs broke off.") from None
        cost = response.headers.get(_COST, "")
        return (
            answer.model_copy(update={"cost": int(cost)}) if cost.isdigit() and "cost" in kind.model_fields else answer
        )

    def _refused(self, refusal: ApiError) -> ChatAnythingError:
        status, words = refusal.status_code or 0, " ".join(_words(refusal.body))
        kind = next((kind for kind, pattern in _SAID.items() if pattern.search(words)), None)
        kind = kind or _BY_STATUS.get(status) or (errors.EngineBusy if status >= 500 else None)
        if kind is errors.WrongKey:
            if "missing_permissions" in words:
                return errors.WrongKey("The key of ElevenLabs may not do that.", remedy=_PERMISSION)
            refuses = "refuses the key" if self._key else "wants a key, and none is set"
            return errors.WrongKey(f"ElevenLabs {refuses}.", remedy="set ELEVENLABS_API_KEY to a valid key")
        if kind is errors.RateLimited:
            return errors.RateLimited(_SENTENCES[kind], retry_after=_retry_after(refusal.headers or {}))
        if kind is errors.WrongModel:
            sentence = f"ElevenLabs has no model named {self._service.model!r} for this account."
            return errors.WrongModel(sentence, remedy="set ELEVENLABS_MODEL to a model that is there")
        if kind is not None:
            return kind(_SENTENCES[kind], remedy=_REMEDIES.get(kind))
        if not isinstance(refusal.body, Mapping):
            return self._strange()
        return errors.EngineFailed(f"ElevenLabs refused the request: {self._quoted(words)}")

    def _strange(self) -> errors.Malformed:
        return errors.Malformed(f"What answers at {self._host} is not ElevenLabs.", remedy=_ADDRESS)

    def _quoted(self, words: str) -> str:
        """What it said, for people: short, without our key, and without a mention that could ping somebody."""
        text = " ".join((words.replace(self._key, "***") if self._key else words).split()).replace("@", "(at)")
        return text if len(text) <= _QUOTED else f"{text[:_QUOTED]} ..."


_PERMISSION = "give the key the permissions text_to_speech, voices_read and, for ELEVENLABS_DESIGN, voices_write"
_SENTENCES: Mapping[type[ChatAnythingError], str] = {
    errors.QuotaSpent: "The account at ElevenLabs has no credits left for that.",
    errors.RateLimited: "ElevenLabs gets more requests than it allows. Please try again a little later.",
    errors.EngineBusy: "ElevenLabs is in trouble or busy. Please try again a little later.",
    errors.TimedOut: "ElevenLabs took too long.",
    errors.EngineFailed: "ElevenLabs does not have this voice any more; another one can be asked for.",
    errors.ContextOverflow: "That is more text than ElevenLabs says at once.",
    errors.Declined: "ElevenLabs declined to say that.",
}
_REMEDIES: Mapping[type[ChatAnythingError], str] = {
    errors.QuotaSpent: "add credits at elevenlabs.io, or VOICE=auto",
}


def _words(body: object) -> Iterator[str]:
    """What a refusal says of itself; never the ``input`` that a 422 repeats, which holds the words to be said."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, list):
        for item in body:
            yield from _words(item)
    elif isinstance(body, Mapping):
        for name in ("detail", "status", "code", "type", "message", "msg"):
            yield from _words(body.get(name))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that it asks to wait."""
    value = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None


@cache
def _certificates() -> ssl.SSLContext:
    # Reading the bundle takes 90 ms.
    return httpx.create_ssl_context()
