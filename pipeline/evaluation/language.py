"""Which language a text is in: py3langid (naive Bayes over byte n-grams, after Lui and Baldwin 2012, "langid.py"),
told which languages are possible. On purpose another way than the mind's own check of what it wrote."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier


def identify(text: str, possible: Iterable[str]) -> str | None:
    """ISO 639-1 code of the most likely of the possible languages; None for a text without letters."""
    if not any(ch.isalpha() for ch in text):
        return None
    code, _ = _identifier(frozenset(possible)).classify(text)
    return str(code)


@cache
def _identifier(possible: frozenset[str]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(possible))
    return identifier
