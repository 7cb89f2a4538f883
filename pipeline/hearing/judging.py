"""Whether what a Whisper model wrote was said at all: on noise it writes what its training videos ended with.

Whisper tells how sure it was of its tokens and how likely nobody spoke (Radford et al. 2022, arXiv:2212.04356,
section 4.5). The paper's own bounds let inventions through that a person would be answered for; ours are measured on
the packaged model with voices in noise, several at once, backwards and in other languages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import Inaudible
from pipeline.types import Heard

UNSURE = "I could not make out what you said. Please say it again, a little closer to the microphone, or type it."

_SILENT = 0.6
"""Probability of no speech from which on a segment does not count."""
_UNSURE, _UNSURE_SHORT = -0.7, -0.95
"""Mean log probability of a token below which a segment was guessed. One or two words are never sure of themselves."""
_SHORT = 2
_QUICKEST = 40.0
"""Letters a second: twice as many as anybody says. A model that runs in circles writes more."""
_INVENTED = re.compile(
    r"(you|(thanks|thank you)( so much| very much)? for watching|(please )?(like and )?subscribe|see you next time"
    r"|(subtitles|captions|transcript\w*) by .*)",
)
"""What nobody says to a character, and models write for breathing, humming and music."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a transcript with what the model says of it. Times in seconds."""

    text: str
    start: float
    end: float
    avg_logprob: float
    no_speech_prob: float


def judged(segments: Sequence[Segment], language: str, seconds: float) -> Heard:
    """What was said, without what was not. Raises ``Inaudible`` when nothing remains."""
    sure = [segment for segment in segments if _said(segment)]
    text = " ".join(segment.text.strip() for segment in sure)
    if not any(c.isalnum() for c in text) or _INVENTED.fullmatch(_plain(text)):
        raise Inaudible(UNSURE)
    length = sum(len(segment.text) for segment in sure)
    logprob = sum(segment.avg_logprob * len(segment.text) for segment in sure) / length
    return Heard(text=text, language=language, confidence=min(1.0, math.exp(logprob)), seconds=seconds)


def _said(segment: Segment) -> bool:
    short = len(segment.text.split()) <= _SHORT
    return (
        segment.no_speech_prob < _SILENT
        and segment.avg_logprob > (_UNSURE_SHORT if short else _UNSURE)
        and len(segment.text) < _QUICKEST * max(0.5, segment.end - segment.start)
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
