"""Prompts are data, and what is filled into them is inert."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mind import prompts
from pipeline.mind.tokens import tokens


@pytest.mark.parametrize("value", ["{{other}}", "{other}", "$other", "%(other)s %s %", "\\1 \\g<0>", "{% if x %}", ""])
def test_values_come_out_as_they_went_in(value: str) -> None:
    assert prompts.fill("a {{one}} b {{other}} {{one}}", {"one": value, "other": "x"}) == f"a {value} b x {value}"


@given(st.text(), st.text())
def test_no_value_is_looked_at(one: str, other: str) -> None:
    assert prompts.fill("<{{one}}|{{other}}>", {"one": one, "other": other}) == f"<{one}|{other}>"


@pytest.mark.parametrize("values", [{}, {"one": "x", "two": "y"}, {"two": "y"}])
def test_missing_and_unused_values_raise(values: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        prompts.fill("{{one}}", values)


def test_every_prompt_can_be_read_and_has_only_whole_slots() -> None:
    names = [
        file.name.removesuffix(".md") for file in (files("pipeline.mind") / "data").iterdir() if ".md" in file.name
    ]
    assert {"reply", "reask", "remember", "fold"} <= set(names)
    for name in names:
        left = re.sub(r"\{\{\w+\}\}", "", prompts.text(name))
        assert left
        assert "{{" not in left


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("hello", 1, 2),
        ("You are Russet, an angry apple who fell from the tree before his time.", 15, 26),
        ("空の上からみんなを見ています", 9, 16),
        ("Ты сердитое яблоко, которое упало с дерева", 14, 34),
        ("🍎🍎🍎", 6, 9),
        ("0123456789", 4, 10),
        (" " * 50, 1, 13),
    ],
)
def test_tokens_are_about_as_many_as_a_tokenizer_makes(text: str, least: int, most: int) -> None:
    assert least <= tokens(text) <= most


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(one: str, other: str) -> None:
    assert tokens(f"{one}\n{other}") >= max(tokens(one), tokens(other)) - 1
