"""Bodies of our own: which one a thing gets, its colours and patterns, and drawings that hold what their rows say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.concept import clean
from pipeline.face.colours import hue_distance, parse, to_oklch
from pipeline.face.rig import FaceRig
from pipeline.mind.scripted.writing import write
from pipeline.nouns.lexicon import lexicon
from pipeline.portrait import body, clay, patterns, signs, svg
from pipeline.portrait.composing import Subject, compose
from pipeline.portrait.illustrator import Illustrator
from pipeline.portrait.placement import FaceBox
from pipeline.portrait.svg import Layer
from pipeline.stages import EngineConfig
from pipeline.types import Age, Gender, Persona


def persona(text: str, thing: str, seed: int = 3) -> Persona:
    return write(clean(text), seed).model_copy(update={"thing": thing, "seed": seed})


@pytest.fixture(scope="module")
def painter(assets_home: Path) -> Illustrator:
    return Illustrator(EngineConfig(assets_home))


def layer(id: str, text: str, thing: str, seed: int = 3) -> Layer:
    return svg.rasterise(svg.parse(body.svg(body.row_of(id), persona(text, thing, seed))), (0, 0, 1, 1), 128)


def hue(id: str, text: str, thing: str, seed: int = 3) -> float:
    """Of the outline's paint: of the middle stop of its gradient."""
    drawing = svg.parse(body.svg(body.row_of(id), persona(text, thing, seed)))
    paint = next(element for element in drawing.iter() if element.get("id") == "clay")
    return to_oklch(parse(paint[1].get("stop-color", "")))[2]


def test_the_nearest_kind_decides() -> None:
    tangelo = persona("a tangelo", "tangelo")
    assert body.family(tangelo, ("citrus", "edible fruit", "food"))[0].id == "citrus"
    assert body.family(tangelo, ("edible fruit", "food", "citrus"))[0].id == "round-fruit"
    assert body.family(tangelo, ("no such kind", "citrus"))[0].id == "citrus"


@pytest.mark.parametrize(
    ("gloss", "said"),
    [
        ("a long (usually round) rod of wood or metal", ["rod"]), ("a land mine", ["mine"]),
        ("an electrical switch that opens a circuit", ["switch", "electrical"]), ("", []),
        ("any kind of flexible pipe for conveying a liquid", ["pipe"]),
    ],
)  # fmt: skip
def test_what_a_definition_says_that_a_thing_is(gloss: str, said: list[str]) -> None:
    assert list(dict.fromkeys(word for word in body.genus(gloss) if word)) == said


def test_a_definition_helps_where_the_kinds_are_wide() -> None:
    thing = persona("a zorblax", "zorblax")
    assert body.family(thing, ("object",), "a long pole with a hook")[0].id == "rod"
    assert body.family(thing, ("citrus", "object"), "a long pole with a hook")[0].id == "citrus"
    assert body.family(thing, ("organism", "bird"))[0].chance, "nothing wider than a neutral kind is asked"


def test_what_a_thing_does_is_not_what_it_is() -> None:
    told = body.family(persona("a zorblax who befriends birds in a bottle", "zorblax"))[0]
    assert told.chance
    assert told == body.family(persona("a zorblax", "zorblax"))[0]
    assert body.family(persona("a bird zorblax who drinks", "zorblax"))[0].id == "bird"


def test_the_kinds_are_words_of_wordnet_and_each_stands_for_one_body(assets_home: Path) -> None:
    known = lexicon(assets_home)
    kinds = [kind for row in body.bodies() for kind in row.kinds]
    assert [kind for kind in kinds if not known.senses(kind)] == []
    assert len(kinds) == len(set(kinds))
    assert len({row.id for row in body.bodies()}) == len(body.bodies())
    assert sum(row.chance for row in body.bodies()) >= 3


@pytest.mark.parametrize(
    "noun", ["colander", "xylophone", "ocelot", "petunia", "monastery", "flannel", "gadget", "nickel", "envy", "gust"]
)
def test_wordnet_leads_every_noun_to_a_body_that_is_no_chance(assets_home: Path, noun: str) -> None:
    sense = lexicon(assets_home).sense(noun)
    assert sense is not None
    row, why = body.family(persona(f"a {noun}", noun), lexicon(assets_home).kinds(sense))
    assert "kind of" in why
    assert row.kinds


@pytest.mark.parametrize("row", body.bodies(), ids=lambda row: row.id)
def test_a_row_is_drawn_whole_and_has_room_for_a_face(row: body.BodyRow) -> None:
    drawn = body.svg(row, persona("a thing", "thing"))
    assert "{" not in drawn
    assert not row.pattern or row.pattern in patterns.patterns()
    assert row.face[2] * (1 + 2 * row.margin) >= 0.199
    painted = svg.rasterise(svg.parse(drawn), (-0.1, -0.1, 1.2, 1.2), 120)[..., 3] > 128
    x, y, radius = (value * 100 for value in row.face)  # of the drawing, which has 10 pixels around it
    ys, xs = np.mgrid[-10:110, -10:110] + 0.5
    assert painted[np.hypot(xs - x, ys - y) < radius * 0.7].all(), "the face does not lie on it"
    painted[10:-10, 10:-10] = False
    assert not painted.any(), "reaches out of the picture: its margin is too small"
    if row.head:
        x, y, half = row.head
        assert 0 <= y < row.face[1]
        assert half > 0.05
        assert abs(x - row.face[0]) < 0.25


def test_colours_are_named_known_or_by_chance() -> None:
    assert hue_distance(hue("stone-fruit", "a plum", "plum"), body.colours()["plum"][2]) < 12
    assert hue_distance(hue("stone-fruit", "a yellow plum", "plum"), 95) < 12
    assert hue_distance(hue("bird", "a crow in a yellow coat", "crow"), 95) > 40
    chances = {round(hue("garment", "a smock", "smock", seed)) for seed in range(8)}
    assert len(chances) > 2


def test_a_colour_word_paints_the_body_and_not_its_beak() -> None:
    colours = layer("goose", "a blue goose", "goose")[..., :3].reshape(-1, 3).astype(int)
    assert ((colours[:, 2] - colours[:, 0]) > 60).any()
    assert ((colours[:, 0] - colours[:, 2]) > 90).any(), "the beak stays orange"


def test_patterns_come_from_words_and_calm_down_below_the_face() -> None:
    plain, checked = layer("waistcoat", "a waistcoat", "waistcoat"), layer("waistcoat", "a checked vest", "vest")
    row = body.row_of("waistcoat")
    x, y, radius = (value * 128 for value in row.face)
    ys, xs = np.mgrid[0:128, 0:128] + 0.5
    away = np.hypot(xs - x, ys - y)

    def unrest(picture: Layer, where: np.ndarray) -> float:
        grey = picture[..., :3].astype(float).mean(axis=2)
        steps = np.abs(np.diff(grey, axis=1))
        return float(steps[where[:, 1:] & (picture[:, 1:, 3] > 250) & (picture[:, :-1, 3] > 250)].mean())

    outside = (away > radius * 1.2) & (ys > y - radius) & (ys < y + radius)
    assert unrest(checked, outside) > 1.5 * unrest(plain, outside)
    assert unrest(checked, away < radius * 0.5) < 0.5 * unrest(checked, outside)


def test_a_fluffy_pancake_has_no_fur() -> None:
    pancake, slipper = (body.svg(body.row_of(id), persona(f"a fluffy {id}", id)) for id in ("pancake", "slipper"))
    assert 'id="tile"' in slipper
    assert 'id="tile"' not in pancake


def test_the_same_persona_gives_the_same_drawing_and_another_seed_another() -> None:
    first, again, other = (layer("fig", "a fig", "fig", seed) for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()


def test_flat_bodies_keep_their_colours_and_lose_their_shading() -> None:
    drawing = svg.parse(body.svg(body.row_of("thistle"), persona("a thistle", "thistle")))
    svg.flatten(drawing)
    flat = svg.rasterise(drawing, (0, 0, 1, 1), 128)
    solid = flat[..., 3] == 255
    assert solid.sum() == pytest.approx((layer("thistle", "a thistle", "thistle")[..., 3] == 255).sum(), rel=0.02)
    assert len(np.unique(flat[solid][:, :3], axis=0)) < 0.5 * solid.sum()


def test_parts_are_mirrored_and_turned_round_a_point() -> None:
    spot = '<circle class="clay" cx="20" cy="50" r="4" fill="#ff0000" {}/>'
    circle = "M50 10 A40 40 0 1 1 49.9 10 Z"

    def drawn(attributes: str, within: str = "{}") -> int:
        text = clay.model(circle, "", within.format(spot.format(attributes)), (0.9, 0.0, 0.0), gloss=0.0)
        picture = svg.rasterise(svg.parse(text), (0, 0, 1, 1), 100).astype(int)
        return int((picture[..., 0] - picture[..., 1] > 120).sum())

    one = drawn("")
    assert drawn('mirror="1"') == pytest.approx(2 * one, rel=0.05)
    assert drawn('mirror="1"', within="<g>{}</g>") == drawn('mirror="1"')
    assert drawn('repeat="5" about="50 50"') == pytest.approx(5 * one, rel=0.1)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("the letter Q", "Q"), ("a lowercase g", "g"), ("a grumpy 8", "8"), ("the number seven", "7"),
        ("ninety-nine", "99"), ("the number one", "1"), ("the chosen one", ""), ("a semicolon", ";"),
        ("a dollar sign", "$"), ("a love letter", ""), ("a toaster", ""),
    ],
)  # fmt: skip
def test_letters_numbers_and_marks_are_known(text: str, sign: str) -> None:
    assert signs.sign_of(write(clean(text), 3)) == sign


@pytest.mark.parametrize("sign", ["Q", "7", ";", "1984"])
def test_a_sign_stands_whole_above_the_face(assets_home: Path, sign: str) -> None:
    row, who = body.row_of(signs.BODY), persona("a thing", "thing")
    bare, shown = (
        svg.rasterise(svg.parse(body.svg(row, who, behind)), (0, 0, 1, 1), 128)[..., 3] > 128
        for behind in ("", signs.drawn(sign, assets_home))
    )
    assert (shown & ~bare).sum() > 250
    assert not shown[[0, -1]].any()
    assert not shown[:, [0, -1]].any()
    x, y, radius = (round(value * 128) for value in row.face)
    assert bare[y - radius : y + radius, x].all()


def composed(row: body.BodyRow) -> tuple[Layer, FaceBox]:
    """The body as it fills a picture, and its face."""
    drawing = svg.parse(body.svg(row, persona("a thing", "thing")))
    thumbnail = svg.rasterise(drawing, (0, 0, 1, 1), 160)
    subject = Subject(row.id, drawing, thumbnail, FaceBox(*row.face), "", row.head)
    window, box = compose(subject, persona("a thing", "thing"))
    return svg.rasterise(drawing, window, 128), box


@pytest.mark.parametrize("id", ["lederhosen", "trench-coat", "fire-helmet", "telephone", "goggles", "microphone"])
def test_what_is_broad_is_seen_whole_though_its_face_is_small(id: str) -> None:
    picture, box = composed(body.row_of(id))
    alpha = picture[..., 3]
    assert not alpha[[0, -1]].any()
    assert not alpha[:, [0, -1]].any()
    assert box.radius >= 0.145


def test_lines_of_age_do_not_run_over_a_hem(painter: Illustrator) -> None:
    smooth, seamed = (
        FaceRig.model_validate_json(painter.paint(aged(text, thing), "soft3d", 3).rig or "")
        for text, thing in (("an old ghost", "ghost"), ("an old jewellery box", "jewellery box"))
    )
    assert smooth.wrinkles > 0.5
    assert seamed.wrinkles == 0


def aged(text: str, thing: str) -> Persona:
    return persona(text, thing).model_copy(update={"age": Age.OLD, "gender": Gender.FEMALE})
