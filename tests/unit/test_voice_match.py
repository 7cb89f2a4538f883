from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline import assets
from pipeline.embedding import Embedder
from pipeline.types import Age, Gender, Mood, Persona, Size, VoiceRecipe
from pipeline.voice import catalogue, effects, foreign
from pipeline.voice.match import Matcher, want

ENGINES = ("kokoro", "hibari")


def persona(**changes: object) -> Persona:
    usual: dict[str, object] = {
        "concept": "a thing",
        "thing": "thing",
        "name": "Thing",
        "tagline": "It is a thing.",
        "personality": "You are Thing.",
        "temper": "calm",
        "mood": Mood.CALM,
        "age": Age.ADULT,
        "gender": Gender.NEUTRAL,
        "size": Size.MEDIUM,
        "energy": 0.5,
        "warmth": 0.5,
        "accent": "american",
        "likes": ("tea",),
        "dislikes": ("rain",),
        "catchphrase": "Indeed.",
        "greeting": "Hello there.",
        "samples": ("One.", "Two.", "Three."),
        "appearance": "A thing.",
        "voice_wish": "an ordinary voice",
    }
    return Persona.model_validate(usual | changes)


OAK = persona(
    concept="an old oak", thing="oak", name="Quercus", temper="patient", age=Age.OLD, gender=Gender.MALE,
    size=Size.HUGE, energy=0.2, warmth=0.7, accent="british", voice_wish="deep, slow, grandfatherly",
)  # fmt: skip
TEAPOT = persona(
    concept="a kind teapot", thing="teapot", name="Mrs. Steep", temper="kind", gender=Gender.FEMALE,
    size=Size.SMALL, warmth=0.9, accent="british", voice_wish="a warm, cosy british lady",
)  # fmt: skip
MOUSE = persona(
    concept="a shy mouse", thing="mouse", name="Pip", temper="shy", age=Age.YOUNG, size=Size.TINY, energy=0.8,
    warmth=0.7, voice_wish="tiny, squeaky and quick",
)  # fmt: skip
DRAGON = persona(
    concept="a mighty dragon", thing="dragon", name="Scoria", temper="proud", gender=Gender.MALE, size=Size.HUGE,
    energy=0.6, warmth=0.2, voice_wish="a deep rumbling growl",
)  # fmt: skip


@pytest.fixture(scope="module")
def matchers() -> dict[str, Matcher]:
    embedder = Embedder()
    return {engine: Matcher(engine, embedder) for engine in ENGINES}


def pitch_of(recipe: VoiceRecipe) -> float:
    rows = {voice.id: voice for voice in catalogue.voices(recipe.engine)}
    return recipe.pitch * sum(part.weight * rows[part.voice].pitch for part in recipe.parts)


LETTERS = {
    "a": "american", "b": "british", "e": "spanish", "f": "french", "h": "indian", "i": "italian", "j": "japanese",
    "p": "portuguese", "z": "chinese",
}  # fmt: skip


def test_the_catalogue_is_whole(assets_home: Path) -> None:
    kokoro = catalogue.voices("kokoro")
    tables = (assets.locate(assets_home, "kokoro-voices") / "voices").glob("*.bin")
    assert {voice.id for voice in kokoro} == {table.stem for table in tables}
    assert len({voice.language for voice in kokoro}) == 8
    for voice in kokoro:
        assert voice.gender == {"f": "female", "m": "male"}[voice.id[1]]
        assert voice.accent == LETTERS[voice.id[0]]
        assert voice.speaks == tuple(dict.fromkeys(("en", voice.language)))
        assert voice.tone is None
    assert all(voice.tone for voice in catalogue.voices("hibari"))
    assert {effect.id for effect in catalogue.effects()} == set(effects.EFFECTS) - {"none"}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_can_be_measured_is(engine: str) -> None:
    for voice in catalogue.voices(engine):
        assert voice.measured, voice.id
        whispers = voice.tone is not None and voice.tone.whisper
        assert whispers or voice.pitch == voice.measured.pitch
        assert 60 < voice.pitch < 400
        assert 0.5 < voice.pace < 1.5


def test_unknown_keys_and_twins_are_refused() -> None:
    row = catalogue.voices("kokoro")[0].model_dump(mode="json", exclude_none=True, exclude={"measured"})
    lines = "\n".join(f"{key} = {value!r}" for key, value in row.items())
    assert catalogue.parse(f"effect = []\n[[voice]]\n{lines}").voice[0].id == row["id"]
    with pytest.raises(ValidationError, match="colour"):
        catalogue.parse(f"effect = []\n[[voice]]\n{lines}\ncolour = 'red'")
    with pytest.raises(ValidationError, match="twice"):
        catalogue.parse(f"effect = []\n[[voice]]\n{lines}\n[[voice]]\n{lines}")
    with pytest.raises(ValidationError, match="loudness"):
        catalogue.parse(f"effect = []\n[[voice]]\n{lines}", f"[kokoro.{row['id']}]\nloudness = 1")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("gender", [Gender.FEMALE, Gender.MALE])
def test_gender_filters(matchers: dict[str, Matcher], engine: str, gender: Gender) -> None:
    rows = {voice.id: voice for voice in catalogue.voices(engine)}
    for age in Age:
        for seed in range(4):
            recipe = matchers[engine].recipe(persona(gender=gender, age=age), seed)
            assert {rows[part.voice].gender for part in recipe.parts} == {gender}
            assert sum(part.weight for part in recipe.parts) == pytest.approx(1)


@pytest.mark.parametrize("engine", ENGINES)
def test_things_sound_like_their_size(matchers: dict[str, Matcher], engine: str) -> None:
    dragon, mouse = (matchers[engine].recipe(p, 0) for p in (DRAGON, MOUSE))
    assert pitch_of(dragon) < 105
    assert pitch_of(mouse) > 215
    assert dragon.formant < 1 < mouse.formant
    assert (dragon.effect, mouse.effect) == ("giant", "tiny")


def test_oak_and_teapot_are_british(matchers: dict[str, Matcher]) -> None:
    for one, age in ((OAK, Age.OLD), (TEAPOT, Age.ADULT)):
        lead = max(matchers["kokoro"].recipe(one, 0).parts, key=lambda part: part.weight).voice
        row = next(voice for voice in catalogue.voices("kokoro") if voice.id == lead)
        assert (row.accent, row.age) == ("british", age)
    assert matchers["kokoro"].recipe(OAK, 0).pace < 0.95


@pytest.mark.parametrize("engine", ENGINES)
def test_repeatable_and_varied_by_seed(matchers: dict[str, Matcher], engine: str) -> None:
    matcher = matchers[engine]
    assert matcher.recipe(OAK, 3) == matcher.recipe(OAK, 3)
    assert len({matcher.recipe(OAK, seed).model_dump_json() for seed in range(6)}) >= 5


def test_the_wish_is_understood(matchers: dict[str, Matcher]) -> None:
    whisper = persona(gender=Gender.FEMALE, energy=0.3, voice_wish="a hushed, secretive, breathy whisper")
    ranked = [voice.id for voice, _ in matchers["kokoro"].rank(whisper, want(whisper))]
    plain = [voice.id for voice, _ in matchers["kokoro"].rank(TEAPOT, want(TEAPOT))]
    assert ranked.index("af_nicole") < 3 < plain.index("af_nicole")


def test_the_reason_is_readable(matchers: dict[str, Matcher]) -> None:
    recipe = matchers["kokoro"].recipe(OAK, 0)
    assert recipe.reason.startswith("old, male, huge, slow, warm, patient -> ")
    assert "lower" in recipe.reason
    assert "slower" in recipe.reason
    for part in recipe.parts:
        assert f"{part.voice} {part.weight * 100:.0f} %" in recipe.reason


@pytest.mark.parametrize(
    ("thing", "traits", "size", "wish", "effect"),
    [
        ("dragon", ("sleepy",), Size.HUGE, "husky and gravelly", "giant"),
        ("apple", ("angry",), Size.SMALL, "sharp", "rasp"),
        ("parrot", ("pirate",), Size.SMALL, "chirpy", "rasp"),
        ("moon", (), Size.HUGE, "a gravelly voice", "giant"),
        ("bell", (), Size.SMALL, "a raspy voice", "rasp"),
        ("bell", (), Size.SMALL, "clear", "none"),
    ],
)
def test_the_thing_calls_for_its_effect_before_the_wish(
    matchers: dict[str, Matcher], thing: str, traits: tuple[str, ...], size: Size, wish: str, effect: str
) -> None:
    one = persona(thing=thing, traits=traits, size=size, voice_wish=wish)
    assert matchers["hibari"].recipe(one, 0).effect == effect


def test_a_huge_woman_is_still_a_woman(matchers: dict[str, Matcher]) -> None:
    moon = persona(thing="moon", gender=Gender.FEMALE, size=Size.HUGE, age=Age.OLD)
    assert want(moon).pitch > 140
    assert pitch_of(matchers["hibari"].recipe(moon, 0)) > 132


def test_a_language_nobody_speaks(matchers: dict[str, Matcher]) -> None:
    recipe = matchers["hibari"].recipe(persona(language="tlh"), 0)
    assert not recipe.spoken
    assert matchers["hibari"].recipe(persona(language="en-GB"), 0).spoken


@pytest.mark.parametrize("engine", ["hibari", "kokoro"])
def test_a_shortlist_offers_different_voices_described_without_names(matchers: dict[str, Matcher], engine: str) -> None:
    options = matchers[engine].shortlist(persona(gender=Gender.NEUTRAL), 3)
    assert options[0].recipe == matchers[engine].recipe(persona(gender=Gender.NEUTRAL), 3)
    leads = [option.recipe.parts[0].voice for option in options]
    assert len(options) == len(set(leads)) == 5
    for option in options:
        assert len(option.description) > 20
        assert not re.search(r"[ab][fm]_|hibari", option.description)


@pytest.fixture
def polyglot(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra ``[languages]`` were installed."""
    monkeypatch.setattr(foreign, "installed", foreign.possible)


@pytest.mark.parametrize("language", sorted(foreign.possible()))
@pytest.mark.usefixtures("polyglot")
def test_a_language_is_spoken_by_its_own_voices(language: str, matchers: dict[str, Matcher]) -> None:
    rows = {voice.id: voice for voice in catalogue.voices("kokoro")}
    for gender in Gender:
        recipe = matchers["kokoro"].recipe(persona(language=language, gender=gender), 3)
        assert (recipe.language, recipe.spoken) == (language, True)
        spoken = [rows[part.voice] for part in recipe.parts]
        assert {voice.language for voice in spoken} == {language}
        both = {voice.gender for voice in rows.values() if voice.language == language} == {"female", "male"}
        if both and gender is not Gender.NEUTRAL:
            assert {voice.gender for voice in spoken} == {gender}


@pytest.mark.usefixtures("polyglot")
def test_a_frenchman_has_to_borrow_a_womans_voice(matchers: dict[str, Matcher]) -> None:
    woman, man = (matchers["kokoro"].recipe(persona(language="fr", gender=g), 3) for g in (Gender.FEMALE, Gender.MALE))
    assert man.parts[0].voice == woman.parts[0].voice
    assert man.pitch < 0.8 * woman.pitch
    assert man.formant < woman.formant


def test_a_language_that_nobody_speaks_is_read_as_english(matchers: dict[str, Matcher]) -> None:
    recipe = matchers["hibari"].recipe(persona(language="fr"), 3)
    assert (recipe.language, recipe.spoken) == ("en", False)
