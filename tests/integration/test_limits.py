"""Limits on real databases: the window to the microsecond, what is told, and two at the last free place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.jobs.plan import Kind
from bot.limits import Limits
from bot.settings import Settings
from pipeline.errors import LimitReached
from storage.asked import Asked, Request, State
from storage.bell import LocalBell
from storage.charges import Meter, refund
from storage.database import Database
from storage.outbox import Part, PartKind
from storage.requests import Accepted, Requests
from storage.steps import Step, StepPlan
from storage.tables import ChargeRow, RequestRow
from tests.servers.sqlite import SqliteFiles

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta.resolution
ANNA, BEN = "discord:anna", "discord:ben"
CAFE, CLUB = "discord:cafe", "discord:club"
NUMBERS = count()
INDEXES = ("ix_charges_meter_created_at", "ix_requests_state_person", "sqlite_autoindex_places")


def limits(at: datetime = NOON, **values: str) -> Limits:
    """Nothing is limited but what is named."""
    names = [field.validation_alias for name, field in Settings.model_fields.items() if name.startswith("limit_")]
    settings = dict.fromkeys(map(str, names), "none") | {f"LIMIT_{name}": value for name, value in values.items()}
    return Limits(Settings(_env_file=None, **settings), lambda: at)  # type: ignore[arg-type]


def asked(kind: Kind = Kind.SUMMON, person: str = ANNA, place: str = CAFE, key: str | None = None) -> Asked:
    key = key or f"discord:{next(NUMBERS)}"
    return Asked(kind.value, key, "discord", place, place, person, {"seed": 1})


async def spend(
    database: Database,
    meter: Meter = Meter.SUMMONS,
    amount: float = 1.0,
    *,
    at: datetime = NOON - HOUR,
    person: str = ANNA,
    place: str = CAFE,
    state: State = State.DELIVERED,
) -> str:
    """A request of the past with its charge; its id."""
    async with database.session() as session:
        request = RequestRow(
            kind="summon",
            update_key=f"discord:{next(NUMBERS)}",
            platform="discord",
            place=place,
            conversation=place,
            person=person,
            payload={},
            state=state.value,
            turn=0,
        )
        session.add(request)
        await session.flush()
        charge = {"meter": meter.value, "person": person, "place": place, "amount": amount, "created_at": at}
        session.add(ChargeRow(request_id=request.id, **charge))
        return request.id


@pytest.fixture
async def on_file(sqlite: SqliteFiles) -> AsyncIterator[Database]:
    """Where both kinds of database do the same, the quick one will do."""
    async with Database(sqlite.fresh()) as database:
        yield database


async def refusal(database: Database, of: Limits, request: Asked | None = None) -> LimitReached | None:
    try:
        async with database.reading() as session:
            await of.admit(session, request or asked())
    except LimitReached as error:
        return error
    return None


async def told(database: Database, of: Limits, request: Asked | None = None) -> str:
    return str(await refusal(database, of, request))


async def test_a_charge_counts_for_exactly_a_day(database: Database) -> None:
    made = NOON - timedelta(hours=20, minutes=39, microseconds=-1)
    await spend(database, at=made)
    error = await refusal(database, limits(SUMMONS_PERSON="1"))
    assert error is not None
    assert error.free_at == made + timedelta(hours=24)
    assert str(error) == (
        "You have summoned 1 character in the last 24 hours, which reaches the limit here. "
        "The next one is free in 3 h 22 min (15:22 UTC)."  # never told too early
    )
    assert await refusal(database, limits(error.free_at - TICK, SUMMONS_PERSON="1")) is not None
    assert await refusal(database, limits(error.free_at, SUMMONS_PERSON="1")) is None


async def test_it_is_free_when_enough_has_left(database: Database) -> None:
    """Four were used and two are allowed now: three have to leave."""
    for hours in (20, 5, 10, 1):
        await spend(database, at=NOON - hours * HOUR)
    error = await refusal(database, limits(SUMMONS_PERSON="2"))
    assert error is not None
    assert error.free_at == NOON + 19 * HOUR
    assert "4 characters" in str(error)
    assert "in 19 h (07:00 UTC)" in str(error)


async def test_charges_of_one_moment_leave_together(on_file: Database) -> None:
    for _ in range(3):
        await spend(on_file, at=NOON - HOUR)
    error = await refusal(on_file, limits(SUMMONS_PERSON="3"))
    assert error is not None
    assert error.free_at == NOON + 23 * HOUR


async def test_what_is_given_back_does_not_count(on_file: Database) -> None:
    first = await spend(on_file)
    await spend(on_file, Meter.COST, 1.0)
    assert await refusal(on_file, limits(SUMMONS_PERSON="1")) is not None
    async with on_file.session() as session:
        await refund(session, first)
    assert await refusal(on_file, limits(SUMMONS_PERSON="1")) is None
    assert await refusal(on_file, limits(COST_PERSON="1")) is not None


@pytest.mark.parametrize(("amounts", "limit"), [([0.1] * 10, "1"), ([0.1] * 3, "0.3"), ([0.7, 0.1, 0.1], "0.9")])
async def test_sums_of_floats_reach_the_limit(on_file: Database, amounts: list[float], limit: str) -> None:
    for number, amount in enumerate(amounts):
        await spend(on_file, Meter.COST, amount, at=NOON - timedelta(hours=20 - number))
    error = await refusal(on_file, limits(COST_PERSON=limit), asked(Kind.REPLY))
    assert error is not None
    assert error.free_at == NOON + 4 * HOUR  # the oldest one is enough
    assert await refusal(on_file, limits(error.free_at, COST_PERSON=limit), asked(Kind.REPLY)) is None


async def test_whose_limit_it_is(database: Database) -> None:
    await spend(database, Meter.VIDEO, 3700.0, person=ANNA, place=CAFE)
    reply = asked(Kind.REPLY)
    elsewhere, another, stranger = (
        asked(Kind.REPLY, person, place) for person, place in ((ANNA, CLUB), (BEN, CAFE), (BEN, CLUB))
    )
    words = {"PERSON": "for you", "PLACE": "in this place", "BOT": "by this bot"}
    refused = {"PERSON": (reply, elsewhere), "PLACE": (reply, another), "BOT": (reply, elsewhere, another, stranger)}
    for scope, words_of_it in words.items():
        of = limits(NOON, **{f"VIDEO_{scope}": "3600"})
        for request in (reply, elsewhere, another, stranger):
            if request in refused[scope]:
                sentence = await told(database, of, request)
                assert words_of_it in sentence
                assert "last 1 h 2 min" in sentence
                assert sentence.endswith("You can go on in 23 h (11:00 UTC).")
            else:
                assert await refusal(database, of, request) is None


async def test_the_limit_that_lasts_longest_is_told(on_file: Database) -> None:
    await spend(on_file, at=NOON - 20 * HOUR)
    await spend(on_file, Meter.COST, 2.0, at=NOON - 2 * HOUR, person=BEN)
    error = await refusal(on_file, limits(SUMMONS_PERSON="1", COST_BOT="1"))
    assert error is not None
    assert error.free_at == NOON + 22 * HOUR
    assert "This bot has spent" in str(error)


@pytest.mark.parametrize("ahead", [timedelta(hours=5), timedelta(days=40)])
async def test_a_clock_that_was_put_back(on_file: Database, ahead: timedelta) -> None:
    await spend(on_file, at=NOON + ahead)
    error = await refusal(on_file, limits(SUMMONS_PERSON="1"))
    assert error is not None
    assert error.free_at == NOON + 24 * HOUR
    assert "in 24 h (12:00 UTC)" in str(error)


async def test_what_a_request_does_not_use_does_not_stop_it(on_file: Database) -> None:
    await spend(on_file)
    await spend(on_file, Meter.VIDEO, 99.0)
    of = limits(SUMMONS_PERSON="1", VIDEO_PERSON="9")
    refused = {kind for kind in Kind if await refusal(on_file, of, asked(kind)) is not None}
    assert refused == {Kind.SUMMON, Kind.RETRY, Kind.REPLY, Kind.SCENE, Kind.FILM}
    refused = {kind for kind in Kind if await refusal(on_file, limits(SUMMONS_PERSON="1"), asked(kind)) is not None}
    assert refused == {Kind.SUMMON, Kind.RETRY}


async def test_summoning_can_be_switched_off(on_file: Database) -> None:
    error = await refusal(on_file, limits(SUMMONS_BOT="0"))
    assert error is not None
    assert error.free_at is None
    assert "switched that off" in str(error)
    assert await refusal(on_file, limits(SUMMONS_BOT="0"), asked(Kind.REPLY)) is None


async def test_open_requests_of_one_person(on_file: Database) -> None:
    for person, state in ((ANNA, State.OPEN), (ANNA, State.OPEN), (ANNA, State.DELIVERED), (BEN, State.OPEN)):
        await spend(on_file, person=person, state=state)
    error = await refusal(on_file, limits(OPEN_PERSON="2"), asked(Kind.REVOICE))
    assert error is not None
    assert error.free_at is None
    assert "2 of your requests are waiting or in work" in str(error)
    assert await refusal(on_file, limits(OPEN_PERSON="3")) is None
    assert await refusal(on_file, limits(OPEN_PERSON="2"), asked(person=BEN)) is None


async def test_what_is_left(on_file: Database) -> None:
    await spend(on_file, amount=3)
    await spend(on_file, at=NOON - 24 * HOUR)
    given_back = await spend(on_file)
    await spend(on_file, Meter.COST, 5.0, person=BEN)
    async with on_file.session() as session:
        await refund(session, given_back)
    of = limits(SUMMONS_PERSON="10", SUMMONS_BOT="8", COST_PLACE="4", COST_PERSON="1")
    async with on_file.reading() as session:
        left = await of.left(session, ANNA, CAFE)
    assert left == {Meter.SUMMONS: 5.0, Meter.VIDEO: None, Meter.COST: 0.0}


class Nowhere:
    """A transport without workers."""

    async def defer(self, session: object, step: Step, delay: float = 0.0) -> None:
        pass


def requests(database: Database) -> Requests:
    def closing(request: Request, results: object, failed: object) -> Part:
        return Part(PartKind.PLAIN, {}, final=True)

    return Requests(database, Nowhere(), LocalBell(), closing)


async def accept(database: Database, of: Limits, request: Asked) -> Accepted:
    steps = (StepPlan("mind", "mind"),)
    return await requests(database).accept(request, steps, charges={Meter.SUMMONS: 1}, admit=of.admit)


def today(**values: str) -> Limits:
    return limits(datetime.now(UTC), **values)


async def test_a_repeated_update_is_never_refused(database: Database) -> None:
    request = asked()
    of = today(SUMMONS_PERSON="1", OPEN_PERSON="1")
    first = await accept(database, of, request)
    again = await accept(database, of, request)
    assert (first.repeated, again.repeated) == (False, True)
    assert first.request.id == again.request.id
    with pytest.raises(LimitReached):
        await accept(database, of, asked())
    assert len(await requests(database).list()) == 1


@pytest.fixture
async def another(address: str, database: Database) -> AsyncIterator[Database]:
    """The same database, as another process sees it."""
    async with Database(address) as another:
        yield another


async def test_two_at_the_last_free_place(database: Database, another: Database) -> None:
    of = today(SUMMONS_PLACE="3")
    for _ in range(2):
        await accept(database, of, asked())
    ends = await asyncio.gather(
        *(accept(one, of, asked(person=f"discord:{number}")) for number, one in enumerate((database, another) * 3)),
        return_exceptions=True,
    )
    assert [type(end) for end in ends if not isinstance(end, LimitReached)] == [Accepted]
    assert len(await requests(database).list()) == 3


async def test_limits_search_by_index(on_file: Database) -> None:
    """100,000 charges of the past must not be looked at."""
    asks: list[tuple[str, Any]] = []

    def note(connection: Connection, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asks.append((statement, parameters))

    await spend(on_file)
    async with on_file.reading() as session:
        connection = await session.connection()
        assert connection.sync_connection is not None
        event.listen(connection.sync_connection, "before_cursor_execute", note)
        with pytest.raises(LimitReached):
            await limits(SUMMONS_PERSON="1", OPEN_PERSON="9").admit(session, asked())
        assert len(asks) == 4
        for statement, parameters in tuple(asks):
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = " ".join(str(row[-1]) for row in plan)
            assert any(index in steps for index in INDEXES)
            assert "SCAN charges" not in steps
