"""Words of other languages than English to the symbols that Kokoro was trained with, by misaki (hexgrad, Apache-2.0):
espeak-ng for Spanish, French, Hindi, Italian and Portuguese, jieba and pypinyin for Chinese, fugashi for Japanese.

All of it is the extra ``[languages]``, a third of a gigabyte, of which espeak-ng and its binding are GPL-3: nothing of
it is a part of this program or needed by it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

Pronounce = Callable[[str], str]

_ESPEAK = {"es": "es", "fr": "fr-fr", "hi": "hi", "it": "it", "pt": "pt-br"}
"""ISO 639-1 -> the voice of espeak-ng whose symbols Kokoro heard."""
_NEEDS = {
    "zh": ("misaki", "jieba", "pypinyin", "cn2an"),
    "ja": ("misaki", "fugashi", "unidic_lite", "jaconv", "mojimoji"),
} | dict.fromkeys(_ESPEAK, ("misaki", "phonemizer", "espeakng_loader"))
EXTRA = "pip install 'chatanything[languages]'"
"""Brings all of them."""
_LATIN = re.compile(r"[A-Za-z]+")


def speakable(language: str) -> bool:
    """Whether what it takes to pronounce a language (ISO 639-1) is installed. English always is."""
    return language == "en" or language in installed()


@cache
def installed() -> frozenset[str]:
    """Languages that can be pronounced here."""
    return frozenset(language for language, needs in _NEEDS.items() if all(find_spec(name) for name in needs))


def possible() -> frozenset[str]:
    """Languages that could be, with the extra."""
    return frozenset(_NEEDS)


def symbols(language: str, words: str) -> str:
    """The symbols of ``text.speakable`` words. Raises ``ImportError`` for a language that is not `speakable`."""
    return _pronouncer(language)(words).strip()


@cache
def _pronouncer(language: str) -> Pronounce:
    if language == "zh":
        return _chinese()
    if language == "ja":
        return _japanese()
    return _by_espeak(_ESPEAK[language])


def _by_espeak(voice: str) -> Pronounce:
    from misaki.espeak import EspeakG2P

    espeak = EspeakG2P(voice)
    return lambda words: str(espeak(words)[0])


def _chinese() -> Pronounce:
    import jieba
    from misaki.zh import ZHG2P

    jieba.setLogLevel(logging.WARNING)  # else it tells on stderr that it reads its dictionary
    chinese = ZHG2P()
    # Latin letters would come out as they are, which as symbols mean something else.
    return lambda words: str(chinese(_LATIN.sub(" ", words))[0])


def _japanese() -> Pronounce:
    from misaki.cutlet import Cutlet  # misaki.ja would load a second dictionary as well

    japanese = Cutlet()
    return lambda words: str(japanese(_LATIN.sub(" ", words))[0])
