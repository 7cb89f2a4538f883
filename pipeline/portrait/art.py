"""Words -> art: our own table first, then the icons' names, keywords, and at last sentence vectors.

Right or nothing: what is not matched well goes to a procedural body rather than to a wrong picture.
"""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from pipeline import assets
from pipeline.types import Fraction, Persona, Value

SETS = {"fluent": "fluent-emoji", "noto": "noto"}
"""Set in an art id -> asset. Fluent first: its soft shading takes a face best."""
INDEX = Path("art-index") / "labels.npz"
CUT = 0.74
"""Cosine below which another thing's picture is worse than a body of our own (research/portraits: 0.58 lets wrong
ones through)."""
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
    remove: tuple[int, ...] = Field(default=(), description="elements of the art's own face")
    paint: dict[int, str] = Field(default_factory=dict, description="element -> its new fill")
    note: str = ""


class Match(Value):
    """A picture that fits, and why."""

    id: str
    row: ArtRow
    why: str


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
def _rows_by_word() -> dict[str, ArtRow]:
    return {word: row for row in table().art for word in row.words}


@cache
def _rows_by_id() -> dict[str, ArtRow]:
    return {row.id: row for row in table().art}


def known(thing: str) -> bool:
    """Whether a row has exactly this name."""
    return thing in _rows_by_word()


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

    def find(self, persona: Persona) -> Match | None:
        """The picture for a persona's head noun, or None."""
        if emoji := self._by_emoji(persona.concept):
            return emoji
        terms = list(dict.fromkeys(_terms(persona.thing)))
        for term in terms:
            if row := _rows_by_word().get(term):
                return Match(id=row.id, row=row, why=f"drawn on {_title(row.id)}, the picture for {term!r}")
            if art_id := self._by_name(term):
                return Match(id=art_id, row=_row(art_id), why=f"drawn on {_title(art_id)}, the picture named {term!r}")
        for term in (persona.thing.lower(), *_singular(persona.thing.lower())):  # 'machine' alone is a robot
            if name := self._keywords.get(term):
                return Match(id=name, row=_row(name), why=f"drawn on {_title(name)}, one of whose names is {term!r}")
        return self._by_meaning(persona.thing)

    def _by_name(self, term: str) -> str | None:
        name = term.replace(" ", "-")
        for key, icons in self._icons.items():
            for variant in (f"{name}-face", name):
                if variant in icons and (f"{key}:{variant}" in _rows_by_id() or self._is_object(variant)):
                    return f"{key}:{variant}"
        return None

    def _is_object(self, name: str) -> bool:
        if _VARIANT.search(name) or name in table().barred:
            return False
        return self._categories.get(name, "Objects") not in _NO_OBJECTS

    def _by_emoji(self, text: str) -> Match | None:
        """A concept that is nothing but a picture already."""
        if not text or text.isascii():
            return None
        code = "-".join(f"{ord(char):x}" for char in text.strip() if ord(char) != 0xFE0F)
        name = next((name for name, row in self._names.items() if row["code"] == code), None)
        art_id = next((f"{key}:{name}" for key, icons in self._icons.items() if name in icons), None)
        if art_id is None or not (art_id in _rows_by_id() or self._is_object(str(name))):
            return None
        return Match(id=art_id, row=_row(art_id), why=f"drawn on {_title(art_id)}, as asked")

    def _by_meaning(self, thing: str) -> Match | None:
        vectors = self._vectors
        if vectors is None or not thing.strip():
            return None
        from pipeline.embedding import Embedder

        ids, matrix = vectors
        scores = matrix @ Embedder().encode([thing])[0]
        best = int(np.argmax(scores))
        # Word pieces mislead: to the model a plumber is nearly a plum.
        if scores[best] < CUT or any(thing.lower().startswith(word) for word in _row(ids[best]).words):
            return None
        why = f"drawn on {_title(ids[best])}, the picture nearest in meaning to {thing!r} ({scores[best]:.2f} of 1)"
        return Match(id=ids[best], row=_row(ids[best]), why=why)

    def labels(self) -> Iterator[tuple[str, str]]:
        """(words, art id) of everything that may carry a face, for the vectors."""
        for row in table().art:
            yield from ((word, row.id) for word in row.words)
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


def _title(art_id: str) -> str:
    """``"fluent:red-apple"`` as people say it."""
    key, _, name = art_id.partition(":")
    return f"{key.capitalize()}'s {name.replace('-', ' ')}"


def _row(art_id: str) -> ArtRow:
    return _rows_by_id().get(art_id) or ArtRow(id=art_id)


def _terms(thing: str) -> Iterable[str]:
    """'old oak trees' -> itself, its singular, then ever shorter tails: the head noun stands last in English."""
    words = re.findall(r"[a-z0-9'-]+", thing.lower())
    for start in range(len(words)):
        tail = " ".join(words[start:])
        yield tail
        yield from _singular(tail)


def _singular(term: str) -> Iterable[str]:
    for ending, replacement in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")):
        if term.endswith(ending) and len(term) > len(ending) + 2 and not term.endswith("ss"):
            yield term[: -len(ending)] + replacement
