"""Who is seen where, and what may be done with whom."""

from __future__ import annotations

from typing import Any

import pytest

from bot.characters import PAGE, Whose
from bot.jobs.plan import AnswerMode
from bot.localisation.refusals import Refusal
from storage.database import Database
from tests.integration.cast_world import ANN, ATTIC, BAR, BEN, CAFE, CLUB, EVE, HALL, a_desk, actor, incoming, summoned
from tests.integration.test_places import refusal

ELSEWHERE: dict[str, Any] = {"place": CLUB, "conversation": BAR}


async def test_visible_are_company_residents_the_place_and_ones_own(database: Database) -> None:
    desk = a_desk(database)
    own = await summoned(desk, "Own", ANN, **ELSEWHERE)
    foreign = await summoned(desk, "Foreign", EVE, **ELSEWHERE)
    upstairs = await summoned(desk, "Upstairs", BEN, conversation=ATTIC)
    guest = await summoned(desk, "Guest", EVE, **ELSEWHERE)
    await desk.places.settle(actor(moderator=True), guest, ATTIC)
    first, second = await summoned(desk, "First", BEN), await summoned(desk, "Second", BEN)
    gone = await summoned(desk, "Gone", BEN)
    await desk.stored.personas.dismiss(gone.id)
    await desk.asking.say(incoming(), first, "Hello!")  # it is the last one now
    found = [one.id for one in await desk.characters.visible(actor())]
    assert found == [first.id, second.id, guest.id, upstairs.id, own.id]
    assert [one.id for one in await desk.characters.visible(actor(), limit=2)] == found[:2]
    assert foreign.id in [one.id for one in await desk.characters.visible(actor(EVE, **ELSEWHERE))]
    assert [one.id for one in await desk.characters.company(HALL)] == found[:2]


async def test_who_is_meant(database: Database) -> None:
    desk = a_desk(database)
    meant = desk.characters.meant
    pippa, pip, pit = [await summoned(desk, name, BEN) for name in ("Pippa", "Pip", "Old Pit")]
    hidden = await summoned(desk, "Zed", EVE, **ELSEWHERE)
    assert await meant(actor(), "PIP") == pip
    assert await meant(actor(), "old  pit!") == pit
    assert await meant(actor(), "old") == pit
    assert await meant(actor(), pippa.id) == pippa
    with pytest.raises(Refusal) as caught:
        await meant(actor(), "pi")
    assert caught.value.values == {"names": "Pip, Pippa"}
    for name in ("Zed", hidden.id, "", "\0", "%"):
        assert await refusal(meant(actor(), name)) == "characters-unknown"


async def test_pages(database: Database) -> None:
    desk = a_desk(database)
    assert await desk.characters.page(actor(), Whose.MINE, 1) == await desk.characters.page(actor(), Whose.HERE, 7)
    mine = [await summoned(desk, f"Mine {number}", **ELSEWHERE) for number in range(PAGE + 1)]
    here = [await summoned(desk, f"Here {number}", BEN) for number in range(2)]
    first, last = [await desk.characters.page(actor(), Whose.MINE, number) for number in (1, 99)]
    assert [one.id for one in first.personas] == [one.id for one in reversed(mine[1:])]
    assert ([one.id for one in last.personas], last.number, last.pages) == ([mine[0].id], 2, 2)
    await desk.characters.recall(actor(), "mine 3")
    page = await desk.characters.page(actor(EVE), Whose.HERE, 0)
    assert [one.id for one in page.personas] == [here[1].id, here[0].id, mine[3].id]


async def test_who_may_change_a_character(database: Database) -> None:
    desk = a_desk(database)
    pip = await summoned(desk, owner=ANN)
    assert desk.characters.may_change(actor(ANN, **ELSEWHERE), pip)
    assert desk.characters.may_change(actor(BEN, moderator=True), pip)
    for stranger in (actor(BEN), actor(BEN, moderator=True, **ELSEWHERE)):
        assert not desk.characters.may_change(stranger, pip)
        for doing in (
            desk.characters.rename(stranger, pip, "Bob"),
            desk.characters.share(stranger, pip),
            desk.characters.dismiss(stranger, pip),
            desk.characters.answers(stranger, pip, AnswerMode.TEXT),
        ):
            assert await refusal(doing) == "characters-not-yours"
    assert await desk.stored.personas.get(pip.id) == pip
    nobodys = await summoned(desk, owner=None, place="terminal")
    assert not desk.characters.may_change(actor(moderator=True), nobodys)


async def test_a_guest_can_be_sent_out_of_a_place(database: Database) -> None:
    desk = a_desk(database)
    keeper = actor(BEN, moderator=True, **ELSEWHERE)
    pip = await summoned(desk, owner=ANN)
    await desk.characters.recall(actor(ANN, **ELSEWHERE), pip.id)
    await desk.places.settle(keeper, pip, BAR)
    assert await refusal(desk.characters.dismiss(actor(BEN, **ELSEWHERE), pip)) == "characters-not-yours"
    await desk.characters.dismiss(keeper, pip)
    assert await desk.characters.visible(keeper) == []
    assert await desk.places.resident(BAR) is None
    assert await desk.characters.visible(actor(ANN)) == [pip]
    assert await refusal(desk.characters.dismiss(keeper, pip)) == "characters-not-yours"


async def test_a_new_name_is_used_by_the_character_itself(database: Database) -> None:
    desk = a_desk(database)
    pip = await summoned(desk)
    named = await desk.characters.rename(actor(), pip, r"  \1 the   Great ")
    assert named == await desk.characters.meant(actor(), "1 the great")
    persona = named.persona
    assert (persona.name, persona.greeting, persona.samples[1]) == (
        r"\1 the Great",
        r"I am \1 the Great!",
        r"\1 the Great!",
    )
    assert persona.personality == r"You are \1 the Great, not Pippa."
    assert persona.concept == "an angry apple"
    for name in ("", " \n ", "\u200b", "x" * 61):
        assert await refusal(desk.characters.rename(actor(), pip, name)) == "characters-name"
    assert await refusal(desk.characters.rename(actor(), pip, "Hitler")) == "characters-kinder"


async def test_recalling(database: Database) -> None:
    desk = a_desk(database)
    recall, bar = desk.characters.recall, actor(BEN, **ELSEWHERE)
    pip = await summoned(desk)
    assert await refusal(recall(bar, pip.id)) == "characters-recall-unknown"
    code = await desk.characters.share(actor(), pip)
    assert (await recall(bar, f" {code.upper()} ")).id == pip.id
    assert [one.id for one in await desk.characters.company(BAR)] == [pip.id]
    assert await refusal(recall(bar, "Pip")) == "characters-recall-unknown"  # a name is no code
    await desk.characters.share(actor(), pip, shared=False)
    assert await refusal(recall(bar, code)) == "characters-recall-unknown"
    await desk.characters.share(actor(), pip)
    await desk.characters.dismiss(actor(), pip)
    assert await refusal(recall(bar, code)) == "characters-recall-unknown"
    assert (await recall(actor(conversation=ATTIC), "pip")).id == pip.id  # its owner brings it back
    assert not (await desk.stored.personas.get(pip.id)).dismissed
    assert [one.id for one in await desk.characters.company(ATTIC)] == [pip.id]
    newer = await summoned(desk)
    assert (await recall(actor(), "Pip")).id == newer.id
    await desk.characters.dismiss(actor(), newer)
    assert (await recall(actor(), "Pip")).id == pip.id


async def test_a_place_is_where_it_was_summoned(database: Database) -> None:
    desk = a_desk(database)
    pip = await summoned(desk, place=CAFE)
    await desk.characters.share(actor(), pip)
    found = await desk.characters.recall(actor(BEN, moderator=True, **ELSEWHERE), pip.id)
    assert (found.place, found.owner, found.shared) == (CAFE, ANN, True)
    assert not desk.characters.may_change(actor(BEN, moderator=True, **ELSEWHERE), found)
