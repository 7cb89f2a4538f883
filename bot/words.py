"""What the bot itself says around a request. It speaks for no character, and repeats nothing that a person typed."""

from __future__ import annotations

from collections.abc import Mapping

from bot.jobs.plan import Kind

CANCELLED = "This was called off."
SORRY = "Sorry: this did not work out."
AGAIN = "Please try once more."

COMING: Mapping[str, str] = {
    Kind.SUMMON: "Somebody is on the way …",
    Kind.RETRY: "Somebody else is on the way …",
    Kind.RESTYLE: "A new portrait is being made …",
    Kind.REVOICE: "A new voice is being tried …",
}
THINKING = "An answer is on the way …"

FILE_REFUSED = "A file is missing here, because this chat does not take it."
FILE_LOST = "A file is missing here, because it could not be found any more."


def coming(kind: str) -> str:
    """Stands where the answer to a request of that kind will be."""
    return COMING.get(kind, THINKING)


def apology(sentence: str | None) -> str:
    """For a request that failed; ``sentence`` says why, in words for people."""
    return f"{SORRY} {sentence or AGAIN}"


def in_line(ahead: int, seconds: float | None) -> str:
    """How long it takes until a request is begun: so many others go first, which take ``seconds`` where known."""
    if ahead <= 0:
        return "It is your turn next."
    before = "One other goes" if ahead == 1 else f"{ahead:,} others go"
    return f"{before} first{_about(seconds)}."


def _about(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 10:
        return ", which takes a few seconds"
    if seconds < 90:
        return f", which takes about {round(seconds, -1):.0f} seconds"
    return f", which takes about {seconds / 60:.0f} minutes"
