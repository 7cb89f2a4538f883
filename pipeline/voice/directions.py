"""What stars around words mean: *sighs* is acted and not said, *never* is said with emphasis.

Emphasis stays in the text as Markdown's ``**word**`` around every single word, so that a piece of it, cut off and read
again, means the same.
"""

from __future__ import annotations

import re

_BOLD = re.compile(r"\*\*([^*\n]{1,300})\*\*|(?<!\w)__([^_\n]{1,300})__(?!\w)")
_ITALIC = re.compile(r"(?<!\*)\*([^*\n]{1,300})\*(?!\*)|(?<!\w)_([^_\n]{1,300})_(?!\w)")
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['’-][^\W\d_]+)*(?![^\W_])")
_MARKED = re.compile(r"\*\*([^*]+)\*\*")
_LONGEST = 4
"""Words that can be stressed together: a whole sentence in bold is a habit of language models, not emphasis."""

START, END = "\ue000", "\ue001"
"""Around a stressed word while markup is taken away: private characters that no keyboard has."""

# fmt: off
_SOUNDS = frozenset((
    "sigh", "gasp", "giggle", "chuckle", "gulp", "sob", "sniff", "cough", "yawn", "groan", "snort", "shrug", "wink",
    "grin", "nod", "blush", "smirk", "pout", "hug", "ahem", "growl", "snicker", "sneeze", "hiccup", "burp", "purr",
))
_ACTS = (
    "laugh", "smile", "frown", "blink", "bow", "wave", "stretch", "cry", "weep", "moan", "grumble", "mumble", "mutter",
    "whisper", "hum", "whistle", "shiver", "tremble", "shudder", "hiss", "roar", "scoff", "clap", "dance", "spin",
    "twirl", "jump", "bounce", "pat", "poke", "point", "lean", "look", "glance", "stare", "tilt", "raise", "roll",
    "shake", "squint", "clear", "crunch", "munch", "rustle", "rattle", "creak", "pause", "tap", "rub", "scratch",
    "lick", "sip", "stomp", "stamp", "huff", "puff", "glow", "wobble", "beam", "gesture", "adjust", "flutter",
)
_NO_VERBS = frozenset((
    "as", "is", "was", "has", "does", "his", "this", "yes", "us", "its", "ours", "yours", "theirs", "hers", "perhaps",
    "sometimes", "always", "besides", "unless", "less", "plus", "thus", "towards", "afterwards", "nothing", "something",
    "everything", "anything", "things", "thanks", "during",
))
# fmt: on
_ACTED = frozenset(
    form
    for verb in (*_SOUNDS, *_ACTS)
    for form in (f"{verb}s", f"{verb}es", f"{verb}ing", f"{verb.removesuffix('e')}ing", f"{verb[:-1]}ies")
)
_ASIDE = re.compile(r"\(\s*([a-z]+(?:s|ing)\b[^()\n]{0,80})\)", re.I)


def resolved(text: str) -> str:
    """The text without what is acted, its stressed words between ``START`` and ``END``."""
    text = text.replace(START, "").replace(END, "")
    text = _BOLD.sub(_stressed, text)
    text = _ITALIC.sub(_stressed_or_acted, text)
    return _ASIDE.sub(_unless_said, text)


def plain(marked: str) -> str:
    """Text without the stars of its stressed words."""
    return _MARKED.sub(r"\1", marked)


def stress(words: str) -> str:
    """Every word between the marks; more than ``_LONGEST`` words as they are."""
    if len(_WORD.findall(words)) > _LONGEST:
        return words
    return _WORD.sub(lambda match: f"{START}{match[0]}{END}", words)


def _stressed(match: re.Match[str]) -> str:
    inner = (match[1] or match[2]).strip()
    return " " if _acted(inner) else f" {stress(inner)} " if " " in inner else stress(inner)


def _stressed_or_acted(match: re.Match[str]) -> str:
    """Stressed is what a sentence goes on around; anything else, and every known gesture, is acted."""
    inner = (match[1] or match[2]).strip()
    before, after = match.string[: match.start()].rstrip(), match.string[match.end() :].lstrip()
    goes_on = bool(before) and before[-1] not in ".!?…*\n"
    continued = bool(after) and (after[0].islower() or after[0] in ".,!?'’;:")
    several = " " in inner
    if _acted(inner) or not (goes_on or continued) or (several and (_like_a_verb(inner) or not goes_on)):
        return " "
    return stress(inner)


def _acted(inner: str) -> bool:
    word = _first(inner)
    return word in _ACTED or (word in _SOUNDS and " " not in inner)


def _like_a_verb(inner: str) -> bool:
    word = _first(inner)
    return word.endswith(("s", "ing")) and word not in _NO_VERBS


def _first(inner: str) -> str:
    found = _WORD.search(inner)
    return found[0].lower() if found else ""


def _unless_said(match: re.Match[str]) -> str:
    """(sighs) and (laughing quietly) are acted; (as I said) is said."""
    return " " if _like_a_verb(match[1]) else match[0]
