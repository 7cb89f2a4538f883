"""What is decided for a place holds there, for everybody, and only who may decides it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.app import Desk
from bot.jobs.plan import AnswerMode, SayAsk, SummonAsk
from bot.limits import TooMuch
from bot.localisation.refusals import Refusal, said
from bot.localisation.texts import texts
from bot.places import PersonSettings, PlaceSettings, Summoners
from pipeline.errors import BadRequest
from pipeline.types import Attachment
from storage.asked import Request
from storage.database import Database
from storage.requests import Accepted
from storage.tables import PersonaRow
from tests.integration.cast_world import ANN, ATTIC, BEN, CAFE, CLUB, HALL, a_desk, actor, incoming, summoned
from tests.servers.sqlite import SqliteFiles

KEEPER = actor(moderator=True)
HOME = "discord:home of ann"


@pytest.fixture
async def desk(sqlite: SqliteFiles) -> AsyncIterator[Desk]:
    """On a file; what depends on the database is tested on both with `database`."""
    async with Database(sqlite.fresh()) as database:
        yield a_desk(database)


async def refusal(doing: object) -> str:
    """The id of the text with which something is refused."""
    with pytest.raises(Refusal) as caught:
        await doing  # type: ignore[misc]
    return caught.value.id


async def test_only_moderators_decide_for_a_place(database: Database) -> None:
    places = a_desk(database).places
    assert await places.settings(CAFE) == PlaceSettings()
    assert await refusal(places.change(actor(), adult=True)) == "places-moderators-only"
    await places.change(KEEPER, language="de", channels=(HALL,))
    changed = await places.change(KEEPER, summons_person=3)
    assert changed == PlaceSettings(language="de", channels=(HALL,), summons_person=3) == await places.settings(CAFE)
    assert (await places.change(KEEPER, channels=())).channels == ()
    assert await places.settings(CLUB) == PlaceSettings()


async def test_two_who_decide_at_once_both_decide(database: Database) -> None:
    places = a_desk(database).places
    await asyncio.gather(places.change(KEEPER, language="fr"), places.change(KEEPER, answer=AnswerMode.TEXT))
    assert await places.settings(CAFE) == PlaceSettings(language="fr", answer=AnswerMode.TEXT)


async def test_what_cannot_be_decided(desk: Desk) -> None:
    assert await refusal(desk.places.change(KEEPER, language="tlh")) == "places-language"
    assert await refusal(desk.places.change(KEEPER, summons_place=-1)) == "places-number"
    at_home = actor(place=HOME, conversation=HOME)
    assert (await desk.places.change(at_home, language="ja")).language == "ja"
    assert await refusal(desk.places.change(at_home, summoners=Summoners.MODERATORS)) == "places-private"


async def test_who_may_summon_and_where(desk: Desk) -> None:
    await desk.places.change(KEEPER, summoners=Summoners.MODERATORS, channels=(HALL,))
    ask, pip = desk.asking, await summoned(desk)
    assert await refusal(ask.summon(incoming(), "an apple")) == "places-summoners"
    assert await refusal(ask.summon(incoming(conversation=ATTIC, moderator=True), "an apple")) == "places-elsewhere"
    assert await refusal(ask.say(incoming(conversation=ATTIC), pip, "Hello!")) == "places-elsewhere"
    assert await refusal(desk.characters.recall(actor(), pip.id)) == "places-summoners"
    await ask.say(incoming(), pip, "Hello!")
    await ask.say(incoming(conversation="discord:cafe/thread", channels=(HALL,)), pip, "Hello!")
    accepted = await ask.summon(incoming(moderator=True), "an apple")
    again = incoming()
    assert await refusal(ask.another(again, accepted.request.id)) == "places-summoners"
    await ask.summon(incoming(place=CLUB, conversation=CLUB), "an apple")


async def test_how_a_character_answers(desk: Desk) -> None:
    places, pip = desk.places, await summoned(desk)

    async def mode() -> AnswerMode:
        return await places.answer(BEN, CAFE, await desk.stored.personas.get(pip.id))

    assert await mode() is AnswerMode.VIDEO
    await places.change(KEEPER, answer=AnswerMode.TEXT)
    assert await mode() is AnswerMode.TEXT
    await desk.characters.answers(actor(), pip, AnswerMode.VOICE)
    assert await mode() is AnswerMode.VOICE
    assert await places.prefer(BEN, answer=AnswerMode.VIDEO) == PersonSettings(answer=AnswerMode.VIDEO)
    assert await mode() is AnswerMode.VIDEO
    await places.prefer(BEN, answer=None)
    await desk.characters.answers(actor(), pip, None)
    assert await mode() is AnswerMode.TEXT
    accepted = await desk.asking.say(incoming(BEN), pip, "Hello!")
    assert SayAsk.model_validate(accepted.request.payload).answer is AnswerMode.TEXT
    assert SummonAsk.model_validate((await summon(desk)).payload).answer is AnswerMode.TEXT


async def summon(desk: Desk, words: str = "an apple", **where: str) -> Request:
    return (await desk.asking.summon(incoming(**where), words)).request


async def test_a_voice_message_is_answered_aloud_and_what_is_sent_along_is_kept(desk: Desk) -> None:
    await desk.places.prefer(ANN, answer=AnswerMode.TEXT)
    pip, sound = await summoned(desk), Attachment(mime="audio/ogg", data=b"OggS")
    accepted = await desk.asking.say(incoming(), pip, "", spoken=sound)
    ask = SayAsk.model_validate(accepted.request.payload)
    assert (ask.answer, ask.picture) == (AnswerMode.VOICE, None)
    assert ask.spoken is not None
    assert await desk.blobs.get(ask.spoken.hash) == b"OggS"
    picture = Attachment(mime="image/png", data=b"PNG")
    summoning = await desk.asking.summon(incoming(), "an apple", voice=" deep \n and slow ", picture=picture)
    wish = SummonAsk.model_validate(summoning.request.payload)
    assert (wish.voice, wish.picture and wish.picture.mime) == ("deep and slow", "image/png")
    again = await desk.asking.another(incoming(), summoning.request.id)
    assert SummonAsk.model_validate(again.request.payload).picture == wish.picture
    assert await refusal(desk.asking.revoice(incoming(), pip, "x" * 201)) == "asking-wish"


async def test_in_which_language_the_bot_speaks(desk: Desk) -> None:
    await desk.places.prefer(ANN, language="es")
    assert (await summon(desk)).language is None
    assert await desk.places.language(incoming(language="fr")) == "fr"  # of all who are there
    assert (await summon(desk, place=HOME, conversation=HOME, language="fr")).language == "es"
    await desk.places.change(actor(place=HOME, conversation=HOME), language="zh")
    assert (await summon(desk, place=HOME, conversation=HOME, language="fr")).language == "zh"


async def test_what_is_not_made_for_everybody(desk: Desk) -> None:
    pip = await summoned(desk)
    assert await refusal(desk.asking.summon(incoming(), "a naked vampire")) == "places-adult"
    assert await refusal(desk.asking.summon(incoming(), "a vampire", voice="sexy")) == "places-adult"
    assert await refusal(desk.asking.say(incoming(), pip, "Let us have sex.")) == "places-adult"
    await desk.asking.say(incoming(), pip, "The emperor is naked!")
    await desk.places.change(KEEPER, adult=True)
    assert SummonAsk.model_validate((await summon(desk, "a naked vampire")).payload).adult
    await desk.asking.say(incoming(), pip, "Let us have sex.")
    assert await refusal(desk.asking.summon(incoming(), "a sexy schoolgirl")) == "places-never"
    assert await refusal(desk.asking.say(incoming(), pip, "sex with a 12 year old")) == "places-never"
    with pytest.raises(BadRequest):
        await desk.asking.summon(incoming(), "a fucking vampire")


async def test_a_place_lowers_limits_and_never_raises_them(database: Database) -> None:
    desk = a_desk(database, LIMIT_SUMMONS_PERSON=2, LIMIT_OPEN_PERSON=50)
    await desk.places.change(KEEPER, summons_person=900)
    for _ in range(2):
        await summon(desk)
    with pytest.raises(TooMuch, match="You have summoned 2 characters"):
        await summon(desk)
    await desk.places.change(KEEPER, summons_person=1)
    await summon(desk, person=BEN)
    with pytest.raises(TooMuch, match="You have summoned 1 character in") as caught:
        await summon(desk, person=BEN)
    assert caught.value.free_at is not None
    assert caught.value.free_at > datetime.now(UTC)
    assert "24" in said(caught.value, texts("de"))
    await desk.places.change(KEEPER, summons_place=0)
    assert await refusal(summon(desk)) == "limits-off-here"
    await summon(desk, place=CLUB, conversation=CLUB, person="discord:dan")


async def test_residents(database: Database) -> None:
    desk = a_desk(database)
    places, pip, bob = desk.places, await summoned(desk), await summoned(desk, "Bob")
    assert await refusal(places.settle(actor(), pip, HALL)) == "places-moderators-only"
    await places.settle(KEEPER, pip, HALL)
    await places.settle(KEEPER, bob, HALL)
    await places.settle(actor(BEN), pip, "discord:cafe/thread", own=True)
    assert [(where, one.id) for where, one in await places.residents(CAFE)] == [
        (HALL, bob.id),
        ("discord:cafe/thread", pip.id),
    ]
    assert await places.resident(HALL) == bob
    assert await places.resident(ATTIC) is None
    assert await refusal(places.unsettle(actor(BEN), HALL)) == "places-moderators-only"
    assert await places.unsettle(actor(BEN), "discord:cafe/thread")
    assert not await places.unsettle(actor(BEN), "discord:cafe/thread")
    assert not await places.unsettle(actor(place=CLUB, moderator=True), HALL)
    await desk.stored.personas.dismiss(bob.id)
    assert await places.resident(HALL) is None
    assert await places.residents(CAFE) == []
    async with database.session() as session:
        await session.delete(await session.get_one(PersonaRow, bob.id))
    assert not await places.unsettle(KEEPER, HALL)


async def test_a_repeated_update_is_one_request(desk: Desk) -> None:
    once = incoming()
    ends: list[Accepted] = [await desk.asking.summon(once, "an apple") for _ in range(2)]
    assert [end.repeated for end in ends] == [False, True]
