"""Voices of OpenAI, and of servers that speak its API: https://platform.openai.com/docs/api-reference/audio/createSpeech

OpenAI's own models take words on how to act, and others a speed. None tells when it says what.
"""

from __future__ import annotations

import httpx2
from openai import Omit

from pipeline import errors
from pipeline.mind.chat import client, failures
from pipeline.stages import ChatConfig, EngineConfig
from pipeline.types import Mood, VoiceRecipe
from pipeline.voice import catalogue
from pipeline.voice.hosted import HostedSpeaker, Said, from_pcm, voice_of

NO_ADDRESS = "VOICE=openai needs a service: set OPENAI_API_KEY or OPENAI_SPEECH_URL."
_ACTED = {
    Mood.CALM: "at ease",
    Mood.JOY: "delighted, with a smile in the voice",
    Mood.ANGER: "angry, through the teeth",
    Mood.SADNESS: "sad, close to tears",
    Mood.FEAR: "afraid, short of breath",
    Mood.SURPRISE: "astonished",
}
_SLOWEST, _QUICKEST = 0.5, 2.0


class OpenAISpeaker(HostedSpeaker):
    """`stages.Speaker` by an endpoint. What is sent there is the sentence, the voice and how to act."""

    def __init__(self, config: EngineConfig) -> None:
        """Raises ``EngineUnavailable`` without an address."""
        if config.speech is None:
            raise errors.EngineUnavailable(NO_ADDRESS)
        super().__init__("openai", config.speech, config)
        service = config.speech
        self._config_of_chat = ChatConfig(
            base_url=service.base_url,
            key=service.key,
            model=service.model,
            timeout=service.timeout,
            what="voice service",
        )
        self._client: client.BlockingClient | None = None

    def ask(self, text: str, recipe: VoiceRecipe, mood: Mood, pace: float) -> Said:
        """A sentence in one of the service's voices; see ``HostedSpeaker.ask``."""
        voice, model = voice_of(recipe), self.service.model
        if voice not in {row.id for row in catalogue.voices("openai")}:
            raise errors.EngineFailed(f"There is no OpenAI voice named {voice!r}.")
        acts = model.startswith("gpt-")
        speed = 1.0 if acts else round(max(_SLOWEST, min(_QUICKEST, pace)), 2)
        chat = self._config_of_chat
        self._client = self._client or client.connect_blocking(chat)
        try:
            data = self._client.audio.speech.create(
                input=text,
                model=model,
                voice=voice,
                instructions=f"{recipe.acting} Right now {_ACTED[mood]}.".strip() if acts else Omit(),
                speed=Omit() if speed == 1.0 else speed,
                response_format="pcm",
            )
            content_type, sound = data.response.headers.get("content-type", ""), data.content
        except (*failures.RAISED, httpx2.InvalidURL) as error:
            # Nothing of the exception is kept: its request holds the key.
            raise _named(failures.understood(error, chat, model)) from None
        if "json" in content_type or "text" in content_type or sound[:4] in (b"RIFF", b"OggS", b"fLaC"):
            raise _named(failures.strange(chat))
        return Said(from_pcm(sound), len(text), speed)

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _named(failure: errors.ChatAnythingError) -> errors.ChatAnythingError:
    """With what mends it here, where the language model has settings of its own."""
    if isinstance(failure, errors.WrongModel):
        failure.remedy = "set OPENAI_SPEECH_MODEL to a model that is there"
    elif isinstance(failure, errors.WrongKey):
        failure.remedy = "set OPENAI_SPEECH_KEY to a valid key"
    elif isinstance(failure, errors.Unreachable | errors.Malformed):
        failure.remedy = "set OPENAI_SPEECH_URL to the address of a service that speaks"
    return failure
