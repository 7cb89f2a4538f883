"""Kokoro-82M (hexgrad, Apache-2.0; StyleTTS 2, Li et al. 2023, arXiv:2306.07691) as int8 ONNX: 54 voices of
eight languages and any mixture of them, with one duration per symbol. Other languages than English take the extra
``[languages]``; without it those voices speak English with an accent.

A voice is a table of style vectors, one row per length of text; a weighted sum of tables is a new voice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from hibari.g2p import G2P

from pipeline import assets
from pipeline.errors import EngineFailed
from pipeline.stages import EngineConfig
from pipeline.types import Mood, Persona, Speech, VoiceOption, VoiceRecipe
from pipeline.voice import catalogue, delivery, directions, foreign, sound
from pipeline.voice.delivery import MANNERS, Utterance
from pipeline.voice.kokoro_graph import quicken
from pipeline.voice.match import Matcher
from pipeline.voice.onnx import extra_output, open_session
from pipeline.voice.pronunciation import symbols
from pipeline.voice.text import marked

_DURATIONS = "/encoder/Clip_output_0"
_LONGEST = 200  # symbols a call; the model takes 510, but its memory grows with the length
_SLOWEST, _QUICKEST = 0.6, 1.7


class KokoroSpeaker:
    """The best embedded voice: 0.5 to 0.9 CPU-seconds per second of speech. The model is loaded at first use."""

    def __init__(self, config: EngineConfig) -> None:
        self._assets = config.assets
        self._matcher = Matcher("kokoro")
        self._session: ort.InferenceSession | None = None
        self._pronounce: dict[bool, G2P] = {}
        self._styles: dict[str, npt.NDArray[np.float32]] = {}

    def load(self) -> None:
        """Load the model, the dictionary and what voices are chosen by. Raises as ``speak``."""
        self._model()
        self._g2p(british=False)
        self._matcher.load()

    def choose(self, persona: Persona, seed: int) -> VoiceRecipe:
        """The recipe of the voice that fits, with its reason."""
        return self._matcher.recipe(persona, seed)

    def shortlist(self, persona: Persona, seed: int) -> Sequence[VoiceOption]:
        """The few voices that fit, best first."""
        return self._matcher.shortlist(persona, seed)

    def speak(self, text: str, recipe: VoiceRecipe, mood: Mood) -> Speech:
        """Text as sound with the mixture of the recipe.

        Raises ``MissingAsset`` or ``CorruptAsset`` for the model and voices, ``EngineFailed`` for a recipe that
        names a voice nobody has.
        """
        language = recipe.language if foreign.speakable(recipe.language) else "en"
        words = marked(text, language)
        if not words:
            return delivery.silence(text)
        table, british = self._mixture(recipe)
        if language == "en":
            said = symbols(self._g2p(british), words)
        else:
            said = foreign.symbols(language, directions.plain(words))
        chunks = delivery.split(delivery.known(said, _vocabulary()), _LONGEST)
        manner = MANNERS[mood]
        pitch = max(0.4, min(2.2, recipe.pitch * manner.pitch))
        pace = recipe.pace * manner.pace
        utterances = [self._utter(chunk, table, pitch, recipe.formant, pace) for chunk in chunks]
        return delivery.finish(text, utterances, recipe, mood)

    def _utter(
        self, chunk: str, table: npt.NDArray[np.float32], pitch: float, formant: float, pace: float
    ) -> Utterance:
        """One call of the model. To change the pitch it speaks at another rate, and the sound is resampled back."""
        tokens = [_vocabulary()[c] for c in delivery.unmarked(chunk)[0]]
        speed = max(_SLOWEST, min(_QUICKEST, pace / pitch))
        audio, durations = self._model().run(
            ["audio", _DURATIONS],
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": table[len(tokens)],
                "speed": np.array([speed], np.float32),
            },
        )
        samples = sound.resample(np.ravel(audio).astype(np.float32), pitch)
        samples = sound.shift_formants(samples, formant / pitch)
        return delivery.utterance(samples, chunk, np.ravel(durations), pitch)

    def _mixture(self, recipe: VoiceRecipe) -> tuple[npt.NDArray[np.float32], bool]:
        """The (510, 1, 256) style table of the recipe, and whether its larger part is British."""
        known = {voice.id: voice for voice in catalogue.voices("kokoro")}
        if unknown := [part.voice for part in recipe.parts if part.voice not in known]:
            raise EngineFailed(f"There is no Kokoro voice named {unknown[0]!r}.")
        total = sum(part.weight for part in recipe.parts)
        table = sum(self._style(part.voice) * np.float32(part.weight / total) for part in recipe.parts)
        british = sum(part.weight for part in recipe.parts if known[part.voice].accent == "british")
        return np.asarray(table, np.float32), british > total / 2

    def _style(self, voice: str) -> npt.NDArray[np.float32]:
        if voice not in self._styles:
            path = assets.locate(self._assets, "kokoro-voices") / "voices" / f"{voice}.bin"
            self._styles[voice] = np.fromfile(path, "<f4").reshape(-1, 1, 256)
        return self._styles[voice]

    def _g2p(self, british: bool) -> G2P:
        if british not in self._pronounce:
            self._pronounce[british] = G2P(british=british)
        return self._pronounce[british]

    def _model(self) -> ort.InferenceSession:
        if self._session is None:
            self._session = open_session(quicken(assets.read_package("kokoro-model") + extra_output(_DURATIONS)))
        return self._session


@cache
def _vocabulary() -> dict[str, int]:
    """Symbol -> token id, as the model was trained (hexgrad/Kokoro-82M, config.json)."""
    table = json.loads((files("pipeline.voice") / "kokoro_symbols.json").read_text(encoding="utf-8"))
    return {str(symbol): int(token) for symbol, token in table.items()}
