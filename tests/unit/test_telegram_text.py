"""Texts for Telegram: entities instead of markup, cut where it hurts least."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.telegram.rich import Rich, bold, italic, joined, plain, size, split

WORDS = st.text(st.characters(codec="utf-8") | st.sampled_from("🍎👩‍👩‍👧 \n.*_[]()<>&`\u202e@"), max_size=300)
STYLES = st.sampled_from([plain, bold, italic])
RICH = st.lists(st.tuples(STYLES, WORDS), max_size=6).map(
    lambda parts: joined([style(words) for style, words in parts], " ")
)


def covered(rich: Rich) -> list[tuple[str, str]]:
    """The words that each entity covers."""
    return [(one.type, _units(rich.text, one)) for one in rich.entities]


def _units(text: str, entity: MessageEntity) -> str:
    data = text.encode("utf-16-le")
    return data[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


@settings(max_examples=150)
@given(RICH, st.integers(100, 300), st.integers(100, 300))
def test_pieces_hold_the_limit_and_the_whole_text(rich: Rich, limit: int, first: int) -> None:
    pieces = split(rich, limit, first)
    assert [size(piece.text) <= (limit if number else first) for number, piece in enumerate(pieces)].count(False) == 0
    assert all(piece.text.strip() == piece.text and piece.text for piece in pieces)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(rich.text.split())


@settings(max_examples=150)
@given(RICH, st.integers(100, 300))
def test_entities_stay_within_their_piece_and_cover_the_same_words(rich: Rich, limit: int) -> None:
    pieces = split(rich, limit)
    for piece in pieces:
        assert all(one.offset >= 0 and one.offset + one.length <= size(piece.text) for one in piece.entities)
    before = "".join(words for _, words in covered(rich))
    after = "".join(words for piece in pieces for _, words in covered(piece))
    assert "".join(after.split()) == "".join(before.split())


def test_short_entity_is_kept_whole() -> None:
    rich = joined([plain("word " * 18), bold("the quick brown fox"), plain("end")], " ")
    pieces = split(rich, 100)
    assert [words for piece in pieces for _, words in covered(piece)] == ["the quick brown fox"]


def test_markup_is_shown_as_it_was_typed() -> None:
    assert plain("*no* <b>_markup_</b> [x](http://y)").text == "*no* <b>_markup_</b> [x](http://y)"


def test_what_telegram_drops_does_not_move_entities() -> None:
    rich = plain("a\u0000\u202e\u200b b\u00a0c\td") + bold("🍎 e\u0007")
    assert rich.text == "a b c d🍎 e"
    assert covered(rich) == [("bold", "🍎 e")]


def test_emojis_are_counted_as_telegram_counts_them() -> None:
    assert size("🍎") == 2
    assert [piece.text for piece in split(plain("🍎" * 100), 101)] == ["🍎" * 50, "🍎" * 50]
