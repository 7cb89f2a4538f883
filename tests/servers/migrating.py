"""Tables for a new database."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from storage import migrate


def build(address: str) -> None:
    """Brings a database to the newest revision. May be called with an event loop running or without."""
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(lambda: asyncio.run(migrate.upgrade(address))).result()
