"""hibari-tts (Apache-2.0): one small, instant voice, and many tones made of it.

The model predicts a source-filter spectrum per 12.5 ms frame. Pitch curve and filter are apart until the very end, so
pitch, intonation, vocal tract, breath and whisper are changed exactly, before there is any sound.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from hibari import dsp
from hibari.g2p import G2P

from pipeline import assets
from pipeline.errors import EngineFailed
from pipeline.stages import EngineConfig
from pipeline.types import Mood, Persona, Speech, VoiceOption, VoiceRecipe
from pipeline.voice import catalogue, delivery
from pipeline.voice.catalogue import Tone
from pipeline.voice.delivery import MANNERS, Utterance
from pipeline.voice.match import Matcher
from pipeline.voice.onnx import extra_output, open_session
from pipeline.voice.pronunciation import symbols
from pipeline.voice.text import marked

Frames = npt.NDArray[np.float32]

_DURATIONS = "/Clip_output_0"
_LONGEST = 300
_VOICED = 40.0  # Hz; the model's own threshold
_BINS = 601
_OWN_PITCH = 190.0  # Hz, of the voice that every tone is made of
_RANGE = 8.0  # semitones above or below its centre that a sentence may reach

_FRAMES = 2  # of a unit of duration
_RISE, _LIFT = 22, 10.0  # frames (0.3 s) and semitones by which a question ends higher than it would
_ASKED_FOR_MORE = re.compile("wʌt|wɛn|wɛɹ|wI|hu|hW|wɪʧ")  # what, when, where, why, who, how, which


@dataclass(frozen=True, slots=True)
class _Bent:
    """A tone after the recipe and the mood."""

    pitch: float
    formant: float
    intonation: float
    breath: float
    speed: float
    haste: float
    flat: bool
    whisper: bool


class HibariSpeaker:
    """The quick embedded voice: about 0.02 CPU-seconds per second of speech, in American English."""

    def __init__(self, config: EngineConfig) -> None:
        self._matcher = Matcher("hibari")
        self._session: ort.InferenceSession | None = None
        self._pronounce: G2P | None = None

    def load(self) -> None:
        """Load the model, the dictionary and what voices are chosen by. Raises as ``speak``."""
        self._model()
        self._g2p()
        self._matcher.load()

    def choose(self, persona: Persona, seed: int) -> VoiceRecipe:
        """The recipe of the tone that fits, with its reason."""
        return self._matcher.recipe(persona, seed)

    def shortlist(self, persona: Persona, seed: int) -> Sequence[VoiceOption]:
        """The few voices that fit, best first."""
        return self._matcher.shortlist(persona, seed)

    def speak(self, text: str, recipe: VoiceRecipe, mood: Mood) -> Speech:
        """Text as sound in the tones of the recipe.

        Raises ``CorruptAsset`` for a damaged model and ``EngineFailed`` for a recipe that names a tone nobody has.
        """
        words = marked(text)
        if not words:
            return delivery.silence(text)
        bent = _bend(recipe, mood)
        said = delivery.known(symbols(self._g2p(), words), _vocabulary())
        # The breath is noise; drawn from the text, the same words breathe the same way.
        seed = int.from_bytes(hashlib.sha256(f"{said}|{bent}".encode()).digest()[:8], "big")
        noise = np.random.default_rng(seed)
        utterances = [self._utter(chunk, bent, noise) for chunk in delivery.split(said, _LONGEST)]
        return delivery.finish(text, utterances, recipe, mood)

    def _utter(self, chunk: str, bent: _Bent, noise: np.random.Generator) -> Utterance:
        said = delivery.unmarked(chunk)[0]
        ids = np.array([[0, *(_vocabulary()[c] for c in said), 0]], np.int64)
        *frames, durations = self._model().run(None, {"ids": ids, "speed": np.array([bent.speed], np.float32)})
        harmonic, phase, breath, rest, rest_phase, pitch = (np.array(value[0]) for value in frames)
        if abs(bent.formant - 1.0) > 0.005:
            harmonic, breath, rest = (_stretch(value, bent.formant) for value in (harmonic, breath, rest))
        pitch = _bend_pitch(pitch, harmonic, bent)
        if not bent.flat:
            pitch = _ask(pitch, said, np.ravel(durations))
        breath = breath + np.float32(bent.breath)
        if bent.whisper:
            pitch[:] = 0.0
            breath, rest = np.maximum(breath, harmonic - 2.2), rest - 3.0
        # The model counts in 25 ms and rounds a mood's tenth away, so frames are left out or said twice instead.
        frame = np.minimum(np.arange(round(len(pitch) / bent.haste)) * bent.haste, len(pitch) - 1).astype(int)
        curves = (value[..., frame] for value in (harmonic, phase, breath, rest, rest_phase, pitch))
        samples = np.asarray(dsp.synth(*curves, noise), np.float32)
        return delivery.utterance(samples, chunk, np.ravel(durations), bent.haste)

    def _g2p(self) -> G2P:
        if self._pronounce is None:
            self._pronounce = G2P()
        return self._pronounce

    def _model(self) -> ort.InferenceSession:
        if self._session is None:
            self._session = open_session(assets.read_package("hibari") + extra_output(_DURATIONS))
        return self._session


def _bend(recipe: VoiceRecipe, mood: Mood) -> _Bent:
    """The recipe's tones mixed by weight, times the recipe's ratios, times the mood's."""
    tones = {voice.id: voice.tone or Tone() for voice in catalogue.voices("hibari")}
    if unknown := [part.voice for part in recipe.parts if part.voice not in tones]:
        raise EngineFailed(f"There is no hibari tone named {unknown[0]!r}.")
    total = sum(part.weight for part in recipe.parts)
    mixed = [(tones[part.voice], part.weight / total) for part in recipe.parts]
    manner = MANNERS[mood]
    heaviest = max(mixed, key=lambda pair: pair[1])[0]
    pitch = math.exp(sum(share * math.log(tone.pitch) for tone, share in mixed))
    formant = math.exp(sum(share * math.log(tone.formant) for tone, share in mixed))
    return _Bent(
        pitch=max(0.34, min(2.2, pitch * recipe.pitch * manner.pitch)),
        formant=max(0.68, min(1.4, formant * recipe.formant)),
        intonation=sum(share * tone.intonation for tone, share in mixed) * manner.intonation,
        breath=sum(share * tone.breath for tone, share in mixed),
        speed=max(0.5, min(1.8, recipe.pace)),
        haste=manner.pace,
        flat=heaviest.flat,
        whisper=heaviest.whisper,
    )


def _bend_pitch(pitch: Frames, harmonic: Frames, bent: _Bent) -> Frames:
    """The pitch curve moved and stretched; unvoiced frames stay unvoiced.

    Its centre is what is heard, the loud frames, not the creak at the end. The model says short sentences up to three
    semitones higher than long ones; half of that is taken back, so that one voice says them all.
    """
    voiced = pitch > _VOICED
    if not voiced.any():
        return pitch
    semitones = 12 * np.log2(pitch[voiced] / _OWN_PITCH)
    loudness = np.exp(harmonic[:, voiced].max(axis=0))
    centre = float(np.average(semitones, weights=loudness))
    stretch = 0.0 if bent.flat else bent.intonation
    excursion = _RANGE * np.tanh((semitones - centre) * stretch / _RANGE)
    moved = _OWN_PITCH * bent.pitch * 2 ** ((centre / 2 + excursion) / 12)
    pitch[voiced] = np.clip(moved, _VOICED + 8.0, 650.0)
    return pitch


def _ask(pitch: Frames, symbols: str, durations: Frames) -> Frames:
    """The pitch rising at the end of each question that may be answered by yes or no; the model says all alike."""
    ends = np.cumsum(durations)
    start = 0
    for stop in re.finditer(r"[.!?…]", symbols):
        question = re.sub("[^a-zA-Zæɑəɛɪɔʊʌɹʧ]", "", symbols[start : stop.start()])
        start = stop.end()
        if stop[0] == "?" and not _ASKED_FOR_MORE.match(question):
            # Voices die away before the durations say so: it rises to the last sound that has a pitch.
            end = round(float(ends[stop.start()])) * _FRAMES
            last = np.flatnonzero(pitch[:end] > _VOICED)[-_RISE:]
            pitch[last] = np.minimum(pitch[last] * 2 ** (_LIFT * np.linspace(0.0, 1.0, len(last)) ** 0.7 / 12), 650.0)
    return pitch


def _stretch(spectrum: Frames, ratio: float) -> Frames:
    """(601, frames) read at ``f / ratio``: formants move by ``ratio``."""
    source = np.clip(np.arange(_BINS) / ratio, 0, _BINS - 1 - 1e-3)
    low = source.astype(int)
    share = (source - low).astype(np.float32)[:, None]
    stretched: Frames = spectrum[low] * (1 - share) + spectrum[low + 1] * share
    return stretched


@cache
def _vocabulary() -> dict[str, int]:
    """Symbol -> id of this model, from its package."""
    table = json.loads((files("hibari") / "assets" / "vocab.json").read_text(encoding="utf-8"))
    return {str(symbol): int(number) for symbol, number in table.items()}
