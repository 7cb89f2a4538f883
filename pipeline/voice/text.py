"""What is said of what is written: pieces of text that a person would read aloud.

Numbers, money, dates and abbreviations are spoken by the pronunciation step (``hibari.g2p``); here goes everything
that must not reach it: stage directions, emoji, links, markup, scripts the voices cannot read.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise

from pydantic import TypeAdapter

_URL = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.I)
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)")
_TAG = re.compile(r"<[^<>\n]{0,300}>")
_SHORTCODE = re.compile(r":[a-z0-9_+-]*[a-z_][a-z0-9_+-]*:", re.I)
_STARRED = re.compile(r"(?<!\*)\*([^*\n]{1,300})\*(?!\*)")
_BRACKETED = re.compile(r"\[[^\]\n]{0,300}\]")
_ASIDE = re.compile(r"\(\s*([a-z]+(?:s|ing)\b[^()\n]{0,80})\)", re.I)
_NO_VERBS = frozenset(
    (
        "as",
        "is",
        "was",
        "has",
        "does",
        "his",
        "this",
        "yes",
        "us",
        "perhaps",
        "sometimes",
        "always",
        "besides",
        "unless",
    )
)
_MARKUP = re.compile(r"[*_~`|\\{}\[\]<>^#=]+")
_LONG_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_SHOUT = re.compile(r"\b[A-Z][A-Z'’]*[A-Z]\b")
_LOOSE_PERCENT = re.compile(r"(?<!\d)%|(?<=\d)%(?=\w)")
_AMPERSAND = re.compile(r"\s*&\s*")
_REPEATED = re.compile(r"([!?,;:])(?:\s*[!?,;:])+")
_SPACE_BEFORE_STOP = re.compile(r"\s+([,.;:!?…])")
_WORD = re.compile(r"[^\W_]")

_KEPT = set(" .,;:!?…—-'\"“”()&%+$€£@/°½¼¾")
_SPELLED = {"‘": "'", "’": "'", "–": "—", "‐": "-", "‑": "-", "−": "-", "´": "'", "`": "'", "。": ". ", "，": ", "}

# fmt: off
_ABBREVIATIONS = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "st", "mt", "jr", "sr", "gen", "col", "capt", "lt", "sgt", "inc", "ltd", "co",
    "vs", "etc", "e.g", "i.e", "a.m", "p.m", "no", "vol", "fig", "approx", "dept", "u.s", "u.k",
))
# fmt: on
_STOP = re.compile(r"[.!?…]+[\"”')]*\s+(?=\S)")
_CLAUSE = re.compile(r"(?:[,;:]|\s?—)\s+(?=\S)")

FIRST_PIECE = 70
"""Characters up to which the first piece is left whole; a longer one is cut at a clause so that sound starts soon."""
SHORTEST_PIECE = 30
"""Characters below which a sentence is spoken together with the next: each call of a speech model makes about half a
second of silence beside the speech, and takes as long for it as for words."""
LONGEST_PIECE = 240


def speakable(text: str) -> str:
    """The words to say, on one line; empty when there is nothing to say. Applied twice it changes nothing more."""
    text = unicodedata.normalize("NFKC", text.replace("…", "...")).replace("...", "…")
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = _URL.sub(" link ", text)
    text = _TAG.sub(" ", text)
    text = _SHORTCODE.sub(" ", text)
    text = _STARRED.sub(_emphasis_or_direction, text)
    text = _BRACKETED.sub(" ", text)
    text = _ASIDE.sub(_unless_said, text)
    text = _MARKUP.sub(" ", text)
    text = "".join(_letter(c) for c in text)
    text = re.sub(r"\(\s*\)", " ", text)  # held only what no voice here can read
    text = _LOOSE_PERCENT.sub(" ", text)
    text = _AMPERSAND.sub(" and ", text)
    text = _LONG_LETTER.sub(_shorter, text)
    text = _calm_capitals(text)
    text = _REPEATED.sub(_strongest, text)
    text = re.sub(r"\s-+\s", " — ", text)
    text = _SPACE_BEFORE_STOP.sub(r"\1", re.sub(r"\s+", " ", text)).strip()
    text = re.sub(r"^[\s,;:.!?…—\-)]+(?=\w)", "", text)
    return text if _WORD.search(text) else ""


def respelled(words: str) -> str:
    """Speakable words with symbols for those that the pronunciation step gets wrong, in its notation:
    "Hmph!" -> "[Hmph](/hˈʌmf/)!", which it would else spell out letter by letter."""
    return re.sub(r"[^\W\d_]+", lambda match: _respell(match[0]), words)


def _respell(word: str) -> str:
    symbols = _respellings().get(word.lower())
    return f"[{word}](/{symbols}/)" if symbols else word


@cache
def _respellings() -> dict[str, str]:
    tables = tomllib.loads((files("pipeline.voice") / "respelled.toml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, str]).validate_python(tables["sounds"] | tables["names"])


def sentences(text: str, *, first: bool = True) -> list[str]:
    """The speakable text in pieces to be spoken one by one, in order; empty when there is nothing to say.

    ``first``: whether it is the beginning of what is said, which should be heard soon.
    """
    pieces: list[str] = []
    for sentence in _split_sentences(speakable(text)):
        pieces += _split_clauses(sentence, LONGEST_PIECE)
    pieces = gathered(pieces)
    if first and pieces and len(pieces[0]) > FIRST_PIECE:
        pieces[:1] = _first_clause(pieces[0])
    return pieces


def finished(text: str) -> int:
    """How many characters of a text that is still being written are whole sentences, with their markup closed."""
    ends = [stop.end() for stop in _stops(text)]
    return next((end for end in reversed(ends) if _closed(text[:end])), 0)


def _closed(text: str) -> bool:
    return text.count("*") % 2 == 0 and all(text.count(a) == text.count(b) for a, b in ("[]", "()", "<>"))


def gathered(pieces: Iterable[str]) -> list[str]:
    """Short neighbours as one piece; a short last one joins the one before it."""
    joined: list[str] = []
    for piece in pieces:
        near = joined and min(len(joined[-1]), len(piece)) < SHORTEST_PIECE
        if near and len(joined[-1]) + len(piece) < FIRST_PIECE:
            joined[-1] += f" {piece}"
        else:
            joined.append(piece)
    return joined


def _letter(c: str) -> str:
    """The character itself, how it is spelled here, or a space for what the voices cannot read."""
    if c in _SPELLED:
        return _SPELLED[c]
    if c in _KEPT or (c.isascii() and c.isalnum()):
        return c
    if c.isalpha() and unicodedata.name(c, "").startswith("LATIN"):
        # é -> e: the lexicon is English, and an accent would make a known word unknown.
        return unicodedata.normalize("NFD", c)[0] if len(unicodedata.normalize("NFD", c)) > 1 else c
    return "" if unicodedata.category(c) in ("Mn", "Cf") else " "


def _emphasis_or_direction(match: re.Match[str]) -> str:
    """*one word* inside a sentence is stressed and said; anything else in stars is acted, not said."""
    inner = match[1].strip()
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    goes_on = before and before[-1] not in ".!?…*"
    continued = after and (after[0].islower() or after[0] in ".,!?")
    return f" {inner} " if (goes_on or continued) and " " not in inner else " "


def _unless_said(match: re.Match[str]) -> str:
    """(sighs) and (laughing quietly) are acted; (as I said) is said."""
    return match[0] if match[1].split()[0].lower() in _NO_VERBS else " "


def _shorter(match: re.Match[str]) -> str:
    """ "Nooo" -> "No", "freeee" -> "free", "Grrrr" -> "Grr": a lexicon word, or at least a sound."""
    letter, end = match[1], match.end() == len(match.string) or not match.string[match.end()].isalpha()
    if letter in "aiuyAIUY" or (letter in "oO" and end):
        return letter
    return letter * 2


def _calm_capitals(text: str) -> str:
    """Shouted words in lower case, so that they are read and not spelled; short acronyms stay."""
    shouting = len(re.findall(r"\b[A-Z]{2,}\b", text)) >= 2 or not re.search(r"[a-z]", text)

    def calm(match: re.Match[str]) -> str:
        word = match[0]
        return word.lower() if len(word) > 4 or (shouting and len(word) > 3) or _vowelled(word, shouting) else word

    return _SHOUT.sub(calm, text)


def _vowelled(word: str, shouting: bool) -> bool:
    return shouting and word not in ("USA", "UK", "AI", "US", "EU", "UN", "ID") and bool(re.search("[AEIOUY]", word))


def _strongest(match: re.Match[str]) -> str:
    """ "?!?!" -> "?", "!!!" -> "!"."""
    return next((mark for mark in "?!" if mark in match[0]), match[1])


def _split_sentences(text: str) -> list[str]:
    cuts = [0, *(stop.end() for stop in _stops(text)), len(text)]
    pieces = [text[start:end].strip() for start, end in pairwise(cuts)]
    return [piece for piece in pieces if _WORD.search(piece)]


def _stops(text: str) -> Iterator[re.Match[str]]:
    """Where sentences end; not after "Dr." or an initial, nor before a small letter."""
    start = 0
    for stop in _STOP.finditer(text):
        word = text[start : stop.start()].rsplit(" ", 1)[-1].strip("(\"'“").lower()
        initial = len(word) == 1 and word.isalpha() and word != "i"
        shortened = text[stop.start()] == "." and (word in _ABBREVIATIONS or initial)
        if not shortened and not text[stop.end()].islower():
            start = stop.end()
            yield stop


def _split_clauses(sentence: str, limit: int) -> list[str]:
    """The sentence cut where it may be cut, each piece at most ``limit`` characters."""
    pieces = []
    while len(sentence) > limit:
        cuts = [m.end() for m in _CLAUSE.finditer(sentence, 0, limit)]
        cut = cuts[-1] if cuts else sentence.rfind(" ", 0, limit) + 1 or limit
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:]
    return [*pieces, sentence.strip()] if sentence.strip() else pieces


def _first_clause(piece: str) -> list[str]:
    """The piece in two at its first clause that is neither a mere word nor nearly everything."""
    for clause in _CLAUSE.finditer(piece):
        if 12 <= clause.end() <= FIRST_PIECE and len(piece) - clause.end() >= 12:
            return [piece[: clause.end()].strip(), piece[clause.end() :].strip()]
    return [piece]
