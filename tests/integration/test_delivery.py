"""From the outbox to a platform over real HTTP, with everything in between that breaks."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from bot import delivery, live_progress, showing, words
from bot.delivery import Delivery
from bot.jobs.plan import Stage
from bot.localisation.texts import texts as localised
from bot.messages import Message, Place, message_of, nonce_of, place_of
from bot.messages import PartDocument as Document
from bot.progress import Mark, Progress
from bot.waiting import tell_places
from pipeline.errors import StorageBusy
from storage.asked import State
from storage.bell import News, Topic
from storage.blobs import Blobs
from storage.completion import Fenced
from storage.database import Database
from storage.outbox import Outbox, PartKind, Sending, Underway
from storage.values import Json
from tests.servers.board import Board, BoardMessenger, Trouble
from tests.servers.office import Office
from tests.servers.sqlite import SqliteFiles

PLACEHOLDER, TEXT, PORTRAIT = PartKind.PLACEHOLDER, PartKind.TEXT, PartKind.PORTRAIT


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for seconds here."""
    monkeypatch.setattr(delivery, "EVERY", 0.05)
    monkeypatch.setattr(delivery, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(delivery, "SHORTEST_WAIT", 0.02)
    monkeypatch.setattr(live_progress, "EVERY", 0.1)


@pytest.fixture
def fresh(sqlite: SqliteFiles) -> str:
    return sqlite.fresh()


@pytest.fixture
async def office(fresh: str) -> AsyncIterator[Office]:
    async with Database(fresh) as database:
        yield Office(database)


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    async with Board(retry_after=0.05) as board:
        yield board


@pytest.fixture
async def messenger(board: Board) -> AsyncIterator[BoardMessenger]:
    async with BoardMessenger(board.url) as messenger:
        yield messenger


@pytest.fixture
def blobs() -> Blobs:
    return Blobs("memory:///")


@pytest.fixture
def deliverer(office: Office, messenger: BoardMessenger, blobs: Blobs) -> Delivery:
    return Delivery(office.outbox, blobs, office.bell, [messenger], "here")


@asynccontextmanager
async def at_work(*deliveries: Delivery) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(one.serve(stopping)) for one in deliveries]
    try:
        yield
    finally:
        stopping.set()
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks)


async def until(reached: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while True:
            found = reached()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.01)


async def ended(office: Office, request: str) -> State:
    async def over() -> bool:
        return (await office.found(request)).state is not State.OPEN

    await until(over)
    return (await office.found(request)).state


async def underway(office: Office) -> bool:
    return bool(await office.outbox.underway())


async def at_rest(office: Office) -> bool:
    return not await underway(office)


async def resting(office: Office, request: str) -> bool:
    """Whether all parts of a request are sent."""
    return {state for _, state in await office.parts(request)} == {"sent"}


def texts(board: Board, request: str) -> list[str]:
    return [entry.message["text"] for entry in board.of(request)]


def told(board: Board) -> list[str]:
    """All that was ever to be seen."""
    return [entry.message["text"] for entry in board.journal if entry.done]


def actions(board: Board) -> list[str]:
    return [entry.action for entry in board.journal if entry.done]


async def test_an_answer_grows_in_one_message(office: Office, board: Board, deliverer: Delivery, blobs: Blobs) -> None:
    clip = await blobs.put(b"a clip", "video/mp4")
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: texts(board, request) == [words.coming("summon")])
        await office.show(request, TEXT, name="Russet", tagline="An angry apple", text="Hmpf.")
        await until(lambda: texts(board, request) == ["Hmpf."])
        files = [{"hash": clip.hash, "mime": clip.mime, "size": 6, "name": "clip.mp4", "width": 512, "seconds": 1.5}]
        await office.show(request, PartKind.CLIP, final=True, name="Russet", text="Hmpf.", files=files, notices=["Hm."])
        assert await ended(office, request) is State.DELIVERED
    assert actions(board) == ["post", "edit", "edit"]
    shown = board.of(request)[0].message
    assert shown["final"]
    assert shown["notices"] == ["Hm."]
    assert shown["files"][0]["size"] == 6
    assert (shown["files"][0]["width"], shown["files"][0]["seconds"]) == (512, 1.5)
    found = await office.found(request)
    assert found.message == board.of(request)[0].key
    assert found.ended_at is not None


@pytest.mark.parametrize("when", ["post", "edit"])
@pytest.mark.parametrize("trouble", [one for one in Trouble if one not in (Trouble.GONE, Trouble.REFUSED)])
async def test_trouble_is_waited_out(
    office: Office, board: Board, messenger: BoardMessenger, blobs: Blobs, trouble: Trouble, when: str
) -> None:
    board.trouble(*([None] if when == "edit" else []), trouble)
    board.delay = 0.6
    async with at_work(Delivery(office.outbox, blobs, office.bell, [messenger], "here", longest=0.4)):
        request = await office.ask()
        await until(lambda: bool(board.of(request)))
        await office.end(request)
        assert await ended(office, request) is State.DELIVERED
    assert texts(board, request) == ["The end."]
    assert actions(board).count("post") == 1


async def test_the_wait_that_a_platform_asks_for_is_kept(office: Office, board: Board, deliverer: Delivery) -> None:
    board.retry_after = 3600.0
    board.trouble(Trouble.BUSY)
    async with at_work(deliverer):
        waiting, other = await office.ask(), await office.ask()
        await until(lambda: bool(board.of(other)))
        await office.end(waiting)
        await asyncio.sleep(0.2)
    assert not board.of(waiting)
    assert await office.parts(waiting) == [("placeholder", "waiting"), ("plain", "waiting")]


async def test_without_nonces_a_lost_answer_leaves_a_placeholder_behind(
    office: Office, board: Board, deliverer: Delivery
) -> None:
    board.nonces = False
    board.trouble(Trouble.CUT_AFTER)
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: len(board.of(request)) == 2)
        await office.end(request)
        await ended(office, request)
    assert texts(board, request) == [words.coming("summon"), "The end."]


async def test_without_nonces_no_answer_is_there_twice(office: Office, board: Board, blobs: Blobs) -> None:
    """The answer came before its placeholder was posted, so it was itself posted, and the answer to that was lost."""
    board.nonces = False
    board.trouble(Trouble.CUT_AFTER, None, Trouble.CUT_AFTER)  # the post, the second one, and the edit of that
    async with BoardMessenger(board.url, nonces=False) as messenger:
        request = await office.ask()
        await office.end(request)
        async with at_work(Delivery(office.outbox, blobs, office.bell, [messenger], "here")):
            assert await ended(office, request) is State.DELIVERED
    assert texts(board, request) == [words.coming("summon"), "The end."]
    assert (await office.found(request)).message == board.of(request)[-1].key


@pytest.mark.parametrize("when", ["post", "edit"])
async def test_a_crash_between_showing_and_writing_it_down(
    office: Office, board: Board, messenger: BoardMessenger, deliverer: Delivery, when: str
) -> None:
    request = await office.ask()
    if when == "edit":
        async with at_work(deliverer):
            await until(lambda: bool(board.of(request)))
        await office.end(request)
    sending = await office.outbox.claim("board", "dead")
    assert sending is not None
    message = message_of(sending, Document.model_validate(sending.part.document))
    if sending.request.message is None:
        await messenger.send(place_of(sending.request), message, nonce_of(sending))
    else:
        await messenger.edit(place_of(sending.request), sending.request.message, message, nonce_of(sending))
    [part] = await office.outbox.underway()
    assert part == Underway(sending.id, sending.token, "dead")
    assert await office.outbox.rescue(part)
    async with at_work(deliverer):
        if when == "post":
            await office.end(request)
        assert await ended(office, request) is State.DELIVERED
    assert texts(board, request) == ["The end."]
    assert actions(board) == (["post", "repeat", "edit"] if when == "post" else ["post", "edit", "edit"])
    assert not await office.outbox.sent(sending, "elsewhere")  # whoever woke from the dead
    assert (await office.found(request)).message == board.of(request)[0].key


@pytest.mark.parametrize("frozen", ["a part", "progress"])
async def test_who_wakes_from_the_dead_does_not_paint_over_the_end(
    office: Office, board: Board, blobs: Blobs, deliverer: Delivery, frozen: str
) -> None:
    """A process is frozen right before it edits, and thaws when the request has ended through another one."""
    asleep, awake = asyncio.Event(), asyncio.Event()

    class Frozen(BoardMessenger):
        async def edit(self, place: Place, key: str, message: Message, nonce: str) -> str:
            asleep.set()
            await awake.wait()
            return await super().edit(place, key, message, nonce)

    class Asleep(Outbox):
        async def claim(self, platform: str, worker: str) -> Sending | None:
            return None if asleep.is_set() else await super().claim(platform, worker)

    async with Frozen(board.url) as messenger:
        outbox = Asleep(office.database, office.transport, office.bell)
        sleeper = Delivery(outbox, blobs, office.bell, [messenger], "there")
        async with at_work(sleeper):
            request = await office.ask()
            await until(lambda: resting(office, request))
            if frozen == "a part":
                await office.show(request, TEXT, text="Hello.")
            else:
                sleeper.progress(request, "Hel")
            await asleep.wait()
            [part] = await office.outbox.underway()
            assert await office.outbox.rescue(part)
            async with at_work(deliverer):
                await office.end(request)
                assert await ended(office, request) is State.DELIVERED
                awake.set()
                late = "Hello." if frozen == "a part" else "Hel"
                await until(lambda: told(board)[-3:] == ["The end.", late, "The end."])
                await until(lambda: at_rest(office))
    assert await office.parts(request) == [
        ("placeholder", "sent"),
        *[("text", "sent")] * (frozen == "a part"),
        ("plain", "sent"),
    ]
    assert (await office.found(request)).state is State.DELIVERED
    assert len(board.of(request)) == 1


async def test_a_message_that_somebody_deleted_is_posted_anew(
    office: Office, board: Board, deliverer: Delivery
) -> None:
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: bool(board.of(request)))
        board.delete(board.of(request)[0].key or "")
        board.trouble(None, Trouble.CUT_AFTER)  # the edit that finds out, and the post instead
        await office.end(request)
        assert await ended(office, request) is State.DELIVERED
    assert texts(board, request) == ["The end."]
    assert (await office.found(request)).message == board.of(request)[0].key


async def test_where_nobody_can_see_it_all_ends(office: Office, board: Board, deliverer: Delivery) -> None:
    lease = None
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: bool(board.of(request)))
        lease = await office.requests.claim("worker", queues=["mind"])
        assert lease is not None
        board.close((await office.found(request)).conversation)
        asked = len(board.journal)
        await office.show(request, TEXT, text="Hmpf.")
        assert await ended(office, request) is State.CANCELLED
        await asyncio.sleep(0.1)
    assert len(board.journal) == asked + 1
    assert (await office.found(request)).error == "The bot may not write there."
    assert await office.parts(request) == [("placeholder", "sent"), ("text", "dropped")]
    with pytest.raises(Fenced):
        async with office.requests.completing(lease):
            pass
    assert await office.requests.claim("worker", queues=["mind", "voice"]) is None


async def test_what_a_platform_refuses_is_shown_without_files(
    office: Office, board: Board, deliverer: Delivery, blobs: Blobs
) -> None:
    blob = await blobs.put(b"huge", "video/mp4")
    files = [{"hash": blob.hash, "mime": blob.mime, "name": "clip.mp4"}]
    board.trouble(Trouble.REFUSED)
    async with at_work(deliverer):
        request = await office.ask(placeholder=False)
        await office.show(request, PartKind.CLIP, final=True, text="Hmpf.", files=files)
        assert await ended(office, request) is State.DELIVERED
    [entry] = board.of(request)
    assert entry.message["text"] == "Hmpf."
    assert entry.message["notices"] == [localised()("words-file-refused")]
    assert not entry.message["files"]


async def test_what_a_platform_refuses_altogether_is_an_apology(
    office: Office, board: Board, deliverer: Delivery
) -> None:
    board.trouble(None, Trouble.REFUSED)
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: bool(board.of(request)))
        await office.end(request, "What nobody may say there.")
        await ended(office, request)
    assert texts(board, request) == [words.apology(None)]


async def test_a_file_that_is_lost_is_told(
    office: Office, board: Board, deliverer: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "LOST_TRIES", 2)
    async with at_work(deliverer):
        request = await office.ask(placeholder=False)
        files = [{"hash": "0" * 64, "mime": "video/mp4", "name": "clip.mp4"}]
        await office.show(request, PartKind.CLIP, final=True, text="Hmpf.", files=files)
        assert await ended(office, request) is State.DELIVERED
    assert board.of(request)[0].message["notices"] == [localised()("words-file-lost")]


async def test_a_store_that_is_away_is_waited_for(
    office: Office, board: Board, deliverer: Delivery, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    get, failures = blobs.get, iter([True, True])

    async def flaky(digest: str) -> bytes:
        if next(failures, False):
            raise StorageBusy("The bucket is away.")
        return await get(digest)

    monkeypatch.setattr(blobs, "get", flaky)
    blob = await blobs.put(b"a clip", "video/mp4")
    async with at_work(deliverer):
        request = await office.ask(placeholder=False)
        files = [{"hash": blob.hash, "mime": blob.mime, "name": "clip.mp4"}]
        await office.show(request, PartKind.CLIP, final=True, text="Hmpf.", files=files)
        await ended(office, request)
    assert [file["name"] for file in board.of(request)[0].message["files"]] == ["clip.mp4"]
    assert actions(board) == ["post"]


async def test_what_is_replaced_already_is_not_shown(office: Office, board: Board, deliverer: Delivery) -> None:
    request, other = await office.ask(), await office.ask()
    await office.show(request, TEXT, text="Hmpf.")
    await office.show(request, PORTRAIT, text="Hmpf!")
    await office.show(other, PORTRAIT, text="Who?")
    await office.show(other, PartKind.VOICE, text="Who!")
    await office.end(request)
    async with at_work(deliverer):
        await ended(office, request)
        await until(lambda: texts(board, other) == ["Who!"])
    assert [kind for kind, state in await office.parts(request) if state == "sent"] == ["plain"]
    assert [kind for kind, state in await office.parts(other) if state == "sent"] == ["portrait", "voice"]
    assert actions(board).count("post") == 2


async def test_a_part_that_may_be_there_is_brought_to_its_end_first(
    office: Office, board: Board, deliverer: Delivery
) -> None:
    board.trouble(Trouble.CUT_AFTER, Trouble.BUSY)
    board.retry_after = 1.0
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: len(board.journal) == 2)
        await until(lambda: at_rest(office))
        assert await office.requests.cancel(request)
        assert await ended(office, request) is State.CANCELLED
    assert texts(board, request) == [localised()("words-cancelled")]
    assert actions(board) == ["post", "repeat", "edit"]


async def test_requests_do_not_wait_for_each_other(office: Office, board: Board, deliverer: Delivery) -> None:
    board.delay = 0.1
    board.weather(1, {Trouble.SLOW: 1.0})
    requests = [await office.ask() for _ in range(20)]
    for request in requests:
        await office.end(request)
    async with at_work(deliverer):
        for request in requests:
            await ended(office, request)
    assert 1 < board.busiest <= delivery.AT_ONCE


async def test_two_deliverers_share_an_outbox(
    database: Database, board: Board, messenger: BoardMessenger, blobs: Blobs
) -> None:
    office = Office(database)
    board.weather(7, {Trouble.BUSY: 0.1, Trouble.CUT: 0.1, Trouble.CUT_AFTER: 0.1, Trouble.BROKEN: 0.1})
    async with BoardMessenger(board.url) as another:
        deliveries = [
            Delivery(office.outbox, blobs, office.bell, [one], name)
            for one, name in ((messenger, "one"), (another, "two"))
        ]
        async with at_work(*deliveries):
            requests = [await office.ask() for _ in range(15)]
            for request in requests:
                await office.show(request, TEXT, text="Hmpf.")
            for number, request in enumerate(requests):
                await office.end(request, f"The end of {number}.")
            for request in requests:
                assert await ended(office, request) is State.DELIVERED
    for number, request in enumerate(requests):
        assert texts(board, request) == [f"The end of {number}."]
        of_it = [entry for entry in board.journal if entry.done and entry.message["request"] == request]
        final = [entry.message["final"] for entry in of_it]
        assert final == sorted(final)  # nothing comes after the end


async def test_what_was_shown_is_written_down_however_long_that_takes(
    office: Office, board: Board, messenger: BoardMessenger, blobs: Blobs
) -> None:
    class Forgetful(Outbox):
        failures = 2

        async def sent(self, sending: Sending, message: str) -> bool:
            if self.failures:
                self.failures -= 1
                raise StorageBusy("The database is away.")
            return await super().sent(sending, message)

    outbox = Forgetful(office.database, office.transport, office.bell)
    async with at_work(Delivery(outbox, blobs, office.bell, [messenger], "here")):
        request = await office.ask()
        await office.end(request)
        await ended(office, request)
    assert [entry.action for entry in board.journal].count("post") == 1
    assert texts(board, request) == ["The end."]


async def test_on_leaving_it_ends_what_it_began_and_begins_nothing(
    office: Office, board: Board, messenger: BoardMessenger, blobs: Blobs
) -> None:
    board.trouble(Trouble.LATE)
    board.delay = 0.3
    stopping = asyncio.Event()
    request = await office.ask()
    task = asyncio.create_task(Delivery(office.outbox, blobs, office.bell, [messenger], "here").serve(stopping))
    await until(lambda: underway(office))
    stopping.set()
    later = await office.ask()
    await asyncio.wait_for(task, 10)
    assert await office.parts(request) == [("placeholder", "sent")]
    assert await office.parts(later) == [("placeholder", "waiting")]


async def test_cut_off_it_gives_back_what_it_began(
    office: Office, board: Board, messenger: BoardMessenger, deliverer: Delivery, blobs: Blobs
) -> None:
    board.trouble(Trouble.LATE)
    request = await office.ask()
    leaving = Delivery(office.outbox, blobs, office.bell, [messenger], "there")
    task = asyncio.create_task(leaving.serve(asyncio.Event()))
    await until(lambda: board.busiest == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not await office.outbox.underway()
    async with at_work(deliverer):
        await office.end(request)
        await ended(office, request)
    assert texts(board, request) == ["The end."]


async def test_progress_is_shown_in_the_placeholder_only(office: Office, board: Board, deliverer: Delivery) -> None:
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: resting(office, request))
        board.trouble(Trouble.BROKEN)  # nobody minds
        for number in range(40):
            await office.bell.tell(News(Topic.PROGRESS, request, "so far " + "x" * number))
            await asyncio.sleep(0.01)
        await until(lambda: texts(board, request)[0].endswith("x" * 39))
        await office.show(request, TEXT, text="All of it.")
        await office.bell.tell(News(Topic.PROGRESS, request, "so far"))
        await until(lambda: texts(board, request) == ["All of it."])
        await office.end(request)
        await ended(office, request)
        await office.bell.tell(News(Topic.PROGRESS, request, "far too late"))
        await asyncio.sleep(0.15)
    assert texts(board, request) == ["The end."]
    assert 2 <= len(board.journal) - 3 <= 9  # of 40 pieces in 0.4 s or more, one each 0.1 s
    assert await office.parts(request) == [("placeholder", "sent"), ("text", "sent"), ("plain", "sent")]


async def test_a_part_waits_for_the_progress_that_is_being_shown(
    office: Office, board: Board, deliverer: Delivery
) -> None:
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: resting(office, request))
        board.delay = 0.2
        board.trouble(Trouble.LATE)
        await office.bell.tell(News(Topic.PROGRESS, request, "so far"))
        await until(lambda: underway(office))
        await office.end(request)
        await ended(office, request)
    assert [entry.message["text"] for entry in board.journal] == [words.coming("summon"), "so far", "The end."]


async def test_a_mistake_of_ours_stops_nobody(
    office: Office, board: Board, messenger: BoardMessenger, blobs: Blobs, capsys: pytest.CaptureFixture[str]
) -> None:
    class Wrong(BoardMessenger):
        mistakes = 1

        async def send(self, place: Place, message: Message, nonce: str) -> str:
            if self.mistakes:
                self.mistakes -= 1
                raise KeyError("a secret of ours")
            return await super().send(place, message, nonce)

    async with Wrong(board.url) as wrong, at_work(Delivery(office.outbox, blobs, office.bell, [wrong], "here")):
        first, second = await office.ask(), await office.ask()
        await until(lambda: bool(board.of(first)) and bool(board.of(second)))
    assert "delivery.bug" in capsys.readouterr().out


async def test_called_off_before_anything_was_shown(office: Office, board: Board, deliverer: Delivery) -> None:
    request = await office.ask()
    await office.requests.cancel(request)
    async with at_work(deliverer):
        assert await ended(office, request) is State.CANCELLED
    assert texts(board, request) == [localised()("words-cancelled")]
    assert actions(board) == ["post"]


async def test_an_apology_says_why(office: Office, board: Board, deliverer: Delivery) -> None:
    request = await office.ask()
    lease = await office.requests.claim("worker", queues=["mind"])
    assert lease is not None
    await office.requests.fail(lease, "The writer is asleep.", "Empty")
    async with at_work(deliverer):
        assert await ended(office, request) is State.APOLOGISED
    assert texts(board, request) == ["Sorry: this did not work out. The writer is asleep."]


async def test_what_is_tried_once_more_stands_in_the_same_message(
    office: Office, board: Board, deliverer: Delivery
) -> None:
    async with at_work(deliverer):
        request = await office.ask()
        lease = await office.requests.claim("worker", queues=["mind"])
        assert lease is not None
        await office.requests.fail(lease, "The writer is asleep.", "Empty")
        assert await ended(office, request) is State.APOLOGISED
        assert await office.requests.retry(request)
        await until(lambda: texts(board, request) == [words.coming("summon")])
        await office.end(request)
        assert await ended(office, request) is State.DELIVERED
    assert texts(board, request) == ["The end."]


async def test_the_board_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.board", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        url = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
        message = Message("1", TEXT, False, "Hello.")
        place = Place("board:place", "board:talk/1", "board:ann")
        async with httpx2.AsyncClient(base_url=url) as client, BoardMessenger(url) as messenger:
            assert await messenger.send(place, message, "n") == await messenger.send(place, message, "n")
            await client.post("/weather", json={"seed": 1, "chances": {"broken": 1.0}})
            with pytest.raises(Exception, match="503"):
                await messenger.edit(place, "1", message, "n")
            told = (await client.get("/journal")).json()
        assert [entry["action"] for entry in told["journal"]] == ["post", "repeat", "edit"]
        assert list(told["messages"]) == ["1"]
    finally:
        process.terminate()
        await process.communicate()


async def test_those_who_wait_are_told_their_place(office: Office, board: Board, deliverer: Delivery) -> None:
    first, second = await office.ask(), await office.ask()
    stopping = asyncio.Event()

    def progress(request: str) -> Json:
        (entry,) = board.of(request)
        assert entry.message["text"] == words.coming("summon")
        return entry.message["progress"]

    async with at_work(deliverer):
        telling = asyncio.create_task(tell_places(office.requests, deliverer, office.bell, stopping, every=0.1))
        begins = {"stages": [["mind", "⏳"], ["voice", "○"]], "ahead": 0, "seconds": None, "painted": None}
        waits = {"stages": [["mind", "○"], ["voice", "○"]], "ahead": 1, "seconds": None, "painted": None}
        await until(lambda: len(board.messages) == 2 and (progress(first), progress(second)) == (begins, waits))
        stopping.set()
        await telling


async def test_progress_goes_on_below_what_is_shown(office: Office, board: Board, deliverer: Delivery) -> None:
    async with at_work(deliverer):
        request = await office.ask()
        await until(lambda: resting(office, request))
        await office.show(request, TEXT, name="Russet", tagline="An angry apple", text="Hmpf.")
        await until(lambda: texts(board, request) == ["Hmpf."])
        await until(lambda: request in deliverer.waiting())
        deliverer.progress(request, Progress(((Stage.VOICE, Mark.WORKING),)))
        await until(lambda: board.of(request)[0].message["progress"] is not None)
        (entry,) = board.of(request)
        assert (entry.message["text"], entry.message["keeps_files"]) == ("Hmpf.", True)
        await until(lambda: at_rest(office))
        await office.end(request)
        await ended(office, request)
        assert request not in deliverer.waiting()
        deliverer.progress(request, Progress(((Stage.VOICE, Mark.DONE),)))
    assert board.of(request)[0].message["progress"] is None
