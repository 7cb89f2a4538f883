"""Commands and buttons of Telegram: options of a summons, galleries, what is decided about answers, deleting."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.jobs.plan import AnswerMode, Kind, RestyleAsk, SayAsk, SummonAsk
from storage.outbox import PartKind
from tests.integration.telegram_world import GROUP, Telegram, a_telegram
from tests.servers.sqlite import SqliteFiles
from tests.servers.telegram import ANN, BEN, Person, Shown
from tests.unit.faces import disc_portrait


@pytest.fixture
async def telegram(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[Telegram]:
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        yield telegram


def photo(telegram: Telegram) -> dict[str, Any]:
    png = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(png, "PNG")
    return {"photo": [telegram.api.upload(png.getvalue()) | {"width": 20, "height": 20}]}


def buttons(shown: Shown) -> dict[str, str]:
    return {one["text"]: one["callback_data"] for row in shown.markup["inline_keyboard"] for one in row}


async def test_a_summons_has_a_style_and_a_voice(telegram: Telegram) -> None:
    telegram.api.write(ANN, "/summon an angry apple, style: noir, voice: deep and old")
    ask = SummonAsk.model_validate((await telegram.request()).payload)
    assert (ask.words, ask.style, ask.voice) == ("an angry apple", "noir", "deep and old")
    telegram.api.write(Person(9, "Anna", "de"), "/summon ein Apfel, Stil: noir, Stimme: tief")
    await telegram.request(1)
    ask = SummonAsk.model_validate((await telegram.request()).payload)
    assert (ask.words, ask.style, ask.voice) == ("ein Apfel", "noir", "tief")


async def test_a_style_that_nobody_knows_is_told_with_those_there_are(telegram: Telegram) -> None:
    telegram.api.write(ANN, "/summon an angry apple, style: baroque")
    told = await telegram.said("I do not know that style")
    assert "noir" in told.text
    telegram.api.write(ANN, "/summon style: noir")
    await telegram.said("Whom shall I summon?")
    assert not await telegram.desk.requests.list()


async def test_a_picture_that_somebody_sent_can_be_summoned_by_a_reply(telegram: Telegram) -> None:
    quoted = {"message_id": 5, "date": 1, "chat": telegram.api.chat(GROUP), "from": BEN.user, **photo(telegram)}
    telegram.api.write(ANN, "/summon a sailor, voice: deep", chat=GROUP, reply_to_message=quoted)
    ask = SummonAsk.model_validate((await telegram.request()).payload)
    assert (ask.words, ask.voice, ask.picture is not None) == ("a sailor", "deep", True)


async def test_a_portrait_has_another_style(telegram: Telegram) -> None:
    await telegram.summoned()
    for number, text in enumerate(("/restyle Pip noir", "/restyle Pip, flat", "/restyle"), 1):
        telegram.api.write(ANN, text)
        await telegram.request(number)
    styles = [RestyleAsk.model_validate(one.payload).style for one in (await telegram.desk.requests.list())[:3]]
    assert styles == [None, "flat", "noir"]
    telegram.api.write(ANN, "/restyle Pip, baroque")
    await telegram.said("I do not know that style")


async def test_characters_are_chosen_from_pages(telegram: Telegram) -> None:
    names = [f"Pip {number}" for number in range(7)]
    for name in names:
        await telegram.summoned(name)
    telegram.api.write(ANN, "/personas")
    first = await telegram.said("Your characters, page 1 of 2")
    assert [*buttons(first)] == [*reversed(names[2:]), "▶"]
    telegram.api.press(ANN, first, buttons(first)["▶"])
    await telegram.until(lambda: "page 2 of 2" in first.text)
    assert [*buttons(first)] == ["Pip 1", "Pip 0", "◀"]
    persona = next(one for one in await telegram.desk.stored.personas.list() if one.persona.name == "Pip 0")
    await telegram.paint(persona, disc_portrait(side=64))
    telegram.api.press(ANN, first, buttons(first)["Pip 0"])
    await telegram.until(lambda: telegram.shown()[-1].method == "sendPhoto")
    assert [*buttons(telegram.shown()[-1])] == ["Talk", "New portrait", "New voice", "Who is this?", "Dismiss"]
    assert "Summoned with the words an angry apple" in telegram.shown()[-1].text


async def test_in_a_group_the_list_is_everybody_s(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    telegram.api.write(BEN, "/personas", chat=GROUP)
    shown = await telegram.said("Characters of this group, page 1 of 1", GROUP)
    telegram.api.press(BEN, shown, buttons(shown)["Pip"])
    await telegram.said("Summoned with the words an angry apple", GROUP)


async def test_how_one_character_answers_is_up_to_whoever_summoned_it(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    telegram.api.write(ANN, "/answer voice Pip", chat=GROUP)
    await telegram.said("Pip answers with voice messages now.", GROUP)
    telegram.api.write(BEN, "/answer text Pip", chat=GROUP)
    await telegram.said("Only whoever summoned", GROUP)
    telegram.api.write(BEN, "Pip, hello!", chat=GROUP)
    await telegram.request(1)
    assert SayAsk.model_validate((await telegram.request()).payload).answer is AnswerMode.VOICE
    telegram.api.write(BEN, "/answer text", chat=GROUP)
    await telegram.said("You are answered in writing now", GROUP)
    telegram.api.write(BEN, "Pip, and now?", chat=GROUP)
    await telegram.request(2)
    assert SayAsk.model_validate((await telegram.request()).payload).answer is AnswerMode.TEXT
    telegram.api.write(BEN, "/answer any", chat=GROUP)
    await telegram.said("You are answered as each character likes.", GROUP)


async def test_everything_is_deleted_by_a_button_that_is_one_person_s(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    telegram.api.write(ANN, "/delete", chat=GROUP)
    asked = await telegram.said("for good", GROUP)
    data = buttons(asked)["Delete everything"]
    telegram.api.press(BEN, asked, data)
    await telegram.said("That button is somebody else's.", GROUP)
    assert await telegram.desk.stored.personas.list()
    telegram.api.press(ANN, asked, data)
    await telegram.said("All of it is deleted.", GROUP)
    assert await telegram.desk.stored.personas.list() == []


async def posted_inline(telegram: Telegram, prefers: AnswerMode | None) -> list[Any]:
    """Ann prefers something, and summons in a chat where the bot is not: what her message comes to show."""
    await telegram.desk.places.prefer("telegram:7", answer=prefers)
    chosen = {"result_id": "summon", "from": ANN.user, "query": "a fern", "inline_message_id": "abc"}
    telegram.api.update(chosen_inline_result=chosen)
    request = await telegram.request()
    assert (request.kind, request.payload["answer"]) == (Kind.SUMMON, (prefers or AnswerMode.VIDEO).value)
    portrait = await telegram.file("portrait.png", "image/png", b"png")
    about: dict[str, Any] = {"name": "Fern", "tagline": "Green", "text": "Hello."}
    await telegram.part(request, PartKind.TEXT, **about)
    await telegram.part(request, PartKind.PORTRAIT, **about, files=[portrait])
    files = [portrait]
    if prefers is AnswerMode.VOICE:
        files.append(await telegram.file("voice.ogg", "audio/ogg", b"ogg", seconds=2.0))
    elif prefers is not AnswerMode.TEXT:
        files.append(await telegram.file("clip.mp4", "video/mp4", b"clip", width=512, height=512, seconds=3.0))
    await telegram.part(request, PartKind.PLAIN, final=True, **about, files=files)
    assert not telegram.shown()  # what was uploaded on the way is gone
    return telegram.api.inline["abc"]


@pytest.mark.parametrize(
    ("prefers", "kinds"),
    [
        (None, ["photo", "video"]),
        (AnswerMode.VIDEO, ["photo", "video"]),
        (AnswerMode.VOICE, ["photo", "audio"]),
        (AnswerMode.TEXT, ["photo", "photo"]),
    ],
)
async def test_an_inline_character_answers_as_the_person_prefers(
    telegram: Telegram, prefers: AnswerMode | None, kinds: list[str]
) -> None:
    shown = await posted_inline(telegram, prefers)
    words = [one["text"] for one in shown if "text" in one]
    assert words[-1].startswith("Fern\nGreen")
    media = [one for one in shown if "media" in one]
    assert [one["type"] for one in media][-2:] == kinds
    assert media[-1]["caption"].startswith("Fern\nGreen")
    assert len(telegram.api.of("sendPhoto")) == 1  # the portrait is brought once
