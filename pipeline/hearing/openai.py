"""Transcription by any OpenAI-compatible service.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from __future__ import annotations

from openai import OpenAIError
from pydantic import BaseModel, ValidationError

from pipeline import errors
from pipeline.hearing import recording, whisper
from pipeline.hearing.judging import UNSURE, Segment, judged
from pipeline.mind import languages
from pipeline.mind.chat import client, failures
from pipeline.stages import EngineConfig
from pipeline.types import Heard
from pipeline.workers import Workers

NO_ADDRESS = "HEARING=openai needs a service: set OPENAI_API_KEY or OPENAI_BASE_URL."


class OpenAIListener:
    """`stages.Listener` by a service. What is sent there is sound alone: no name, no place, no file as it came."""

    def __init__(self, config: EngineConfig) -> None:
        if config.chat is None:
            raise errors.EngineUnavailable(NO_ADDRESS)
        self._config = config.chat
        self._client: client.Client | None = None

    async def hear(self, voice: bytes, workers: Workers) -> Heard:
        """The words of a voice message. Raises as ``recording.decode``, ``Inaudible``, and for the service the errors
        of ``pipeline.errors``."""
        wav, seconds = await workers.run("voice", prepare, voice)
        answer = await self._ask(wav)
        if not answer.text.strip() or answer.languages == []:
            raise errors.Inaudible(UNSURE)
        if answer.segments:
            segments = [Segment(**segment.model_dump()) for segment in answer.segments]
            return judged(segments, answer.code, seconds)
        return Heard(text=answer.text.strip(), language=answer.code, confidence=None, seconds=seconds)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _ask(self, wav: bytes) -> _Answer:
        self._client = self._client or client.connect(self._config)
        model = self._config.model
        try:
            response = await self._client.audio.transcriptions.with_raw_response.create(
                file=("voice.wav", wav, "audio/wav"),
                model=model,
                # Only Whisper has the detailed answer, and only Whisper invents so much that it must be judged.
                response_format="verbose_json" if "whisper" in model.lower() else "json",
            )
        except OpenAIError as error:
            # Nothing of the exception is kept: its request holds the key.
            failure = failures.understood(error, self._config, model)
            if isinstance(failure, errors.WrongModel):
                failure.remedy = "set HEARING_MODEL to a model that is there"
            raise failure from None
        try:
            return _Answer.model_validate_json(response.content)
        except ValidationError:
            raise failures.strange(self._config) from None


class _Segment(BaseModel):
    text: str
    start: float
    end: float
    avg_logprob: float
    no_speech_prob: float


class _Language(BaseModel):
    code: str


class _Answer(BaseModel):
    """What services answer: Whisper names one language and judges segments, GPT lists the languages it heard."""

    text: str
    language: str | None = None
    languages: list[_Language] | None = None
    segments: list[_Segment] | None = None

    @property
    def code(self) -> str:
        """ISO 639-1. Where the service does not say, what the words look like."""
        if self.languages:
            return self.languages[0].code
        told = (self.language or "").lower()  # OpenAI's Whisper says "english", others "en"
        return languages.code(told) or languages.detect(self.text) or languages.ENGLISH


def prepare(voice: bytes) -> tuple[bytes, float]:
    """A voice message as WAV, and its seconds. Runs in the voice lane. Raises as ``recording.decode``."""
    samples = recording.decode(voice)
    if whisper.installed() and not whisper.speaks(samples):
        raise errors.Inaudible(recording.NOTHING)
    return recording.to_wav(samples), len(samples) / recording.RATE
