"""What a model wrote around its words, and the words themselves made fit to be shown: pure functions of the guard.

``tidy`` looks at most ``SPAN`` characters ahead, so all but the last ``SPAN`` characters of its result stay as they
are when more text arrives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pipeline.types import Mood

SPAN = 48

# fmt: off
_MOODS = {
    Mood.JOY: "joy|joyful|happy|happiness|excited|excitement|amused|cheerful|delighted",
    Mood.ANGER: "anger|angry|annoyed|irritated|furious|grumpy|mad",
    Mood.SADNESS: "sadness|sad|sorrow|melancholy|gloomy",
    Mood.FEAR: "fear|fearful|afraid|scared|anxious|nervous|worried",
    Mood.SURPRISE: "surprise|surprised|astonished|shocked|amazed",
    Mood.CALM: "calm|neutral|peaceful|content|serene|relaxed",
}
# fmt: on
_MOOD_OF = {word: mood for mood, words in _MOODS.items() for word in words.split("|")}
_PURE = "|".join(mood.value for mood in Mood)
_FELT = "|".join(_MOOD_OF)

_CALLED = r"(?:current )?(?:mood|tone|emotion|feeling)"
_MOOD_TAG = re.compile(
    rf"[*_\s]{{0,4}}[\[({{<]{{1,2}}[*_]{{0,2}}\s?(?:{_CALLED}\s?[:=]\s?)?({_FELT})\b(?:\s?[,/|&+-]\s?(?:{_FELT})\b){{0,2}}[.!]?\s?"
    r"[*_]{0,2}[\])}>]{1,2}[*_]{0,2}(?:\s?[:\-–—])?",
    re.IGNORECASE,
)
"""[joy], (Joy), **[happy]**, [mood: joy], [joy, calm]; a bracket that holds anything else is a stage direction."""
_OTHER_TAG = re.compile(r"\s{0,4}\[\s?[^\W\d_]{2,16}(?<!s)(?<!ing)(?<!ly)(?<!ed)\s?\]\s?:?")
"""[Mirror], [magic]: a weak model's idea of a mood; [laughing] is a stage direction and stays."""
_MOOD_STAR = re.compile(
    rf"\s{{0,4}}[*_]{{1,3}}(?:{_CALLED}\s?[:=]\s?)?({_PURE})[*_]{{1,3}}(?:\s?[:\-–—])?", re.IGNORECASE
)
_MOOD_LABEL = re.compile(
    rf"[*_\s]{{0,4}}(?:{_CALLED}[*_]{{0,2}}\s?[:=][*_\s]{{0,4}})({_FELT})\b[*_]{{0,2}}(?:[^\n.!?]{{0,40}}\n|\s?[.;,—–-])?",
    re.I,
)
_MOOD_WORD = re.compile(rf"\s{{0,4}}({_PURE})(?:\s?[:：]|\s{{0,2}}\n)", re.IGNORECASE)
_TONE_LINE = re.compile(
    rf"[*_\s]{{0,4}}{_CALLED}[*_]{{0,2}}\s?[:=][^\n.!?]{{0,40}}\n|[*_\s]{{0,4}}{_CALLED}\s?[:=]", re.I
)
_MOOD_INSIDE = re.compile(rf"\[\s?(?:{_PURE})\s?\][ \t]?", re.IGNORECASE)

TEMPLATE = re.compile(
    r"<\|[^<>|\n]{0,24}\|?>|<｜[^<>\n]{0,24}｜>|</?s>|<(?:unk|pad|eos|bos)>|\[/?INST\]|<</?SYS>>|</?(?:start|end)_of_turn>"
    r"|###\s?(?:Instruction|Response|User|Human|Assistant|System|Input)\b:?",
    re.IGNORECASE,
)
"""What a chat template writes between turns, and a model only by mistake."""
_OWN_LABELS = "response|reply|answer|assistant|character|persona|model|output|bot|ai|npc"
_LEADING_JUNK = re.compile(r"\s+|(?:#{1,6}|[>•-])\s+|-{3,}\s|(?:assistant|model)\s?\n", re.IGNORECASE)

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "『": "』"}

_MENTION = re.compile(r"<(?:@[!&]?|#)\d{1,20}>")
_PING = re.compile(r"@+(?=everyone|here)|(?<![\w@])@+(?=[\w!&])", re.IGNORECASE)
_LINE_MARK = re.compile(r"(?<=\n)(?:#{1,6}|[-•*>])[ \t]+")
_BLANK = re.compile(r"\s+")
_LONG_RUN = re.compile(r"(\S)\1{12,}")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Head:
    """What stood before the words: its length, the mood it named, the mark that closes a quotation around it all."""

    length: int
    mood: Mood | None = None
    closing: str | None = None


def head(raw: str, names: Iterable[str]) -> Head:
    """Everything before the words of a reply: blanks, labels, mood tags, an opening quote."""
    own = "|".join([*(re.escape(name) for name in names), _OWN_LABELS])
    label = re.compile(
        rf"[*_\s]{{0,4}}(?:{own})[*_]{{0,2}}(?:\s?\([^()\n]{{1,24}}\))?\s?[:：][*_]{{0,2}}", re.IGNORECASE
    )
    at, mood, closing = 0, None, None
    while at < len(raw):
        if found := _first((_MOOD_TAG, _MOOD_STAR, _MOOD_LABEL, _MOOD_WORD), raw, at):
            mood = mood or _MOOD_OF[found[1].lower()]
        elif closing is None and _wraps(raw, at):
            closing = _QUOTES[raw[at]]
            at += 1
            continue
        elif not (found := _first((_TONE_LINE, label, TEMPLATE, _LEADING_JUNK, _OTHER_TAG), raw, at)):
            break
        at = found.end()
    return Head(at, mood, closing)


def _first(patterns: Iterable[re.Pattern[str]], raw: str, at: int) -> re.Match[str] | None:
    """The first of the patterns that stands at this place."""
    return next((match for pattern in patterns if (match := pattern.match(raw, at))), None)


def _wraps(raw: str, at: int) -> bool:
    """Whether the quote at this place holds the whole reply, not only its first words."""
    closing = _QUOTES.get(raw[at])
    if closing is None:
        return False
    end = raw.find(closing, at + 1)
    return end == -1 or not raw[end + 1 :].strip()


def visible(text: str) -> str:
    """The text without control characters, bidirectional overrides, lone surrogates and other invisible signs; the
    joiners of Persian, Indic scripts and families of emoji stay."""
    return _INVISIBLE.sub("", text)


def tidy(body: str, closing: str | None = None) -> str:
    """The words on display: no mentions, marks of headings and lists, invisible signs or further mood tags.

    Blanks become one space, line breaks one "\\n", so that a label at the start of a line can still be seen.
    """
    text = visible(body)
    if closing:
        text = text.replace(closing, "", 1)
    text = _MOOD_INSIDE.sub("", text)
    text = text.replace("**", "").replace("__", "").replace("```", "").replace("](", "] (")
    text = _PING.sub("", _MENTION.sub("", text))
    text = _BLANK.sub(lambda blank: "\n" if "\n" in blank[0] else " ", text).lstrip()
    return _LONG_RUN.sub(lambda run: run[1] * 12, _LINE_MARK.sub("", text))


_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNSPACED_SOUTH = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_UNIT = re.compile(
    rf"[^\w\s]*([{_UNSPACED}])[^\w\s]*|[^\w\s]*([{_UNSPACED_SOUTH}])[^\w\s]*|[^\s{_UNSPACED}{_UNSPACED_SOUTH}]+"
)
_PLAIN = re.compile(rf"[{_UNSPACED}{_UNSPACED_SOUTH}]|(?:(?![{_UNSPACED}{_UNSPACED_SOUTH}])\w)+(?:['’-]\w+)*")
_END = re.compile(r"[.!?…]+[\"”’')\]*»]{0,3}(?=\s|$)|[。!?！？]+[」』）)”]{0,2}")
_SHORTENED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|Prof|vs|etc|e\.g|i\.e|[A-Z])\.$")


class Word(NamedTuple):
    """A word and where it stands."""

    text: str
    start: int
    end: int


def up_to(text: str, limit: float) -> int | None:
    """Where the words of a text reach past the limit: the end of the last word inside it; None when they do not.

    A word is what stands between blanks; in scripts without blanks two characters (Thai and its neighbours: four) count
    as one.
    """
    count, end = 0.0, 0
    for unit in _UNIT.finditer(text):
        count += 0.5 if unit[1] else 0.25 if unit[2] else 1.0
        if count > limit:
            return end
        end = unit.end()
    return None


def plain_words(text: str) -> list[Word]:
    """Words without case and marks; one character each in scripts without blanks."""
    return [Word(m[0].casefold().replace("’", "'"), m.start(), m.end()) for m in _PLAIN.finditer(text)]


def bare(text: str) -> list[str]:
    """``plain_words`` without their places."""
    return [word.text for word in plain_words(text)]


def sentence_ends(text: str) -> list[int]:
    """Places right behind the end of each complete sentence."""
    return [m.end() for m in _END.finditer(text) if not _SHORTENED.search(text, max(0, m.start() - 6), m.start() + 1)]


@dataclass(frozen=True)
class Shown:
    """A reply so far, as it would be shown; ``whole`` when nothing more will come. What is asked of it is kept."""

    text: str
    whole: bool = True

    @cached_property
    def words(self) -> list[Word]:
        """The complete words: the last one may still grow."""
        words = plain_words(self.text)
        return words[:-1] if words and not self.whole and words[-1].end == len(self.text) else words

    @cached_property
    def bare(self) -> list[str]:
        """The words alone."""
        return [word.text for word in self.words]

    @cached_property
    def ends(self) -> list[int]:
        """Where complete sentences end."""
        return [end for end in sentence_ends(self.text) if self.whole or end < len(self.text)]

    @cached_property
    def sentences(self) -> list[tuple[int, list[str]]]:
        """Start and words of each complete sentence, and last of what follows them."""
        starts = [0, *self.ends]
        said: list[tuple[int, list[str]]] = [(start, []) for start in starts]
        at = 0
        for word in self.words:
            while at + 1 < len(starts) and word.start >= starts[at + 1]:
                at += 1
            said[at][1].append(word.text)
        return said
