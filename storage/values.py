"""The values that rows are made of: ids, points in time, JSON, text that both databases can hold, and slugs."""

from __future__ import annotations

import os
import re
import time
import unicodedata
import uuid
from datetime import UTC, datetime
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""What ``json.loads`` gives."""


def new_id() -> str:
    """A UUID of version 7 (RFC 9562): ids made later sort later, so the newest persona has the greatest id."""
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000  # RFC 9562, method 3: 12 bits below the millisecond
    tail = int.from_bytes(os.urandom(8)) & (1 << 62) - 1
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | tail))


def now() -> datetime:
    """The present, UTC, aware."""
    return datetime.now(UTC)


def storable(value: Json) -> Json:
    """The value without what Postgres cannot hold or UTF-8 cannot write: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def slug(name: str) -> str:
    """What two spellings of a name share: ``Old  Oak!`` and ``old-oak`` give ``old-oak``. Never empty for a name
    with something visible in it: names without letters stand for themselves."""
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    return re.sub(r"[\W_]+", "-", folded).strip("-") or folded
