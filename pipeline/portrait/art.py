"""The pictures that can be drawn on: by our own table, by the icons' names, by keywords, by sentence vectors.

Which of them a persona gets is decided in `choosing`.
"""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from pipeline import assets
from pipeline.types import Fraction, Value

SETS = {"fluent": "fluent-emoji", "noto": "noto"}
"""Set in an art id -> asset. Fluent first: its soft shading takes a face best."""
INDEX = Path("art-index") / "labels.npz"
_NO_OBJECTS = {"Smileys & Emotion", "People & Body", "Symbols", "Flags", "Component"}
_VARIANT = re.compile(
    r"skin-tone|-(dark|light|medium)$|^flag-|^(man|woman|person|people|men|women|family|couple)-|-button$"
)


class ArtRow(Value):
    """What we know about one picture from looking at it."""

    id: str = Field(pattern=r"^(fluent|noto):[a-z0-9-]+$")
    words: tuple[str, ...] = ()
    face: tuple[Fraction, Fraction, Fraction] | None = Field(
        default=None, description="centre x, y and radius of the face in units of the art's side; None: find_place"
    )
    tilt: float = 0.0
    head: tuple[Fraction, Fraction, Fraction] | None = Field(
        default=None, description="x, y, half width of a hat's brim; None: above the face, by the silhouette"
    )
    bead: bool = Field(default=False, description="the face sits on a clay button: the art is too thin to carry it")
    remove: tuple[int, ...] = Field(default=(), description="elements of the art's own face")
    paint: dict[int, str] = Field(default_factory=dict, description="element -> its new fill")
    clothes: dict[str, tuple[int, ...]] = Field(
        default_factory=dict, description="place -> elements worn there, taken off where something else is put on"
    )
    note: str = ""


class _Table(Value):
    art: tuple[ArtRow, ...]
    barred: tuple[str, ...] = Field(description="icons that bring a face of their own and have no row yet")
    misnamed: frozenset[str] = Field(description="keywords of icons that are near to them, not what they show")


@cache
def table() -> _Table:
    """The rows of arts.toml, checked."""
    text = files("pipeline.portrait").joinpath("arts.toml").read_text(encoding="utf-8")
    return _Table.model_validate(tomllib.loads(text))


@cache
def names() -> dict[str, tuple[str, ...]]:
    """What people call pictures, in names.toml: art id -> words."""
    text = files("pipeline.portrait").joinpath("names.toml").read_text(encoding="utf-8")
    return {art_id: tuple(words) for art_id, words in tomllib.loads(text)["names"].items()}


@cache
def _rows_by_word() -> dict[str, ArtRow]:
    further = {word: row_of(art_id) for art_id, words in names().items() for word in words}
    return further | {word: row for row in table().art for word in row.words}


@cache
def _rows_by_id() -> dict[str, ArtRow]:
    return {row.id: row for row in table().art}


def row_of(art_id: str) -> ArtRow:
    """What we know of a picture; an empty row where nobody has looked at it."""
    return _rows_by_id().get(art_id) or ArtRow(id=art_id)


def named(word: str) -> ArtRow | None:
    """The row with exactly this word."""
    return _rows_by_word().get(word)


def title(art_id: str) -> str:
    """``"fluent:red-apple"`` as people say it."""
    key, _, name = art_id.partition(":")
    return f"{key.capitalize()}'s {name.replace('-', ' ')}"


def noun(art_id: str) -> str:
    """What a picture shows first of all: "cat" of ``"fluent:cat-face"``."""
    row = row_of(art_id)
    words = row.words or names().get(art_id, ())
    return words[0] if words else art_id.partition(":")[2].removesuffix("-face").replace("-", " ")


class ArtIndex:
    """All pictures of an assets folder. Cheap to build: names are read at once, pictures and vectors when asked for."""

    def __init__(self, home: Path) -> None:
        """Raises ``MissingAsset`` or ``CorruptAsset``."""
        self._home = home
        self._folders = {key: assets.locate(home, asset) for key, asset in SETS.items()}
        self._zips = {key: zipfile.ZipFile(folder / "art.zip") for key, folder in self._folders.items()}
        self._icons = {key: {name[:-4] for name in art.namelist()} for key, art in self._zips.items()}

    def read(self, art_id: str) -> str:
        """The SVG text of ``"fluent:red-apple"``."""
        key, _, name = art_id.partition(":")
        return self._zips[key].read(f"{name}.svg").decode()

    def by_name(self, term: str) -> str | None:
        """The picture whose own name is ``term``."""
        name = term.replace(" ", "-")
        for key, icons in self._icons.items():
            for variant in (f"{name}-face", name, f"{name}s"):
                if variant in icons and (f"{key}:{variant}" in _rows_by_id() or self._is_object(variant)):
                    return f"{key}:{variant}"
        return None

    def _is_object(self, name: str) -> bool:
        if _VARIANT.search(name) or name in table().barred:
            return False
        return self._categories.get(name, "Objects") not in _NO_OBJECTS

    def is_person(self, art_id: str) -> bool:
        """Whether a picture is in the category of people."""
        return self._categories.get(art_id.partition(":")[2]) == "People & Body"

    def by_emoji(self, text: str) -> str | None:
        """The picture of a text that is nothing but a picture already."""
        if not text or text.isascii():
            return None
        code = "-".join(f"{ord(char):x}" for char in text.strip() if ord(char) != 0xFE0F)
        name = next((name for name, row in self._names.items() if row["code"] == code), None)
        art_id = next((f"{key}:{name}" for key, icons in self._icons.items() if name in icons), None)
        return art_id if art_id in _rows_by_id() or self._is_object(str(name)) else None

    def by_keyword(self, term: str) -> str | None:
        """The only picture that has ``term`` among its first keywords."""
        return self._keywords.get(term)

    def by_meaning(self, thing: str, count: int = 8) -> list[tuple[str, float]]:
        """The pictures nearest in meaning with the cosines of their names, the nearest first."""
        vectors = self._vectors
        if vectors is None or not thing.strip():
            return []
        from pipeline.embedding import Embedder

        ids, matrix = vectors
        scores = matrix @ Embedder().encode([thing])[0]
        nearest: dict[str, float] = {}
        for place in np.argsort(-scores)[: 4 * count]:
            nearest.setdefault(ids[int(place)], float(scores[place]))
        return list(nearest.items())[:count]

    def labels(self) -> Iterator[tuple[str, str]]:
        """(words, art id) of everything that may carry a face, for the vectors."""
        for row in table().art:
            yield from ((word, row.id) for word in row.words)
        for art_id, words in names().items():
            yield from ((word, art_id) for word in words)
        seen: set[str] = set()
        for key, icons in self._icons.items():
            for name in sorted(icons - seen):
                if self._is_object(name):
                    yield name.replace("-", " "), f"{key}:{name}"
            seen |= icons

    @cached_property
    def _names(self) -> dict[str, dict[str, str | None]]:
        names: dict[str, dict[str, str | None]] = json.loads((self._folders["noto"] / "names.json").read_bytes())
        return names

    @cached_property
    def _categories(self) -> dict[str, str]:
        return {name: row["category"] or "" for name, row in self._names.items()}

    @cached_property
    def _keywords(self) -> dict[str, str]:
        """Keyword -> art id, only where a keyword belongs to few pictures: 'school' says nothing about an apple."""
        folder = assets.locate(self._home, "emojilib")
        lists: dict[str, list[str]] = json.loads((folder / "dist" / "emoji-en-US.json").read_bytes())
        by_code = {row["code"]: name for name, row in self._names.items()}
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for emoji, words in lists.items():
            name = by_code.get("-".join(f"{ord(char):x}" for char in emoji if ord(char) != 0xFE0F))
            art_id = next((f"{key}:{name}" for key, icons in self._icons.items() if name in icons), None)
            if name is None or art_id is None or not (art_id in _rows_by_id() or self._is_object(name)):
                continue
            for rank, word in enumerate(words[:4]):
                found[word.replace("_", " ").lower()].append((rank, art_id))
        return {word: min(hits)[1] for word, hits in found.items() if len(hits) == 1 and word not in table().misnamed}

    @cached_property
    def _vectors(self) -> tuple[list[str], npt.NDArray[np.float32]] | None:
        path = self._home / INDEX
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as data:
            return [str(value) for value in data["ids"]], data["vectors"].astype(np.float32)


def build_index(assets_home: Path) -> None:
    """Write the sentence vectors of all labels into the assets folder; done once, when art is fetched."""
    from pipeline.embedding import Embedder

    labels = list(ArtIndex(assets_home).labels())
    vectors = Embedder().encode([words for words, _ in labels])
    path = assets_home / INDEX
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    with scratch.open("wb") as file:
        np.savez(file, ids=np.array([art_id for _, art_id in labels]), vectors=vectors.astype(np.float16))
    scratch.replace(path)
