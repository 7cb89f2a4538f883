"""A bucket that is away, silent, overloaded, or not ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from bot.doctor import machine
from bot.settings import Settings
from pipeline.errors import StorageBusy, StorageFailed
from storage import blobs as module
from storage.blobs import Blobs
from storage.database import Database
from storage.repository import Personas
from tests.integration.test_storage import persona, portrait, recipe
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres
from tests.servers.s3 import S3


@pytest.fixture
def address(s3: S3) -> str:
    return s3.bucket()


@pytest.fixture
def blobs(address: str, monkeypatch: pytest.MonkeyPatch) -> Blobs:
    """A store that gives up soon, or these tests would take minutes."""
    monkeypatch.setitem(module.RETRY, "max_retries", 1)
    monkeypatch.setitem(module.CLIENT, "read_timeout", "500ms")
    return Blobs(address)


Call = Callable[[Blobs], Awaitable[object]]
CALLS: list[Call] = [lambda blobs: blobs.put(b"new", "x/y"), lambda blobs: blobs.get("ab" * 32), Blobs.check]
each_call = pytest.mark.parametrize("call", CALLS, ids=["put", "get", "check"])


async def test_two_processes_share_a_bucket_and_places_in_it_are_apart(address: str, blobs: Blobs) -> None:
    ref = await blobs.put(b"clip", "video/mp4")
    assert await Blobs(address).get(ref.hash) == b"clip"
    with pytest.raises(StorageFailed, match="missing"):
        await Blobs(f"{address}/elsewhere").get(ref.hash)


@each_call
async def test_cut_off_and_mended(s3: S3, blobs: Blobs, call: Call) -> None:
    ref = await blobs.put(b"clip", "video/mp4")
    s3.cut()
    await _fails(call(blobs), StorageBusy, "cannot be reached")
    s3.mend()
    assert await blobs.get(ref.hash) == b"clip"
    await blobs.check()


async def test_a_short_cut_is_not_noticed(s3: S3, address: str) -> None:
    blobs = Blobs(address)
    s3.cut()
    putting = asyncio.create_task(blobs.put(b"clip", "video/mp4"))
    await asyncio.sleep(0.05)
    s3.mend()
    assert await blobs.get((await putting).hash) == b"clip"


async def test_a_long_cut_is_known_within_ten_seconds_or_so(s3: S3, address: str) -> None:
    blobs = Blobs(address)
    s3.cut()
    await _fails(blobs.put(b"clip", "video/mp4"), StorageBusy, "cannot be reached")
    # After one silence there is no second try.
    assert module.CLIENT["read_timeout"] == "10s"
    assert module.RETRY["retry_timeout"].total_seconds() < 10


@each_call
async def test_silent(s3: S3, blobs: Blobs, call: Call) -> None:
    s3.pause()
    await _fails(call(blobs), StorageBusy, "cannot be reached")
    s3.mend()
    await blobs.check()


@each_call
@pytest.mark.parametrize("status", ["503 Slow Down", "500 Internal Error", "429 Too Many Requests"])
async def test_overloaded(s3: S3, blobs: Blobs, call: Call, status: str) -> None:
    s3.fail(status)
    await _fails(call(blobs), StorageBusy, "overloaded")


@each_call
async def test_key_refused(s3: S3, blobs: Blobs, call: Call) -> None:
    s3.refuse()
    await _fails(call(blobs), StorageFailed, "refused our key")


@each_call
async def test_no_such_bucket(s3: S3, call: Call) -> None:
    await _fails(call(Blobs("s3://not-there/chatanything")), StorageFailed, "bucket of BLOB_URL does not exist")


@each_call
@pytest.mark.parametrize(
    ("status", "words"),
    [("301 Moved Permanently", "set AWS_REGION"), ("418 I'm a teapot", "did not answer as it should")],
)
async def test_odd_answers(s3: S3, blobs: Blobs, call: Call, status: str, words: str) -> None:
    s3.fail(status)
    await _fails(call(blobs), StorageFailed, words)


@pytest.mark.usefixtures("blobs")
async def test_no_key_at_all(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{free_port()}")  # AWS has one at a fixed address
    await _fails(Blobs(address).check(), StorageFailed, "no key for the bucket")


async def test_everything_on_servers(postgres: Postgres, s3: S3, address: str, blobs: Blobs) -> None:
    database_address = postgres.fresh()
    async with Database(database_address) as database:
        stored = await Personas(database, Blobs(address)).add(persona(), recipe(), portrait())
    async with Database(database_address) as database:
        elsewhere = Personas(database, blobs)
        assert await elsewhere.find("russet") == stored
        assert (await elsewhere.portrait(stored.id)).picture.tobytes() == portrait().picture.tobytes()
        s3.cut()
        with pytest.raises(StorageBusy, match="cannot be reached"):
            await elsewhere.portrait(stored.id)
        with pytest.raises(StorageBusy, match="cannot be reached"):
            await elsewhere.add(persona("Old Oak"), recipe(), portrait(seed=1))
        assert await elsewhere.list() == [stored]  # no row without its file
    postgres.drop(database_address)


@pytest.mark.usefixtures("blobs")
def test_the_doctor_says_the_same(s3: S3, address: str) -> None:
    def finding() -> tuple[str, str]:
        found = machine.files(Settings(_env_file=None, BLOB_URL=address))
        return found.state, found.sentence

    assert finding() == ("ok", "can be written and read")
    s3.refuse()
    assert finding() == ("missing", "The bucket for files refused our key: check BLOB_URL and its credentials.")
    s3.cut()
    assert finding() == ("missing", "The bucket for files cannot be reached or is overloaded. Try again soon.")


async def _fails(call: Awaitable[object], kind: type[StorageFailed], words: str) -> None:
    began = time.monotonic()
    with pytest.raises(StorageFailed, match=words) as caught:
        await call
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    assert "AKIA" not in str(caught.value)
    assert "only-for-tests" not in str(caught.value)
    assert time.monotonic() - began < 20
