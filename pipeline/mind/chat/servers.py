"""Servers of language models: how to reach one, what models it has, and which one runs on this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Omit, Timeout
from pydantic import SecretStr

from pipeline.errors import ChatAnythingError, Unreachable, WrongKey
from pipeline.mind.chat import failures
from pipeline.stages import ChatConfig

_AGENT = "ChatAnything"
_CONNECT = 5.0
"""Seconds that a server has to take a connection."""
_KEPT = 20
"""Connections that wait for their next request. None without TLS, where a new one costs next to nothing: llama.cpp
closes after each answer a connection that it promised to keep, and the next request runs into that."""
_LOCAL = 2.0
"""Seconds that a server on this machine has to list its models."""
_NO_CHAT = re.compile(
    r"embed|rerank|\b(?:bge|gte|e5|all-minilm)\b|whisper|transcribe|\btts\b|dall-e|gpt-image|stable-diffusion|\bflux\b"
    r"|sora|moderation|realtime|davinci-|babbage-",
    re.IGNORECASE,
)
"""Names of models that find, hear, speak or paint, and do not talk."""


@dataclass(frozen=True, slots=True)
class Served:
    """A model of a server. ``sees``: whether it takes pictures; ``context``: tokens that prompt and answer may fill.
    None where the server does not say."""

    id: str
    sees: bool | None = None
    context: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A server that answered."""

    name: str
    base_url: str
    models: tuple[Served, ...]


class Client(AsyncOpenAI):
    """The SDK without what it takes from the environment of the process and tells about this machine."""

    @property
    def default_headers(self) -> dict[str, str | Omit]:
        """Instead of OPENAI_ORG_ID, OPENAI_PROJECT_ID, OPENAI_CUSTOM_HEADERS and X-Stainless-*."""
        return {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": _AGENT}


def connect(config: ChatConfig) -> Client:
    """A client for an endpoint. It makes no second attempts: the SDK would sit out a silence three times, and would
    wait up to two minutes when told to. Raises ``Unreachable`` and ``WrongKey`` for what cannot be an address or a key.
    """
    try:
        url = httpx2.URL(config.base_url)
    except httpx2.InvalidURL:
        remedy = "set it to something like http://127.0.0.1:11434/v1"
        raise Unreachable("OPENAI_BASE_URL is not an address.", remedy=remedy) from None
    key = config.key.get_secret_value().strip()
    if not (key.isascii() and key.isprintable()):
        # The HTTP client would say so too, and print it.
        raise WrongKey("OPENAI_API_KEY holds characters that are in no key.", remedy="copy the key once more")
    # User and password of the URL travel as a header: the HTTP client logs the URLs that it opens.
    login = (url.username, url.password) if url.userinfo else None
    url = url.copy_with(userinfo=b"")
    limit = Timeout(config.timeout, connect=min(_CONNECT, config.timeout), pool=None)
    http = DefaultAsyncHttpxClient(
        auth=login,
        timeout=limit,
        limits=httpx2.Limits(max_keepalive_connections=_KEPT if url.scheme == "https" else 0),
        trust_env=not _is_loopback(url.host),  # no proxy of the environment can reach this machine
        verify=_certificates(),
    )
    # Local servers want no key, the SDK wants one.
    return Client(base_url=url, api_key=key or "none", timeout=limit, max_retries=0, http_client=http)


@cache
def _certificates() -> ssl.SSLContext:
    # Reading the bundle takes 90 ms.
    return httpx2.create_ssl_context()


def is_local(base_url: str) -> bool:
    """Whether an address is on this machine."""
    return _is_loopback(httpx2.URL(base_url).host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


async def models(base_url: str, key: SecretStr, timeout: float = 5.0) -> list[Served]:  # noqa: ASYNC109 - of silence
    """The models of an endpoint, in its order. Raises the errors of ``pipeline.errors``."""
    config = ChatConfig(base_url=base_url, key=key, model="", timeout=timeout)
    async with connect(config) as client:
        try:
            listed: Any = await client.get("/models", cast_to=object)
        except failures.RAISED as error:
            raise failures.understood(error, config, "") from None
    rows = listed.get("data", "") if isinstance(listed, Mapping) else ""
    if rows is None:  # Ollama, as long as it has no models
        return []
    if not isinstance(rows, list):
        raise failures.strange(config)
    seeing = _multimodal(listed)
    named = [row for row in rows if isinstance(row, Mapping) and "id" in row]
    return [Served(row["id"], _sees(row, seeing), _context(row)) for row in named]


def _context(row: Mapping[str, Any]) -> int | None:
    told = ((row.get("meta") or {}).get("n_ctx"), row.get("max_model_len"), row.get("context_length"))
    return next((size for size in told if isinstance(size, int)), None)  # llama.cpp, vLLM, OpenRouter


def _sees(row: Mapping[str, Any], seeing: Mapping[str, bool]) -> bool | None:
    modalities = (row.get("architecture") or {}).get("input_modalities")  # OpenRouter, new llama.cpp
    if modalities is not None:
        return "image" in modalities
    capabilities = row.get("capabilities")
    if isinstance(capabilities, Mapping) and "vision" in capabilities:  # Mistral
        return bool(capabilities["vision"])
    return seeing.get(row["id"])


def _multimodal(listed: Mapping[str, Any]) -> Mapping[str, bool]:
    """llama.cpp lists its models a second time, as Ollama does in its own API, with what they can do."""
    rows = [row for row in listed.get("models") or () if "name" in row and "capabilities" in row]
    return {row["name"]: "multimodal" in row["capabilities"] for row in rows}


async def local(addresses: Sequence[tuple[str, str]]) -> Found | None:
    """The first of these servers, in the given order, that answers and has models; None without one."""
    found = await asyncio.gather(*(_look(name, base_url) for name, base_url in addresses))
    return next((server for server in found if server is not None), None)


async def _look(name: str, base_url: str) -> Found | None:
    try:
        async with asyncio.timeout(_LOCAL):
            served = await models(base_url, SecretStr(""), _LOCAL)
    except (ChatAnythingError, TimeoutError):
        return None
    return Found(name, base_url, tuple(served)) if served else None


def chat_model(models: Sequence[Served], wished: str | None) -> str | None:
    """The id of the wished model, also when it is wished without Ollama's ":latest"; without a wish the first model
    that talks. None where there is none."""
    ids = [model.id for model in models]
    if wished is not None:
        return next((name for name in (wished, f"{wished}:latest") if name in ids), None)
    return next((name for name in ids if not _NO_CHAT.search(name)), None)
