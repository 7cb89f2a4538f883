"""Refusals in the language of whoever is refused."""

from __future__ import annotations

from bot.localisation.texts import Texts, texts
from pipeline.errors import BadRequest, ChatAnythingError


class Refusal(BadRequest):
    """Something that cannot be done as it was asked for. As an ordinary error it speaks English."""

    def __init__(self, id_: str, **values: str | float) -> None:
        super().__init__(texts()(id_, **values))
        self.id = id_
        self.values = values


def said(error: ChatAnythingError, texts: Texts) -> str:
    """The sentence of an error; those of the pipeline exist in English only."""
    return texts(error.id, **error.values) if isinstance(error, Refusal) else str(error)
