"""What every store for files does. `blobs` in conftest.py names the stores."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from pipeline.errors import StorageFailed
from storage.blobs import PROBE, Blobs


@pytest.mark.parametrize("data", [b"", b"x", b"\0\r\n\xff" * 1000, bytes(6_000_000)], ids=len)
async def test_bytes_come_back_as_they_were(blobs: Blobs, data: bytes) -> None:
    ref = await blobs.put(data, "video/mp4")
    assert (ref.hash, ref.mime, ref.size) == (hashlib.sha256(data).hexdigest(), "video/mp4", len(data))
    assert await blobs.get(ref.hash) == data


async def test_again_is_the_same(blobs: Blobs) -> None:
    first = await blobs.put(b"greeting", "audio/ogg")
    assert await blobs.put(b"greeting", "audio/ogg") == first
    assert await blobs.get(first.hash) == b"greeting"


async def test_many_at_once(blobs: Blobs) -> None:
    refs = await asyncio.gather(*(blobs.put(b"%d" % (number % 5) * 9999, "x/y") for number in range(20)))
    assert len(set(refs)) == 5
    found = await asyncio.gather(*(blobs.get(ref.hash) for ref in refs))
    assert found == [b"%d" % (number % 5) * 9999 for number in range(20)]


async def test_missing_is_a_sentence(blobs: Blobs) -> None:
    with pytest.raises(StorageFailed, match=r"missing \(abababababab\)") as caught:
        await blobs.get("ab" * 32)
    assert not caught.value.retryable


async def test_what_was_damaged_is_noticed_and_mended_by_the_next_put(blobs: Blobs) -> None:
    ref = await blobs.put(b"portrait", "image/png")
    await blobs._store.put_async(f"{ref.hash[:2]}/{ref.hash[2:]}", b"", mode="overwrite")
    with pytest.raises(StorageFailed, match="damaged"):
        await blobs.get(ref.hash)
    await blobs.put(b"portrait", "image/png")
    assert await blobs.get(ref.hash) == b"portrait"


async def test_a_put_that_is_cancelled_can_be_done_again(blobs: Blobs) -> None:
    for pause in (0, 0.001, 0.005):
        putting = asyncio.create_task(blobs.put(b"clip" * 100_000, "video/mp4"))
        await asyncio.sleep(pause)
        putting.cancel()
        await asyncio.gather(putting, return_exceptions=True)
    ref = await blobs.put(b"clip" * 100_000, "video/mp4")
    assert await blobs.get(ref.hash) == b"clip" * 100_000


async def test_the_check_needs_no_more_than_the_bot_does(blobs: Blobs) -> None:
    for _ in range(2):
        await blobs.check()
    assert await blobs.get(hashlib.sha256(PROBE).hexdigest()) == PROBE
