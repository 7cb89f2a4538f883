"""People and characters on Telegram, from the first word to the last, over HTTP."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from bot.jobs.plan import Kind, SayAsk, SummonAsk
from pipeline.errors import StorageBusy
from storage.asked import Request
from storage.outbox import PartKind
from tests.integration.telegram_world import FORUM, GROUP, Telegram, a_telegram
from tests.servers.ports import free_port
from tests.servers.sqlite import SqliteFiles
from tests.servers.telegram import ANN, BEN, TOKEN, BotApi, Refused, Trouble
from tests.unit.faces import disc_portrait


@pytest.fixture
async def telegram(sqlite: SqliteFiles, tmp_path: Path) -> AsyncIterator[Telegram]:
    async with a_telegram(sqlite.fresh(), tmp_path) as telegram:
        yield telegram


async def test_a_character_comes_and_talks(telegram: Telegram) -> None:
    telegram.api.write(ANN, "/summon an angry apple")
    await telegram.said("Somebody is on the way")
    portrait = await telegram.file("portrait.png", "image/png", b"png", width=1024, height=1024)
    clip = await telegram.file("clip.mp4", "video/mp4", b"clip", width=512, height=512, seconds=3.0)
    request = await telegram.request()
    await telegram.made(request, files=[portrait, clip])
    card, note = telegram.shown()
    assert card.text.startswith("Pip\nThe angriest apple in the bowl")
    assert note.method == "sendVideoNote"
    telegram.api.write(ANN, "What *do* you _want_?")
    line = await telegram.request(1)
    line = await telegram.request()
    assert (line.kind, line.payload["text"]) == (Kind.REPLY, "What *do* you _want_?")
    await telegram.part(line, PartKind.PLAIN, final=True, name="Pip", text="Respect.")
    assert telegram.shown()[-1].text == "Pip: Respect."


async def test_buttons(telegram: Telegram) -> None:
    card = await telegram.summoned(chat=GROUP)
    buttons = [button for row in card.markup["inline_keyboard"] for button in row]
    data = {button["text"]: button["callback_data"] for button in buttons}
    telegram.api.press(ANN, card, data["Who is this?"])
    await telegram.said("Summoned with the words an angry apple", GROUP)
    for text, kind in (("New portrait", Kind.RESTYLE), ("New voice", Kind.REVOICE), ("Another one", Kind.RETRY)):
        before = len(await telegram.desk.requests.list())
        telegram.api.press(ANN, card, data[text])
        await telegram.request(before)
        assert (await telegram.request()).kind == kind
    telegram.api.press(BEN, card, data["Dismiss"])
    await telegram.said("Only whoever summoned", GROUP)
    telegram.api.press(ANN, card, data["Dismiss"])
    await telegram.said("Pip has left.", GROUP)
    telegram.api.press(ANN, card, data["Talk"])
    await telegram.said("not here any more", GROUP)
    assert len(telegram.api.of("answerCallbackQuery")) == 7


async def test_the_button_talk_asks_for_a_reply_and_that_is_for_the_character(telegram: Telegram) -> None:
    card = await telegram.summoned(chat=GROUP)
    await telegram.summoned("Old Oak", chat=GROUP)
    buttons = {one["text"]: one["callback_data"] for row in card.markup["inline_keyboard"] for one in row}
    telegram.api.press(BEN, card, buttons["Talk"])
    asked = await telegram.said("What do you say to Pip?", GROUP)
    assert asked.markup["force_reply"]
    telegram.api.write(BEN, "Good evening!", chat=GROUP, **telegram.reply(asked))
    await telegram.request(2)
    persona = await telegram.desk.stored.personas.get((await telegram.request()).persona_id or "")
    assert persona.persona.name == "Pip"


async def test_in_groups_only_what_is_meant_for_a_character_is_heard(telegram: Telegram) -> None:
    pip = await telegram.summoned(chat=GROUP)
    await telegram.summoned("Old Oak", chat=GROUP)
    heard = []
    for text, more in (
        ("just chatting", {}),
        ("Pip, how are you?", {}),
        ("and you?", telegram.reply(pip)),
        ("@chat_anything_bot hello", {"entities": [{"type": "mention", "offset": 0, "length": 18}]}),
        ("nobody: nothing", {}),
    ):
        telegram.api.write(BEN, text, chat=GROUP, **more)
        heard.append(text)
    asked = len(telegram.api.of("getChatMember"))
    telegram.api.write(BEN, "/talk old oak, good evening", chat=GROUP)
    await telegram.request(5)
    requests = (await telegram.desk.requests.list())[:4]
    names = {}
    for request in requests:
        persona = await telegram.desk.stored.personas.get(request.persona_id or "")
        names[request.payload["text"]] = persona.persona.name
    assert (asked, len(telegram.api.of("getChatMember"))) == (1, 2)  # commands alone: each person is asked about once
    assert names == {
        "Pip, how are you?": "Pip",
        "and you?": "Pip",
        "hello": "Pip",  # to whom Ben spoke last
        "good evening": "Old Oak",
    }


async def test_a_storage_that_is_away_is_told_to_those_who_wait_for_an_answer(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StorageBusy("The database is away.")

    monkeypatch.setattr(type(telegram.desk.places), "resident", away)
    monkeypatch.setattr(type(telegram.desk.characters), "company", away)
    telegram.api.write(BEN, "just chatting", chat=GROUP)
    telegram.api.write(BEN, "hello?")
    await telegram.said("Sorry: this did not work out.", BEN.id)
    assert not telegram.shown(GROUP)


async def test_topics_are_conversations_of_their_own(telegram: Telegram) -> None:
    telegram.api.write(ANN, "/summon a fern", chat=FORUM, message_thread_id=5, is_topic_message=True)
    await telegram.made(await telegram.request(), "Fern")
    telegram.api.write(ANN, "/talk hello", chat=FORUM, message_thread_id=6, is_topic_message=True)
    await telegram.request(1)  # she is of this place, so she may be called anywhere in it
    assert (await telegram.request()).conversation == f"telegram:{FORUM}/6"
    await telegram.until(lambda: {shown.topic for shown in telegram.shown(FORUM)} == {5, 6})


async def test_pictures_and_voices_are_handed_on(telegram: Telegram) -> None:
    await telegram.summoned()
    png = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(png, "PNG")
    photo = [telegram.api.upload(png.getvalue()) | {"width": 20, "height": 20}]
    telegram.api.write(ANN, photo=photo, caption="Who is that?")
    await telegram.request(1)
    telegram.api.write(ANN, voice=telegram.api.upload(b"OggS voice") | {"duration": 2, "mime_type": "audio/ogg"})
    await telegram.request(2)
    spoken, seen = (SayAsk.model_validate(one.payload) for one in (await telegram.desk.requests.list())[:2])
    assert seen.text == "Who is that?"
    assert seen.picture is not None
    assert spoken.spoken is not None
    assert await telegram.desk.blobs.get(spoken.spoken.hash) == b"OggS voice"


async def test_a_picture_can_be_summoned(telegram: Telegram) -> None:
    png = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(png, "PNG")
    photo = [telegram.api.upload(png.getvalue()) | {"width": 20, "height": 20}]
    command = {"type": "bot_command", "offset": 0, "length": 25}
    caption = "/summon@chat_anything_bot a sailor"
    telegram.api.write(ANN, photo=photo, caption=caption, caption_entities=[command], chat=GROUP)
    ask = SummonAsk.model_validate((await telegram.request()).payload)
    assert ask.words == "a sailor"
    assert ask.picture is not None


async def test_commands_say_what_is_missing(telegram: Telegram) -> None:
    for text, sentence in (
        ("/summon", "Whom shall I summon?"),
        ("hello?", "Nobody is here yet"),
        ("/answer loudly", "Write /answer text"),
        ("/retry", "You have summoned nobody here yet"),
        ("/delete", "/delete everything"),
        ("/persona nobody", "I know nobody of that name"),
        ("/start", "computer programs (AI)"),
        ("/help", "/summon - Turn a few words into a character"),
        ("/privacy", "/delete everything deletes all of it"),
    ):
        telegram.api.write(ANN, text)
        await telegram.said(sentence)


async def test_what_is_kept_can_be_seen_and_deleted(telegram: Telegram) -> None:
    await telegram.summoned()
    telegram.api.write(ANN, "/answer text")
    await telegram.said("in writing")
    telegram.api.write(ANN, "/memory Pip")
    await telegram.said("knows nothing about you yet")
    telegram.api.write(ANN, "/forget Pip")
    await telegram.said("knew nothing of that")
    telegram.api.write(ANN, "/export", chat=GROUP)
    await telegram.said("in a private chat", GROUP)
    telegram.api.trouble(Trouble("sendDocument", Refused(413, "Request Entity Too Large")))
    telegram.api.write(ANN, "/export")
    await telegram.said("Sorry: this did not work out.")
    telegram.api.write(ANN, "/export")
    await telegram.until(lambda: [one for one in telegram.shown() if one.method == "sendDocument"])
    assert next(iter(telegram.shown()[-1].files.values())).startswith(b"PK")
    telegram.api.write(ANN, "/delete everything")
    await telegram.said("All of it is deleted.")
    assert await telegram.desk.stored.personas.list() == []


async def test_a_shared_character_comes_by_its_link(telegram: Telegram) -> None:
    card = await telegram.summoned()
    persona = (await telegram.desk.stored.personas.list())[0]
    await telegram.paint(persona, disc_portrait(side=64))
    telegram.api.write(ANN, "/share Pip")
    link = (await telegram.said("t.me/chat_anything_bot?start=")).text.rpartition("=")[2]
    telegram.api.write(BEN, f"/start {link}")
    shown = await telegram.said("Pip", BEN.id)
    assert shown.method == "sendPhoto"
    telegram.api.write(BEN, "hi!")
    await telegram.request(1)
    assert (await telegram.request()).persona_id == persona.id
    assert card.chat == ANN.id


@pytest.mark.parametrize("name", ["*b* _i_ [l](http://x) `c`", "<b>&amp;", "@everyone", "\u202eevil", "🍎" * 100])
async def test_hostile_names_are_only_names(telegram: Telegram, name: str) -> None:
    await telegram.made(await _asked(telegram), name)
    telegram.api.write(ANN, "/personas")
    card, listed = await telegram.until(lambda: len(telegram.shown()) == 2 and telegram.shown())
    visible = name.replace("\u202e", "")
    assert card.text.startswith(visible)
    assert listed.text.split("\n\n")[1].startswith(visible)
    assert listed.markup["inline_keyboard"][0][0]["text"] == visible[:40]
    assert "parse_mode" not in listed.fields


async def _asked(telegram: Telegram) -> Request:
    telegram.api.write(ANN, "/summon an angry apple")
    return await telegram.request()


async def test_answers_outlive_the_process(sqlite: SqliteFiles, tmp_path: Path) -> None:
    address = sqlite.fresh()
    async with BotApi() as api:
        async with a_telegram(address, tmp_path, api) as first:
            api.write(ANN, "/summon an angry apple")
            await first.said("Somebody is on the way")
            async with asyncio.timeout(60):
                while (await first.request()).message is None:  # noqa: ASYNC110 - of tables
                    await asyncio.sleep(0.01)
            api.trouble(Trouble("editMessageText", how="cut"))
        async with a_telegram(address, tmp_path, api) as second:
            await second.made(await second.request())
            assert [one.text.split("\n")[0] for one in second.shown()] == ["Pip"]


async def test_buttons_outlive_the_process(sqlite: SqliteFiles, tmp_path: Path) -> None:
    address = sqlite.fresh()
    async with BotApi() as api:
        async with a_telegram(address, tmp_path, api) as first:
            card = await first.summoned()
        async with a_telegram(address, tmp_path, api) as second:
            api.press(ANN, card, card.markup["inline_keyboard"][1][0]["callback_data"])
            await second.request(1)
            assert (await second.request()).kind == Kind.RESTYLE


async def test_who_takes_no_files_at_all_still_reads_the_words(telegram: Telegram) -> None:
    telegram.api.write(ANN, "/summon an angry apple")
    request = await telegram.request()
    forbidden = Refused(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN")
    telegram.api.trouble(*(Trouble(f"send{kind}", forbidden) for kind in ("VideoNote", "Video", "Voice")))
    portrait = await telegram.file("portrait.png", "image/png", b"png", width=1024, height=1024)
    clip = await telegram.file("clip.mp4", "video/mp4", b"clip", width=512, height=512, seconds=3.0)
    voice = await telegram.file("voice.ogg", "audio/ogg", b"ogg", seconds=3.0)
    await telegram.made(request, files=[portrait, clip], instead=[voice])
    (card,) = telegram.shown()
    assert card.method == "sendPhoto"
    assert card.text.startswith("Pip\nThe angriest apple")
    assert "A file is missing here, because this chat does not take it." in card.text


async def test_inline_message_becomes_a_character(telegram: Telegram) -> None:
    query = {"id": "1", "from": ANN.user, "query": "an angry apple", "offset": ""}
    telegram.api.update(inline_query=query)
    offered = await telegram.until(lambda: telegram.api.of("answerInlineQuery"))
    assert json.loads(offered[0]["results"])[0]["description"] == "an angry apple"
    chosen = {"result_id": "summon", "from": ANN.user, "query": "an angry apple", "inline_message_id": "abc"}
    telegram.api.update(chosen_inline_result=chosen)
    portrait = await telegram.file("portrait.png", "image/png", b"png")
    clip = await telegram.file("clip.mp4", "video/mp4", b"clip", width=512, height=512, seconds=3.0)
    await telegram.made(await telegram.request(), files=[portrait, clip])
    shown = telegram.api.inline["abc"]
    assert shown[0]["text"].startswith("Somebody is on the way …")
    assert (shown[-1]["type"], shown[-1]["caption"].split("\n")[0]) == ("video", "Pip")
    assert not telegram.shown()  # what was uploaded on the way is gone


async def test_inline_message_for_somebody_without_a_chat_is_a_text(telegram: Telegram) -> None:
    telegram.api.trouble(Trouble("sendPhoto", Refused(403, "Forbidden: bot can't initiate conversation with a user")))
    telegram.api.update(chosen_inline_result={"result_id": "summon", "from": ANN.user, "query": "a fern",
                                              "inline_message_id": "abc"})  # fmt: skip
    portrait = await telegram.file("portrait.png", "image/png", b"png")
    await telegram.made(await telegram.request(), files=[portrait])
    assert telegram.api.inline["abc"][-1]["text"].startswith("Pip\n")


async def test_a_place_has_settings_and_somebody_who_lives_there(telegram: Telegram) -> None:
    for person, text, sentence in (
        (BEN, "/settings language de", "Only those who keep order"),
        (ANN, "/settings summoners moderators", "summoners: moderators"),
        (BEN, "/summon a fern", "Here only those who keep order"),
        (ANN, "/settings colour red", "Write a name and a value"),
        (ANN, "/settings person many", "Write a name and a value"),
        (ANN, "/settings person 5", "person: 5"),
        (ANN, "/settings summoners default", "summoners: everyone"),
    ):
        telegram.api.write(person, text, chat=GROUP)
        await telegram.said(sentence, GROUP)
    await telegram.summoned(chat=GROUP)
    telegram.api.write(ANN, "/settle Pip", chat=GROUP)
    await telegram.said("answers everything here", GROUP)
    telegram.api.write(BEN, "nice weather", chat=GROUP)
    await telegram.request(1)
    assert (await telegram.request()).payload["text"] == "nice weather"
    telegram.api.write(ANN, "/unsettle", chat=GROUP)
    await telegram.said("Nobody answers everything", GROUP)


async def test_a_group_that_becomes_a_supergroup_takes_everything_along(telegram: Telegram) -> None:
    await telegram.summoned(chat=GROUP)
    telegram.api.write(ANN, "/settle Pip", chat=GROUP)
    await telegram.said("answers everything here", GROUP)
    telegram.api.write(ANN, "/settings language de", chat=GROUP)
    await telegram.said("language: de", GROUP)
    telegram.api.write(ANN, chat=GROUP, migrate_to_chat_id=-1005)
    telegram.api.write(ANN, chat=-1005, migrate_from_chat_id=GROUP)
    async with asyncio.timeout(60):
        while await telegram.desk.places.resident("telegram:-1005/0") is None:  # noqa: ASYNC110 - of tables
            await asyncio.sleep(0.02)
    telegram.api.write(BEN, "Is anybody here?", chat=-1005)
    await telegram.request(1)
    request = await telegram.request()
    assert (request.conversation, request.payload["text"], request.language) == (
        "telegram:-1005/0",
        "Is anybody here?",
        "de",
    )


async def test_a_scene_is_played_and_written_down(telegram: Telegram) -> None:
    for name in ("Pip", "Old Oak"):
        await telegram.summoned(name, chat=GROUP)
    for text, sentence in (
        ("/scene", "/scene start Pip"),
        (
            "/scene start round Pip, Old Oak: a stormy night",
            "a stormy night The scene begins. Here are Pip and Old Oak.",
        ),
        ("/scene narrate It rains *hard*.", "It rains *hard*."),
        ("/scene remove Old Oak", "Old Oak leaves."),
        ("/scene add Old Oak", "Old Oak comes in."),
        ("/scene pause", "The scene is paused."),
        ("/scene resume", "The scene goes on."),
    ):
        telegram.api.write(ANN, text, chat=GROUP)
        await telegram.said(sentence, GROUP)
    telegram.api.write(BEN, "I open the door.", chat=GROUP)
    telegram.api.write(BEN, "/scene end", chat=GROUP)
    await telegram.said("Only whoever started the scene", GROUP)
    telegram.api.write(ANN, "/scene end", chat=GROUP)
    over = await telegram.said("The scene is over", GROUP)
    transcript = next(iter(over.files.values())).decode()
    assert transcript.index("a stormy night") < transcript.index("It rains") < transcript.index("I open the door.")
    assert len(await telegram.desk.requests.list()) == 2  # a line of a scene is no request of its own


async def test_of_an_album_the_first_picture_counts(telegram: Telegram) -> None:
    await telegram.summoned()
    png = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(png, "PNG")
    for _ in range(3):
        photo = [telegram.api.upload(png.getvalue()) | {"width": 20, "height": 20}]
        telegram.api.write(ANN, photo=photo, media_group_id="album")
    telegram.api.write(ANN, "that is all")
    await telegram.request(2)
    asked = [one.payload.get("text") for one in await telegram.desk.requests.list()]
    assert sorted(asked[:2]) == ["Look at this.", "that is all"]
    assert len(asked) == 3


async def listens(session: aiohttp.ClientSession) -> bool:
    """Whether the bot's own server is up."""
    try:
        async with session.get("/"):
            return True
    except aiohttp.ClientConnectionError:
        return False


async def test_webhook_takes_what_telegram_sends_once(sqlite: SqliteFiles, tmp_path: Path) -> None:
    port = free_port()
    settings = {
        "TELEGRAM_WEBHOOK_URL": "https://bot.example", "TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        "TELEGRAM_WEBHOOK_SECRET": "s3cret",
    }  # fmt: skip
    async with a_telegram(sqlite.fresh(), tmp_path, None, **settings) as telegram:
        await telegram.until(lambda: telegram.api.of("setWebhook"))
        asked = telegram.api.of("setWebhook")[0]
        assert (asked["url"], asked["secret_token"]) == ("https://bot.example/telegram", "s3cret")
        telegram.api.write(ANN, "/summon an angry apple")
        update = telegram.api.updates[0]
        async with aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as session:
            async with asyncio.timeout(60):
                while not await listens(session):  # noqa: ASYNC110 - Telegram is told of the address before that
                    await asyncio.sleep(0.05)
            for secret, status in (("wrong", 403), ("s3cret", 200), ("s3cret", 200)):
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                async with session.post("/telegram", json=update, headers=headers) as answer:
                    assert answer.status == status
        await telegram.said("Somebody is on the way")
        await asyncio.sleep(0.2)
        assert len(await telegram.desk.requests.list()) == 1


async def test_wrong_token_is_explained(sqlite: SqliteFiles, tmp_path: Path) -> None:
    from bot.telegram.standing import TelegramUnavailable

    async with BotApi() as api:
        with pytest.raises(TelegramUnavailable, match="does not take this token") as caught:
            async with a_telegram(sqlite.fresh(), tmp_path, api, TELEGRAM_TOKEN="1:wrong"):
                pass
    assert "1:wrong" not in str(caught.value)
    assert TOKEN not in str(caught.value)


async def test_a_second_program_with_the_token_is_explained(
    telegram: Telegram, capsys: pytest.CaptureFixture[str]
) -> None:
    await telegram.until(lambda: telegram.api.polling)
    async with aiohttp.ClientSession() as session:
        url = f"{telegram.api.url}/bot{TOKEN}/getUpdates"
        async with session.post(url, data={"offset": "5000", "timeout": "0"}) as answer:
            assert answer.status == 200
        said = ""
        async with asyncio.timeout(60):
            while "Only one may poll" not in said:
                said += capsys.readouterr().out
                await asyncio.sleep(0.05)
    telegram.api.write(ANN, "/help")
    await telegram.said("I turn a few words")  # it goes on
