"""Servers of language models: what models one has, and which one runs on this machine.

The SDK takes a second to import, for which nobody need wait before a server is known to be there.
"""

from __future__ import annotations

import asyncio
import importlib
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from pipeline.errors import ChatAnythingError
from pipeline.stages import ChatConfig

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


def is_local(base_url: str) -> bool:
    """Whether an address is on this machine."""
    try:
        return is_loopback(urlsplit(base_url).hostname or "")
    except ValueError:  # no address
        return False


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


async def models(base_url: str, key: SecretStr, timeout: float = 5.0) -> list[Served]:  # noqa: ASYNC109 - of silence
    """The models of an endpoint, in its order. Raises the errors of ``pipeline.errors``."""
    from pipeline.mind.chat import client as sdk
    from pipeline.mind.chat import failures

    config = ChatConfig(base_url=base_url, key=key, model="", timeout=timeout)
    async with sdk.connect(config) as client:
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
    there = await asyncio.gather(*(_listens(base_url) for _, base_url in addresses))
    if not any(there):
        return None
    importlib.import_module("pipeline.mind.chat.client")  # before any second of patience counts
    listening = [address for address, listens in zip(addresses, there, strict=True) if listens]
    found = await asyncio.gather(*(_look(name, base_url) for name, base_url in listening))
    return next((server for server in found if server is not None), None)


async def _listens(base_url: str) -> bool:
    """Whether anybody takes connections there, if that is on this machine; others may stand behind a proxy."""
    if not is_local(base_url):
        return True
    try:
        async with asyncio.timeout(_LOCAL):
            address = urlsplit(base_url)
            _, writer = await asyncio.open_connection(address.hostname, address.port or 80)
    except (OSError, ValueError):  # nobody, too late, or a port that is none
        return False
    writer.close()
    return True


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
