"""A phrase in, a talking persona out: what the newcomer's first command promises."""

from __future__ import annotations

import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tests.acceptance.conftest import Place, fresh


def test_the_document_tells_all(settled: tuple[Place, Any]) -> None:
    _, document = settled
    assert document["persona"]["concept"] == "an angry apple"
    assert document["persona"]["name"]
    assert document["persona"]["seed"] == 3
    assert document["voice"]["engine"] == "hibari"
    assert sum(part["weight"] for part in document["voice"]["parts"]) == pytest.approx(1)
    assert document["portrait"]["art"]
    assert document["portrait"]["style"]
    assert np.shape(document["portrait"]["landmarks"]) == (68, 2)
    assert {"mind", "voice", "portrait", "speech", "clip", "total"} <= document["timings"].keys()
    phonemes = document["speech"]["phonemes"]
    assert len(phonemes) > 10
    ends = [0.0]
    for phoneme in phonemes:
        assert ends[-1] - 1e-3 <= phoneme["start"] < phoneme["end"]
        ends.append(phoneme["end"])
    assert ends[-1] <= document["clip"]["seconds"]


def test_the_files_are_what_was_promised(settled: tuple[Place, Any]) -> None:
    place, document = settled
    folder = place.folder / "out" / "angry-apple"
    assert sorted(file.name for file in folder.iterdir()) == [
        "avatar.webp",
        "greeting.mp4",
        "greeting.ogg",
        "persona.json",
        "portrait.png",
        "poster.jpg",
    ]
    assert json.loads((folder / "persona.json").read_text("utf-8")) == document
    with Image.open(folder / "portrait.png") as portrait:
        assert portrait.format == "PNG"
        assert min(portrait.size) >= 768
    with av.open(str(folder / "greeting.mp4")) as clip:
        video, audio = clip.streams.video[0], clip.streams.audio[0]
        assert (video.codec_context.name, video.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height, video.average_rate) == (512, 512, 25)
        assert audio.codec_context.name == "aac"
        frames = sum(1 for _ in clip.decode(video=0))
    assert frames == round(document["clip"]["seconds"] * 25)
    assert (folder / "greeting.mp4").read_bytes().index(b"moov") < (folder / "greeting.mp4").read_bytes().index(b"mdat")
    with av.open(str(folder / "greeting.ogg")) as sound:
        assert sound.streams.audio[0].codec_context.name in {"opus", "libopus"}


def test_the_persona_stays(settled: tuple[Place, Any]) -> None:
    place, document = settled
    name = document["persona"]["name"]
    assert [row["persona"]["name"] for row in place.json("personas")] == [name]
    shown = place.json("show", name)
    assert shown["persona"] == document["persona"]
    assert shown["voice"] == document["voice"]


def test_one_line_and_then_a_conversation_that_remembers_it(settled: tuple[Place, Any]) -> None:
    place, document = settled
    name = document["persona"]["name"]
    first = place.json("talk", name, "--say", "Hello, my name is Ada.")
    assert first["text"]
    done = place.run("talk", "angry apple", stdin="Do you know my name?\n\n")
    assert done.returncode == 0, done.stderr
    assert name in done.stdout
    assert "Ada" in done.stdout
    clips = sorted(Path(first["clip"]["path"]).parent.glob("reply-*.mp4"))
    assert [str(clip) for clip in clips[:-1]] == [first["clip"]["path"]]
    assert clips[-1].name in done.stdout
    for path in clips:
        with av.open(str(path)) as clip:
            assert clip.streams.video[0].width == 512


def test_hostile_words_are_only_words_in_the_better_voice_at_the_terminal(place: Place) -> None:
    words = "../../etc {} %s {0.__class__} [bold] @everyone 🍎"
    done = place.run("summon", words, "--voice-engine", "kokoro", "--seed", "1")
    assert done.returncode == 0, done.stderr
    assert [file.name for file in place.folder.iterdir()] == ["out"]
    (file,) = place.folder.glob("out/*/persona.json")
    document = json.loads(file.read_text("utf-8"))
    assert Path(document["portrait"]["path"]).parent == file.parent
    assert "@everyone" not in json.dumps(document) + done.stdout + done.stderr
    name = document["persona"]["name"]
    for shown in (name, document["persona"]["tagline"], "greeting.mp4", document["portrait"]["style"], "kokoro"):
        assert shown in done.stdout

    assert place.run("dismiss", name).returncode == 0
    assert place.json("personas") == []
    assert place.run("dismiss", name).returncode == 2


@pytest.mark.parametrize("words", ["x" * 2000, "fuck"])  # `tests/unit/test_concept.py` has more
def test_words_that_cannot_be_used_get_a_sentence(place: Place, words: str) -> None:
    done = place.run("summon", words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3
    assert done.stderr.strip()
    assert not done.stdout
    assert not list(place.folder.rglob("*"))


def test_missing_assets_name_the_command_that_fetches_them(place: Place) -> None:
    (place.home / "assets").unlink()
    done = place.run("summon", "an angry apple")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "chatanything assets --fetch" in done.stderr
    examined = place.run("doctor")
    assert examined.returncode == 1
    assert "chatanything assets --fetch" in examined.stdout


def test_a_corrupt_asset_is_noticed(place: Place, assets_home: Path) -> None:
    (place.home / "assets").unlink()
    shutil.copytree(assets_home, place.home / "assets")
    (art,) = (place.home / "assets").glob("fluent-emoji-*/art.zip")
    content = bytearray(art.read_bytes())
    content[len(content) // 2] ^= 1
    art.chmod(0o644)
    art.write_bytes(content)
    done = place.run("summon", "an angry apple", "--voice-engine", "hibari")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "chatanything assets --fetch" in done.stderr


def test_a_folder_that_takes_nothing(place: Place) -> None:
    (place.folder / "out").write_text("a file where the folder should be")
    done = place.run("summon", "an angry apple", "--voice-engine", "hibari")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "--out" in done.stderr
    assert "Painting" not in done.stderr  # said before anything is made
    assert not place.rows("SELECT id FROM personas")


def test_a_disk_that_is_full(place: Place) -> None:
    # The kernel refuses any file over 200 kB, which a portrait is: the same OSError path as a full disk.
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = place.run("summon", "an angry apple", "--voice-engine", "hibari", preexec_fn=limit)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not [file for file in place.folder.rglob("*") if file.is_file()]
    assert place.rows("SELECT * FROM personas") == []


def test_ctrl_c_leaves_nothing_half(place: Place) -> None:
    process = place.start("summon", "an angry apple", "--voice-engine", "kokoro")
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert not [file for file in place.folder.rglob("*") if file.is_file()]
    assert place.rows("SELECT * FROM personas") == []


def test_settings_that_name_no_engine(place: Place) -> None:
    (place.folder / ".env").write_text("VOICE=gramophone\n")
    done = place.run("summon", "an angry apple")
    assert done.returncode == 1
    assert "kokoro" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_places_do_not_meet(tmp_path: Path, assets_home: Path) -> None:
    first = fresh(tmp_path, assets_home)
    assert first.run("migrate").returncode == 0
    assert first.json("personas") == []
    assert "summon" in first.run("talk", "nobody", "--say", "hi").stderr
