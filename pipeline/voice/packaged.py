"""Speech models that arrive as Python packages: their bytes, compared with the hash pinned in ``assets.toml``."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from pipeline import assets
from pipeline.errors import CorruptAsset, MissingAsset

REMEDY = "make setup"


def read_model(asset_id: str) -> bytes:
    """The files of a packaged asset, joined. Raises ``MissingAsset`` or ``CorruptAsset``."""
    asset = next(row for row in assets.catalogue().asset if row.id == asset_id)
    if not isinstance(asset, assets.PypiAsset):
        raise ValueError(f"{asset_id} is not a Python package")
    model = b"".join(_package_file(name).read_bytes() for name in asset.files)
    if hashlib.sha256(model).hexdigest() != asset.sha256:
        raise CorruptAsset(f"The package of {asset.id} ({asset.purpose}) is damaged.", remedy=REMEDY)
    return model


def _package_file(name: str) -> Path:
    """A file of an installed package, found without importing it."""
    package, _, rest = name.partition("/")
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / rest if spec and spec.origin else None
    if path is None or not path.is_file():
        raise MissingAsset(f"The speech model is not whole: {package} is not installed.", remedy=REMEDY)
    return path
