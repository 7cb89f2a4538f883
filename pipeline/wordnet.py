"""The nouns of WordNet, turned once into a file that is looked into without being loaded.

WordNet's own files are 28 MB of text. `repack` keeps the nouns, and which words are adjectives, in ``nouns.sqlite``:

    noun(lemma, senses)                       senses: "synset:count ..." , the commonest first
    synset(id, field, words, parents, proper, gloss)
                                              field: the lexicographer's file (6 is artifacts); words: "a|b"; parents:
                                              ids of the hypernyms; proper: it is an instance (Kyoto), not a kind;
                                              gloss: its definition, without examples
    adjective(lemma)

Formats: wndb(5WN), senseidx(5WN) and lexnames(5WN) of WordNet 3.1 (Princeton University).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

FILE = "nouns.sqlite"
_HYPERNYM, _INSTANCE_HYPERNYM = "@", "@i"
_SCHEMA = """
CREATE TABLE noun (lemma TEXT PRIMARY KEY, senses TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE synset (id INTEGER PRIMARY KEY, field INTEGER NOT NULL, words TEXT NOT NULL, parents TEXT NOT NULL,
                     proper INTEGER NOT NULL, gloss TEXT NOT NULL);
CREATE TABLE adjective (lemma TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_SOURCES = ("index.sense", "index.noun", "data.noun", "index.adj")


def repack(folder: Path) -> None:
    """Replace the folder ``dict`` in ``folder`` by ``nouns.sqlite``."""
    sense, nouns, synsets, adjectives = (folder / "dict" / name for name in _SOURCES)
    with closing(sqlite3.connect(folder / FILE)) as database, database:
        database.executescript(_SCHEMA)
        database.executemany("INSERT INTO noun VALUES (?, ?)", _nouns(nouns, dict(_counts(sense))))
        database.executemany("INSERT INTO synset VALUES (?, ?, ?, ?, ?, ?)", _synsets(synsets))
        database.executemany(
            "INSERT INTO adjective VALUES (?)", ((line[0].replace("_", " "),) for line in _lines(adjectives))
        )
    for name in _SOURCES:
        (folder / "dict" / name).unlink()
    (folder / "dict").rmdir()


def _lines(path: Path) -> Iterator[list[str]]:
    """Every line in fields; the licence stands above them, indented."""
    with path.open(encoding="utf-8") as file:
        yield from (line.split() for line in file if not line.startswith("  "))


def _counts(path: Path) -> Iterator[tuple[tuple[str, int], int]]:
    """(lemma, synset) -> how often the noun had that sense in texts that people tagged."""
    for key, synset, _, count in _lines(path):
        lemma, _, rest = key.partition("%")
        if rest.startswith("1:"):
            yield (lemma, int(synset)), int(count)


def _nouns(path: Path, counts: dict[tuple[str, int], int]) -> Iterator[tuple[str, str]]:
    for lemma, _, senses, *rest in _lines(path):
        ids = [int(field) for field in rest[-int(senses) :]]
        yield lemma.replace("_", " "), " ".join(f"{id}:{counts.get((lemma, id), 0)}" for id in ids)


def _synsets(path: Path) -> Iterator[tuple[int, int, str, str, bool, str]]:
    for id, field, _, count, *rest in _lines(path):
        end = 2 * int(count, 16)
        words = "|".join(word.replace("_", " ") for word in rest[:end:2])
        pointers = rest[end + 1 :]
        above = [
            (symbol, target)
            for symbol, target in zip(pointers[: 4 * int(rest[end]) : 4], pointers[1::4], strict=False)
            if symbol in (_HYPERNYM, _INSTANCE_HYPERNYM)
        ]
        proper = any(symbol == _INSTANCE_HYPERNYM for symbol, _ in above)
        gloss = " ".join(rest[rest.index("|") + 1 :]).partition(";")[0].partition('"')[0].strip()
        yield int(id), int(field), words, " ".join(str(int(target)) for _, target in above), proper, gloss
