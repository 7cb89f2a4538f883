"""What may stand behind the words of ``/summon``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.localisation.texts import LANGUAGES, texts
from bot.telegram.options import Wishes, wishes


@pytest.mark.parametrize(
    ("language", "line", "meant"),
    [
        ("en", "an angry apple", Wishes("an angry apple")),
        ("en", "an angry apple, style: noir", Wishes("an angry apple", "noir")),
        (
            "en",
            "a king, old and tired, Style: noir, VOICE: deep, slow and old",
            Wishes("a king, old and tired", "noir", "deep, slow and old"),
        ),
        ("en", "a king\nvoice: deep\nstyle: flat", Wishes("a king", "flat", "deep")),
        ("en", "a singer with a voice: that is all", Wishes("a singer with a voice: that is all")),
        ("en", "a shop of style, voiced", Wishes("a shop of style, voiced")),
        ("en", "a king, voice:", Wishes("a king")),
        ("en", "style: noir", Wishes("", "noir")),
        ("de", "ein Apfel, Stil: noir; Stimme: tief", Wishes("ein Apfel", "noir", "tief")),
        ("de", "ein Apfel, style: noir", Wishes("ein Apfel", "noir")),
        ("fr", "une pomme, style : noir, voix : grave", Wishes("une pomme", "noir", "grave")),
        ("es", "una manzana, estilo: noir, voz: grave", Wishes("una manzana", "noir", "grave")),
        ("ja", "怒ったリンゴ、スタイル：noir、声：低い", Wishes("怒ったリンゴ", "noir", "低い")),
        ("zh", "一个苹果，风格：noir，声音：低沉", Wishes("一个苹果", "noir", "低沉")),
    ],
)
def test_options_are_read_as_people_write_them(language: str, line: str, meant: Wishes) -> None:
    assert wishes(line, texts(language)) == meant


@settings(max_examples=60)
@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_whatever_is_written_there_are_no_words_that_nobody_wrote(line: str, language: str) -> None:
    found = wishes(line, texts(language))
    assert all(part in line for part in (found.words, found.style or "", found.voice or ""))
