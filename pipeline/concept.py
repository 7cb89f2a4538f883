"""What a person typed, made safe, and what it is about: "a very old grumpy oak tree" -> oak tree, (old, grumpy).

clean(text)   harmless words, or a BadRequest that says how to change them
parse(text)   thing, traits and what is told about it
slug(text)    a folder name
"""

from __future__ import annotations

import re
import unicodedata

from pipeline import decency
from pipeline.errors import BadRequest
from pipeline.mind import languages
from pipeline.mind.scripted import lore
from pipeline.types import Value

MAX_CHARACTERS = 300
SLUG_CHARACTERS = 60
_MAX_MARKS = 3
"""Combining marks in a row: Vietnamese and Thai need up to three, more is noise stacked on a letter."""
_KEPT = "'’-,.!?:;&%+"
_REQUEST = re.compile(
    r"^(?:please |can you |could you |i want |i would like |i'd like |let me |to |talk (?:to|with) |meet |make (?:me )?"
    r"|create |summon |give me |show me |be |become |imagine )+(?=\w)",
    re.IGNORECASE,
)
"""How people ask, before they say for what: "I want to talk to a cat" is about a cat."""
_FOREIGN_ARTICLES = frozenset({"un", "una", "uno", "le", "la", "el", "il", "lo", "mon", "ton"})
_ENGLISH_TOO = frozenset({"chat", "pan", "cane", "sol", "alter"})
"""Foreign words that are English ones, unless such an article stands before them: a group chat is no cat."""
_ASIDES = frozenset({"still", "probably", "forever", "currently", "again", "finally", "apparently", "now", "please"})
"""What follows a noun when it is said how it is."""
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)")


class Concept(Value):
    """What a concept says, as far as words alone tell."""

    text: str
    thing: str
    traits: tuple[str, ...] = ()
    phrase: str = ""
    name: str | None = None
    loves: str | None = None
    hates: str | None = None


def clean(text: str, *, adult: bool = False) -> str:
    """Harmless words on one line. Raises ``BadRequest`` when nothing can be read, it is too long, or it is rude.

    ``adult``: it may be sexual, but never about children.
    """
    line = _without_mentions(_visible(text))
    if len(" ".join(text.split())) > MAX_CHARACTERS:
        raise BadRequest(f"Please use at most {MAX_CHARACTERS} characters, for example: an angry apple.")
    line = _spelled_emoji(line)
    line = "".join(ch if _is_word(ch) or ch in _KEPT else " " for ch in line)
    line = re.sub(r"(?<!\w)[^\w\s]+|[^\w\s'’]+(?!\w)(?<![!?])", " ", line.replace("_", " "))
    line = unicodedata.normalize("NFC", " ".join(line.split())).strip(" '’-,.:;&%+")
    if not any(unicodedata.category(ch)[0] in "LN" for ch in line):
        raise BadRequest("I could not read a thing or a character in that. Try a few words, like: an angry apple.")
    if _rude(line) or decency.about_children(line) or (not adult and decency.sexual(line, concept=True)):
        raise BadRequest("Let's keep it friendly. Please describe your character in kinder words.")
    if re.fullmatch(r"\d+([.,]\d+)*", line):
        line = f"the number {line}"
    elif re.fullmatch(r"[A-Za-z]", line):
        line = f"the letter {line.upper()}"
    return line[:MAX_CHARACTERS].strip()


def refused(text: str) -> bool:
    """Whether whole words of the text are on the short lists of what this bot does not say."""
    return _rude(text) or decency.sexual(text, concept=True)


def _rude(text: str) -> bool:
    return not lore.words().refused.isdisjoint(re.findall(r"\w+", text.casefold()))


def _visible(text: str) -> str:
    """NFC, one line, no control, format, private or unassigned characters, no towers of marks."""
    out: list[str] = []
    marks = 0
    for ch in unicodedata.normalize("NFC", text):
        category = unicodedata.category(ch)
        marks = marks + 1 if category[0] == "M" else 0
        if category in ("Cc", "Zs", "Zl", "Zp"):
            out.append(" ")
        elif category[0] != "C" and marks <= _MAX_MARKS:
            out.append(ch)
    return "".join(out)


def _without_mentions(line: str) -> str:
    """Discord's <@1>, <#1>, <:name:1> and web addresses say nothing about a character; an emote's name does."""
    line = re.sub(r"<a?:(\w+):\d+>", r" \1 ", line)
    line = re.sub(r"<(@[!&]?|#|/|t:)[^>]*>", " ", line)
    return re.sub(r"\bhttps?://\S+", " ", line, flags=re.IGNORECASE).replace("&", " and ")


def _is_word(ch: str) -> bool:
    return unicodedata.category(ch)[0] in "LMN"


def _spelled_emoji(line: str) -> str:
    """Emoji by their Unicode names where the words beside them name nothing: "angry 🍎" -> "angry red apple"."""
    bare = "".join(ch for ch in line if unicodedata.category(ch) not in ("So", "Sk"))
    lists = lore.words()
    said = [word for word in re.findall(r"\w+", bare.casefold()) if word not in lists.articles]
    if any(word not in lore.adjectives() and word not in lists.intensifiers for word in said):
        return bare
    pieces = []
    for ch in line:
        name = unicodedata.name(ch, "").lower()
        if unicodedata.category(ch) == "So" and not name.startswith("regional indicator"):
            spelled = f" {name.removesuffix(' sign').removesuffix(' symbol').replace('-', ' ')} "
            if spelled not in pieces:
                pieces.append(spelled)
        elif unicodedata.category(ch) != "Sk":
            pieces.append(ch)
    return "".join(pieces)


def slug(text: str) -> str:
    """A folder name: letters, digits and hyphens, at most 60 characters, never empty, never reserved."""
    kept = _ascii_slug(text) if text.isascii() else _unicode_slug(text)
    parts = [part for part in unicodedata.normalize("NFC", "".join(kept)).split("-") if part]
    while len(parts) > 1 and parts[0] in ("a", "an", "the"):
        parts = parts[1:]
    name = "-".join(parts)[:SLUG_CHARACTERS].strip("-") or "character"
    return f"the-{name}" if _RESERVED.fullmatch(name) else name


def _ascii_slug(text: str) -> list[str]:
    """What ``_unicode_slug`` gives, quicker: looking up a persona compares thousands of concepts."""
    return [re.sub("[^a-z0-9]", "-", text.lower().replace("'", ""))]


def _unicode_slug(text: str) -> list[str]:
    kept: list[str] = []
    for ch in unicodedata.normalize("NFKD", text.casefold()):
        category = unicodedata.category(ch)
        if category[0] == "M":
            if kept and not kept[-1].isascii():
                kept.append(ch)
        elif category[0] == "L" or category == "Nd":
            kept.append(ch)
        elif ch not in "'’":
            kept.append("-")
    return kept


def singular(noun: str) -> str:
    """ "angry apples" -> "angry apple": the last word of a noun phrase, in the singular."""
    *before, last = noun.split(" ")
    lists = lore.words()
    if last in lists.irregular:
        last = lists.irregular[last]
    elif {noun, last} & (lists.invariable | lore.known_nouns()) or re.search(r"(ss|us|is|os|as)$|^..?.?$", last):
        pass
    elif last.endswith("ies"):
        last = last[:-3] + "y"
    elif re.search(r"(x|ch|sh|ss|z)es$", last):
        last = last[:-2]
    elif last.endswith("s") and last.isascii():
        last = last[:-1]
    return " ".join([*before, last])


def parse(text: str) -> Concept:
    """Thing, traits, and the rest of a cleaned concept. Always finds some thing."""
    lists = lore.words()
    text = _REQUEST.sub("", text)
    tokens = [token.strip(".,!?:;'’%+") for token in text.split()]
    tokens = [token for token in tokens if token] or ["thing"]
    low = [token.casefold() for token in tokens]
    start = next((i for i, word in enumerate(low) if word not in lists.articles), len(low) - 1)
    stop = next((i for i in range(start + 1, len(low)) if _breaks(low, i)), len(low))
    while stop > start + 1 and low[stop - 1] in lists.intensifiers:  # "grass, but as a person"
        stop -= 1
    if stop + 1 < len(low) and low[stop] in ("of", "de") and singular(low[stop - 1]) in lists.measures:
        inner = parse(" ".join(tokens[stop + 1 :]))
        return inner.model_copy(update={"text": text, "traits": _traits(low[start : stop - 1]) + inner.traits})
    thing, before = _head(low[start:stop], low[start - 1] if start else "")
    phrase = " ".join(tokens[stop:])
    told = [word for word in low[stop:] if word in lore.adjectives() and lore.adjectives()[word].tone]
    follows_is = re.search(r"\b(who|that|which) (is|are|feels)\b", phrase, re.IGNORECASE)
    return Concept(
        text=text,
        thing=thing,
        traits=_traits(before) + tuple(told if follows_is else ()),
        phrase=phrase,
        name=_named(phrase) or languages.wished_name(text),
        loves=_wish(phrase, "loves|likes|adores"),
        hates=_wish(phrase, "hates|fears|dislikes|is afraid of"),
    )


def _breaks(words: list[str], place: int) -> bool:
    """Whether the noun phrase ends before this word."""
    lists, word = lore.words(), words[place]
    if word in _ASIDES:  # "pluto, still angry", whose comma is gone by now
        return words[place - 1] not in lore.adjectives() and words[place - 1] not in lists.intensifiers
    if word not in lists.postposed:
        return word in lists.breaks
    before, after = words[place - 1], "".join(words[place + 1 : place + 2])
    noun = before in lore.known_nouns() and before not in lore.adjectives()
    return after in lists.breaks or after in lists.articles or after == "to" or (word.endswith("ing") and noun)


def _traits(words: list[str]) -> tuple[str, ...]:
    lists = lore.words()
    skipped = lists.intensifiers | lists.articles
    return tuple(dict.fromkeys(lists.foreign.get(word, word) for word in words if word not in skipped))


def _head(words: list[str], article: str) -> tuple[str, list[str]]:
    """The head noun and what stands before (or, as in Spanish, after) it."""
    lists = lore.words()
    for i in range(len(words)):
        name = singular(" ".join(words[i:]))
        if name in lore.known_nouns() and (i == 0 or name not in lore.adjectives()):
            return name, words[:i]
    nouns = [i for i, word in enumerate(words) if lists.foreign.get(word, word) not in lore.adjectives()]
    head = nouns[-1] if nouns else len(words) - 1
    if words[-1] in lore.known_nouns():  # "frost giant" is about a giant, though that may be an adjective as well
        head = len(words) - 1
    for i in reversed(nouns):
        if _in_english(words[i], article) != words[i]:
            head = i
            break
    noun = singular(_in_english(words[head], article))
    return noun, words[:head] + words[head + 1 :]


def _in_english(word: str, article: str) -> str:
    if word in _ENGLISH_TOO and article not in _FOREIGN_ARTICLES:
        return word
    return lore.words().foreign.get(word, word)


def _named(phrase: str) -> str | None:
    """The name wished for: capitalised words after "named", else the first word."""
    found = re.search(r"\b(?:named|called)\s+(.+)", phrase, re.IGNORECASE)
    if not found:
        return None
    words = re.findall(r"[^\W\d_][\w'’-]*", found[1])
    proper = []
    for word in words[:3]:
        if not word[0].isupper():
            break
        proper.append(word)
    name = " ".join(proper) or (words[0].capitalize() if words else "")
    return name or None


def _wish(phrase: str, verbs: str) -> str | None:
    found = re.search(rf"\b(?:{verbs})\s+([\w'’ -]+)", phrase, re.IGNORECASE)
    if not found:
        return None
    wish = re.split(r"\s+(?:and|but|who|that|which|named|called)\b", found[1], flags=re.IGNORECASE)[0].strip()
    return wish if 0 < len(wish) <= 40 else None
