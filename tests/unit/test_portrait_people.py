"""People of our own: everybody has a look of their own, dressed for the part, with a face that stays free."""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

from pipeline.face.colours import parse, to_oklch
from pipeline.nouns import lexicon
from pipeline.portrait import accessories, people, svg, wearing
from pipeline.portrait.people import choosing, figure, parts, telling, tones
from pipeline.portrait.people.roles import EVERYBODY, role_of, roles
from pipeline.portrait.wearing import Place
from pipeline.types import Age, Gender, Mood, Persona, Size

SIDE = 100


def persona(concept: str, thing: str | None = None, seed: int = 1, **changes: object) -> Persona:
    known = Persona(
        concept=concept, thing=thing or concept.rsplit(" ", 1)[-1], name="Pip", tagline="", personality="",
        temper="calm", mood=Mood.CALM, age=Age.ADULT, gender=Gender.NEUTRAL, size=Size.MEDIUM, energy=0.5, warmth=0.5,
        accent="american", likes=(), dislikes=(), catchphrase="", greeting="", samples=("", "", ""), appearance="",
        voice_wish="", seed=seed,
    )  # fmt: skip
    return known.model_copy(update=changes)


def look(**changes: object) -> figure.Look:
    values = {
        "head": "round", "build": "medium", "ears": "round", "skin": tones.SKINS[2], "hair_colour": "#3a2a20",
        "hair": parts.hairs()["bald"], "beard": None, "clothes": parts.clothes()["t-shirt"], "cloth": "#4a7fc1",
        "accent": "#c8453c", "props": (),
    }  # fmt: skip
    return figure.Look(**{**values, **changes})  # type: ignore[arg-type]


def drawn(person: figure.Look) -> svg.Layer:
    return svg.rasterise(svg.parse(figure.svg(person)), (0, 0, 1, 1), SIDE)


def test_roles_name_parts_that_exist() -> None:
    assert len(roles()) >= 150
    for role in roles():
        assert {*role.clothes, *role.male_clothes, *role.female_clothes} <= parts.clothes().keys(), role.id
        assert {*role.hair, *role.male_hair, *role.female_hair} <= parts.hairs().keys(), role.id
        assert {*role.beards} - {""} <= parts.beards().keys(), role.id
        assert {id for prop in role.props for id in prop.split("+")} - {""} <= parts.props().keys(), role.id
        assert {*role.dye} <= tones.HAIRS.keys(), role.id
        assert role.head in (None, *figure.HEADS), role.id
        assert role.build in (None, *figure.BUILDS), role.id


def test_no_two_roles_have_the_same_name() -> None:
    words = [word for role in roles() for word in role.words]
    assert len(set(words)) == len(words)


def test_what_roles_wear_can_be_worn() -> None:
    for id in {id for role in roles() for id in role.wears}:
        worn = wearing.wanted(persona("a thing"), (id,))
        assert id in ("", *(each.row.id for each in worn)), id


def dressed() -> Iterator[dict[str, object]]:
    """One part after the other."""
    for hair in parts.hairs().values():
        yield {"hair": hair}
    for beard in parts.beards().values():
        yield {"beard": beard}
    for wear in parts.clothes().values():
        yield {"clothes": wear}
    for prop in parts.props().values():
        yield {"props": (prop,)}


def test_every_part_leaves_the_face_free() -> None:
    """Eyes, brows and nose lie on plain skin whatever somebody wears; a beard begins below the nose."""
    bare = drawn(look())[..., :3].astype(int)
    for part, head in zip(dressed(), cycle(figure.HEADS), strict=False):
        shown = drawn(look(**part, head=head))
        away = np.abs(shown[29:51, 32:68, :3].astype(int) - bare[29:51, 32:68]).max(axis=-1)
        assert (away > 24).mean() < 0.04, part
        assert (shown[-1, 25:75, 3] > 250).all(), part  # and the bust leaves the picture at its lower edge


def test_skins_are_natural_and_ink_shows_on_them() -> None:
    shades = [to_oklch(parse(skin)) for skin in tones.SKINS]
    assert [shade[0] for shade in shades] == sorted((shade[0] for shade in shades), reverse=True)
    assert all(0.42 < lightness < 0.95 and chroma < 0.12 and 35 < hue < 85 for lightness, chroma, hue in shades)


TRADES = """
pediatrician doctor, cellist violinist, cardiologist doctor, neurosurgeon surgeon, bassoonist flutist, plumber plumber,
newspaper boy newspaper boy, bus driver driver, tax inspector clerk, opera singer opera singer, stonemason builder,
grandma grandmother, barrister judge, constable police officer, samurai samurai, goth girl goth, space pirate pirate,
vicar priest, friar monk, sorceress witch, sumo wrestler wrestler, sommelier waiter, neighbour person
"""


@pytest.mark.parametrize("pair", [pair.strip() for pair in TRADES.split(",")])
def test_trades_find_their_clothes(assets_home: Path, pair: str) -> None:
    words = pair.split()
    thing, expected = next(
        (" ".join(words[:at]), " ".join(words[at:]))
        for at in range(1, len(words))
        if any(role.id == " ".join(words[at:]) for role in (*roles(), EVERYBODY))
    )
    role, _ = role_of(persona(f"a {thing}", thing), lexicon.kinds(assets_home, thing))
    assert role.id == expected


def test_one_role_is_the_trade_and_another_the_nature() -> None:
    role, said = role_of(persona("a zombie dentist"))
    assert (role.id, role.skin) == ("surgeon", role_of(persona("a zombie"))[0].skin)
    assert said == {"dentist"}


def test_a_wood_elf_is_not_wooden() -> None:
    assert people.draw(persona("a wood elf")).said == {"wood", "elf"}


def test_the_same_persona_looks_the_same_and_another_seed_does_not() -> None:
    bakers = [people.draw(persona("a cheerful baker", seed=seed)).svg for seed in (1, 1, 2, 3, 4)]
    assert bakers[0] == bakers[1]
    assert len(set(bakers)) == 4


def test_every_process_draws_alike() -> None:
    code = (
        "from tests.unit.test_portrait_people import persona; from pipeline.portrait import people; import zlib;"
        "print(zlib.crc32(people.draw(persona('a curly red-haired bearded king')).svg.encode()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout
    assert int(told) == zlib.crc32(people.draw(persona("a curly red-haired bearded king")).svg.encode())


def test_words_say_how_somebody_looks() -> None:
    colours = tones.HAIRS
    shown = people.draw(persona("a blonde woman with a ponytail", "woman"))
    assert colours["blond"] in shown.svg
    assert parts.hairs()["ponytail"].front in shown.svg
    assert parts.beards()["full"].front in people.draw(persona("a bald bearded man", "man")).svg
    assert any(skin in people.draw(persona("a dark-skinned king", "king")).svg for skin in tones.SKINS[6:])
    assert tones.CLOTHS["red"] in people.draw(persona("a red wizard", "wizard")).svg
    assert parts.hairs()["curls"].front in people.draw(persona("a curly poet", "poet")).svg


def test_age_and_gender_show() -> None:
    grey = {tones.HAIRS[word] for word in ("grey", "silver", "white")}
    for seed in range(8):
        old = people.draw(persona("a quiet neighbour", seed=seed, age=Age.OLD))
        assert any(colour in old.svg for colour in grey)
        child = people.draw(persona("a newspaper boy", "newspaper boy", seed=seed, gender=Gender.FEMALE))
        assert child.persona.age is Age.CHILD
        she = people.draw(persona("a queen", seed=seed, gender=Gender.MALE))
        assert she.persona.gender is Gender.FEMALE
        assert not any(beard.front in svg_ for beard in parts.beards().values() for svg_ in (child.svg, she.svg))


def test_headwear_of_the_role_comes_unless_another_is_named() -> None:
    hats = [each.row.id for each in people.draw(persona("a baker")).worn if each.row.place is Place.HEAD]
    assert hats == ["chef-hat"]
    named = people.draw(persona("a baker wearing a sombrero", "baker")).worn
    assert [each.row.id for each in named if each.row.place is Place.HEAD] == ["sombrero"]


def test_hair_and_eyes_are_told_in_several_ways() -> None:
    shown = people.draw(persona("a woman with long red hair and green eyes", "woman"))
    assert tones.HAIRS["ginger"] in shown.svg
    assert parts.hairs()["long-straight"].front in shown.svg
    assert shown.features["iris"] == people.draw(persona("a green-eyed man", "man")).features["iris"]


def test_whoever_has_a_beard_is_no_woman() -> None:
    assert people.draw(persona("a bearded poet", gender=Gender.FEMALE)).persona.gender is Gender.MALE


def test_a_moustache_that_is_asked_for_is_not_lost_in_a_beard() -> None:
    for seed in range(6):
        shown = people.draw(persona("a king with a moustache", "king", seed=seed))
        assert Place.LIP in {each.row.place for each in shown.worn}
        assert not any(beard.front in shown.svg for beard in parts.beards().values())


@pytest.mark.parametrize(
    ("text", "hair", "beard"),
    [
        ("a viking with a red beard", "ginger", "ginger"),  # hair and beard are of one colour
        ("a wizard with a long, purple beard", "purple", "purple"),
        ("a blonde king with a black beard", "blond", "black"),
        ("a white-bearded baker", "white", "white"),
    ],
)
def test_a_beard_has_the_colour_that_is_told(text: str, hair: str, beard: str) -> None:
    thing = next(word for word in ("viking", "wizard", "king", "baker") if word in text)
    drawn = people.draw(persona(text, thing, gender=Gender.MALE)).svg
    for part, colour in (("hair", hair), ("beard", beard)):
        assert tones.HAIRS[colour] in drawn.partition(f'id="{part}"')[2].partition("</radialGradient>")[0]
    assert 'fill="url(#beard)"' in drawn


def test_hair_of_a_told_colour_is_there() -> None:
    for seed in range(12):
        shown = people.draw(persona("a grey haired butcher", "butcher", seed=seed, gender=Gender.MALE)).svg
        assert tones.HAIRS["grey"] in shown
        assert not any(shown.count(parts.hairs()[style].front) > 1 for style in ("fringe", "tonsure"))
        assert 'fill="url(#hair)"' in shown


def test_clothes_that_are_named_are_worn_in_their_colour() -> None:
    coat = choosing.choose(persona("a man in a long blue raincoat", "man"), EVERYBODY)
    assert (coat.clothes.id, coat.cloth) == ("raincoat", tones.CLOTHS["blue"])
    wizard, _ = role_of(persona("a wizard in a red robe", "wizard"))
    assert choosing.choose(persona("a wizard in a red robe", "wizard"), wizard).cloth == tones.CLOTHS["red"]
    for text in ("a man in a suit of armour", "a man in a dress-up box", "a man in a shirt shop"):
        assert telling.clothes(persona(text, "man")) == (None, None)


def test_a_hat_that_is_only_called_a_hat_is_that_of_the_role() -> None:
    for text, thing in (("a santa with a blue hat", "santa"), ("a wizard in a red hat", "wizard")):
        hat = next(each for each in people.draw(persona(text, thing)).worn if each.row.place is Place.HEAD)
        assert hat.row.id == f"{thing}-hat"
        assert hat.colour == accessories.table().colours[text.split()[-2]]
    assert any(each.row.place is Place.HEAD for each in people.draw(persona("a man in a green hat", "man")).worn)
