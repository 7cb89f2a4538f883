"""What is said of what is written: pieces of text that a person would read aloud.

Numbers, money, dates and abbreviations are spoken by the pronunciation step (``pronunciation``); here goes everything
that must not reach it: stage directions, emoji, links, markup, scripts the voices cannot read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from pipeline.types import VoiceRecipe
from pipeline.voice import directions
from pipeline.voice.directions import END, START

_URL = re.compile(r"(?:https?://|www\.)[^\s<>]+", re.I)
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\([^)\n]{0,2000}\)")
_TAG = re.compile(r"<[^<>\n]{0,300}>")
_SHORTCODE = re.compile(r":[a-z0-9_+-]*[a-z_][a-z0-9_+-]*:", re.I)
_BRACKETED = re.compile(r"\[[^\]\n]{0,300}\]")
_MARKUP = re.compile(r"[*_~`|\\{}\[\]<>^#=]+")
_LONG_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_SHOUT = re.compile(r"\b[A-Z][A-Z'’]*[A-Z]\b")
_LOOSE_PERCENT = re.compile(r"(?<!\d)%|(?<=\d)%(?=\w)")
_AMPERSAND = re.compile(r"\s*&\s*")
_REPEATED = re.compile(r"([!?,;:])(?:\s*[!?,;:])+")
_SPACE_BEFORE_STOP = re.compile(r"\s+([,.;:!?…])")
_WORD = re.compile(r"[^\W_]")
_EMOTICON = re.compile(
    r"(?<![\w:;=])(?:[:;]['’]?[-o^]?[)(\[\]DPpO3/\\|]+|=[)(D]+|[xX]D+|<[/\\]?3+|\^[_.-]*\^|T_T|-_+-|[oO]_[oO])(?!\w)"
)
_TRADEMARK = re.compile("[™©®℠]")
_MIXED_FRACTION = re.compile(r"(\d)\s?(?=[½¼¾⅓⅔])")
_MINUS = re.compile(r"(?<![\w)\]+*/=%°-])[-−](?=\d)|(?<=[-+*/=(] )[-−](?=\d)")
_MONEY_AFTER = re.compile(r"(?<![\w$€£.,])(\d[\d.,]*)\s*([€£$])(?!\s*\d)")
_NUMBER_SIGN = re.compile(r"#(?=\d)")
_CLOSE_STOP = re.compile(r"([。！？])(?=[^\s。！？」』”）])")
"""A full stop of Chinese or Japanese, after which there is no space."""
_ACTED_ABROAD = re.compile(r"(^|[.!?…—:»\"”。！？।]\s*)\*(?!\*)[^*\n]{1,80}\*(?!\*)")
"""Between stars and outside of a sentence: what is acted, in any language; within one it is stressed."""
_SHARP = re.compile(r"\bC#(?!\w)")
_EQUALS = re.compile(r"(?<=[\w)])\s*=\s*(?=[\w(-])")
_LAUGHTER = re.compile(r"\b(?:[bm]?w?a?(?:ha){2,}h?|(?:he){2,}h?|(?:hi){2,}|(?:ho){2,}|l+o+l+|lmao|rofl)\b", re.I)

_KEPT = set(" .,;:!?…—-'\"“”()&%+$€£@/°" + START + END)
_KEPT_ABROAD = set("、「」『』ー")
_SPELLED = {
    "⁄": "/",
    "‘": "'",
    "’": "'",
    "–": "—",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "´": "'",
    "`": "'",
    "。": ". ",
    "，": ", ",
    "।": ". ",
}

# fmt: off
_OFTEN_SHOUTED = frozenset((
    "NO", "YES", "NOT", "NOW", "NEVER", "VERY", "SO", "MY", "YOU", "ME", "ALL", "ANY", "WHY", "WHAT", "HOW", "STOP",
    "HELP", "WAIT", "LOVE", "HATE", "HUGE", "MUST", "CAN", "WILL", "DO", "DID", "IS", "ARE", "AM", "THAT", "THIS",
    "REAL", "BEST", "GO", "BIG", "HEY", "RUN", "OUT", "BUT", "EVER",
))
_ABBREVIATIONS = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "st", "mt", "jr", "sr", "gen", "col", "capt", "lt", "sgt", "inc", "ltd", "co",
    "vs", "etc", "e.g", "i.e", "a.m", "p.m", "no", "vol", "fig", "approx", "dept", "u.s", "u.k",
))
# fmt: on
_STOP = re.compile(r"[.!?…]+[\"”')]*\s+(?=\S)|[。！？।]+[」』”）]*")
_CLAUSE = re.compile(r"(?:[,;:]|\s?—)\s+(?=\S)")

UNREAD = "No voice here can read that script aloud yet."
_EMBEDDED = ("kokoro", "hibari")
_SCRIPTS = {"hi": ("DEVANAGARI",), "ja": ("CJK", "HIRAGANA", "KATAKANA"), "zh": ("CJK",)}
FIRST_PIECE = 70
"""Characters up to which the first piece is left whole; a longer one is cut at a clause so that sound starts soon."""
SHORTEST_PIECE = 30
"""Characters below which a sentence is spoken together with the next: each call of a speech model makes about half a
second of silence beside the speech, and takes as long for it as for words."""
LONGEST_PIECE = 240


ANY = "mul"
"""ISO 639-2: whatever language it may be."""


def speakable(text: str, language: str = "en") -> str:
    """The words to say, on one line; empty when there is nothing to say. Applied twice it changes nothing more.

    ``language``: ISO 639-1, of the voice. What is read out in English words ("&" is "and") is left to the pronunciation
    of another language, which also reads its own script.
    """
    for _ in range(4):  # without its stars a word may look like another: "A*A*"
        text, before = directions.plain(marked(text, language)), text
        if text == before:
            break
    return text


def marked(text: str, language: str = "en") -> str:
    """As ``speakable``, with every stressed word as ``**word**``."""
    for _ in range(4):  # what was taken away may have hidden something: "::)" is a smile and a half
        text, before = _cleared(text, english=language == "en"), text
        if text == before:
            break
    return text


def _cleared(text: str, *, english: bool) -> str:
    if english:
        text = _MIXED_FRACTION.sub(r"\1 and ", text)
    text = _TRADEMARK.sub("", _CLOSE_STOP.sub(r"\1 ", text))
    text = unicodedata.normalize("NFKC", text.replace("…", "...")).replace("...", "…")
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = _URL.sub(" link " if english else " ", text)
    text = _TAG.sub(" ", text)
    text = _SHORTCODE.sub(" ", text)
    text = _EMOTICON.sub(" ", text)
    if not english:
        text = _ACTED_ABROAD.sub(r"\1 ", text)
    text = directions.resolved(text)
    text = _BRACKETED.sub(" ", text)
    if english:
        text = _EQUALS.sub(" equals ", _NUMBER_SIGN.sub("number ", _SHARP.sub("C sharp", text)))
    text = _MARKUP.sub(" ", text)
    text = "".join(_letter(c, english=english) for c in text)
    text = re.sub(r"\(\s*\)", " ", text)  # held only what no voice here can read
    if english:
        text = _LOOSE_PERCENT.sub(" ", text)
        text = _AMPERSAND.sub(" and ", text)
        text = _MINUS.sub("minus ", _MONEY_AFTER.sub(r"\2\1", text))
        text = _LONG_LETTER.sub(_shorter, text)
        text = _LAUGHTER.sub(_laughed, text)
    text = _calm_capitals(text)
    text = _REPEATED.sub(_strongest, text)
    text = re.sub(r"\s-+\s", " — ", text)
    text = _SPACE_BEFORE_STOP.sub(r"\1", re.sub(r"\s+", " ", text)).strip()
    text = re.sub(rf"^[\s,;:.!?…—\-)/]+(?=[\w{START}])", "", text)
    return text.replace(START, "**").replace(END, "**") if _WORD.search(text) else ""


def unread(text: str, recipe: VoiceRecipe) -> str | None:
    """What the person should know of a text in a script that an embedded voice cannot read: then it is silent, or
    nearly. Whether most of its letters are of another than that of its language."""
    letters = [c for c in unicodedata.normalize("NFKC", text) if c.isalpha()]
    scripts = _SCRIPTS.get(recipe.language, ("LATIN",))
    foreign = sum(not unicodedata.name(c, "").startswith(scripts) for c in letters)
    return UNREAD if recipe.engine in _EMBEDDED and 2 * foreign > len(letters) else None


def cleared_for(recipe: VoiceRecipe) -> str:
    """The ``language`` that texts are cleared for before a recipe says them; a service reads every script, whatever
    language its character was made for."""
    return recipe.language if recipe.engine in _EMBEDDED else ANY


def sentences(text: str, *, first: bool = True, language: str = "en") -> list[str]:
    """The ``marked`` text in pieces to be spoken one by one, in order; empty when there is nothing to say.

    ``first``: whether it is the beginning of what is said, which should be heard soon.
    """
    pieces: list[str] = []
    for sentence in _split_sentences(marked(text, language)):
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


def _letter(c: str, *, english: bool) -> str:
    """The character itself, how it is spelled here, or a space for what the voices cannot read."""
    if c in _SPELLED:
        return _SPELLED[c]
    if not english and (unicodedata.category(c)[0] in "LMN" or c in _KEPT_ABROAD):
        return c
    if c in _KEPT or (c.isascii() and c.isalnum()):
        return c
    if c.isalpha() and unicodedata.name(c, "").startswith("LATIN"):
        # é -> e: the lexicon is English, and an accent would make a known word unknown.
        return unicodedata.normalize("NFD", c)[0] if len(unicodedata.normalize("NFD", c)) > 1 else c
    return "" if unicodedata.category(c) in ("Mn", "Cf") else " "


def _shorter(match: re.Match[str]) -> str:
    """ "Nooo" -> "No", "freeee" -> "free", "Grrrr" -> "Grr": a lexicon word, or at least a sound."""
    letter, end = match[1], match.end() == len(match.string) or not match.string[match.end()].isalpha()
    if match[0] == "III":  # Richard III
        return match[0]
    if letter in "aiuyAIUY" or (letter in "oO" and end):
        return letter
    return letter * 2


def _laughed(match: re.Match[str]) -> str:
    """ "Hahaha" -> "Ha ha ha": two or three breaths of laughter, and never a word of its own."""
    laugh = match[0].lower()
    breath = next((b for b in ("ha", "he", "hi", "ho") if b in laugh), "ha")
    count = min(3, max(2, laugh.count(breath)))
    said = " ".join([{"he": "heh", "hi": "hee"}.get(breath, breath)] * count)
    return said.capitalize() if match[0][0].isupper() else said


def _calm_capitals(text: str) -> str:
    """Shouted words in lower case, so that they are read and not spelled, and stressed where others are not shouted;
    short acronyms stay."""
    loud, words = len(re.findall(r"\b[A-Z]{2,}\b", text)), len(re.findall(r"[^\W\d_]+", text))
    shouting = (loud >= 2 and 2 * loud > words) or not re.search(r"[a-z]", text)

    def calm(match: re.Match[str]) -> str:
        word = match[0]
        if shouting:
            return word.lower() if len(word) > 3 or _vowelled(word) else word
        if len(word) <= 4 and word not in _OFTEN_SHOUTED:
            return word
        return (
            word.lower()
            if match.string[match.start() - 1 : match.start()] == START
            else directions.stress(word.lower())
        )

    return _SHOUT.sub(calm, text)


def _vowelled(word: str) -> bool:
    return word not in ("USA", "UK", "AI", "US", "EU", "UN", "ID") and bool(re.search("[AEIOUY]", word))


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
        word = text[start : stop.start()].rsplit(" ", 1)[-1].strip("(\"'“*").lower()
        initial = len(word) == 1 and word.isalpha() and word != "i"
        shortened = text[stop.start()] == "." and (word in _ABBREVIATIONS or initial)
        if not shortened and not text[stop.end() : stop.end() + 1].islower():
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
