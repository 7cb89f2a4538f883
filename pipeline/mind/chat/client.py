"""The SDK's client, as we want it."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

import httpx2
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, Omit, OpenAI, Timeout

from pipeline.errors import Unreachable, WrongKey
from pipeline.mind.chat.servers import is_loopback
from pipeline.stages import ChatConfig

_AGENT = "ChatAnything"
_CONNECT = 5.0
"""Seconds that a server has to take a connection."""
_KEPT = 20
"""Connections that wait for their next request. None without TLS, where a new one costs next to nothing: llama.cpp
closes after each answer a connection that it promised to keep, and the next request runs into that."""


class _Discreet:
    """The SDK without what it takes from the environment of the process and tells about this machine."""

    @property
    def default_headers(self) -> dict[str, str | Omit]:
        """Instead of OPENAI_ORG_ID, OPENAI_PROJECT_ID, OPENAI_CUSTOM_HEADERS and X-Stainless-*."""
        return {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": _AGENT}


class Client(_Discreet, AsyncOpenAI):
    """For an event loop."""


class BlockingClient(_Discreet, OpenAI):
    """For engines that run in a worker process."""


def connect(config: ChatConfig) -> Client:
    """A client for an endpoint. It makes no second attempts: the SDK would sit out a silence three times, and would
    wait up to two minutes when told to. Raises ``Unreachable`` and ``WrongKey`` for what cannot be an address or a key.
    """
    settings = _settings(config)
    return Client(**_endpoint(config), http_client=DefaultAsyncHttpxClient(**settings))


def connect_blocking(config: ChatConfig) -> BlockingClient:
    """As ``connect``."""
    settings = _settings(config)
    return BlockingClient(**_endpoint(config), http_client=DefaultHttpxClient(**settings))


def _endpoint(config: ChatConfig) -> dict[str, Any]:
    # Local servers want no key, the SDK wants one.
    key = config.key.get_secret_value().strip() or "none"
    return {
        "base_url": _url(config).copy_with(userinfo=b""),
        "api_key": key,
        "timeout": _limit(config),
        "max_retries": 0,
    }


def _settings(config: ChatConfig) -> dict[str, Any]:
    """What the HTTP client is made with."""
    url, key = _url(config), config.key.get_secret_value().strip()
    if not (key.isascii() and key.isprintable()):
        # The HTTP client would say so too, and print it.
        raise WrongKey("OPENAI_API_KEY holds characters that are in no key.", remedy="copy the key once more")
    return {
        # User and password of the URL travel as a header: the HTTP client logs the URLs that it opens.
        "auth": (url.username, url.password) if url.userinfo else None,
        "timeout": _limit(config),
        "limits": httpx2.Limits(max_keepalive_connections=_KEPT if url.scheme == "https" else 0),
        "trust_env": not is_loopback(url.host),  # no proxy of the environment can reach this machine
        "verify": _certificates(),
    }


def _url(config: ChatConfig) -> httpx2.URL:
    try:
        return httpx2.URL(config.base_url)
    except httpx2.InvalidURL:
        remedy = "set it to something like http://127.0.0.1:11434/v1"
        raise Unreachable("OPENAI_BASE_URL is not an address.", remedy=remedy) from None


def _limit(config: ChatConfig) -> Timeout:
    return Timeout(config.timeout, connect=min(_CONNECT, config.timeout), pool=None)


@cache
def _certificates() -> ssl.SSLContext:
    # Reading the bundle takes 90 ms.
    return httpx2.create_ssl_context()
