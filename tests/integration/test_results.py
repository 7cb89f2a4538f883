"""What stages made comes back exactly as it was, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select

from pipeline import registry
from pipeline.clips.clip import encode_segment, mux
from pipeline.clips.padding import whole_frames
from pipeline.errors import StorageFailed
from pipeline.speak import PAUSE
from pipeline.stages import EngineConfig
from pipeline.types import Clip, Line, Mood, Persona, Phoneme, Portrait, Reply, Speech, Utterance, VoiceRecipe
from storage import migrate
from storage.blobs import Blobs
from storage.database import Database
from storage.results import Result, Results, refs, result_key
from storage.tables import ResultRow
from storage.values import Json, storable
from tests.integration.test_storage import HOSTILE, persona, portrait, recipe
from tests.unit.test_clip import beep, plain


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def results(folder: Path) -> Results:
    return Results(Blobs(folder.as_uri()))


def utterance() -> Utterance:
    sounds = np.random.default_rng(1).normal(0, 0.2, 9600).astype(np.float32)
    sounds[:3] = [1e-38, np.nextafter(np.float32(1), np.float32(0)), -1 / 3]
    first = Speech("Hm.", sounds, 24_000, (Phoneme("ʌ", 0.1, 0.1 + 0.2, True), Phoneme("m", 1 / 3, 0.4)))
    return Utterance((first, Speech("", np.zeros(960, np.float32), 24_000, ())))


def clip() -> Clip:
    return mux([encode_segment(plain(25), 64, 25)], beep(1.0), 25)


MADE: dict[str, Callable[[], Result]] = {
    "persona": persona,
    "reply": lambda: Reply(text="Core off!", mood=Mood.ANGER),
    "recipe": recipe,
    "drawn portrait": lambda: portrait(drawn=True),
    "painted portrait": lambda: portrait(drawn=False),
    "utterance": utterance,
    "clip": clip,
}


def alike(one: Any, other: Any) -> bool:
    """Equality that looks into arrays."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, Portrait | Utterance | Speech):
        return all(alike(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


@pytest.mark.parametrize("kind", MADE)
async def test_values_come_back_exactly(results: Results, folder: Path, kind: str) -> None:
    value = MADE[kind]()
    document = await results.keep(value)
    assert alike(await results.load(json.loads(json.dumps(document))), value)
    assert await results.keep(value) == document
    stored = {path.parent.name + path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    assert {blob.hash: blob.size for blob in refs(document)} == stored
    assert all("/" in blob.mime for blob in refs(document))


async def test_real_speech_comes_back_exactly(results: Results, assets_home: Path) -> None:
    speaker = registry.create("voice", "hibari", EngineConfig(assets_home))
    chosen = speaker.choose(persona(), 1)
    said = whole_frames(speaker.speak("What now?", chosen, Mood.ANGER), 25, PAUSE)
    document = json.loads(json.dumps(await results.keep(Utterance((said,)))))
    again = await results.load(document, Utterance)
    assert alike(again, Utterance((said,)))
    again.parts[0].samples[0] = 0.5  # engines may write to what they are given
    assert await results.load(await results.keep(chosen)) == chosen


async def test_a_real_portrait_comes_back_exactly(results: Results, assets_home: Path) -> None:
    painted = registry.create("portrait", "illustrator", EngineConfig(assets_home)).paint(persona(), None, 1)
    document = json.loads(json.dumps(await results.keep(painted)))
    assert alike(await results.load(document, Portrait), painted)


async def test_documents_survive_a_database(results: Results, tmp_path: Path) -> None:
    address = f"sqlite+aiosqlite:///{tmp_path}/chatanything.db"
    await migrate.upgrade(address)
    values = {result_key(kind): make() for kind, make in MADE.items()}
    async with Database(address) as database:
        async with database.session() as session:
            for key, value in values.items():
                session.add(ResultRow(key=key, stage="any", document=await results.keep(value)))
        async with database.reading() as session:
            rows = (await session.scalars(select(ResultRow))).all()
    assert {row.key for row in rows} == values.keys()
    for row in rows:
        assert alike(await results.load(row.document), values[row.key])


@pytest.mark.parametrize("name", [*HOSTILE, "zero\0byte"])
async def test_hostile_names_are_only_text(results: Results, name: str) -> None:
    document = await results.keep(persona(name))
    assert (await results.load(document, Persona)).name == storable(name)


async def test_a_wanted_kind_is_checked(results: Results) -> None:
    document = await results.keep(recipe())
    assert await results.load(document, VoiceRecipe) == recipe()
    with pytest.raises(StorageFailed):
        await results.load(document, Persona)


def changed(document: Json, *path: str | int, to: Any) -> Json:
    copy = json.loads(json.dumps(document))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return copy


@pytest.mark.parametrize("kind", ["drawn portrait", "utterance", "clip"])
async def test_damaged_and_missing_files_are_told(results: Results, folder: Path, kind: str) -> None:
    document = await results.keep(MADE[kind]())
    for blob in refs(document):
        file = folder / blob.hash[:2] / blob.hash[2:]
        whole = file.read_bytes()
        file.write_bytes(whole[:-1])
        with pytest.raises(StorageFailed, match="damaged"):
            await results.load(document)
        file.unlink()
        with pytest.raises(StorageFailed, match="missing"):
            await results.load(document)
        file.write_bytes(whole)
    assert alike(await results.load(document), MADE[kind]())


@pytest.mark.parametrize("kind", MADE)
async def test_damaged_documents_are_told(results: Results, kind: str) -> None:
    document = await results.keep(MADE[kind]())
    torn = [
        changed(document, "format", to=2),
        changed(document, "format", to=None),
        changed(document, "kind", to="Dream"),
        changed(document, "kind", to=[]),
        changed(document, "value", to=None),
        changed(document, "value", to=[]),
        changed(document, "value", to={"new": 1}),
        changed(document, "blobs", to=[{"hash": 5}]),
        changed(document, "blobs", to=None),
        {key: item for key, item in document.items() if key != "value"},
        {},
        [],
        None,
        "persona",
    ]
    if document["blobs"]:
        torn.append(changed(document, "blobs", to=[]))
    for bad in torn:
        with pytest.raises(StorageFailed):
            await results.load(bad)


async def test_files_that_are_not_what_they_should_be_are_told(results: Results, folder: Path) -> None:
    drawn, said = await results.keep(portrait()), await results.keep(utterance())
    odd = await Blobs(folder.as_uri()).put(b"seven b", "")
    for document in (drawn, said):
        with pytest.raises(StorageFailed):
            await results.load(changed(document, "blobs", 0, "hash", to=odd.hash))
        with pytest.raises(StorageFailed):
            await results.load(changed(document, "blobs", 0, "mime", to="text/plain"))


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=8)  # halves of surrogate pairs too
NAMES = st.text(st.characters(exclude_characters="\0"), max_size=4)  # keys are our own: letters that can be stored
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def reversed_keys(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [*map(reversed_keys, value)] if isinstance(value, list) else value


@given(inputs=st.lists(VALUES, max_size=4))
def test_a_key_is_the_same_for_the_same_inputs(inputs: list[Json]) -> None:
    key = result_key("voice", *inputs)
    assert len(key) == 64
    assert key == result_key("voice", *reversed_keys(inputs))
    # Letters that no database can hold are gone once the input was stored.
    assert key == result_key("voice", *json.loads(json.dumps(storable(inputs))))


@given(one=st.lists(VALUES, max_size=3), other=st.lists(VALUES, max_size=3))
def test_other_inputs_have_another_key(one: list[Json], other: list[Json]) -> None:
    assume(json.dumps(storable(one), sort_keys=True) != json.dumps(storable(other), sort_keys=True))
    assert result_key("voice", *one) != result_key("voice", *other)
    assert result_key("voice", *one) != result_key("clip", *one)


def test_inputs_do_not_run_together() -> None:
    keys = {
        result_key("a", "b", "c"),
        result_key("a", "bc"),
        result_key("ab", "c"),
        result_key("a", ["b", "c"]),
        result_key("a", "c", "b"),
        result_key("a", "b", "c", None),
        result_key("a", "1"),
        result_key("a", 1),
        result_key("a", True),
        result_key("a", None),
        result_key("a"),
    }
    assert len(keys) == 11


def test_keys_are_the_same_in_every_process_and_release() -> None:
    # A key that changes by accident makes every waiting request begin anew.
    text = '[1, "voice", {"a": ["\\u00e9", null], "b": 0.5}, 7]'
    assert result_key("voice", {"b": 0.5, "a": ("é", None)}, 7) == hashlib.sha256(text.encode()).hexdigest()


async def test_what_was_stored_has_the_key_of_what_was_made(results: Results) -> None:
    made = persona("zero\0byte\nand 🍎")
    stored = await results.load(await results.keep(made), Persona)
    assert result_key("voice", made, 3) == result_key("voice", stored, 3)
    assert result_key("voice", made, 3) != result_key("voice", persona(), 3)


def test_pictures_that_people_send_count_too() -> None:
    def key(data: bytes) -> str:
        return result_key("mind", Line.model_validate({"text": "hi", "picture": {"mime": "image/png", "data": data}}))

    assert key(b"\xff\x00") == key(b"\xff\x00") != key(b"\xff\x01")


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}])
def test_what_has_no_stable_form_has_no_key(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        result_key("voice", value)
