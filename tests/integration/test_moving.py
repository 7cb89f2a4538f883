"""A group that goes on under another key takes everything along, and nothing of others."""

from __future__ import annotations

from bot.places import Summoners
from storage.database import Database
from tests.integration.cast_world import BAR, CAFE, CLUB, HALL, a_desk, actor, incoming, summoned

ELSEWHERE, HERE = "discord:elsewhere", "discord:elsewhere/0"
WAYS = {HALL: HERE}


async def test_all_that_belongs_to_a_place_moves(database: Database) -> None:
    desk = a_desk(database)
    pip, bob = await summoned(desk, "Pip"), await summoned(desk, "Bob", place=CLUB, conversation=BAR)
    await desk.places.change(actor(moderator=True), summoners=Summoners.MODERATORS)
    await desk.places.settle(actor(moderator=True), pip, HALL)
    accepted = await desk.asking.say(incoming(), pip, "Hello")
    assert await desk.stored.moving.move((CAFE, ELSEWHERE), WAYS)
    assert (await desk.places.settings(ELSEWHERE)).summoners is Summoners.MODERATORS
    assert (await desk.places.settings(CAFE)).summoners is Summoners.EVERYONE
    assert [one.id for one in await desk.characters.company(HERE)] == [pip.id]
    assert [one.id for one in await desk.characters.company(BAR)] == [bob.id]
    resident = await desk.places.resident(HERE)
    assert resident is not None
    assert resident.id == pip.id
    request = await desk.requests.find(accepted.request.id)
    assert request is not None
    assert (request.place, request.conversation) == (ELSEWHERE, HERE)


async def test_what_the_new_place_has_gathered_makes_room(database: Database) -> None:
    desk = a_desk(database)
    pip, fern = await summoned(desk, "Pip"), await summoned(desk, "Fern")
    await desk.places.settle(actor(moderator=True), pip, HALL)
    there = actor(place=ELSEWHERE, conversation=HERE, moderator=True)
    await desk.places.settle(there, fern, HERE)
    await desk.places.change(there, summoners=Summoners.MODERATORS)
    await desk.asking.say(incoming(place=ELSEWHERE, conversation=HERE), pip, "Hello")
    assert await desk.stored.moving.move((CAFE, ELSEWHERE), WAYS)
    resident = await desk.places.resident(HERE)
    assert resident is not None
    assert resident.id == pip.id
    assert (await desk.places.settings(ELSEWHERE)).summoners is Summoners.MODERATORS  # nothing was decided before


async def test_it_moves_once(database: Database) -> None:
    desk = a_desk(database)
    await summoned(desk, "Pip")
    assert await desk.stored.moving.move((CAFE, ELSEWHERE), WAYS)
    assert not await desk.stored.moving.move((CAFE, ELSEWHERE), WAYS)
