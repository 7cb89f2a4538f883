"""Words in the picture while they are said, and two characters in one film."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clips import lettering
from pipeline.clips.captions import MOST, captioned, cues, drawn
from pipeline.clips.dialogue import HEIGHT, WIDTH, Player, Said, duet, seconds
from pipeline.clips.film import Card, Shot
from pipeline.clips.padding import silence
from pipeline.errors import EngineFailed
from pipeline.mark import MARK, SOURCE_TYPE
from pipeline.stages import EngineConfig
from pipeline.types import Direction, Mood, Phoneme, Picture, Speech
from tests.unit.faces import disc_portrait
from tests.unit.test_film import heard, loudness, shot

# moviepy leaves the pipes of a process that has ended to the garbage collector.
pipes = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
HOSTILE = "@everyone \u202eevil\u0000 <b>{0}</b> %s " + "a\u0301" * 80 + " 👩‍🚀 " + "W" * 300


def said(text: str, seconds: float = 1.0) -> Speech:
    """As many phonemes as letters, evenly from 0.1 s to 0.1 s before the end."""
    step = (seconds - 0.2) / len(text)
    phonemes = tuple(Phoneme("a", 0.1 + i * step, 0.1 + (i + 1) * step) for i in range(len(text)))
    return Speech(text, np.full(round(seconds * 24_000), 0.1, np.float32), 24_000, phonemes)


def frames(mp4: bytes) -> list[Picture]:
    with av.open(io.BytesIO(mp4), options={"export_xmp": "1"}) as container:
        assert container.metadata["comment"] == MARK
        assert SOURCE_TYPE in container.metadata["xmp"]
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_words_are_shown_when_they_are_said() -> None:
    parts = [said("Hello there"), said("I am an apple, an angry one, and I will not be eaten", 3.0)]
    shown = cues("Hello there! I am an apple, an angry one, and I will not be eaten.", parts)
    assert [cue.text for cue in shown] == [
        "Hello there!",
        "I am an apple, an angry one,",
        "and I will not be eaten.",
    ]
    assert shown[0].start == pytest.approx(0.1, abs=0.02)
    assert shown[1].start == pytest.approx(1.1, abs=0.02)
    assert 1.9 < shown[2].start < 2.9


@pytest.mark.parametrize(
    "text", ["我很生气，非常非常生气！你是谁？", "りんごは怒っています。とても怒っています。", "Ärger! ¿Qué? Où ça ?"]
)
def test_every_script_is_broken_where_it_may_be(text: str) -> None:
    shown = cues(text, [said("hm hm hm", 4.0)])
    assert "".join(cue.text for cue in shown).replace(" ", "") == text.replace(" ", "")
    assert not any(cue.text[0] in "，！？。、?!" for cue in shown)


@given(st.text(max_size=300))
def test_whatever_people_write_is_shown_in_order(text: str) -> None:
    shown = cues(text, [said("one"), silence(0.5), said("two")])
    for cue in shown:
        assert cue.text.strip()
        assert len(cue.text) <= MOST
        assert 0 <= cue.start < cue.end
        assert "\u202e" not in cue.text
    assert all(one.end <= other.start + 1e-6 for one, other in pairwise(shown))


def test_hostile_words_stay_small(assets_home: Path) -> None:
    for cue in cues(HOSTILE, [said("hm")]):
        height, width = drawn(cue.text, 512, assets_home).shape[:2]
        assert height <= 0.2 * 512 + 1
        assert width <= 512


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system without any."""

    class Empty:
        def matchFamilyStyleCharacter(self, *asked: object) -> None:  # noqa: N802 - skia's name
            return None

    monkeypatch.setattr(lettering, "_system", Empty)
    lettering._face.cache_clear()
    yield
    lettering._face.cache_clear()


@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize(
    "text", ["りんごは怒る", "我很生气，你是谁？", "사과가 화났어요!", "Я — яблоко", "أنا تفاحة!", "Μήλο", "सेब"]
)
def test_letters_of_every_language_come_along(text: str, assets_home: Path) -> None:
    assert lettering.legible(text, assets_home) == text
    first, last = (drawn(letter, 512, assets_home) for letter in (text[0], text[-2]))
    assert first.shape != last.shape or (first != last).any(), "two boxes would be alike"


@pytest.mark.usefixtures("no_fonts")
def test_what_no_font_has_is_left_out(assets_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lettering._left_out.cache_clear()
    assert lettering.legible("Hi 👩\u200d🚀 there ไทย", assets_home) == "Hi \u200d there "
    assert np.array_equal(drawn("Hi 🚀 there", 512, assets_home), drawn("Hi there", 512, assets_home))
    told = capsys.readouterr().out
    assert told.count("no_font") == 2, "once of the symbols, and once of the script"
    assert "thai" in told
    assert "rocket" not in told.lower()


def test_chinese_characters_look_as_their_readers_write_them(assets_home: Path) -> None:
    forms = {locale: drawn("直骨", 512, assets_home, locale=locale).tobytes() for locale in ("ja", "zh-Hans")}
    assert forms["ja"] != forms["zh-Hans"]
    assert [lettering.locale_of(text) for text in ("直す", "직접 直", "直骨")] == ["ja", "ko", "zh-Hans"]


def test_what_is_read_from_the_right_ends_on_the_left(assets_home: Path) -> None:
    def first(text: str) -> int:
        """Width of what stands leftmost."""
        columns = (drawn(text, 512, assets_home)[..., :3].min(axis=2) > 128).any(axis=0).astype(int)
        edges = np.flatnonzero(np.diff(columns))
        return int(edges[1] - edges[0])

    assert abs(first("سب !") - first("!")) <= 2 < first("سب") / 4


@pipes
def test_captions_stand_at_the_foot_and_change_nothing_else(assets_home: Path) -> None:
    source = shot("Oak", 1.2, 90).mp4
    parts = [said("First", 0.6), said("Second", 0.6)]
    plain, made = frames(source), frames(done := captioned(source, "First! Second!", parts, assets_home))
    assert len(made) == len(plain)
    for one, other in zip(plain, made, strict=True):
        assert np.abs(one[:380].astype(int) - other[:380]).max() <= 6
    band = [picture[420:].astype(int) for picture in made]
    assert (band[6] > 200).any(), "letters"
    assert np.abs(band[6] - band[20]).mean() > 1, "other words"
    assert loudness(heard(done), 8) > 0.05
    with pytest.raises(EngineFailed):
        captioned(b"no clip", "Hm.", parts, assets_home)


@pipes
def test_two_stand_side_by_side(assets_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.clips.film._SHORTEST", 0.6)
    monkeypatch.setattr("pipeline.clips.film._LOOK", 0.2)
    portrait, acted = disc_portrait(), Direction(Mood.CALM, 3)
    players = Player("Oak <@1>", portrait, acted), Player("Imp", portrait, acted)
    lines = [Said(shot("Oak", 0.48, 235), 0), Said(shot("Imp", 0.4, 235, size=256), 1), Said(Card("Tom", "Hi."), None)]
    assert seconds(lines) == pytest.approx(0.48 + 0.4 + 0.6, abs=0.05)
    done = duet(players, lines, EngineConfig(assets_home), "rig")
    shown = frames(done)
    assert shown[0].shape == (HEIGHT, WIDTH, 3)
    assert len(shown) == round(seconds(lines) * 25)
    halves = [(float(p[:520, : WIDTH // 2].mean()), float(p[:520, WIDTH // 2 :].mean())) for p in shown]
    assert halves[6][0] > halves[6][1] + 40
    assert halves[17][1] > halves[17][0] + 40
    assert abs(halves[30][0] - halves[30][1]) < 10
    assert (shown[30][460:515, 300:700] > 200).any(), "what Tom says"
    sound = heard(done)
    assert loudness(sound, 6) > 0.15
    assert loudness(sound, 17) > 0.15
    assert loudness(sound, 30) < 0.01
    with pytest.raises(EngineFailed):
        duet(players, [], EngineConfig(assets_home), "rig")
    with pytest.raises(EngineFailed):
        seconds([Said(Shot("Imp", b"no clip"), 1)])
