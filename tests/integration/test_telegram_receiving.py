"""No update is lost and none is done twice, whatever dies between Telegram's telling and our answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from telegram import Update

from bot.jobs.plan import Kind
from bot.telegram import openings, receiving
from bot.telegram.receiving import Receiver
from bot.telegram.standing import TelegramUnavailable
from pipeline.errors import StorageBusy
from storage.blobs import Blobs
from storage.database import Database
from storage.inbox import TRIES, Inbox
from storage.requests import Accepted, Requests
from storage.sweeping import Sweeper
from tests.integration.telegram_world import Telegram, a_telegram
from tests.servers.ports import free_port
from tests.servers.sqlite import SqliteFiles
from tests.servers.telegram import ANN, BotApi, Person, Refused, Trouble

accept, put = Requests.accept, Inbox.put
GREETING = {"message_id": 1, "date": 1_790_000_000, "chat": {"id": -5, "type": "group", "title": "G"}, "text": "Hello"}


class Stuck:
    """In place of a method: nothing ever comes of it."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    async def __call__(self, *_: object, **__: object) -> Any:
        self.reached.set()
        await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database need not be away for a second."""
    monkeypatch.setattr(receiving, "FIRST_PAUSE", 0.05)


async def the_only_one(telegram: Telegram) -> None:
    """There is one request, and it is shown."""
    await telegram.request()
    await telegram.said("Somebody is on the way")
    await telegram.until(lambda: telegram.api.updates == [])
    assert [request.kind for request in await telegram.desk.requests.list()] == [Kind.SUMMON]


@pytest.mark.parametrize(("where", "method", "known"), [(Inbox, "put", False), (Requests, "accept", True)])
async def test_what_a_bot_died_of_is_done_by_the_next(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: type, method: str, known: bool
) -> None:
    """It dies before it has written the update down, or afterwards, before there is a request."""
    address = sqlite.fresh()
    async with BotApi() as api:
        with monkeypatch.context() as broken:
            stuck = Stuck()
            broken.setattr(where, method, stuck)
            broken.setattr(receiving, "GRACE", 0.01)  # what it is at is cut off, as by a crash
            async with a_telegram(address, tmp_path, api):
                api.write(ANN, "/summon an angry apple")
                await stuck.reached.wait()
                if known:
                    async with asyncio.timeout(60):
                        while api.updates:  # noqa: ASYNC110
                            await asyncio.sleep(0.01)
        assert (api.updates == []) is known  # what Telegram was not told to forget, it brings again
        async with a_telegram(address, tmp_path, api) as second:
            await the_only_one(second)


async def test_nothing_is_lost_while_the_database_is_away(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = 3

    async def sometimes(inbox: Inbox, updates: Mapping[int, Any]) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StorageBusy("The database is away.")
        await put(inbox, updates)

    monkeypatch.setattr(Inbox, "put", sometimes)
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        telegram.api.write(ANN, "/summon an angry apple")
        await the_only_one(telegram)


async def test_an_update_that_kills_is_left_out_in_the_end(database: Database) -> None:
    inbox = Inbox(database, "telegram")
    for _ in range(2):
        await inbox.put({2: {"update_id": 2}, 1: {"update_id": 1, "text": "a\0b"}, 3: {"update_id": 3}})
    await inbox.done([3])
    assert [*await Inbox(database, "other").left()] == []
    found = [await inbox.left() for _ in range(TRIES)]
    assert found == [{1: {"update_id": 1, "text": "ab"}, 2: {"update_id": 2}}] * (TRIES - 1) + [{}]


async def test_webhook_is_answered_when_the_update_is_written_down(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StorageBusy("The database is away.")

    port = free_port()
    settings = {
        "TELEGRAM_WEBHOOK_URL": "https://bot.example", "TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        "TELEGRAM_WEBHOOK_SECRET": "s3cret",
    }  # fmt: skip
    async with (
        a_telegram(sqlite.fresh(), tmp_path, None, **settings) as telegram,
        aiohttp.ClientSession(headers={receiving.SECRET: "s3cret"}) as session,
    ):
        await telegram.until(lambda: telegram.api.of("setWebhook"))
        telegram.api.write(ANN, "/summon an angry apple")
        (update,) = telegram.api.updates
        telegram.api.updates.clear()

        async def status(data: object) -> int:
            async with session.post(f"http://127.0.0.1:{port}/telegram", json=data) as answer:
                return answer.status

        with monkeypatch.context() as broken:
            broken.setattr(Inbox, "put", away)
            assert await status(update) == 500
        sent: list[object] = [{"strange": 1}, [], update, update]
        assert [await status(one) for one in sent] == [400, 400, 200, 200]
        await the_only_one(telegram)
        telegram.api.write(ANN, "/help")
        assert [await status(telegram.api.updates[0]) for _ in range(3)] == [200] * 3
        await telegram.said("I turn a few words")
        await asyncio.sleep(0.2)
        assert len(telegram.shown()) == 2  # a command that asks for nothing is known by its update, too


async def test_a_port_that_is_taken_is_explained() -> None:
    nobody: Any = None
    async with BotApi() as api:
        listen = api.url.removeprefix("http://")
        with pytest.raises(TelegramUnavailable, match=f"TELEGRAM_WEBHOOK_LISTEN={listen} cannot be served"):
            async with receiving.webhook(nobody, nobody, listen, "s3cret"):
                pass


def slowly(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Requests are taken only from a certain moment on."""
    open_ = asyncio.Event()

    async def late(self: Requests, *args: Any, **kwargs: Any) -> Accepted:
        await open_.wait()
        return await accept(self, *args, **kwargs)

    monkeypatch.setattr(Requests, "accept", late)
    monkeypatch.setattr(openings, "PATIENCE", 0.05)
    return open_


async def test_who_has_to_wait_for_the_database_is_answered_before(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = slowly(monkeypatch)
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        telegram.api.write(ANN, "/summon an angry apple")
        first = await telegram.said("Somebody is on the way")
        assert await telegram.desk.requests.list() == []
        ready.set()
        await telegram.made(await telegram.request())
        assert [(one.id, one.text.split("\n")[0]) for one in telegram.shown()] == [(first.id, "Pip")]


async def test_the_first_word_becomes_the_reason_why_nothing_comes(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        await asyncio.sleep(0.3)
        raise StorageBusy("The database is away.")

    slowly(monkeypatch)
    monkeypatch.setattr(Requests, "accept", away)
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        telegram.api.write(ANN, "/summon an angry apple")
        await telegram.said("Sorry: this did not work out.")
        assert [one.edits for one in telegram.shown()] == [1]


async def test_a_first_word_that_telegram_refuses_is_said_later(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = slowly(monkeypatch)
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        telegram.api.trouble(Trouble("sendMessage", Refused(429, "Too Many Requests", retry_after=1)))
        telegram.api.write(ANN, "/summon an angry apple")
        await telegram.until(lambda: telegram.api.of("sendMessage"))
        ready.set()
        await the_only_one(telegram)
        assert len(telegram.shown()) == 1


async def test_groups_hear_one_first_word_a_minute(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of what a group may be told in a minute is counted where answers are shown."""
    ready = slowly(monkeypatch)
    async with BotApi(pace=20) as api, a_telegram(sqlite.fresh(), tmp_path, api) as telegram:
        for number in range(30):
            api.write(Person(100 + number, "Somebody"), "/summon an angry apple", chat=-5)
        await telegram.said("Somebody is on the way", -5)
        await asyncio.sleep(0.3)
        assert len(telegram.shown(-5)) == 1
        ready.set()
        await telegram.request(29)
        await telegram.until(lambda: len(telegram.shown(-5)) > 9)  # the others have to wait for longer than a test
        assert api.hurried == 0


async def test_what_was_done_before_a_crash_is_not_announced_again(
    sqlite: SqliteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its update is still in the inbox, for nobody had the time to delete it."""

    async def nothing(_: object) -> None:
        return

    address = sqlite.fresh()
    async with BotApi() as api:
        with monkeypatch.context() as crash:
            crash.setattr(receiving.Receiver, "_tidy", nothing)
            async with a_telegram(address, tmp_path, api) as first:
                api.write(ANN, "/summon an angry apple")
                await the_only_one(first)
        taken = asyncio.Event()

        async def late(self: Requests, *args: Any, **kwargs: Any) -> Accepted:
            await asyncio.sleep(0.3)
            taken.set()
            return await accept(self, *args, **kwargs)

        monkeypatch.setattr(Requests, "accept", late)
        monkeypatch.setattr(openings, "PATIENCE", 0.05)
        async with a_telegram(address, tmp_path, api) as second:
            await taken.wait()
            await the_only_one(second)
            assert len(second.shown()) == 1


async def test_updates_of_a_platform_that_nobody_serves_any_more_are_swept(database: Database) -> None:
    inbox, blobs = Inbox(database, "telegram"), Blobs("memory:///")
    await inbox.put({1: {"update_id": 1}})
    await Sweeper(database, blobs, timedelta(days=1)).sweep()
    assert [*await inbox.left()] == [1]
    await Sweeper(database, blobs, timedelta(0)).sweep()
    assert [*await inbox.left()] == []


class Office:
    """In place of an application: notes what it is at, and is done when told so."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.go = asyncio.Event()
        self.bot = None

    async def process_update(self, update: Update) -> None:
        self.begun.append(update.update_id)
        await self.go.wait()


@pytest.mark.parametrize("patience", [10.0, 0.05])
async def test_what_a_person_sends_is_looked_at_in_order(
    sqlite: SqliteFiles, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    """And others do not wait for it; nor is anything waited for in vain."""
    monkeypatch.setattr(receiving, "IN_ORDER", patience)
    office = Office()
    async with Database(sqlite.fresh()) as database:
        receiver = Receiver(office, Inbox(database, "telegram"), lambda number: None)  # type: ignore[arg-type]
        sent = [(1, 7), (2, 7), (3, 8)]
        updates = [
            {"update_id": number, "message": {**GREETING, "from": {"id": person, "is_bot": False, "first_name": "A"}}}
            for number, person in sent
        ]
        await receiver.take([made for update in updates if (made := Update.de_json(update, None))])
        await asyncio.sleep(0.2)
        assert office.begun == ([1, 3] if patience == 10.0 else [1, 3, 2])
        office.go.set()
        await receiver.finish()
    assert office.begun == [1, 3, 2]
