"""How well the voices are understood, and how quick they are:
``python -m tests.bench.voices [--sentences 200] [--engine hibari] [--effects] [--json]``.

Our own sentences (`sentences.txt`, numbers as they are spoken) are said and heard by the packaged Whisper tiny.en,
whose own errors count, too. Seconds of work are CPU time of one thread.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from rich.console import Console

from bot.bench import Row, table
from bot.settings import Settings
from pipeline import registry
from pipeline.evaluation.intelligibility import distance
from pipeline.evaluation.intelligibility import heard as written_down
from pipeline.types import Mood, VoicePart, VoiceRecipe
from pipeline.voice import catalogue, effects

SENTENCES = Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines()
ENGINES = ("hibari", "kokoro")
FIRST = "Well, look who has come to visit me."
"""Eight words: how long until somebody hears a voice."""
# fmt: off
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
_SAME = {"grey": "gray", "favourite": "favorite", "colour": "color", "neighbour": "neighbor", "harbour": "harbor"}


@dataclass
class Heard:
    """What came of the sentences of one kind of voice."""

    words: int = 0
    wrong: int = 0
    misheard: Counter[str] = field(default_factory=Counter)

    def add(self, said: str, heard: str) -> None:
        """Another sentence."""
        wanted, found = plain(said), plain(heard)
        self.words += len(wanted)
        self.wrong += distance(wanted, found)
        for tag, a, b, c, d in SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes():
            if tag != "equal":
                self.misheard[f"{' '.join(wanted[a:b]) or '-'} -> {' '.join(found[c:d]) or '-'}"] += 1

    @property
    def rate(self) -> float:
        """Word error rate, %."""
        return 100 * self.wrong / max(1, self.words)


def plain(text: str) -> list[str]:
    """Words in small letters; digits as they are spoken, as Whisper writes both."""
    text = re.sub(r"\$(\d+)", r"\1 dollars", text.lower().replace("’", "'").replace("-", " "))
    words = re.findall(r"[a-z]+(?:'[a-z]+)*|\d+", text)
    return [_SAME.get(part, part) for word in words for part in (_spelled(int(word)) if word.isdigit() else [word])]


def _spelled(number: int) -> list[str]:
    if number < 20:
        return [_SMALL[number]]
    if number < 100:
        return [_TENS[number // 10 - 2], *(_spelled(number % 10) if number % 10 else [])]
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            return [*_spelled(number // size), name, *(_spelled(number % size) if number % size else [])]
    return []


def recipes(engine: str, kind: str) -> Iterator[VoiceRecipe]:
    """Voices of a kind, one after the other, over and over: ``plain``, ``mixed``, or with an effect."""
    names = [voice.id for voice in catalogue.voices(engine) if voice.language == "en" and not _whispers(voice)]
    known = [name for name in effects.EFFECTS if name != "none"]
    number = 0
    while True:
        first, second = (names[(number * step + step) % len(names)] for step in (1, 5))
        parts = [VoicePart(voice=first, weight=1.0)]
        if kind == "mixed" and first != second:
            parts = [VoicePart(voice=first, weight=0.6), VoicePart(voice=second, weight=0.4)]
        effect = known[number % len(known)] if kind == "effect" else "none"
        yield VoiceRecipe(engine=engine, parts=tuple(parts), effect=effect)
        number += 1


def _whispers(voice: catalogue.Voice) -> bool:
    return voice.tone is not None and voice.tone.whisper


def measure(engine: str, kinds: Sequence[str], sentences: Sequence[str]) -> tuple[list[Row], dict[str, Heard]]:
    """The figures of an engine, and what was misheard by kind of voice."""
    config = Settings().engine_config()
    speaker = registry.create("voice", engine, config)
    voices = recipes(engine, "plain")
    speaker.speak("Hello.", next(voices), Mood.CALM)  # warm: the model is loaded
    rows, found, ratios = [], {}, []
    for kind in kinds:
        heard = found[kind] = Heard()
        voices = recipes(engine, kind)
        for sentence in sentences:
            recipe = next(voices)
            began = time.process_time()
            speech = speaker.speak(sentence, recipe, Mood.CALM)
            ratios += [(time.process_time() - began) / speech.seconds] if kind != "effect" else []
            text = written_down(speech)
            heard.add(sentence, text)
            name = recipe.effect if kind == "effect" else recipe.parts[0].voice
            found.setdefault(f"{kind}: {name}", Heard()).add(sentence, text)
        rows.append(Row(f"{engine}, {kind} voices: word error rate", heard.rate, "%"))
    firsts = []
    for _ in range(5):
        began = time.process_time()
        speaker.speak(FIRST, next(voices), Mood.CALM)
        firsts.append(time.process_time() - began)
    rows.append(Row(f"{engine}: CPU seconds for a second of speech", statistics.median(ratios), "s"))
    rows.append(Row(f"{engine}: CPU seconds for a sentence of 8 words", statistics.median(firsts), "s"))
    return rows, found


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=len(SENTENCES), help="how many of the sentences to say")
    parser.add_argument("--engine", choices=ENGINES, help="this one alone")
    parser.add_argument(
        "--kinds", nargs="+", choices=("plain", "mixed", "effect"), default=["plain", "mixed", "effect"]
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    console, rows = Console(stderr=options.json), []
    for engine in [options.engine] if options.engine else ENGINES:
        figures, found = measure(engine, options.kinds, SENTENCES[: options.sentences])
        rows += figures
        for kind, heard in found.items():
            if kind in options.kinds:
                console.print(
                    f"{engine}, {kind}: " + "; ".join(f"{k} ({n})" for k, n in heard.misheard.most_common(40))
                )
            elif heard.rate > 8:
                console.print(f"  {kind}: {heard.rate:.1f} %")
    if options.json:
        print(json.dumps([row.document() for row in rows], indent=2))
    else:
        console.print(table(rows))


if __name__ == "__main__":
    main()
