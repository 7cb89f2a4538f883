"""Answers that are shown while they are written: a draft in private chats, edits elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import RetryAfter
from telegram.ext import ApplicationBuilder

from bot.jobs.plan import Kind
from bot.messages import File, Gone, Message, Patience, Place
from bot.telegram.drafts import Drafts, draft_of
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.rich import plain
from storage.bell import News, Topic
from storage.outbox import PartKind
from tests.integration.telegram_world import GROUP, Telegram, a_telegram
from tests.servers.sqlite import SqliteFiles
from tests.servers.telegram import ANN, TOKEN, BotApi, Trouble
from tests.servers.telegram import Refused as Answer

HERE = Place("telegram:7", "telegram:7", "telegram:7")
GROUPED = Place("telegram:-5", "telegram:-5/0", "telegram:7")
ID = "01900000-0000-7000-8000-000000000000"
WAITING = Message(ID, PartKind.PLACEHOLDER, final=False, text="An answer is on the way …", draft=True)
WRITING = replace(WAITING, kind=PartKind.TEXT, text="Once upon", name="Pip")
WRITTEN = replace(WRITING, text="Once upon a time.", draft=False)
VOICE = File("audio/ogg", "voice.ogg", b"ogg", seconds=2.0)
SPOKEN = replace(WRITTEN, kind=PartKind.VOICE, final=True, files=(VOICE,))
NO_SUCH = Answer(404, "Not Found")
NO_PEER = Answer(400, "Bad Request: TEXTDRAFT_PEER_INVALID")
FLOOD = Answer(429, "Too Many Requests: retry after 280", retry_after=280)


@asynccontextmanager
async def a_bot() -> AsyncIterator[tuple[BotApi, Bot]]:
    async with BotApi() as api:
        bot: Bot = ApplicationBuilder().token(TOKEN).base_url(f"{api.url}/bot").build().bot
        async with bot:
            yield api, bot


async def test_in_a_private_chat_an_answer_is_a_draft_until_it_is_posted() -> None:
    async with a_bot() as (api, bot), TelegramMessenger(bot) as messenger:
        key = await messenger.send(HERE, WAITING, "n")
        key = await messenger.edit(HERE, key, WRITING, "n")
        assert api.drafts == {7: ["An answer is on the way …", "Pip: Once upon"]}
        assert not api.messages
        key = await messenger.edit(HERE, key, WRITTEN, "n")
        assert not api.drafts
        key = await messenger.edit(HERE, key, SPOKEN, "n")
        assert await messenger.edit(HERE, key, SPOKEN, "n") == key
    assert [(one.method, one.text) for one in api.messages] == [
        ("sendMessage", "Pip: Once upon a time."),
        ("sendVoice", ""),
    ]
    ids = {fields["draft_id"] for fields in api.of("sendMessageDraft")}
    assert ids == {str(draft_of(ID))}
    assert 0 < draft_of(ID) < 2**31


async def test_in_a_group_the_placeholder_is_edited() -> None:
    async with a_bot() as (api, bot), TelegramMessenger(bot) as messenger:
        key = await messenger.send(GROUPED, WAITING, "n")
        for message in (WRITING, WRITTEN):
            key = await messenger.edit(GROUPED, key, message, "n")
    assert not api.of("sendMessageDraft")
    assert [(one.text, one.edits) for one in api.messages] == [("Pip: Once upon a time.", 2)]


async def test_a_summons_has_a_placeholder_everywhere() -> None:
    async with a_bot() as (api, bot), TelegramMessenger(bot) as messenger:
        await messenger.send(HERE, replace(WAITING, draft=False), "n")
    assert (len(api.messages), api.drafts) == (1, {})


@pytest.mark.parametrize("refused", [NO_SUCH, NO_PEER, FLOOD], ids=["old server", "such a chat", "flood"])
async def test_where_no_draft_is_taken_a_message_is_edited(refused: Answer) -> None:
    async with a_bot() as (api, bot), TelegramMessenger(bot) as messenger:
        api.trouble(Trouble("sendMessageDraft", refused))
        key = await messenger.send(HERE, WAITING, "n")
        for message in (WRITING, WRITTEN):
            key = await messenger.edit(HERE, key, message, "n")
        assert [(one.text, one.edits) for one in api.messages] == [("Pip: Once upon a time.", 2)]
        await messenger.send(HERE, WAITING, "m")
    again = 1 if refused is NO_SUCH else 2  # a server that knows no drafts is not asked twice
    assert len(api.of("sendMessageDraft")) == again


async def test_a_draft_that_is_refused_half_way_goes_on_as_a_message() -> None:
    async with a_bot() as (api, bot), TelegramMessenger(bot) as messenger:
        key = await messenger.send(HERE, WAITING, "n")
        api.trouble(Trouble("sendMessageDraft", NO_PEER))
        key = await messenger.edit(HERE, key, WRITING, "n")
        await messenger.edit(HERE, key, WRITTEN, "n")
    assert [(one.text, one.edits) for one in api.messages] == [("Pip: Once upon a time.", 1)]


async def test_flood_control_of_drafts_keeps_no_answer_waiting() -> None:
    async with a_bot() as (api, bot), TelegramMessenger(bot) as messenger:
        key = await messenger.send(HERE, WAITING, "n")
        api.trouble(Trouble("sendMessageDraft", FLOOD))
        with pytest.raises(Patience) as caught:
            await messenger.edit(HERE, key, WRITING, "n")
        await messenger.edit(HERE, key, WRITTEN, "n")
    assert caught.value.seconds == 280
    assert [one.text for one in api.messages] == ["Pip: Once upon a time."]


async def test_whoever_blocked_the_bot_gets_no_draft() -> None:
    async with a_bot() as (api, bot), TelegramMessenger(bot) as messenger:
        api.trouble(Trouble("sendMessageDraft", Answer(403, "Forbidden: bot was blocked by the user")))
        with pytest.raises(Gone):
            await messenger.send(HERE, WAITING, "n")


async def test_of_a_very_long_answer_the_end_is_seen() -> None:
    async with a_bot() as (api, bot), TelegramMessenger(bot) as messenger:
        await messenger.send(HERE, replace(WRITING, text="A sentence. " * 500 + "The end"), "n")
    assert api.drafts[7][-1].endswith("The end")
    assert len(api.drafts[7][-1]) <= 4096


async def test_a_draft_without_news_is_kept_up_until_there_is_a_message() -> None:
    async with a_bot() as (api, bot):
        drafts = Drafts(bot, again=0.05)
        assert await drafts.show(7, 1, plain("Hm"), shown=False)
        async with asyncio.timeout(30):
            while len(api.of("sendMessageDraft")) < 4:  # noqa: ASYNC110 - of calls
                await asyncio.sleep(0.02)
        drafts.end(7)
        await asyncio.sleep(0)
        seen = len(api.of("sendMessageDraft"))
        await asyncio.sleep(0.3)
        assert len(api.of("sendMessageDraft")) <= seen + 1  # at most one was on its way
        api.trouble(Trouble("sendMessageDraft", FLOOD))
        with pytest.raises(RetryAfter):
            await drafts.show(7, 1, plain("Hm, hm"), shown=True)
        await drafts.close()


async def test_what_somebody_writes_is_answered_by_a_draft_and_one_message(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        await telegram.summoned()
        telegram.api.write(ANN, "Tell me a story")
        await telegram.until(lambda: telegram.api.drafts)
        request = await telegram.request()
        assert request.kind == Kind.REPLY
        await writing(telegram, request.id, lambda: telegram.api.drafts[ANN.id][-1])
        assert len(telegram.shown()) == 1  # the card
        await telegram.part(request, PartKind.PLAIN, final=True, name="Pip", text="Once upon a time. The end.")
        assert [one.text for one in telegram.shown()][1:] == ["Pip: Once upon a time. The end."]
        assert not telegram.api.drafts
        telegram.api.write(ANN, "And then?", **telegram.reply(telegram.shown()[-1]))
        await telegram.request(2)
        assert (await telegram.request()).persona_id == request.persona_id


async def writing(telegram: Telegram, request: str, shown: Callable[[], str]) -> None:
    """A worker writes, over and over, until that is shown."""
    async with asyncio.timeout(60):
        while shown() != "Pip: Once upon":
            await telegram.desk.bell.tell(News(Topic.PROGRESS, request, "Once upon"))
            await asyncio.sleep(0.05)


async def test_a_bot_that_starts_anew_posts_what_was_a_draft(sqlite: SqliteFiles, tmp_path: Path) -> None:
    address = sqlite.fresh()
    async with BotApi() as api:
        async with a_telegram(address, tmp_path, api) as first:
            await first.summoned()
            api.write(ANN, "Hello?")
            await first.until(lambda: api.drafts)
        async with a_telegram(address, tmp_path, api) as second:
            await second.part(await second.request(), PartKind.PLAIN, final=True, name="Pip", text="Here!")
            assert [one.text for one in second.shown()][1:] == ["Pip: Here!"]


async def test_in_a_group_one_message_is_edited_to_the_end(sqlite: SqliteFiles, tmp_path: Path) -> None:
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        await telegram.summoned(chat=GROUP)
        telegram.api.write(ANN, "Pip, tell me a story", chat=GROUP)
        answer = await telegram.said("An answer is on the way", GROUP)
        request = await telegram.request()
        await writing(telegram, request.id, lambda: answer.text)
        await telegram.part(request, PartKind.PLAIN, final=True, name="Pip", text="Once upon a time.")
        assert answer.text == "Pip: Once upon a time."
        assert len(telegram.shown(GROUP)) == 2
