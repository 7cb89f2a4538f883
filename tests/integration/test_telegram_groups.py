"""What the bot hears in groups, and what those who keep order decide there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.jobs.plan import Kind
from bot.telegram.receiving import UPDATES
from storage.outbox import PartKind
from tests.integration.telegram_world import FORUM, GROUP, Telegram, a_telegram
from tests.servers.sqlite import SqliteFiles
from tests.servers.telegram import ANN, BEN, ME, Refused, Trouble

HIDDEN = "Telegram lets me hear commands, replies to me and mentions only"
CHANNEL = {"id": -1007, "type": "channel", "title": "News"}
FORWARDED: dict[str, Any] = {"forward_origin": {"type": "user", "date": 1, "sender_user": BEN.user}}
AUTOMATIC: dict[str, Any] = {
    "is_automatic_forward": True, "sender_chat": CHANNEL,
    "forward_origin": {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 3},
}  # fmt: skip
ANONYMOUS: dict[str, Any] = {
    "from": {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"},
    "sender_chat": {"id": GROUP, "type": "supergroup", "title": "A group"},
}


@pytest.fixture
async def telegram(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[Telegram]:
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        yield telegram


def in_topic(topic: int) -> dict[str, Any]:
    return {"message_thread_id": topic, "is_topic_message": True}


async def quiet(telegram: Telegram, chat: int) -> None:
    """Everything that was written before is handled: nobody asked for anything with it."""
    before = len(telegram.shown(chat)), len(await telegram.desk.requests.list())
    telegram.api.write(ANN, "/answer", chat=chat)
    await telegram.said("Shall characters answer you", chat)
    await asyncio.sleep(0.1)
    assert (len(telegram.shown(chat)), len(await telegram.desk.requests.list())) == (before[0] + 1, before[1])


async def test_who_adds_the_bot_is_told_what_it_hears(telegram: Telegram) -> None:
    telegram.api.write(ANN, chat=GROUP, new_chat_members=[BEN.user])
    telegram.api.write(ANN, chat=GROUP, new_chat_members=[ME])
    hello = await telegram.said("Hello! I turn a few words into characters", GROUP)
    assert HIDDEN in hello.text
    assert "(AI)" in hello.text
    assert len(telegram.shown(GROUP)) == 1


async def test_that_telegram_hides_messages_is_told_where_it_matters(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    for text in ("/help", "/settle Pip"):
        telegram.api.write(ANN, text, chat=GROUP)
    for sentence in ("I turn a few words into a character", "Pip answers everything here"):
        assert HIDDEN in (await telegram.said(sentence, GROUP)).text
    telegram.api.write(ANN, "/help")
    assert HIDDEN not in (await telegram.said("I turn a few words into a character")).text
    telegram.api.admins.add(123456)  # administrators hear everything
    telegram.api.write(ANN, "/help", chat=FORUM)
    assert HIDDEN not in (await telegram.said("I turn a few words into a character", FORUM)).text


async def test_forwarded_messages_are_no_commands_and_nobody_answers_them_in_groups(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    telegram.api.write(ANN, "/settle Pip", chat=GROUP)
    await telegram.said("answers everything here", GROUP)
    for text, more in (
        ("/delete everything", FORWARDED),
        ("Pip, how are you?", FORWARDED),
        ("News of the day", {**AUTOMATIC, "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}}),
    ):
        telegram.api.write(ANN, text, chat=GROUP, **more)
    await quiet(telegram, GROUP)
    assert await telegram.desk.stored.personas.list()


async def test_what_is_forwarded_in_a_private_chat_is_shown_to_the_character(telegram: Telegram) -> None:
    await telegram.summoned()
    telegram.api.write(ANN, "/summon a fern", **FORWARDED)
    telegram.api.write(ANN, "What a day!", **FORWARDED)
    await telegram.request(1)
    assert (await telegram.request()).payload["text"] == "What a day!"


async def test_channels_and_edited_messages_are_ignored(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    message = {"message_id": 900, "date": 1, "text": "/summon a fern"}
    telegram.api.update(channel_post={**message, "chat": CHANNEL, "sender_chat": CHANNEL})
    edited = {**message, "chat": telegram.api.chat(GROUP), "from": ANN.user, "edit_date": 2, "text": "Pip, hello!"}
    telegram.api.update(edited_message=edited)
    await quiet(telegram, GROUP)
    assert {"channel_post", "edited_message"}.isdisjoint(UPDATES)  # and Telegram is asked for none


async def test_anonymous_administrators_count_as_their_group(telegram: Telegram) -> None:
    telegram.api.write(ANN, "/settings summoners moderators", chat=GROUP, **ANONYMOUS)
    await telegram.said("summoners: moderators", GROUP)
    telegram.api.write(ANN, "/summon a fern", chat=GROUP, **ANONYMOUS)
    request = await telegram.request()
    assert (request.person, request.name) == (f"telegram:{GROUP}", "A group")
    assert not telegram.api.of("getChatMember")
    await telegram.said("Somebody is on the way", GROUP)


async def test_a_closed_topic_ends_the_request_and_nobody_else_s(telegram: Telegram) -> None:
    telegram.api.closed.add(5)
    telegram.api.write(ANN, "/summon a fern", chat=FORUM, **in_topic(5))
    async with asyncio.timeout(60):
        while (await telegram.request()).state != "cancelled":  # noqa: ASYNC110 - of tables
            await asyncio.sleep(0.02)
    telegram.api.write(ANN, "/summon an oak", chat=FORUM, **in_topic(6))
    assert (await telegram.said("Somebody is on the way", FORUM)).topic == 6


async def test_who_summoned_whom_is_seen_by_those_who_keep_order(telegram: Telegram) -> None:
    telegram.api.write(ANN, "/settings audit", chat=GROUP)
    await telegram.said("Nobody was summoned here yet.", GROUP)
    await telegram.summoned("*Pip*", person=BEN, chat=GROUP)
    telegram.api.write(BEN, "/settings audit", chat=GROUP)
    await telegram.said("Only those who keep order", GROUP)
    telegram.api.write(ANN, "/settings audit 1", chat=GROUP)
    audit = await telegram.said("Who summoned whom here, page 1 of 1", GROUP)
    assert "*Pip*, by X, 20" in audit.text
    assert audit.text.endswith("UTC: an angry apple")


async def test_lines_with_the_quiet_sign_are_for_people(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    for text, sentence in (
        ("/settle Pip", "answers everything here"),
        ("/settings quiet quiet", "no letters or digits"),
        ("/settings quiet !!", "quiet: !!"),
    ):
        telegram.api.write(ANN, text, chat=GROUP)
        shown = await telegram.said(sentence, GROUP)
    assert "Pip answers everything here" in shown.text
    telegram.api.write(BEN, "!! between us", chat=GROUP)
    await quiet(telegram, GROUP)
    telegram.api.write(ANN, "/settings quiet default", chat=GROUP)
    await telegram.said("quiet: //", GROUP)
    telegram.api.write(BEN, "!! for all", chat=GROUP)
    await telegram.request(1)
    assert (await telegram.request()).payload["text"] == "!! for all"


async def test_the_bot_speaks_in_the_topics_that_were_chosen(telegram: Telegram) -> None:
    telegram.api.write(ANN, "/settings topics here", chat=FORUM, **in_topic(5))
    await telegram.said("topics: 5", FORUM)
    telegram.api.write(BEN, "/summon a fern", chat=FORUM, **in_topic(6))
    assert (await telegram.said("I am not to speak here", FORUM)).topic == 6
    assert not await telegram.desk.requests.list()
    telegram.api.write(ANN, "/settings topics all", chat=FORUM, **in_topic(6))
    await telegram.said("topics: all", FORUM)
    telegram.api.write(BEN, "/summon a fern", chat=FORUM, **in_topic(6))
    assert (await telegram.request()).kind == Kind.SUMMON
    telegram.api.write(ANN, "/settings topics 7", chat=FORUM)
    await telegram.said("Write a name and a value", FORUM)
    telegram.api.write(ANN, "/settings topics here")
    await telegram.said("In a private chat there is nobody else")


async def test_a_bot_that_was_kicked_says_nothing_more(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    telegram.api.write(ANN, "Pip, hello!", chat=GROUP)
    answer = await telegram.said("An answer is on the way", GROUP)
    request = await telegram.request()
    telegram.api.trouble(Trouble("editMessageText", Refused(403, "Forbidden: bot was kicked from the supergroup chat")))
    await telegram.part(request, PartKind.PLAIN, final=True, name="Pip", text="Respect.")
    assert (await telegram.request()).error == "The bot was blocked, or removed from the group."
    assert "Respect" not in answer.text
