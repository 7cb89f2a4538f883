"""Sentences of the pipeline, which knows English only, in other languages.

What a stage has to say is kept in English, where the operator reads it too, and is translated when it is shown. A
sentence is found by its English text, as are the styles and voices of the catalogues; an error that has no sentence of
its own gets that of its class.
"""

from __future__ import annotations

from bot.localisation.texts import SOURCE, Texts
from pipeline import errors
from pipeline.errors import BadRequest


def translated(sentence: str, texts: Texts, kind: str | None = None) -> str:
    """A sentence in the language of the texts. ``kind``: name of the error that says it.

    One that nobody translated stays as it is, where no ``kind`` has a sentence instead.
    """
    if texts.language == SOURCE:
        return sentence
    from bot.localisation.sentences import known  # reads all that is said in English

    plain, patterns = known()
    if id_ := plain.get(sentence):
        return texts(id_)
    for id_, pattern in patterns:
        if found := pattern.fullmatch(sentence):
            values = found.groupdict()
            if why := values.get("why"):  # a sentence within the sentence
                values["why"] = translated(why, texts)
            return texts(id_, **values)
    return sentence if kind is None else _by_kind(kind, texts) or sentence


def _by_kind(kind: str, texts: Texts) -> str | None:
    error = getattr(errors, kind, BadRequest)
    if issubclass(error, BadRequest):  # what to change is said in its own words, or by nobody
        return None
    return next((text for one in error.__mro__ if (text := texts.find(f"error-{one.__name__}"))), None)
