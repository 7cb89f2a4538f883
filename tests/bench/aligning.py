"""How far off forced alignment is, on voices whose own times are known, and what it knows:
``python -m tests.bench.aligning [--fit] [--json] [--recordings FOLDER]``.

The voices it learns from and their sentences (``--fit`` writes ``pipeline/voice/alignment.json``, five minutes of one
processor) are others than those it is measured on. The times of a model are multiples of 25 ms, and moved by what was
heard (`pipeline.voice.delivery`), so a few milliseconds of the error are theirs.

``--recordings``: people instead, labelled by hand; a folder of WAV files and Praat TextGrids. Few are free to have:
bobby, mary and damon_set_test in ``examples/files`` of the sdist of praatio (MIT), im_twelve, three_plus_five and
two_plus_two in ``phonlab/data/example_audio`` of that of phonlab (BSD). ``pip download --no-deps --no-binary praatio
praatio`` fetches one; ``NAME_words.TextGrid`` and ``NAME_phones.TextGrid`` count as one of ``NAME``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.settings import Settings
from pipeline import registry
from pipeline.stages import EngineConfig, Speaker
from pipeline.types import Mood, Speech, VoicePart, VoiceRecipe
from pipeline.voice import alignment, catalogue, delivery, sound
from pipeline.voice.alignment import HOP, SILENCE, THIRDS, Curve, features
from pipeline.voice.pronunciation import alphabet, english, symbols
from tests.bench.recordings import Recording, recordings

SENTENCES = Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines()
TABLE = Path(alignment.__file__).with_name("alignment.json")
TAUGHT, MEASURED = slice(0, 120), slice(120, None)
"""Sentences to learn from, and to be measured on."""
TEACHERS = {
    "kokoro": ("af_heart", "am_fenrir", "bf_emma", "am_puck", "af_bella", "bm_george", "am_michael", "af_sarah",
               "am_onyx", "af_nicole", "bf_lily", "af_aoede", "am_adam", "bm_fable"),
    "hibari": ("lady", "baritone"),
}  # fmt: skip
UNHEARD = {
    "kokoro": ("af_kore", "am_eric", "bm_lewis", "bf_alice", "am_liam", "af_sky"),
    "hibari": ("elder", "sprite", "being"),
}
_SEEN_ENOUGH = 20
"""Times that a sound was heard from which on its own durations count most."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was said, and the symbols it was said from."""

    speech: Speech
    symbols: str

    @property
    def moments(self) -> Curve:
        """(n + 1,) seconds: where each phoneme begins, and where the last one ends."""
        phonemes = self.speech.phonemes
        return np.array([*(one.start for one in phonemes), phonemes[-1].end])


def known(speaker: Speaker, engine: str, voice: str, text: str) -> Known:
    """A sentence by a voice that tells its own times."""
    recipe = VoiceRecipe(engine=engine, parts=(VoicePart(voice=voice, weight=1.0),))
    british = {row.id: row.accent for row in catalogue.voices(engine)}[voice] == "british" and engine == "kokoro"
    return Known(speaker.speak(text, recipe, Mood.CALM), pronounced(text, british=british))


def pronounced(text: str, *, british: bool) -> str:
    """The symbols that a text is said from."""
    return delivery.known(symbols(english(british=british), text), alphabet())


def heard(one: Known, table: alignment.Table | None = None) -> Curve:
    """``Known.moments`` as alignment finds them."""
    found = alignment.durations(one.speech.samples, one.symbols, table=table)
    phonemes = delivery.utterance(one.speech.samples, one.symbols, found).phonemes
    return np.array([*(phoneme.start for phoneme in phonemes), phonemes[-1].end])


def errors(pairs: Sequence[Known], table: alignment.Table | None = None) -> Curve:
    """Milliseconds that each boundary is off."""
    return np.concatenate([1000 * np.abs(heard(one, table) - one.moments) for one in pairs])


def off_on(one: Recording) -> tuple[list[float], list[float]]:
    """Milliseconds that the words of a recording are off, at their beginnings and ends; and those that its phones are,
    in words of which as many are heard as we would say."""
    said = [pronounced(word.label.capitalize(), british=False) for word in one.words]
    line = " ".join(said)
    phonemes = iter(delivery.utterance(one.samples, line, alignment.durations(one.samples, line)).phonemes)
    words, phones = [], []
    for word, written in zip(one.words, said, strict=True):
        number = len(delivery.time_phonemes(written, np.full(len(written) + 2, 4.0)))
        ours, theirs = [next(phonemes) for _ in range(number)], one.within(word)
        words += [ours[0].start - word.start, ours[-1].end - word.end]
        if len(ours) == len(theirs):
            phones += [mine.start - other.start for mine, other in zip(ours, theirs, strict=True)]
    return [1000 * abs(off) for off in words], [1000 * abs(off) for off in phones]


def learn(pairs: Sequence[Known]) -> dict[str, Any]:
    """What goes into ``alignment.json``."""
    frames: dict[tuple[str, int], list[Curve]] = defaultdict(list)
    lasting: dict[str, list[float]] = defaultdict(list)
    for one in pairs:
        spectra, before = features(one.speech.samples), 0
        for phoneme in one.speech.phonemes:
            symbol = phoneme.symbol[0]
            start, end = (round(moment * sound.RATE / HOP) for moment in (phoneme.start, phoneme.end))
            cuts = np.round(np.linspace(start, end, THIRDS + 1)).astype(int)
            for third in range(THIRDS):
                frames[symbol, third].append(spectra[cuts[third] : cuts[third + 1]])
            frames[SILENCE, 0].append(spectra[before:start])
            lasting[symbol].append(float(np.log(phoneme.end - phoneme.start + alignment.SOFTENED)))
            before = end
        frames[SILENCE, 0].append(spectra[before:])
    gathered = {key: np.concatenate(pieces) for key, pieces in frames.items()}
    spread = sum(((rows - rows.mean(axis=0)) ** 2).sum(axis=0) for rows in gathered.values())
    usual = float(np.std(np.concatenate([np.array(times) for times in lasting.values()])))
    spectra_of = {
        symbol: [gathered[symbol, third].mean(axis=0).round(2).tolist() for third in range(THIRDS)]
        for symbol in sorted(lasting)
    }
    return {
        "spectra": {**spectra_of, SILENCE: [gathered[SILENCE, 0].mean(axis=0).round(2).tolist()]},
        "spread": (spread / sum(map(len, gathered.values()))).round(3).tolist(),
        "seconds": {symbol: _duration(np.array(times), usual) for symbol, times in sorted(lasting.items())},
    }


def _duration(logarithms: Curve, usual: float) -> list[float]:
    trust = len(logarithms) / (len(logarithms) + _SEEN_ENOUGH)
    deviation = trust * float(logarithms.std()) + (1 - trust) * usual
    return [round(float(logarithms.mean()), 3), round(max(0.2, deviation), 3)]


def spoken(voices: dict[str, tuple[str, ...]], lines: Sequence[str], each: int, seed: str) -> Iterator[Known]:
    """Some sentences by each voice."""
    chance, config = random.Random(seed), EngineConfig(assets=Settings().assets)
    for engine, names in voices.items():
        speaker: Speaker = registry.create("voice", engine, config)
        for voice in names:
            for text in chance.sample(lines, each):
                yield known(speaker, engine, voice, text)


def figures(off: Curve) -> dict[str, float]:
    """What is said of the errors, in milliseconds."""
    return {
        "boundaries": len(off),
        "median": round(float(np.median(off)), 1),
        "percentile 90": round(float(np.percentile(off, 90)), 1),
        "worse than 80 ms": round(float((off > 80).mean()), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="learn anew, and write alignment.json")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--recordings", type=Path, metavar="FOLDER", help="people: WAV files and TextGrids")
    options = parser.parse_args()
    if options.fit:
        table = learn(list(spoken(TEACHERS, SENTENCES[TAUGHT], 8, "train")))
        TABLE.write_text(written(table), encoding="utf-8")
        alignment.learned.cache_clear()
    if options.recordings:
        words, phones = zip(*map(off_on, recordings(options.recordings)), strict=True)
        found = {name: figures(np.concatenate(off)) for name, off in (("words", words), ("phones", phones))}
    else:
        found = {
            engine: figures(errors(list(spoken({engine: voices}, SENTENCES[MEASURED], 6, "test"))))
            for engine, voices in UNHEARD.items()
        }
    lines = [json.dumps(found)] if options.json else [f"{engine}: {row}" for engine, row in found.items()]
    print("\n".join(lines))


def written(table: dict[str, Any]) -> str:
    """JSON with a symbol a line."""
    parts = []
    for name, rows in table.items():
        if isinstance(rows, dict):
            lines = ",\n".join(f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(row)}" for key, row in rows.items())
            parts.append(f'"{name}": {{\n{lines}\n}}')
        else:
            parts.append(f'"{name}": {json.dumps(rows)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
