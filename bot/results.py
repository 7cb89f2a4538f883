"""Results as files and as one JSON document."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.conversation import Answer
from pipeline.concept import slug
from pipeline.errors import StorageFailed
from pipeline.speak import Spoken
from pipeline.summon import Summoned
from storage.pictures import to_png


def write_summoned(
    summoned: Summoned, out: Path, extras: Mapping[str, bytes] = MappingProxyType({})
) -> tuple[Path, dict[str, Any]]:
    """Portrait, clip, sound and ``persona.json`` in a folder of ``out`` named after the concept; the JSON document.
    ``extras``: further files by name (`bot.extras`).

    All files are made beside their place and moved in when complete, so that an interruption leaves no half file.
    """
    folder = (out / slug(summoned.persona.concept)).absolute()
    document = {
        "persona": summoned.persona.model_dump(mode="json"),
        "voice": summoned.recipe.model_dump(mode="json"),
        "portrait": {
            "path": str(folder / "portrait.png"),
            "style": summoned.portrait.style,
            "art": summoned.portrait.art,
            "reason": summoned.portrait.reason,
            "width": summoned.portrait.picture.shape[1],
            "height": summoned.portrait.picture.shape[0],
            "landmarks": summoned.portrait.landmarks.round(2).tolist(),
        },
        **_spoken(summoned.greeting, folder, "greeting"),
        "extras": [str(folder / name) for name in sorted(extras)],
        "timings": {stage: round(seconds, 3) for stage, seconds in summoned.timings.items()},
        "notices": list(summoned.notices),
    }

    def make(place: Path) -> None:
        (place / "portrait.png").write_bytes(to_png(summoned.portrait.picture))
        (place / "greeting.mp4").write_bytes(summoned.greeting.clip.mp4)
        (place / "greeting.ogg").write_bytes(summoned.greeting.clip.ogg)
        (place / "persona.json").write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
        for name, data in extras.items():
            (place / name).write_bytes(data)

    _place(folder, make)
    return folder, document


def write_answer(answer: Answer, persona: str, out: Path) -> dict[str, Any]:
    """The clip and sound of one reply as the next ``reply-<number>.mp4`` and ``.ogg``; its JSON document."""
    folder = (out / slug(persona)).absolute()
    stem = f"reply-{len(list(folder.glob('reply-*.mp4'))) + 1:03d}"

    def make(place: Path) -> None:
        (place / f"{stem}.mp4").write_bytes(answer.spoken.clip.mp4)
        (place / f"{stem}.ogg").write_bytes(answer.spoken.clip.ogg)

    _place(folder, make)
    return {
        "text": answer.text,
        "mood": answer.mood,
        "notices": list(answer.notices),
        **_spoken(answer.spoken, folder, stem),
        "timings": {stage: round(seconds, 3) for stage, seconds in answer.spoken.timings.items()},
    }


def _spoken(spoken: Spoken, folder: Path, stem: str) -> dict[str, Any]:
    clip, speech = spoken.clip, spoken.speech
    return {
        "clip": {
            "path": str(folder / f"{stem}.mp4"),
            "sound": str(folder / f"{stem}.ogg"),
            "seconds": round(clip.seconds, 3),
            "width": clip.width,
            "height": clip.height,
            "fps": clip.fps,
        },
        "speech": {
            "text": speech.text,
            "phonemes": [
                {"symbol": p.symbol, "start": round(p.start, 4), "end": round(p.end, 4)} for p in speech.phonemes
            ],
        },
    }


def write_text(file: Path, text: str) -> None:
    """A text file in a folder that is made for it. Raises ``StorageFailed``."""
    file = file.absolute()
    _place(file.parent, lambda place: (place / file.name).write_text(text, "utf-8"))


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Files by name in a folder that is made for them; where they are. Raises ``StorageFailed``."""
    folder = folder.absolute()
    _place(folder, lambda place: [(place / name).write_bytes(data) for name, data in files.items()])
    return [folder / name for name in files]


def check(out: Path) -> None:
    """Raises ``StorageFailed`` where a folder would not take files, before anything is made for it. Leaves nothing."""
    wanted = out.absolute()
    nearest = next(folder for folder in (wanted, *wanted.parents) if folder.exists())
    with _refusals(wanted), tempfile.TemporaryDirectory(dir=nearest, prefix=".making-"):
        pass


def _place(folder: Path, make: Callable[[Path], object]) -> None:
    with _refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as temporary:
            make(Path(temporary))
            for file in sorted(Path(temporary).iterdir()):
                file.replace(folder / file.name)


@contextmanager
def _refusals(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or "the file system refused"
        raise StorageFailed(
            f"{folder} does not take the results: {reason}. Name another folder with --out, or free some space."
        ) from error
