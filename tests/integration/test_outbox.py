"""The outbox on every kind of database: who may send what, and what nobody sends any more."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from storage import outbox
from storage.asked import State
from storage.bell import News, Topic
from storage.charges import Meter
from storage.database import Database
from storage.outbox import PartKind, PartState, Sending, Underway
from storage.tables import ChargeRow, PartRow, RequestRow
from storage.values import now
from tests.servers.office import Office

TEXT = PartKind.TEXT


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def claimed(office: Office) -> Sending:
    sending = await office.outbox.claim("board", "one")
    assert sending is not None
    return sending


async def refunded(office: Office) -> int:
    async with office.database.reading() as session:
        query = select(func.count()).select_from(ChargeRow).where(ChargeRow.refunded_at.is_not(None))
        return await session.scalar(query) or 0


async def test_parts_of_a_request_are_claimed_one_at_a_time_in_their_order(office: Office) -> None:
    first = await office.ask()
    placeholder = await claimed(office)
    await office.show(first, TEXT)
    second = await office.ask()
    assert (await claimed(office)).request.id == second
    assert await office.outbox.claim("board", "one") is None  # the text waits for the placeholder
    assert await office.outbox.claim("elsewhere", "one") is None
    assert await office.outbox.sent(placeholder, "17")
    text = await claimed(office)
    assert (text.part.kind, text.request.id, text.request.message, text.attempt) == (TEXT, first, "17", 1)


async def test_only_one_of_many_gets_a_part(office: Office) -> None:
    requests = [await office.ask() for _ in range(4)]
    found = await asyncio.gather(*(office.outbox.claim("board", f"{number}") for number in range(12)))
    found += [await office.outbox.claim("board", "late") for _ in requests]  # Postgres skips what is being claimed
    sendings = [one for one in found if one]
    assert sorted(one.request.id for one in sendings) == sorted(requests)


async def test_whoever_was_taken_for_dead_writes_nothing(office: Office) -> None:
    request = await office.ask()
    old = await claimed(office)
    assert await office.outbox.underway() == [Underway(old.id, old.token, "one")]
    assert await office.outbox.rescue(Underway(old.id, old.token, "one"))
    assert not await office.outbox.rescue(Underway(old.id, old.token, "one"))
    new = await claimed(office)
    assert (new.id, new.attempt) == (old.id, 2)
    assert not await office.outbox.rescue(Underway(old.id, old.token, "one"))
    assert not await office.outbox.sent(old, "old")
    assert not await office.outbox.later(old, 1.0, "Busy.")
    assert not await office.outbox.unreachable(old, "Gone.")
    assert await office.outbox.sent(new, "new")
    assert not await office.outbox.sent(new, "twice")
    assert ((await office.found(request)).message, (await office.found(request)).state) == ("new", State.OPEN)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (PartKind.CLIP, State.DELIVERED),
        (PartKind.PLAIN, State.DELIVERED),
        (PartKind.APOLOGY, State.APOLOGISED),
        (PartKind.CANCELLED, State.CANCELLED),
    ],
)
async def test_the_final_part_ends_a_request(office: Office, kind: PartKind, state: State) -> None:
    request = await office.ask(placeholder=False)
    await office.show(request, kind, final=True)
    assert await office.outbox.sent(await claimed(office), "17")
    found = await office.found(request)
    assert found.state is state
    assert found.ended_at is not None


async def test_a_part_comes_back_when_its_time_has_come(office: Office) -> None:
    request = await office.ask()
    assert await office.outbox.later(await claimed(office), 60.0, "Busy.")
    await office.end(request)
    assert await office.outbox.claim("board", "one") is None  # neither it nor what follows
    async with office.database.session() as session:
        await session.execute(update(PartRow).values(not_before=now() - timedelta(seconds=1)))
    assert (await claimed(office)).part.kind is PartKind.PLACEHOLDER


async def test_a_clock_that_is_put_back_holds_up_nothing(office: Office) -> None:
    await office.ask()
    await office.outbox.later(await claimed(office), 10e9, "Busy.")
    assert await office.outbox.claim("board", "one") is None
    async with office.database.session() as session:
        await session.execute(update(PartRow).values(not_before=now() + timedelta(days=1000)))
    assert (await claimed(office)).attempt == 2


async def test_a_part_replaces_what_nobody_has_begun_to_send(office: Office) -> None:
    request = await office.ask()
    await office.show(request, TEXT)
    await office.show(request, PartKind.PORTRAIT)
    await office.show(request, PartKind.VOICE)
    states = dict(await office.parts(request))
    assert states == {"placeholder": "dropped", "text": "dropped", "portrait": "waiting", "voice": "waiting"}
    await office.end(request)
    assert [kind for kind, state in await office.parts(request) if state == "waiting"] == ["plain"]


async def test_a_part_that_was_begun_is_not_dropped(office: Office) -> None:
    request = await office.ask()
    await office.outbox.later(await claimed(office), 0.0, "Cut.")
    assert await office.requests.cancel(request)
    assert await office.parts(request) == [("placeholder", "waiting"), ("cancelled", "waiting")]


@pytest.mark.parametrize("begun", [False, True])
async def test_where_nobody_can_see_it_everything_stops(office: Office, begun: bool) -> None:
    with office.bell.listening() as news:
        request = await office.ask(lock="talk", charges={Meter.SUMMONS: 1})
        follower = await office.ask(placeholder=False, lock="talk")
        sending = await claimed(office)
        if begun:
            assert await office.requests.claim("worker", queues=["mind"]) is not None
        await office.show(request, PartKind.PORTRAIT)
        assert await office.outbox.unreachable(sending, "The bot was removed.")
        told = [news.get_nowait() for _ in range(news.qsize())]
    assert News(Topic.CANCELLED, request) in told
    found = await office.found(request)
    assert (found.state, found.error) == (State.CANCELLED, "The bot was removed.")
    assert {state for _, state in await office.parts(request)} == {PartState.DROPPED.value}
    assert {step.state.value for step in await office.requests.steps(request)} == {"skipped"}
    assert office.transport.deferred[-1].request == follower  # the lock is free
    assert await refunded(office) == (0 if begun else 1)
    assert await office.outbox.claim("board", "one") is None


async def test_a_request_that_is_forgotten_meanwhile(office: Office) -> None:
    request = await office.ask()
    sending = await claimed(office)
    async with office.database.session() as session:
        await session.delete(await session.get_one(RequestRow, request))
    assert not await office.outbox.sent(sending, "17")
    assert not await office.outbox.unreachable(sending, "Gone.")


async def test_progress_takes_the_placeholder_while_nothing_else_comes(office: Office) -> None:
    request = await office.ask()
    assert await office.outbox.claim_shown(request, "one") is None  # not shown yet
    await office.outbox.sent(await claimed(office), "17")
    progress = await office.outbox.claim_shown(request, "one")
    assert progress is not None
    assert (progress.request.message, progress.attempt) == ("17", 1)
    assert await office.outbox.claim_shown(request, "two") is None
    await office.show(request, TEXT)
    assert await office.outbox.claim("board", "two") is None
    assert await office.outbox.sent(progress, "17")
    assert await office.outbox.claim_shown(request, "one") is None  # the text comes next
    assert (await claimed(office)).part.kind is TEXT


async def test_the_bell_rings_once_a_part_is_there_and_never_for_one_that_is_not(office: Office) -> None:
    request = await office.ask(placeholder=False)

    async def fail() -> None:
        async with office.database.session() as session:
            row = await session.get_one(RequestRow, request)
            await outbox.add(session, office.bell, row, outbox.Part(TEXT, {}))
            raise LookupError

    with office.bell.listening() as news:
        with pytest.raises(LookupError):
            await fail()
        assert news.empty()
        await office.show(request, TEXT)
        assert news.get_nowait() == News(Topic.PART, request, "board")
