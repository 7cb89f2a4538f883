"""Voices of ElevenLabs: those of the account, found by their labels, or one that is designed for the persona."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, get_args

import structlog

from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.stages import EngineConfig
from pipeline.types import Age, Gender, Mood, Persona, VoiceOption, VoicePart, VoiceRecipe
from pipeline.voice import catalogue
from pipeline.voice.attributes import bends
from pipeline.voice.catalogue import Accent, Voice
from pipeline.voice.hosted import HostedSpeaker, Said, acting, from_pcm, voice_of
from pipeline.voice.match import Matcher

if TYPE_CHECKING:
    from pipeline.voice.elevenlabs_client import Characters, Client, Listed

log = structlog.get_logger(__name__)

NO_KEY = "VOICE=elevenlabs needs a key: set ELEVENLABS_API_KEY."
FRESH = 600.0
"""Seconds for which the list of voices is believed."""
_SLOWEST, _QUICKEST = 0.7, 1.2
_ONE_LANGUAGE = "eleven_multilingual_v2"
"""Wants to find the language by itself."""
_STEADY = {Mood.CALM: 0.5, Mood.SADNESS: 0.45}
_LIVELY = 0.35
"""Stability: lower moves more."""
_PITCH = {Gender.FEMALE: 190.0, Gender.MALE: 115.0, Gender.NEUTRAL: 150.0}
_PITCH_OF_AGE = {Age.CHILD: 1.35, Age.YOUNG: 1.05, Age.ADULT: 1.0, Age.OLD: 0.95}
_AGES = {"young": Age.YOUNG, "middle_aged": Age.ADULT, "old": Age.OLD}
_LIKE_BRITISH = re.compile(r"brit|engl|scot|irish|welsh|austral|zealand|transatlantic|south.?afric")
_ENERGIES = {
    0.25: r"calm|sooth|relax|medit|sleepy|soft|gentle|quiet",
    0.8: r"energetic|hyped?|excit|upbeat|sassy|quirky",
}
_WARMTHS = {
    0.25: r"cold|serious|crisp|stern|villain|sinister|formal",
    0.8: r"warm|friend|kind|cute|sweet|gentle|pleasant",
}
_ROUGH = r"rasp|gravel|husky|hoarse|rough|gruff|crack"


class ElevenLabsSpeaker(HostedSpeaker):
    """`stages.Speaker` by ElevenLabs. What is sent there is the sentence and the voice; for a design, the voice's
    description."""

    def __init__(self, config: EngineConfig) -> None:
        """Raises ``EngineUnavailable`` without a key."""
        if config.elevenlabs is None:
            raise EngineUnavailable(NO_KEY, remedy="ELEVENLABS_API_KEY=... in .env")
        super().__init__("elevenlabs", config.elevenlabs, config)
        self._client: Client | None = None
        self._listed: tuple[float, Matcher] | None = None

    def ask(self, text: str, recipe: VoiceRecipe, mood: Mood, pace: float) -> Said:
        """A sentence in one of the account's voices; see ``HostedSpeaker.ask``."""
        speed = round(max(_SLOWEST, min(_QUICKEST, pace)), 2)
        model = self.service.model
        steady = 0.5 if model.startswith("eleven_v3") else _STEADY.get(mood, _LIVELY)  # v3 takes 0, 0.5 and 1 only
        digest = hashlib.sha256(f"{text}|{recipe.model_dump_json(exclude={'stand_in'})}|{mood}".encode()).digest()
        spoken = self._wire().speak(
            voice_of(recipe),
            text,
            language=None if model == _ONE_LANGUAGE else recipe.language,
            settings={"stability": steady, "similarity_boost": 0.75, "speed": speed},
            seed=int.from_bytes(digest[:4], "big"),  # so that the same words are said the same way, mostly
        )
        try:
            samples = from_pcm(spoken.sound)
        except ValueError:
            raise EngineFailed("ElevenLabs sent something that is no sound.") from None
        words = word_starts(spoken.alignment) if spoken.alignment else ()
        return Said(samples, spoken.cost or len(text), speed, words)

    def fitting(self, persona: Persona, seed: int) -> Sequence[VoiceOption]:
        """Voices of the account that fit, best first; with ``designs`` the one that was made for the persona, where it
        could be made."""
        options = self._voices().shortlist(persona, seed)
        if not self.service.designs:
            return options
        try:
            voice = self._designed(persona, seed)
        except (EngineUnavailable, EngineFailed) as error:  # no slot or no credit left: it still has voices
            log.warning("voice.not_designed", error=type(error).__name__, why=str(error))
            return options
        recipe = options[0].recipe.model_copy(
            update={
                "parts": (VoicePart(voice=voice, weight=1.0),),
                "pitch": 1.0,
                "formant": 1.0,
                "spoken": True,
                "language": persona.language.split("-")[0].lower(),
            }
        )
        sounds = "; ".join(["made for this character", *bends(recipe)])
        recipe = recipe.model_copy(update={"reason": f"{persona.temper} -> {sounds}"})
        return [VoiceOption(recipe=recipe, description=sounds)]

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _wire(self) -> Client:
        from pipeline.voice.elevenlabs_client import Client  # the SDK takes a second

        self._client = self._client or Client(self.service)
        return self._client

    def _voices(self) -> Matcher:
        """Finds among the voices of the account; those of the catalogue where it may not be asked."""
        if self._listed is None or time.monotonic() > self._listed[0]:
            rows = {voice.id: voice for voice in catalogue.voices("elevenlabs")}
            listed = self._wire().voices()
            found = [row for one in listed or () if (row := rows.get(one.voice_id) or described(one))]
            self._listed = time.monotonic() + FRESH, Matcher("elevenlabs", voices=found or tuple(rows.values()))
        return self._listed[1]

    def _designed(self, persona: Persona, seed: int) -> str:
        """The id of the voice that was designed for a persona. A step that is run again finds what it made before."""
        from pipeline.voice.elevenlabs_client import DESIGNER

        description = wanted(persona)
        mark = hashlib.sha256(f"{persona.name}|{description}|{seed}".encode()).hexdigest()[:10]
        client, began = self._wire(), time.perf_counter()
        name = f"ChatAnything {mark}"
        made = [one for one in client.voices(search=mark) or () if one.name == name]
        if made:
            return made[0].voice_id
        designed = client.design(description, seed % 2**31)
        self.note(designed.cost or len(designed.text), time.perf_counter() - began, "voice", DESIGNER)
        return client.keep(name, description, designed.previews[0].generated_voice_id).voice_id


def wanted(persona: Persona) -> str:
    """The description of a voice to design, 20 to 1000 characters."""
    parts = (acting(persona), f"{persona.accent.capitalize()} accent.", persona.voice_wish)
    return " ".join(" ".join(parts).split())[:900]


def word_starts(said: Characters) -> Sequence[float]:
    """When each word of a text begins; a word is what stands between spaces, and begins with its first letter."""
    found: list[float] = []
    inside = waiting = False
    for character, start in zip(said.characters, said.character_start_times_seconds, strict=False):
        if character.isspace():
            inside = waiting = False
        elif not inside:
            found.append(start)
            inside, waiting = True, not character.isalnum()
        elif waiting and character.isalnum():
            found[-1], waiting = start, False
    return found


def described(listed: Listed) -> Voice | None:
    """A voice of the account as a row of the catalogue: what its labels say, the rest guessed. None where it fits into
    none."""
    labels: Mapping[str, str] = {name: (value or "").lower() for name, value in (listed.labels or {}).items()}
    words = " ".join([*labels.values(), (listed.description or "").lower(), (listed.name or "").lower()])
    gender = next((one for one in Gender if one == labels.get("gender")), Gender.NEUTRAL)
    age = (
        Age.CHILD
        if re.search(r"\b(child|kid)\b", words)
        else _AGES.get(labels.get("age", "").replace("-", "_").replace(" ", "_"), Age.ADULT)
    )
    accent = labels.get("accent", "")
    accent = "british" if _LIKE_BRITISH.search(accent) else accent if accent in get_args(Accent) else "american"
    character = f"{age} {gender}, {listed.description or ', '.join(filter(None, labels.values())) or 'a voice'}"
    try:
        return Voice.model_validate(
            {
                "id": listed.voice_id,
                "engine": "elevenlabs",
                "name": listed.name,
                "language": labels.get("language") or "en",
                "speaks": _speaks(),
                "accent": accent,
                "gender": gender,
                "age": age,
                "pitch": _PITCH[gender] * _PITCH_OF_AGE[age] * (0.88 if "deep" in words else 1.0),
                "pace": 1.0,
                "energy": _amount(words, _ENERGIES),
                "warmth": _amount(words, _WARMTHS),
                "roughness": 0.55 if re.search(_ROUGH, words) else 0.2,
                "grade": "A-" if listed.category in ("premade", "professional", "high_quality") else "B",
                "character": character[:300],
                "licence": "ElevenLabs' terms of service",
                "source": f"ElevenLabs, {listed.category or 'account'}",
            }
        )
    except ValueError:
        return None


def _speaks() -> tuple[str, ...]:
    return next(voice.speaks for voice in catalogue.voices("elevenlabs"))


def _amount(words: str, table: Mapping[float, str]) -> float:
    return next((amount for amount, pattern in table.items() if re.search(pattern, words)), 0.5)
