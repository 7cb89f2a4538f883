"""Telegram's Bot API over real HTTP, as far as a bot of ours needs it: https://core.telegram.org/bots/api

    async with BotApi() as api:
        api.write(ANN, "/summon an angry apple")
        ...  # the bot polls ``api.url``; what it shows is in ``api.messages``

It refuses what Telegram refuses (lengths, entities outside of their text, buttons with too much data), and does what
else happens there: ``api.trouble``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

from aiohttp import web

Json: TypeAlias = Any

TOKEN = "123456:right"
ME = {"id": 123456, "is_bot": True, "first_name": "ChatAnything", "username": "chat_anything_bot",
      "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}  # fmt: skip

MEDIA = {"sendPhoto": "photo", "sendVideo": "video", "sendVideoNote": "video_note", "sendVoice": "voice",
         "sendAudio": "audio", "sendDocument": "document"}  # fmt: skip

TEXT, CAPTION, DATA = 4096, 1024, 64

ABOUT = {"getMyName": "name", "getMyDescription": "description", "getMyShortDescription": "short_description"}


class Refused(Exception):
    """An answer that is an error. ``parameters``: ``retry_after``, ``migrate_to_chat_id``."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass(frozen=True, slots=True)
class Trouble:
    """What comes of the next call of a method (any where empty): ``refused``, or ``how`` it goes: ``hang``, ``cut``
    before it is done, ``cut_after``, ``half`` an answer, ``broken`` (502 with a page in HTML)."""

    method: str = ""
    refused: Refused | None = None
    how: str = ""


@dataclass
class Shown:
    """A message of the bot. ``files``: bytes by the field that they came in."""

    chat: int
    id: int
    method: str
    text: str
    entities: list[Json]
    markup: Json
    topic: int | None
    fields: Mapping[str, str]
    files: dict[str, bytes] = field(repr=False)
    edits: int = 0
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes."""

    id: int
    name: str
    language: str = "en"

    @property
    def user(self) -> Json:
        """As Telegram describes a person."""
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}


ANN, BEN = Person(7, "Ann"), Person(8, "Ben")


@dataclass
class BotApi:
    """``pace``: messages that a group takes in ``window`` seconds, as Telegram allows 20 a minute; None for any."""

    pace: int | None = None
    window: float = 60.0
    messages: list[Shown] = field(default_factory=list)
    calls: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """What people sent, by file id."""
    inline: dict[str, list[Json]] = field(default_factory=dict)
    """What messages that people posted through the bot came to show, by their id: text, or media with a caption."""
    drafts: dict[int, list[str]] = field(default_factory=dict)
    """What the bot is about to say in private chats, and was before; a message ends that."""
    settings: dict[str, Json] = field(default_factory=dict)
    """What the bot set: name, commands, descriptions, webhook, by method and language."""
    admins: set[int] = field(default_factory=lambda: {ANN.id})
    """Who keeps order in groups."""
    closed: set[int] = field(default_factory=set)
    """Topics that take no messages."""
    url: str = ""

    def __post_init__(self) -> None:
        self.updates: list[Json] = []  # that the bot has not received
        self._numbers = itertools.count(1000)
        self._troubles: deque[Trouble] = deque()
        self._sent: defaultdict[int, deque[float]] = defaultdict(deque)
        self._news = asyncio.Event()
        self._hanging = asyncio.Event()
        self._ids = 0
        self.polling = 0
        self.hurried = 0
        """How often a group was told too much."""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{file}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hanging.set()
        self._news.set()
        await self._runner.cleanup()

    def trouble(self, *troubles: Trouble) -> None:
        """What comes of the next calls."""
        self._troubles.extend(troubles)

    def write(self, person: Person, text: str = "", *, chat: int | None = None, **more: Json) -> int:
        """A person writes to the bot, or in a group; the id of the message."""
        self._ids += 1
        where = self.chat(person.id if chat is None else chat)
        message = {"message_id": self._ids, "date": int(time.time()), "chat": where, "from": person.user, **more}
        if text:
            message["text"] = text
            if text.startswith("/"):
                command = text.split()[0]
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
        self.update(message=message)
        return self._ids

    def press(self, person: Person, shown: Shown, data: str) -> None:
        """A person presses a button."""
        message = self._message(shown)
        query = {"id": str(self._ids), "from": person.user, "chat_instance": "1", "message": message}
        self.update(callback_query={**query, "data": data})

    def upload(self, data: bytes) -> Json:
        """A file of a person, for a message."""
        id_ = f"file{len(self.files)}"
        self.files[id_] = data
        return {"file_id": id_, "file_unique_id": id_, "file_size": len(data)}

    def update(self, *, update_id: int | None = None, **content: Json) -> Json:
        """Something happens, of which the bot hears."""
        number = next(self._numbers) if update_id is None else update_id
        update = {"update_id": number, **content}
        self.updates.append(update)
        self._news.set()
        return update

    def chat(self, id_: int) -> Json:
        """As Telegram describes a chat."""
        if id_ > 0:
            return {"id": id_, "type": "private", "first_name": "Somebody"}
        return {"id": id_, "type": "supergroup", "title": "A group", "is_forum": id_ <= -1009}

    def of(self, method: str) -> list[Mapping[str, str]]:
        """The calls of a method."""
        return [fields for called, fields in self.calls if called == method]

    async def _download(self, request: web.Request) -> web.Response:
        data = self.files.get(request.match_info["file"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _answer(Refused(401, "Unauthorized"))
        fields, files = await _fields(request)
        trouble = self._next(method)
        if method != "getUpdates":
            self.calls.append((method, fields))
        if trouble.how in ("hang", "cut", "broken") or trouble.refused is not None:
            return await self._disturbed(request, trouble)
        try:
            result = await self._do(method, fields, files)
        except Refused as error:
            return _answer(error)
        if trouble.how:
            return await self._disturbed(request, trouble)
        return _answer(result)

    def _next(self, method: str) -> Trouble:
        for trouble in self._troubles:
            if trouble.method in ("", method) and (trouble.method or method != "getUpdates"):
                self._troubles.remove(trouble)
                return trouble
        return Trouble()

    async def _disturbed(self, request: web.Request, trouble: Trouble) -> web.StreamResponse:
        if trouble.refused is not None:
            return _answer(trouble.refused)
        if trouble.how == "broken":
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if trouble.how == "hang":
            await self._hanging.wait()
        if trouble.how == "half":
            response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
            await response.prepare(request)
            await response.write(b'{"ok": true, "resu')
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _do(self, method: str, fields: Mapping[str, str], files: dict[str, bytes]) -> Json:
        if method == "getMe":
            return ME
        if method == "getUpdates":
            return await self._poll(fields)
        if method == "sendMessageDraft":
            return self._draft(fields)
        if method == "sendMessage" or method in MEDIA:
            return self._send(method, fields, files)
        if "inline_message_id" in fields:
            return self._edit_inline(method, fields, files)
        if method.startswith("editMessage"):
            return self._edit(method, fields, files)
        if method == "deleteMessage":
            self._shown(fields).deleted = True
            return True
        if method == "getFile":
            return {"file_id": fields["file_id"], "file_unique_id": "u", "file_path": fields["file_id"]}
        if method == "getChatMember":
            status = "administrator" if int(fields["user_id"]) in self.admins else "member"
            return {"status": status, "user": {"id": int(fields["user_id"]), "is_bot": False, "first_name": "X"}} | (
                dict.fromkeys(
                    ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages",
                     "can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info",
                     "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
                    True,
                ) if status == "administrator" else {}
            )  # fmt: skip
        if method == "getMyCommands":
            return json.loads(self._set(f"setMyCommands:{fields.get('language_code', '')}", "commands") or "[]")
        if (what := ABOUT.get(method)) is not None:
            name = ME["first_name"] if what == "name" else ""
            return {what: self._set(f"{method.replace('get', 'set')}:{fields.get('language_code', '')}", what) or name}
        if method.startswith(("setMy", "setWebhook", "deleteWebhook")):
            self.settings[f"{method}:{fields.get('language_code', '')}"] = dict(fields)
            return True
        return True

    async def _poll(self, fields: Mapping[str, str]) -> list[Json]:
        """Waits for news. Whoever asks next ends the waiting of whoever asked before."""
        self.polling += 1
        mine, offset = self.polling, int(fields.get("offset", 0))
        self.updates = [one for one in self.updates if one["update_id"] >= offset]  # the rest was received
        self._news.set()
        deadline = time.monotonic() + float(fields.get("timeout", 0))
        while not (found := [one for one in self.updates if one["update_id"] >= offset]):
            self._news.clear()
            left = deadline - time.monotonic()
            if left <= 0 or self._hanging.is_set():
                return []
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)
            if self.polling != mine:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        return found[: int(fields.get("limit", 100))]

    def _send(self, method: str, fields: Mapping[str, str], files: dict[str, bytes]) -> Json:
        chat = int(fields["chat_id"])
        self._hurry(chat)
        captioned = method != "sendMessage"
        text, entities = _text(fields, captioned=captioned)
        if captioned and not files:
            raise Refused(400, "Bad Request: there is no file in the request")
        self._ids += 1
        self.drafts.pop(chat, None)
        topic = int(fields["message_thread_id"]) if "message_thread_id" in fields else None
        if topic in self.closed:
            raise Refused(400, "Bad Request: TOPIC_CLOSED")
        shown = Shown(chat, self._ids, method, text, entities, _markup(fields), topic, fields, files)
        self.messages.append(shown)
        return self._message(shown)

    def _set(self, setting: str, what: str) -> Json:
        return self.settings.get(setting, {}).get(what)

    def _draft(self, fields: Mapping[str, str]) -> bool:
        chat = int(fields["chat_id"])
        if chat < 0 or int(fields["draft_id"]) == 0:
            raise Refused(400, "Bad Request: TEXTDRAFT_PEER_INVALID")
        text, _ = _checked(fields.get("text", ""), json.loads(fields.get("entities", "[]")), TEXT)
        self.drafts.setdefault(chat, []).append(text)
        return True

    def _edit(self, method: str, fields: Mapping[str, str], files: dict[str, bytes]) -> Json:
        shown = self._shown(fields)
        self._hurry(shown.chat)
        if shown.deleted:
            raise Refused(400, "Bad Request: message to edit not found")
        has_media = shown.method != "sendMessage"
        if method == "editMessageMedia":
            media = json.loads(fields["media"])
            text, entities = _checked(media.get("caption", ""), media.get("caption_entities", []), CAPTION)
            shown.method = MEDIA_METHODS[media["type"]]
            shown.files = files
        elif method == "editMessageReplyMarkup":
            text, entities = shown.text, shown.entities
        else:
            if has_media != (method == "editMessageCaption"):
                raise Refused(400, "Bad Request: there is no text in the message to edit")
            text, entities = _text(fields, captioned=has_media)
        markup = _markup(fields)
        same = (text, entities, markup) == (shown.text, shown.entities, shown.markup)
        if same and method != "editMessageMedia":
            raise Refused(400, "Bad Request: message is not modified: specified new message content is the same")
        shown.text, shown.entities, shown.markup = text, entities, markup
        shown.edits += 1
        return self._message(shown)

    def _edit_inline(self, method: str, fields: Mapping[str, str], files: dict[str, bytes]) -> bool:
        if files:
            raise Refused(400, "Bad Request: a new file cannot be uploaded into an inline message")
        if not _markup(fields):
            raise Refused(400, "Bad Request: MESSAGE_ID_INVALID")
        before = self.inline.setdefault(fields["inline_message_id"], [])
        filed = bool(before) and "media" in before[-1]
        match method:
            case "editMessageMedia":
                shown = json.loads(fields["media"])
            case "editMessageCaption" if filed:
                shown = {**before[-1], "caption": fields["caption"]}
            case "editMessageText" if not filed:
                shown = {"text": fields["text"]}
            case _:
                raise Refused(400, "Bad Request: there is no text in the message to edit")
        before.append(shown)
        return True

    def _shown(self, fields: Mapping[str, str]) -> Shown:
        wanted = int(fields["chat_id"]), int(fields["message_id"])
        for shown in self.messages:
            if (shown.chat, shown.id) == wanted:
                return shown
        raise Refused(400, "Bad Request: message to edit not found")

    def _hurry(self, chat: int) -> None:
        """The pace of a group, edits included."""
        if self.pace is None or chat > 0:
            return
        present, sent = time.monotonic(), self._sent[chat]
        while sent and sent[0] < present - self.window:
            sent.popleft()
        if len(sent) >= self.pace:
            wait = max(int(sent[0] + self.window - present) + 1, 1)
            self.hurried += 1
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        sent.append(present)

    def _message(self, shown: Shown) -> Json:
        message = {
            "message_id": shown.id,
            "date": int(time.time()),
            "chat": self.chat(shown.chat),
            "from": ME,
        }
        if shown.method == "sendMessage":
            return {**message, "text": shown.text or "…"}
        kind = MEDIA[shown.method]
        about = {"file_id": f"sent{shown.id}", "file_unique_id": f"sent{shown.id}"}
        sized = {**about, "width": 512, "height": 512, "duration": 1, "length": 512}
        return {**message, kind: [sized] if kind == "photo" else sized}


MEDIA_METHODS = {kind: method for method, kind in MEDIA.items()}


async def _fields(request: web.Request) -> tuple[dict[str, str], dict[str, bytes]]:
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
            fields[f"{name}:filename"] = value.filename
        elif isinstance(value, str):
            fields[name] = value
    return fields, files


def _text(fields: Mapping[str, str], *, captioned: bool) -> tuple[str, list[Json]]:
    name, limit = ("caption", CAPTION) if captioned else ("text", TEXT)
    if "parse_mode" in fields:
        raise Refused(400, "Bad Request: we want entities, not markup")
    entities = json.loads(fields.get("caption_entities" if captioned else "entities", "[]"))
    if not captioned and not fields.get("text", "").strip():
        raise Refused(400, "Bad Request: message text is empty")
    return _checked(fields.get(name, ""), entities, limit)


def _checked(text: str, entities: list[Json], limit: int) -> tuple[str, list[Json]]:
    units = len(text.encode("utf-16-le")) // 2
    if units > limit:
        raise Refused(400, "Bad Request: message is too long")
    for entity in entities:
        if entity["length"] < 1 or entity["offset"] < 0 or entity["offset"] + entity["length"] > units:
            raise Refused(400, "Bad Request: entity beyond the text")
    return text, entities


def _markup(fields: Mapping[str, str]) -> Json:
    markup = json.loads(fields.get("reply_markup", "null"))
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if len(button.get("callback_data", "").encode()) > DATA:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return markup


def _answer(result: Json) -> web.Response:
    if isinstance(result, Refused):
        document = {"ok": False, "error_code": result.status, "description": result.description}
        if result.parameters:
            document["parameters"] = result.parameters
        return web.json_response(document, status=result.status)
    return web.json_response({"ok": True, "result": result})
