"""Texts cut into messages, keys, permissions and what refusals mean."""

from __future__ import annotations

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.failures import meaning
from bot.discord.keys import Posted
from bot.discord.layout import lay_out
from bot.discord.names import webhook_name
from bot.discord.permissions import invite, missing, needed
from bot.discord.splitting import split
from bot.jobs.plan import Stage
from bot.messages import File, Gone, Message, MessageLost, Patience, Refused, Undelivered
from bot.progress import Mark, Progress
from storage.outbox import PartKind

WORDS = st.text(st.sampled_from("ab .\n`x"), max_size=1500)


@given(WORDS)
def test_pieces_fit_and_lose_nothing(text: str) -> None:
    pieces = split(text, 100)
    assert all(0 < len(piece) <= 100 for piece in pieces)
    whole = "".join("".join(pieces).replace("```", "").split())
    lost = set("".join(text.replace("```", "").split())) - set(whole)
    assert not lost
    assert [c for c in whole if c not in "`"] == [c for c in text if not c.isspace() and c not in "`"]


def test_texts_are_cut_at_paragraphs() -> None:
    assert split(f"{'a' * 60}\n\n{'b' * 60}", 100) == ["a" * 60, "b" * 60]


def test_a_cut_code_fence_is_closed_and_opened_again() -> None:
    first, *_, last = split("Look:\n```python\n" + "print('hello')\n" * 20 + "```\nThere.", 100)
    assert first.startswith("Look:\n```python\n")
    assert first.endswith("\n```")
    assert last.startswith("```python\n")
    assert last.endswith("There.")


@pytest.mark.parametrize("posted", [Posted(1, (2,)), Posted(1, (2, 3)), Posted(1, (2, 3), 4)])
def test_keys_come_back(posted: Posted) -> None:
    assert Posted.parse(str(posted)) == posted


class Answer:
    def __init__(self, status: int) -> None:
        self.status, self.reason, self.headers = status, "", {"Retry-After": "2.5"}


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (429, 0, Patience),
        (503, 0, Patience),
        (404, 10003, Gone),
        (403, 50001, Gone),
        (403, 50013, Gone),
        (403, 50007, Gone),
        (404, 10008, MessageLost),
        (404, 10015, MessageLost),
        (413, 0, Refused),
        (400, 40005, Refused),
        (400, 50035, Refused),
    ],
)
def test_what_refusals_mean(status: int, code: int, expected: type[Undelivered]) -> None:
    error = discord.HTTPException(Answer(status), {"code": code, "message": "secret words"})  # type: ignore[arg-type]
    found = meaning(error)
    assert type(found) is expected
    assert "secret" not in str(found)
    assert not isinstance(found, Patience) or status != 429 or found.seconds == 2.5


def test_a_missing_permission_is_named_for_channels_and_threads() -> None:
    all_of_them = needed()
    assert missing(all_of_them, thread=False) is None
    all_of_them.send_messages = False
    assert "“Send Messages”" in str(missing(all_of_them, thread=False))
    assert missing(all_of_them, thread=True) is None
    all_of_them.send_messages_in_threads = all_of_them.attach_files = False
    assert "“Send Messages in Threads”, “Attach Files”" in str(missing(all_of_them, thread=True))


def test_the_invitation_asks_for_what_is_used() -> None:
    address = invite(42)
    assert "client_id=42" in address
    assert f"permissions={needed().value}" in address
    assert not needed().administrator


@given(st.text(max_size=200) | st.text(st.sampled_from("discorDCLYE\u200b @`:#ｄ"), max_size=200))
def test_names_are_such_that_discord_takes_them(name: str) -> None:
    taken = webhook_name(name)
    assert 1 <= len(taken) <= 80
    assert taken == taken.strip()
    assert "discord" not in taken.lower()
    assert "clyde" not in taken.lower()
    assert taken.casefold() not in ("everyone", "here")


def test_names_stay_as_near_as_can_be() -> None:
    assert webhook_name("Clyde of Discord") == "Cly-de of Dis-cord"
    assert webhook_name("Zoë 🍎") == "Zoë 🍎"
    assert webhook_name("\u200b") == "Character"


HOSTILE = st.text(max_size=300) | st.sampled_from(["@everyone", "<@1>", "```", "[x](http://a)", "\u202e", "# " * 2000])


PROGRESS = Progress(((Stage.MIND, Mark.DONE), (Stage.CLIP, Mark.WAITING)), ahead=2, seconds=600.0)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.booleans(), st.sampled_from(PartKind))
def test_whatever_is_said_discord_takes_it(
    name: str, tagline: str, text: str, heard: str, signed: bool, kind: PartKind
) -> None:
    picture = File("image/png", "portrait.png", b"")
    message = Message("r", kind, True, text, name, tagline, files=(picture,), heard=heard, progress=PROGRESS)
    sheet = lay_out(message, signed=signed)
    assert all(len(piece) <= 2000 for piece in sheet.pieces)
    assert len(sheet.pieces) >= 1
    if sheet.card is not None:
        assert len(sheet.card.title or "") <= 256
        assert len(sheet.card.description or "") <= 4096
        assert sheet.card.footer.text == "AI character"


def test_what_was_heard_stands_small_above_the_answer_and_does_nothing() -> None:
    message = Message("r", PartKind.PLAIN, True, "Hm.", "Pip", heard="@everyone **look**\n# here")
    (piece,) = lay_out(message).pieces
    heard, answer = piece.split("\n")
    assert heard.startswith("-# heard: @\u200beveryone \\*\\*look")
    assert answer == "**Pip:** Hm."
