"""A transcript shows what was said letter for letter, whatever it holds."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.localisation.texts import texts
from bot.scenes.transcript import transcript
from storage.lines import LineKind, SceneLine
from storage.scenes import Scene

AT = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
TEXTS = st.text(alphabet="ab1 \n\\`*_[]()<>|~&$#+-=:.!@\"'{}/^\t%", min_size=1, max_size=40).filter(str.strip)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def played(title: str, *lines: SceneLine) -> str:
    """The transcript of a scene, as HTML."""
    scene = Scene("1", "test", "place", "here", "ann", title, "free", {}, None, None, AT)
    return str(MARKDOWN.render(transcript(scene, lines, texts())))


def line(text: str, kind: LineKind = LineKind.PERSON, name: str = "Ann", hour: int = 20) -> SceneLine:
    return SceneLine(1, kind, name, text, None, None, None, AT.replace(hour=hour))


def shown(page: str) -> str:
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def words(text: str) -> str:
    return " ".join(text.split())


@settings(max_examples=150)
@given(TEXTS, TEXTS, st.sampled_from([LineKind.PERSON, LineKind.PERSONA]))
def test_a_line(name: str, text: str, kind: LineKind) -> None:
    page = played("", line(text, kind, name)).partition("<hr />")[2]
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= {"p", "br", "strong"}
    assert shown(page) == f"{words(name)} 20:15 {words(text)}"


@settings(max_examples=100)
@given(TEXTS, TEXTS)
def test_titles_and_what_the_narrator_says(title: str, text: str) -> None:
    head, _, page = played(title, line(text, LineKind.NARRATOR)).partition("<hr />")
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= {"p", "br", "em"}
    assert shown(page) == words(text)
    assert shown(head.partition("</h1>")[0]) == words(title)


def test_the_head_says_who_when_and_that_it_is_an_ai() -> None:
    page = shown(
        played(
            "Harbour",
            line("It rains.", LineKind.NARRATOR),
            line("Hm.", LineKind.PERSONA, "Pip", 22),
            line("Oh.", hour=23),
        )
    )
    assert page.startswith("Harbour A scene that people and AI characters made up together.")
    assert "2026-11-22 20:15 – 23:15 UTC Characters (AI): Pip People: Ann It rains. Pip 22:15 Hm. Ann 23:15 Oh." in page
