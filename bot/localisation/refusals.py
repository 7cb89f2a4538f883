"""Refusals in the language of whoever is refused."""

from __future__ import annotations

from bot.localisation.foreign import translated
from bot.localisation.texts import Texts, texts
from pipeline.errors import BadRequest, ChatAnythingError


class Refusal(BadRequest):
    """Something that cannot be done as it was asked for. As an ordinary error it speaks English."""

    def __init__(self, id_: str, **values: str | float) -> None:
        super().__init__(texts()(id_, **values))
        self.id = id_
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.id, self.values, dict(self.__dict__))


def _rebuild(kind: type[Refusal], id_: str, values: dict[str, str | float], state: dict[str, object]) -> Refusal:
    refusal = kind(id_, **values)
    refusal.__dict__.update(state)
    return refusal


def said(error: ChatAnythingError, texts: Texts) -> str:
    """The sentence of an error."""
    if isinstance(error, Refusal):
        return texts(error.id, **error.values)
    return translated(str(error), texts, type(error).__name__)
