"""What things wear and are made of: words to accessories, where they sit, what they leave free."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import skia

from pipeline.concept import clean
from pipeline.face import geometry
from pipeline.face.drawing import draw_face, face_matrix
from pipeline.face.pose import RESTING
from pipeline.face.rig import FaceRig, Worn
from pipeline.mind.scripted.writing import write
from pipeline.portrait import features, fitting, materials, wearing
from pipeline.portrait.accessories import Accessory, Place, rows, table
from pipeline.portrait.illustrator import Illustrator
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.svg import Layer
from pipeline.stages import EngineConfig
from pipeline.types import Gender, Mood, Persona

SIDE = 256
BOX = FaceBox(0.5, 0.55, 0.2)


def persona(text: str, seed: int = 3) -> Persona:
    return write(clean(text), seed)


def worn(text: str, seed: int = 3) -> set[str]:
    return {accessory.row.id for accessory in wearing.wanted(persona(text, seed))}


def disc(side: int = SIDE) -> Layer:
    """A yellow ball with room above it."""
    layer = np.zeros((side, side, 4), np.uint8)
    cv2.circle(layer, (side // 2, int(0.58 * side)), int(0.3 * side), (240, 210, 90, 255), -1)
    return layer


DRAWN = sorted(row.id for row in rows().values() if row.front)


def test_there_is_something_for_every_role_and_nothing_of_two_names() -> None:
    ids = {
        name
        for role in table().role
        for each in (*role.wears, *role.perhaps, *(role.hers or ()))
        for name in each.split("|")
    }
    assert ids <= rows().keys()
    assert {name for ids in table().called.values() for name in ids.split("|")} <= rows().keys()
    assert len(rows()) >= 36
    assert {row.worn for row in rows().values() if row.worn} == set(Worn)


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_stays_within_its_box_and_fills_it(name: str) -> None:
    row = rows()[name]
    accessory = Accessory(row=row)
    matrix = np.array([[1 / 320, 0.0, 0.5], [0.0, 1 / 320, 0.5]])
    parts = [
        fitting._drawn(body, accessory, matrix, (0, 0, 1, 1), 320, flat=False)[..., 3]
        for body in (row.behind, row.front)
        if body
    ]
    ys, xs = np.nonzero(np.max(parts, axis=0) > 60)
    left, top, right, bottom = row.box
    assert left - 4 <= xs.min() - 160
    assert xs.max() - 160 <= right + 4
    assert top - 4 <= ys.min() - 160
    assert ys.max() - 160 <= bottom + 4
    assert np.ptp(xs) > 0.6 * (right - left)
    assert np.ptp(ys) > 0.5 * (bottom - top)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("a wizard cat", {"wizard-hat"}),
        ("a lemon with a top hat and round glasses", {"top-hat", "round-spectacles"}),
        ("a cat in a red scarf", {"scarf"}),
        ("an egg wearing a tiny crown, a bow tie and a monocle", {"crown", "bow-tie", "monocle"}),
        ("a mushroom dressed as a judge", {"judge-wig"}),
        ("a lemon who is a pilot", {"pilot-cap", "flying-helmet"}),
        ("an evil banana", {"horns"}),
        ("a cupcake with a curly moustache", {"handlebar-moustache"}),
        ("a police donut", {"police-cap"}),
    ],
)
def test_words_ask_for_accessories(text: str, ids: set[str]) -> None:
    assert worn(text) & ids
    assert ids <= worn(text) or len(ids) == 2


@pytest.mark.parametrize(
    "text",
    [
        "a hat", "a crown", "a stiff bow tie", "a top hat", "a pirate hat", "a pair of glasses", "a moustache",
        "a wizard's staff", "a lemon without a hat", "a lemon who sells hats", "an apple obsessed with crowns",
        "a lemon from a crown estate", "a lemon with a hat stand", "a plain lemon",
    ],
)  # fmt: skip
def test_what_is_only_talked_about_is_not_worn(text: str) -> None:
    old = {"spectacles", "round-spectacles"}  # who is old may need them
    assert not any(worn(text, seed) - old for seed in range(4))


def test_nothing_is_worn_twice_on_one_place_and_a_cat_keeps_its_own_ears() -> None:
    both = wearing.wanted(persona("a pirate chef lemon with a fedora and headphones"))
    places = [accessory.row.place for accessory in both]
    assert len(places) == len(set(places))
    assert next(accessory.row.id for accessory in both if accessory.row.place is Place.HEAD) == "fedora"
    assert not worn("a cat with cat ears and whiskers")
    assert worn("a lemon with cat ears") == {"cat-ears"}


def test_colours_and_sizes_that_are_named_count() -> None:
    crown, scarf = wearing.wanted(persona("a lemon in a green scarf and a tiny crown"))
    assert scarf.colour == table().colours["green"]
    assert scarf.size == 1.0
    assert crown.colour is None
    assert crown.size < 0.8


def test_beards_are_left_to_those_who_may_have_one_and_the_asked_for() -> None:
    viking = persona("a viking lemon").model_copy(update={"gender": Gender.FEMALE})
    assert {each.row.id for each in wearing.wanted(viking)} - {"sword"} == {"viking-helmet"}
    asked = persona("a lemon with a beard").model_copy(update={"gender": Gender.FEMALE})
    assert {each.row.id for each in wearing.wanted(asked)} == {"beard"}


def test_the_same_persona_wears_the_same_and_another_seed_may_differ() -> None:
    first, again = (wearing.wanted(persona("a detective lemon", 5)) for _ in range(2))
    assert first == again
    assert len({frozenset(worn("a detective lemon", seed)) for seed in range(8)}) > 1


def test_what_a_role_of_people_asks_for_comes_before_ours() -> None:
    someone = persona("a detective")
    assert "beret" in {each.row.id for each in wearing.wanted(someone, ["", "beret"])}


def test_art_with_a_hat_gets_none() -> None:
    hat, scarf = wearing.wanted(persona("a lemon with a top hat and a scarf"))
    assert wearing.bare((hat, scarf), "fluent:snowman") == ()
    assert wearing.bare((hat, scarf), "fluent:lemon") == (hat, scarf)


@pytest.mark.parametrize("name", [name for name in DRAWN if rows()[name].place is Place.HEAD])
def test_hats_sit_on_the_head_and_leave_the_face_free(name: str) -> None:
    bare, layer = disc(), disc()
    accessories = [Accessory(row=rows()[name], tilt=0.0 if rows()[name].upright else 5.0)]
    reach = wearing.reach(layer, BOX, None, accessories)
    assert reach is not None
    assert reach[1] < 0.28 < reach[3] + 0.15
    wearing.put_on(layer, BOX, None, accessories)
    changed = np.abs(layer.astype(int) - bare).max(axis=-1) > 60  # more than a shadow
    assert changed.any()
    ys, xs = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    face = (np.abs(xs - BOX.x) < 0.7 * BOX.radius) & (ys > BOX.y - 0.72 * BOX.radius) & (ys < BOX.y + BOX.radius)
    assert not (changed & face).any()


@pytest.mark.parametrize("name", [name for name in DRAWN if rows()[name].place is Place.NECK])
def test_what_is_at_the_neck_hangs_below_the_mouth(name: str) -> None:
    bare, layer = disc(), disc()
    wearing.put_on(layer, BOX, None, [Accessory(row=rows()[name])])
    rows_changed = np.nonzero((np.abs(layer.astype(int) - bare).max(axis=-1) > 60).any(axis=1))[0]
    assert BOX.y + 0.7 * BOX.radius < rows_changed.min() / SIDE < BOX.y + 1.3 * BOX.radius


def test_a_crown_goes_around_what_is_pointed() -> None:
    layer = disc()
    layer[20:90, 108:148] = (60, 160, 60, 255)
    wearing.put_on(layer, BOX, None, [Accessory(row=rows()["crown"])])
    green = layer[20:90, 108:148, 1] > layer[20:90, 108:148, 0]
    assert 0.15 < green.mean() < 0.75  # seen between the spikes, and hidden below them


def test_a_tilted_face_takes_its_hat_along() -> None:
    tilted = FaceBox(0.5, 0.55, 0.2, 30.0)
    straight, turned = (wearing.reach(disc(), box, None, [Accessory(row=rows()["top-hat"])]) for box in (BOX, tilted))
    assert straight
    assert turned
    assert turned[2] > straight[2] + 0.05


# --- on the face ------------------------------------------------------------------------------------------------------


def drawn(rig: FaceRig, mood: Mood, jaw: float = 0.0, turn: float = 0.0) -> npt.NDArray[np.int16]:
    pixels = np.full((SIDE, SIDE, 4), 255, np.uint8)
    pixels[..., :3] = (240, 210, 90)
    surface = skia.Surface(pixels, colorType=skia.kRGBA_8888_ColorType)
    draw_face(surface.getCanvas(), rig, replace(RESTING[mood], jaw=jaw, turn=turn), SIDE)
    surface.flushAndSubmit()
    return pixels[..., :3].astype(np.int16)


@pytest.mark.parametrize("what", list(Worn))
def test_what_lies_on_a_face_is_drawn_within_its_layer(what: Worn) -> None:
    bare = FaceRig(centre=(0.5, 0.42), radius=0.3, skin="#f0d25a")
    dressed = bare.model_copy(update={"worn": (what,), "worn_colours": ("#203060",)})
    boxes = geometry.upper_box(bare), geometry.lower_box(bare)
    low = what.value.endswith(("moustache", "beard", "goatee"))
    left, top, right, bottom = boxes[1] if low else (
        min(box[0] for box in boxes), min(box[1] for box in boxes), max(box[2] for box in boxes), boxes[1][3],
    )  # fmt: skip
    corners = [face_matrix(bare, SIDE).mapXY(x, y) for x, y in ((left, top), (right, bottom))]
    for mood, jaw, turn in ((Mood.CALM, 0.0, 0.0), (Mood.JOY, 1.0, 1.0), (Mood.SURPRISE, 0.4, -1.0)):
        ys, xs = np.nonzero(np.abs(drawn(dressed, mood, jaw, turn) - drawn(bare, mood, jaw, turn)).max(axis=-1) > 8)
        assert len(xs) > 5
        assert corners[0].x() - 1 <= xs.min()
        assert xs.max() <= corners[1].x() + 1
        assert corners[0].y() - 1 <= ys.min()
        assert ys.max() <= corners[1].y() + 1


def test_a_beard_goes_with_the_jaw() -> None:
    bare = FaceRig(centre=(0.5, 0.42), radius=0.3, skin="#f0d25a")
    goatee = bare.model_copy(update={"worn": (Worn.GOATEE,)})
    ends = []
    for jaw in (0.0, 1.0):
        changed = np.abs(drawn(goatee, Mood.CALM, jaw) - drawn(bare, Mood.CALM, jaw)).max(axis=-1) > 20
        ends.append(np.nonzero(changed.any(axis=1))[0].max())
    assert ends[1] > ends[0] + 10


def test_rigs_of_old_portraits_wear_nothing() -> None:
    rig = FaceRig(centre=(0.5, 0.5), radius=0.3)
    old = rig.model_dump_json(exclude={"worn", "worn_colours"})
    assert FaceRig.model_validate_json(old).worn == ()
    worn_rig = rig.model_copy(update=wearing.on_face(wearing.wanted(persona("a lemon with a monocle")), "#302010"))
    assert FaceRig.model_validate_json(worn_rig.model_dump_json()) == worn_rig
    assert worn_rig.worn == (Worn.MONOCLE,)


# --- materials --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "thing", "ids"),
    [
        ({"golden"}, "apple", ["golden"]),
        ({"golden"}, "retriever", []),
        ({"frozen", "wooden", "happy"}, "spoon rest", ["wooden", "ice"]),
        ({"ice"}, "cream", []),
        ({"chocolate"}, "cat", ["chocolate"]),
        ({"paper"}, "plane", []),
        ({"striped"}, "pear", ["striped"]),
    ],
)
def test_words_ask_for_materials(words: set[str], thing: str, ids: list[str]) -> None:
    assert [row.id for row in materials.wanted(words, thing)] == ids


def test_what_a_thing_is_made_of_may_be_told_after_it() -> None:
    for concept, ids in (
        ("a cat made of solid gold", ["golden"]),
        ("a book on fire", ["burning"]),
        ("a fish in love", []),
    ):
        assert [row.id for row in materials.wanted(set(), "cat", concept)] == ids


def test_bodies_have_stripes_of_their_own() -> None:
    assert not materials.wanted({"striped"}, "scarf", body=True)
    assert materials.wanted({"wooden"}, "scarf", body=True)


@pytest.mark.parametrize("material", materials.table(), ids=lambda row: row.id)
def test_a_material_shows_is_repeatable_and_leaves_a_face_its_ground(material: materials.Material) -> None:
    bare, first, again = disc(), disc(), disc()
    for layer in (first, again):
        materials.apply(layer, BOX, [material], 7)
    assert (first == again).all()
    inside = bare[..., 3] > 0
    changed = np.abs(first[inside].astype(int) - bare[inside]).max(axis=-1)
    assert (changed > 12).mean() > 0.01
    face = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(face, (SIDE // 2, int(BOX.y * SIDE)), int(0.7 * BOX.radius * SIDE), 255, -1)
    assert first[face > 0][:, 3].min() > 128
    busy = np.abs(cv2.Laplacian(cv2.cvtColor(np.ascontiguousarray(first[..., :3]), cv2.COLOR_RGB2GRAY), cv2.CV_32F))
    assert busy[face > 0].mean() < 22


# --- adjectives of the face -------------------------------------------------------------------------------------------


def test_adjectives_show_in_the_face_and_are_fields_it_has() -> None:
    rig = FaceRig(centre=(0.5, 0.5), radius=0.3)
    assert features.given(rig, {"plain"}) is rig
    tired, cute, shy = (features.given(rig, {word}) for word in ("tired", "cute", "shy"))
    assert tired.heavy_lids == 1.0
    assert tired.bags > rig.bags
    assert cute.eye_width > rig.eye_width
    assert shy.blush == 1.0
    for row in features.features():
        assert (row.set.keys() | row.times.keys()) <= FaceRig.model_fields.keys()
        assert features.given(rig, row.words) != rig


def test_a_colour_within_a_name_counts() -> None:
    (beard,) = (each for each in wearing.wanted(persona("a bear with a white beard")) if each.row.place is Place.CHIN)
    assert beard.colour == table().colours["white"]


def test_a_hat_of_some_kind_is_the_one_that_the_role_wears() -> None:
    (hat,) = (
        each for each in wearing.wanted(persona("a detective lemon with a red hat")) if each.row.place is Place.HEAD
    )
    assert (hat.row.id, hat.colour) == ("deerstalker", table().colours["red"])


def test_a_snowman_takes_off_the_scarf_that_it_was_drawn_with(assets_home: Path) -> None:
    painter = Illustrator(EngineConfig(assets_home))
    plain, red = (painter.paint(persona(f"a snowman{rest}"), "flat", 3).plate for rest in ("", " with a red scarf"))
    assert plain is not None
    assert red is not None

    def pixels(picture: npt.NDArray[np.uint8], colour: int) -> int:
        return int((picture[..., colour].astype(int) - picture[..., 2 - colour] > 90).sum())

    assert pixels(red, 2) < 0.5 * pixels(plain, 2)  # the hat stays blue
    assert pixels(red, 0) > 10_000
