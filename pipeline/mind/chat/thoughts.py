"""What a reasoning model thinks aloud is not part of its answer."""

from __future__ import annotations

_OPENS = ("<think>", "<thinking>")
_CLOSES = ("</think>", "</thinking>")


class Thoughts:
    """Takes <think>...</think> out of a stream, wherever the tags are cut. What is not closed is thought to the end."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._begun = False

    def feed(self, piece: str) -> str:
        """What of the text so far can be said; the rest is held back."""
        self._held += piece
        said = ""
        while True:
            tags = _CLOSES if self._thinking else _OPENS
            place, tag = min(((self._held.find(tag), tag) for tag in tags if tag in self._held), default=(-1, ""))
            end = place if tag else len(self._held) - _cut_tag(self._held, tags)
            if not self._thinking:
                said += self._held[:end]
            self._held = self._held[end + len(tag) :]
            if not tag:
                return self._from_first_word(said)
            self._thinking = not self._thinking

    def rest(self) -> str:
        """What was held back, at the end of the stream: half a tag was no tag."""
        held, self._held = self._held, ""
        return "" if self._thinking else self._from_first_word(held)

    def _from_first_word(self, text: str) -> str:
        # Models put blank lines between thought and answer.
        text = text if self._begun else text.lstrip()
        self._begun = self._begun or bool(text)
        return text


def _cut_tag(text: str, tags: tuple[str, ...]) -> int:
    """How many characters at the end may be the beginning of a tag."""
    longest = max(map(len, tags)) - 1
    return next((n for n in range(min(longest, len(text)), 0, -1) if any(t.startswith(text[-n:]) for t in tags)), 0)
