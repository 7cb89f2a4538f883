"""How well speech is understood: what Whisper (tiny.en, the packaged one) writes down, word by word.

Words are compared by how they are pronounced, so that "7" is "seven", and "their" is no error for "there".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import soxr
from hibari.g2p import G2P

from pipeline import assets
from pipeline.hearing import recording, whisper
from pipeline.types import Mood, Speech, Value, VoiceRecipe

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

    from pipeline.stages import Speaker


class Understood(Value):
    """What became of the words of one kind of voice. ``misheard``: what was said, and what was written down."""

    voices: str
    words: int
    errors: int
    misheard: tuple[tuple[str, str], ...] = ()

    @property
    def rate(self) -> float:
        """Word error rate, per cent."""
        return 100 * self.errors / max(1, self.words)


def understood(voices: str, speaker: Speaker, recipes: Sequence[VoiceRecipe], sentences: Iterable[str]) -> Understood:
    """The sentences, said by the recipes in turn. Raises what the speaker does, and ``MissingAsset``."""
    errors = words = 0
    misheard = []
    for number, sentence in enumerate(sentences):
        text = heard(speaker.speak(sentence, recipes[number % len(recipes)], Mood.CALM))
        said, written = pronounced(sentence), pronounced(text)
        wrong = distance(said, written)
        words, errors = words + len(said), errors + wrong
        if wrong:
            misheard.append((sentence, text))
    return Understood(voices=voices, words=words, errors=errors, misheard=tuple(misheard))


def heard(speech: Speech) -> str:
    """What Whisper writes down."""
    samples = soxr.resample(speech.samples, speech.rate, recording.RATE)
    segments, _ = _ears().transcribe(samples, language="en", temperature=0.0, condition_on_previous_text=False)
    return " ".join(segment.text.strip() for segment in segments)


def pronounced(text: str) -> list[str]:
    """The words as their sounds, without stress."""
    return re.sub(r"[^\w\s]|[ˈˌː]", "", _g2p()(text.replace("-", " "))).split()


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Words put in, left out or changed (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


@cache
def _g2p() -> G2P:
    return G2P()


@cache
def _ears() -> WhisperModel:
    from faster_whisper import WhisperModel

    folder = str(assets.package_file(whisper.PACKAGE, "model/model.bin").parent)
    return WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True)
