"""What model files and art there are, as `assets.toml` says: names, versions, hashes, licences."""

from __future__ import annotations

import importlib.util
import tomllib
from functools import cache
from importlib.resources import files as package_files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    package: str
    version: str
    licence: str
    source: str
    purpose: str
    files: tuple[str, ...] = Field(min_length=1)


class NpmAsset(_Row):
    """Fetched from the npm registry into the assets folder."""

    kind: Literal["npm"]
    integrity: str = Field(pattern=r"^sha512-[A-Za-z0-9+/]{86}==$")
    repack: Literal["iconify", "wordnet"] | None = None
    packing: int = Field(default=1, description="raised when `repack` writes something else")

    @property
    def folder(self) -> str:
        """Name of the folder it is installed in; another version, or packing, lives beside it."""
        return f"{self.id}-{self.version}" + (f"-{self.packing}" if self.packing > 1 else "")


class PypiAsset(_Row):
    """Installed with the Python dependencies; ``files`` joined have the hash ``sha256``."""

    kind: Literal["pypi"]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    extra: str | None = None

    @property
    def left_out(self) -> bool:
        """Whether it belongs to an extra that nobody installed, so that nothing misses it."""
        return self.extra is not None and importlib.util.find_spec(self.files[0].split("/", 1)[0]) is None


Asset = Annotated[NpmAsset | PypiAsset, Field(discriminator="kind")]


class Preparation(BaseModel):
    """What is computed once from fetched assets, by ``run`` ("module:function", given the assets folder), into the
    folder ``id``. It is computed again when an asset in ``needs`` or a file in ``inputs`` (of this package) changes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    run: str = Field(pattern=r"^[\w.]+:\w+$")
    needs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    purpose: str


class Catalogue(BaseModel):
    """Every asset this version of the project uses; see `assets.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asset: tuple[Asset, ...]
    prepare: tuple[Preparation, ...] = ()


@cache
def catalogue() -> Catalogue:
    """The table in ``assets.toml``."""
    return load((package_files("pipeline") / "assets.toml").read_text(encoding="utf-8"))


def load(text: str) -> Catalogue:
    """A table like ``assets.toml``; unknown keys and malformed hashes are refused."""
    return Catalogue.model_validate(tomllib.loads(text))
