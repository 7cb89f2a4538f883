"""What people see on Telegram, over real HTTP to our own Bot API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from telegram import Bot
from telegram.ext import ApplicationBuilder

from bot.messages import File, Gone, Message, MessageLost, Patience, Place, Refused
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.requesting import AiohttpRequest
from storage.outbox import PartKind
from tests.servers.telegram import TOKEN, BotApi, Trouble
from tests.servers.telegram import Refused as Answer

ANN = Place("telegram:7", "telegram:7", "telegram:7")
TOPIC = Place("telegram:-1009", "telegram:-1009/5", "telegram:7")
ID = "01900000-0000-7000-8000-000000000000"

WAITING = Message(ID, PartKind.PLACEHOLDER, final=False, text="Somebody is on the way …")
WORDS = replace(
    WAITING, kind=PartKind.TEXT, text="Bite me!", name="Pip *_[", tagline="The angriest `apple`", persona=ID
)
PORTRAIT = File("image/png", "portrait.png", b"\x89PNG portrait", 1024, 1024)
CLIP = File("video/mp4", "clip.mp4", b"clip", 512, 512, 4.2)
SEEN = replace(WORDS, kind=PartKind.PORTRAIT, files=(PORTRAIT,))
VOICE = File("audio/ogg", "voice.ogg", b"ogg", seconds=2.0)
FORBIDDEN = Answer(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN")
DONE = replace(WORDS, kind=PartKind.CLIP, final=True, files=(PORTRAIT, CLIP))


@asynccontextmanager
async def telegram(patience: float = 30) -> AsyncIterator[tuple[BotApi, TelegramMessenger]]:
    async with BotApi() as api:
        builder = ApplicationBuilder().token(TOKEN).base_url(f"{api.url}/bot").base_file_url(f"{api.url}/file/bot")
        builder = builder.request(AiohttpRequest(16, read=patience)).get_updates_request(AiohttpRequest(1))
        bot: Bot = builder.build().bot
        async with bot:
            yield api, TelegramMessenger(bot)


def said(api: BotApi) -> list[str]:
    return [shown.text for shown in api.messages if not shown.deleted]


async def test_summons_is_one_message_and_then_a_round_video() -> None:
    async with telegram() as (api, messenger):
        key = await messenger.send(ANN, WAITING, "n")
        for message in (WORDS, SEEN, DONE):
            key = await messenger.edit(ANN, key, message, "n")
        card, note = api.messages
    assert card.text == "Pip *_[\nThe angriest `apple`\nAI character\n\nBite me!"
    assert [(one["type"], one["length"]) for one in card.entities] == [("bold", 7), ("italic", 20)]
    assert list(card.files.values()) == [PORTRAIT.data]
    assert [len(row) for row in card.markup["inline_keyboard"]] == [2, 2, 2]
    assert (note.method, list(note.files.values())) == ("sendVideoNote", [CLIP.data])
    assert (note.fields["length"], note.fields["duration"]) == ("512", "4")
    acts = [fields["action"] for fields in api.of("sendChatAction")]
    assert acts == ["typing", "upload_photo", "record_video_note", "upload_video_note"]


async def test_last_part_shown_again_repeats_no_video() -> None:
    async with telegram() as (api, messenger):
        key = await messenger.edit(ANN, await messenger.send(ANN, WAITING, "n"), DONE, "n")
        assert await messenger.edit(ANN, key, DONE, "n") == key
    assert [shown.method for shown in api.messages] == ["sendPhoto", "sendVideoNote"]


@pytest.mark.parametrize("clip", [replace(CLIP, seconds=61.0), replace(CLIP, width=500)])
async def test_what_cannot_be_round_is_a_video(clip: File) -> None:
    async with telegram() as (api, messenger):
        await messenger.send(ANN, replace(DONE, files=(clip,)), "n")
    assert api.messages[-1].method == "sendVideo"
    assert [fields["action"] for fields in api.of("sendChatAction")] == ["upload_video"]


async def test_who_takes_no_round_videos_gets_a_video() -> None:
    async with telegram() as (api, messenger):
        api.trouble(Trouble("sendVideoNote", FORBIDDEN))
        await messenger.send(ANN, DONE, "n")
    assert api.messages[-1].method == "sendVideo"


async def test_where_no_clip_is_taken_something_lesser_is_tried() -> None:
    async with telegram() as (api, messenger):
        api.trouble(Trouble("sendVideoNote", FORBIDDEN), Trouble("sendVideo", FORBIDDEN))
        key = await messenger.send(ANN, WAITING, "n")
        with pytest.raises(Refused):
            await messenger.edit(ANN, key, DONE, "n")
        await messenger.edit(ANN, key, replace(DONE, kind=PartKind.VOICE, files=(PORTRAIT, VOICE)), "n")
    assert [shown.method for shown in api.messages] == ["sendPhoto", "sendVoice"]


@pytest.mark.parametrize("file", [CLIP, VOICE, PORTRAIT], ids=lambda file: file.name)
async def test_files_that_are_too_large_are_not_even_sent(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.messenger.UPLOAD", len(file.data) - 1)
    async with telegram() as (api, messenger):
        with pytest.raises(Refused):
            await messenger.send(ANN, replace(DONE, files=(file,)), "n")
    assert not [shown for shown in api.messages if shown.files]


async def test_answer_in_a_topic_stays_there() -> None:
    reply = Message(ID, PartKind.VOICE, final=True, text="Hello.", name="Pip", persona=ID,
                    files=(VOICE,))  # fmt: skip
    async with telegram() as (api, messenger):
        await messenger.edit(TOPIC, await messenger.send(TOPIC, WAITING, "n"), reply, "n")
    assert [(shown.topic, shown.chat, shown.method) for shown in api.messages] == [
        (5, -1009, "sendMessage"),
        (5, -1009, "sendVoice"),
    ]
    assert api.messages[0].text == "Pip: Hello."


async def test_long_answers_go_on_below_and_shrink_again() -> None:
    long = replace(DONE, text="A sentence. " * 500)
    async with telegram() as (api, messenger):
        key = await messenger.send(ANN, long, "n")
        texts = said(api)
        assert len(texts) == 4  # caption, two more texts, and the round video
        assert "".join(texts).count("A sentence.") == 500
        await messenger.edit(ANN, key, DONE, "n")
        assert len(said(api)) == 2


def troubles() -> Iterator[tuple[Trouble, type[Exception]]]:
    def refused(status: int, words: str, **more: int) -> Trouble:
        return Trouble(refused=Answer(status, words, **more))

    yield refused(403, "Forbidden: bot was blocked by the user"), Gone
    yield refused(403, "Forbidden: bot was kicked from the supergroup chat"), Gone
    yield refused(400, "Bad Request: TOPIC_CLOSED"), Gone
    yield refused(400, "Bad Request: chat not found"), Gone
    yield refused(400, "Bad Request: not enough rights to send text messages to the chat"), Gone
    yield refused(400, "Bad Request: can't parse something"), Refused
    yield refused(413, "Request Entity Too Large"), Refused
    yield refused(401, "Unauthorized"), Patience
    yield refused(500, "Internal Server Error"), Patience
    yield Trouble(how="broken"), Patience
    yield Trouble(how="cut"), Patience
    yield Trouble(how="half"), Patience
    yield Trouble(how="hang"), Patience


@pytest.mark.parametrize(
    ("trouble", "error"), [*troubles()], ids=lambda one: getattr(one, "how", None) or str(one)[:60]
)
async def test_refusals_have_a_meaning(trouble: Trouble, error: type[Exception]) -> None:
    async with telegram(0.5 if trouble.how == "hang" else 30) as (api, messenger):
        api.trouble(trouble)
        with pytest.raises(error) as caught:
            await messenger.send(ANN, WORDS, "n")
    assert "Bite" not in str(caught.value)
    assert TOKEN not in str(caught.value)


async def test_patience_for_hours_is_asked_for_as_it_is() -> None:
    async with telegram() as (api, messenger):
        api.trouble(Trouble(refused=Answer(429, "Too Many Requests: retry after 7300", retry_after=7300)))
        with pytest.raises(Patience) as caught:
            await messenger.send(ANN, WORDS, "n")
    assert caught.value.seconds == 7300


async def test_deleted_message_is_lost() -> None:
    async with telegram() as (api, messenger):
        key = await messenger.send(ANN, WAITING, "n")
        api.messages[0].deleted = True
        with pytest.raises(MessageLost):
            await messenger.edit(ANN, key, WORDS, "n")


async def test_pace_of_a_group_is_kept_and_leaves_room_for_answers() -> None:
    group = Place("telegram:-5", "telegram:-5/0", "telegram:7")
    done = replace(DONE, files=())
    async with telegram() as (api, messenger):
        api.pace = 20
        key = await messenger.send(group, WAITING, "n")
        for number in range(9):
            await messenger.edit(group, key, replace(WORDS, text=f"Bite {number}"), "n")
        with pytest.raises(Patience) as caught:
            await messenger.edit(group, key, WORDS, "n")
        assert caught.value.seconds == pytest.approx(60 / 18)
        for number in range(8):
            await messenger.edit(group, key, replace(done, text=f"Done {number}"), "n")
        with pytest.raises(Patience):
            await messenger.edit(group, key, done, "n")
        await messenger.send(ANN, WORDS, "n")  # others are not kept waiting
    assert len(api.of("editMessageText")) == 17


async def test_group_that_became_a_supergroup_is_followed() -> None:
    group = Place("telegram:-5", "telegram:-5", "telegram:7")
    moved = Answer(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1005)
    async with telegram() as (api, messenger):
        key = await messenger.send(group, WAITING, "n")
        api.trouble(Trouble(refused=moved))
        with pytest.raises(Patience):
            await messenger.edit(group, key, WORDS, "n")
        with pytest.raises(MessageLost):  # so it is posted anew
            await messenger.edit(group, key, WORDS, "n")
        await messenger.send(group, WORDS, "n")
    assert api.messages[-1].chat == -1005
