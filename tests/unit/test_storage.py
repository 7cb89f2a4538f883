import hashlib
import uuid
from pathlib import Path

import numpy as np
import pytest
from obstore.exceptions import GenericError, PermissionDeniedError
from sqlalchemy import URL

from pipeline.errors import StorageFailed
from storage import blobs as blobs_module
from storage.blobs import Blobs
from storage.database import Database, parse
from storage.pictures import from_png, to_png
from storage.values import new_id, slug, storable


def test_ids_are_uuid7_and_later_ones_sort_later() -> None:
    ids = []
    for _ in range(200):
        ids.append(new_id())
        for _ in range(50):  # longer than the clock's step
            uuid.uuid4()
    assert ids == sorted(ids)
    assert len(set(ids)) == 200
    assert {uuid.UUID(one).version for one in ids} == {7}
    assert {uuid.UUID(one).variant for one in ids} == {uuid.RFC_4122}


def test_storable_keeps_every_text_but_nul_and_half_surrogates() -> None:
    fine = {"name": "Ёлка 🍎\n\t\x1b'; drop table personas; --", "n": [1, 2.5, None, True]}
    assert storable(fine) == fine
    assert storable(["a\0b", "\ud83c"]) == ["ab", "?"]


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("Old Oak", "  old-oak "),
        ("Old Oak", "OLD_OAK!"),
        ("Straße", "STRASSE"),
        ("Ångström", "A\u030angstro\u0308m"),
        ("Ёлка", "ёЛКА"),
        ("🍎", " 🍎"),
    ],
)
def test_spellings_of_one_name_share_a_slug(name: str, same: str) -> None:
    assert slug(name) == slug(same)


def test_slugs_of_different_names_differ() -> None:
    assert len({slug(name) for name in ("🍎", "🍏", "Russet", "Russet 2", "木", "!!!")}) == 6


def test_picture_survives_png() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (33, 21, 3), np.uint8)
    picture[0, 0] = (255, 0, 10)
    again = from_png(to_png(picture))
    assert np.array_equal(again, picture)
    assert again.dtype == np.uint8
    assert again.flags.c_contiguous


def test_rubbish_is_no_picture() -> None:
    with pytest.raises(StorageFailed, match="cannot be read"):
        from_png(b"not a picture")


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("sqlite:////tmp/a.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:////tmp/a.db", "sqlite+aiosqlite"),
    ],
)
def test_address_gets_an_async_driver(address: str, driver: str) -> None:
    url = parse(address)
    assert url == URL.create(driver, database="/tmp/a.db")


@pytest.mark.parametrize("address", ["", "nonsense", "zz://secret@host/db", "postgresql://u:p@h:port/db"])
def test_bad_address_is_a_sentence_without_its_secrets(address: str) -> None:
    with pytest.raises(StorageFailed, match="DATABASE_URL") as caught:
        Database(address)
    assert not address or address not in str(caught.value)


async def test_blob_is_one_file_named_by_its_hash(tmp_path: Path) -> None:
    blobs = Blobs((tmp_path / "new folder" / "blobs").as_uri())
    first = await blobs.put(b"greeting" * 1000, "video/mp4")
    assert await blobs.put(b"greeting" * 1000, "video/mp4") == first
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.parent.name + path.name for path in files] == [first.hash]


async def test_damaged_blob_is_noticed_and_mended_by_the_next_put(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    ref = await blobs.put(b"portrait", "image/png")
    (tmp_path / ref.hash[:2] / ref.hash[2:]).write_bytes(b"")  # what a power cut leaves
    with pytest.raises(StorageFailed, match="damaged"):
        await blobs.get(ref.hash)
    await blobs.put(b"portrait", "image/png")
    assert await blobs.get(ref.hash) == b"portrait"


async def test_half_written_file_does_not_count(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    digest = hashlib.sha256(b"portrait").hexdigest()
    (tmp_path / digest[:2]).mkdir()
    (tmp_path / digest[:2] / f"{digest[2:]}#1").write_bytes(b"port")  # obstore's name for a file in the making
    with pytest.raises(StorageFailed, match="missing"):
        await blobs.get(digest)
    await blobs.put(b"portrait", "image/png")
    assert await blobs.get(digest) == b"portrait"


@pytest.mark.parametrize("address", ["zz://somewhere", "s3:bucket"])
def test_bad_blob_address_is_a_sentence(address: str) -> None:
    with pytest.raises(StorageFailed):
        Blobs(address)


def test_blob_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("in the way")
    with pytest.raises(StorageFailed):
        Blobs((tmp_path / "blobs" / "inner").as_uri())


async def test_blob_folder_replaced_by_a_file(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    digest = hashlib.sha256(b"data").hexdigest()
    (tmp_path / digest[:2]).write_text("in the way")
    with pytest.raises(StorageFailed, match="did not answer") as caught:
        await blobs.put(b"data", "x/y")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (GenericError("Generic LocalFileSystem error: Unable to copy: No space left (os error 28)\n\nDebug"), "full"),
        (OSError("Permission denied (os error 13)"), "permissions"),
        (GenericError("Unable to create dir: Read-only file system (os error 30)"), "read-only"),
        (PermissionDeniedError("403 Forbidden"), "refused our key"),
        (GenericError("Generic S3 error: something else\n\nDebug source: (os error 28)"), "something else$"),
    ],
)
def test_what_a_store_refuses_is_a_sentence(error: Exception, sentence: str) -> None:
    with pytest.raises(StorageFailed, match=sentence), blobs_module._explained():
        raise error
