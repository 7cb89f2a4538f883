"""What must not reach a log is taken out here: keys, tokens, passwords, and what people wrote.

Three nets, one behind the other: values whose name says that they are secret, the exact secrets of the settings
wherever they turn up, and whatever is shaped like a token of a service we talk to.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from os import PathLike
from typing import Any, TypeGuard
from urllib.parse import unquote, urlsplit
from uuid import UUID

from pydantic import SecretStr

from bot.settings import Settings

HIDDEN = "[hidden]"

WRITTEN = frozenset({"text", "words", "line", "reply"})
"""Fields that hold what people or personas said."""

_SECRET_WORDS = frozenset(
    ("key", "keys", "apikey", "token", "secret", "secrets", "password", "passwd", "passphrase", "pwd")
) | {"auth", "authorization", "cookie", "cookies", "credential", "credentials"}
_SHORTEST = 6  # a shorter secret is part of ordinary words; hiding it would hide half of every line
_DEEPEST = 8
_NAMED = r"(?:api[_-]?key|(?<![a-z])key|token|secret|password|passwd|passphrase|authorization|cookie)"

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # user:password@ of an address, up to the last @: passwords hold slashes and @ more often than they should
    (re.compile(r"(://)(?:[^\s/@:]{0,200}:\S{0,500}|[^\s/@]{0,500})@"), rf"\1{HIDDEN}@"),
    # ?token=..., and signatures of presigned S3 addresses
    (re.compile(r"([?&][\w-]{0,40}(?:key|token|secret|password|signature|credential|sig|auth)=)[^&\s\"'#]+", re.I),
     rf"\1{HIDDEN}"),
    # Discord's tokens of webhooks and interactions, part of the path
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.-]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(Bearer|Basic|Bot)(\s+)[\w.~+/=:-]{16,}", re.I), rf"\1\2{HIDDEN}"),
    # password=..., "api_key": "...", Authorization: Basic ...
    (re.compile(rf"({_NAMED}[\"']?\s*[:=]\s*)(?:(?:Bearer|Basic|Bot)\s+)?"
                r"(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&}\])]+)", re.I), rf"\1{HIDDEN}"),
    (re.compile(r"(?<!\d)\d{6,12}:[\w-]{30,}"), HIDDEN),  # Telegram
    (re.compile(r"(?<![\w-])[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{25,45}(?![\w-])"), HIDDEN),  # Discord
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), HIDDEN),  # JWT, RFC 7519
    (re.compile(r"\b(?:sk|pk|rk)[-_][\w*-]{8,}"), HIDDEN),  # OpenAI and its likes, ElevenLabs; also half masked
    (re.compile(r"\b(?:gsk|hf|gh[a-z]|xox[a-z])[-_]\w{20,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), HIDDEN),
)  # fmt: skip
# Databases and validation quote the values they refuse, and those are what people wrote.
_QUOTED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\[parameters: ).*"), rf"\1{HIDDEN}"),
    (re.compile(r"(DETAIL:  ?).*"), rf"\1{HIDDEN}"),
    (re.compile(r"(input_value=).*?(, input_type=)", re.S), rf"\1{HIDDEN}\2"),
)


def known_secrets(settings: Settings) -> tuple[str, ...]:
    """The secrets that the settings hold, longest first: keys, and the passwords within addresses."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            found.update(_parts(value.get_secret_value()))
        elif isinstance(value, str) and "://" in value:
            for address in value.split(","):
                found.update(_password(address))
    return tuple(sorted((secret for secret in found if len(secret) >= _SHORTEST), key=len, reverse=True))


def _parts(secret: str) -> Iterable[str]:
    """A secret, and the values of one that is a list as ``name=value,name=value``."""
    yield secret
    for pair in secret.split(","):
        _, equals, value = pair.partition("=")
        if equals:
            value = unquote(value.strip())
            yield from (value, value.rpartition(" ")[2])  # "Bearer abc", and what its bearer carries


def _password(address: str) -> Iterable[str]:
    try:
        password = urlsplit(address.strip()).password
    except ValueError:
        return
    if password:
        yield from (password, unquote(password))


class Redactor:
    """Cleans whole log events. Values it does not know are shown by the name of their class alone."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._exact = re.compile("|".join(map(re.escape, secrets)) or r"(?!)")

    def __call__(self, _logger: object, _method: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """A processor of structlog, to be placed behind those that format exceptions."""
        return self.mapping(event, quiet=event.get("level") != "debug", depth=0)

    def mapping(self, fields: Mapping[Any, Any], *, quiet: bool, depth: int) -> dict[str, Any]:
        """The fields without secrets; ``quiet`` without what people wrote as well."""
        cleaned: dict[str, Any] = {}
        for name, value in fields.items():
            if not _plain(name):
                name = self.text(str(name), quiet=quiet)
            if quiet and name.lower() in WRITTEN:
                continue
            cleaned[name] = self._named(name, value, quiet, depth)
        return cleaned

    def text(self, text: str, *, quiet: bool) -> str:
        """A string without anything that looks like a secret, and without control characters, which move cursors."""
        text = _CONTROL.sub("\ufffd", self._exact.sub(HIDDEN, text))
        for pattern, instead in (*_PATTERNS, *(_QUOTED if quiet else ())):
            text = pattern.sub(instead, text)
        return text

    def _named(self, name: str, value: object, quiet: bool, depth: int) -> object:
        # None, True and False say whether something is set; that is worth knowing and no secret.
        if _is_secret(name) and not (value is None or isinstance(value, bool)):
            return HIDDEN
        return self._value(value, quiet, depth + 1)

    def _value(self, value: object, quiet: bool, depth: int) -> object:
        match value:
            case float() if not math.isfinite(value):
                return str(value)  # JSON has no word for it
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(str(value), quiet=quiet)
            case PathLike() | UUID() | date():
                return self.text(str(value), quiet=quiet)
            case BaseException():
                return self.text(f"{type(value).__name__}: {value}", quiet=quiet)
            case _ if depth > _DEEPEST:
                return "..."
            case Mapping():
                return self.mapping(value, quiet=quiet, depth=depth)
            case list() | tuple() | set() | frozenset():
                return [self._value(item, quiet, depth + 1) for item in value]
            case type():
                return value.__name__
            case _:
                return f"<{type(value).__name__}>"


def _plain(name: object) -> TypeGuard[str]:
    """Whether it is a field as programs name them; most are, and looking for tokens in each would cost the most."""
    return isinstance(name, str) and len(name) < 24 and name.isidentifier()


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    """``apiKey``, ``OPENAI_API_KEY``, ``x-auth-token``; not ``prompt_tokens`` or ``monkey``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return not _SECRET_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", words))
