"""What the bot itself says around a request, in English where no texts are given, as at the terminal. It speaks for no
character, and repeats nothing that a person typed."""

from __future__ import annotations

from collections.abc import Mapping

from bot.jobs.plan import Kind
from bot.localisation.texts import Texts, texts

COMING: Mapping[str, str] = {
    Kind.SUMMON: "words-coming-summon",
    Kind.RETRY: "words-coming-retry",
    Kind.RESTYLE: "words-coming-restyle",
    Kind.REVOICE: "words-coming-revoice",
    Kind.FILM: "words-coming-film",
}


def coming(kind: str | None, said: Texts | None = None) -> str:
    """Stands where the answer to a request of that kind will be; None: that something comes."""
    return (said or texts())(COMING.get(kind or "", "words-coming-reply"))


def apology(sentence: str | None, said: Texts | None = None) -> str:
    """For a request that failed; ``sentence`` says why, in words for people."""
    said = said or texts()
    return said("words-sorry", why=sentence or said("words-again"))


def in_line(ahead: int, seconds: float | None, said: Texts | None = None) -> str:
    """How long it takes until a request is begun: so many others go first, which take ``seconds`` where known."""
    said = said or texts()
    if ahead <= 0:
        return said("words-line-next")
    if seconds is None:
        return said("words-line-unknown", ahead=ahead)
    if seconds < 10:
        return said("words-line-moment", ahead=ahead)
    if seconds < 90:
        return said("words-line-seconds", ahead=ahead, seconds=round(seconds / 10) * 10)
    return said("words-line-minutes", ahead=ahead, minutes=round(seconds / 60))
