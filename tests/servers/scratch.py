"""Where the databases of tests live."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes. The servers of two test processes take a quarter of it."""


def folder() -> str | None:
    """Memory, where the system has a file system in it: a new Postgres database is a thousand small files, which takes
    a disk ten times as long. None, which is the usual place for temporary files, where there is none or little room."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return str(MEMORY)
    return None
