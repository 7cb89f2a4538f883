"""The illustrator: words to art, places for faces, looks."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import BadRequest, MissingAsset
from pipeline.face.colours import hue_distance, to_oklch
from pipeline.face.landmarks import landmarks
from pipeline.face.rig import FaceRig, rest_pose
from pipeline.portrait import art, body, finish, grounds, placement, svg
from pipeline.portrait.choosing import Chooser
from pipeline.portrait.illustrator import SIDE, Illustrator
from pipeline.portrait.style import choose, styles
from pipeline.stages import EngineConfig
from pipeline.types import Age, Gender, Mood, Persona, Size


def persona(thing: str, concept: str = "", mood: Mood = Mood.CALM, size: Size = Size.MEDIUM) -> Persona:
    return Persona(
        concept=concept or f"a {thing}", thing=thing, name="Pip", tagline="", personality="", temper="calm", mood=mood,
        age=Age.ADULT, gender=Gender.NEUTRAL, size=size, energy=0.5, warmth=0.5, accent="american", likes=(),
        dislikes=(), catchphrase="", greeting="", samples=("", "", ""), appearance="", voice_wish="",
    )  # fmt: skip


@pytest.fixture(scope="module")
def index(assets_home: Path) -> art.ArtIndex:
    return art.ArtIndex(assets_home)


@pytest.fixture(scope="module")
def chooser(assets_home: Path) -> Chooser:
    return Chooser(assets_home)


@pytest.fixture(scope="module")
def painter(assets_home: Path) -> Illustrator:
    return Illustrator(EngineConfig(assets_home))


EXPECTED = """
apple red-apple, apples red-apple, oak tree, old oak tree, cat cat-face, kitten cat-face,
puppy dog-face, bunny rabbit-face, mouse mouse-face, cow cow-face, pig pig-face, tiger tiger-face, lion lion,
fox fox, wolves wolf, bear bear, panda panda, koala koala, frog frog, owl owl, octopus octopus, penguin penguin,
robot robot, ghost ghost, alien alien, skull skull, pumpkin jack-o-lantern, snowman snowman-without-snow,
moon full-moon, sun sun, star star, cloud cloud, fire fire, comet comet, volcano volcano,
teapot teapot, kettle teapot, coffee mug, bread bread, cheese cheese, pizza pizza, egg egg,
cookie cookie, donut doughnut, birthday cake birthday-cake, lemon lemon, tomato tomato, cherries cherries,
strawberries strawberry, cactus cactus, rose rose, sunflower sunflower, alarm clock alarm-clock, book closed-book,
rusty key key, hammer hammer, umbrella umbrella, rocket rocket, castle castle, car oncoming-automobile,
dragon dragon-face, guitar guitar,
anchor anchor, bucket bucket, candle candle, unicorn unicorn
"""


@pytest.mark.parametrize("pair", [pair.strip().rsplit(" ", 1) for pair in EXPECTED.split(",")], ids=" ".join)
def test_things_find_their_picture(chooser: Chooser, pair: list[str]) -> None:
    assert chooser.choose(persona(pair[0])).id.partition(":")[2] == pair[1]


def test_the_head_noun_decides(chooser: Chooser) -> None:
    assert chooser.choose(persona("teapot", "a teapot from Kyoto with a cat on it")).id == "fluent:teapot"


def test_an_emoji_is_its_own_picture(chooser: Chooser) -> None:
    assert chooser.choose(persona("thing", "\N{RED APPLE}")).id == "fluent:red-apple"


@pytest.mark.parametrize("thing", ["grinning face", "thumbs up", "flag", "woman", "zzqx"])
def test_faces_hands_and_nonsense_are_no_art(chooser: Chooser, thing: str) -> None:
    assert "face" not in chooser.choose(persona(thing)).id


@pytest.mark.parametrize(
    ("thing", "shape"),
    [
        ("toaster", "toaster"),
        ("washing machine", "washing-machine"),
        ("snow globe", "snow-globe"),
        ("old fridge", "refrigerator"),
        ("typewriters", "typewriter"),
        ("traffic cone", "traffic-cone"),
        ("black hole", "black-hole"),
        ("samurai", "samurai"),
    ],
)
def test_things_without_art_have_recipes(chooser: Chooser, thing: str, shape: str) -> None:
    assert chooser.choose(persona(thing)).id == f"body:{shape}"


def test_every_word_belongs_to_one_row() -> None:
    words = [word for row in art.table().art for word in row.words]
    assert len(words) == len(set(words))
    bodies = [word for row in body.bodies() for word in (*row.words, *row.hints)]
    assert len(bodies) == len(set(bodies))


@pytest.mark.parametrize("row", art.table().art, ids=lambda row: row.id)
def test_every_row_of_the_table_is_right(index: art.ArtIndex, row: art.ArtRow) -> None:
    """The art's own face goes, nothing else does, and ours lies on what is left."""
    drawing = svg.parse(index.read(row.id))
    before = len(svg.elements(drawing))
    svg.paint(drawing, row.paint)
    svg.remove(drawing, row.remove)
    assert len(svg.elements(drawing)) == before - len(set(row.remove))
    assert not set(row.paint) & set(row.remove)
    alpha = svg.rasterise(drawing, (0, 0, 1, 1), 64)[..., 3]
    x, y, radius = (value * 64 for value in row.face or (0.5, 0.5, 0.1))
    ys, xs = np.mgrid[0:64, 0:64] + 0.5
    # Eyes and mouth reach 0.7 of the radius; brows and chin may overhang.
    features = np.hypot(xs - x, ys - y) < radius * 0.7
    assert row.bead or (alpha[features] > 128).mean() > 0.75  # a doughnut has a hole


def test_no_element_is_removed_that_is_not_there(index: art.ArtIndex) -> None:
    drawing = svg.parse(index.read("fluent:red-apple"))
    with pytest.raises(ValueError, match="no number 999"):
        svg.remove(drawing, [999])
    with pytest.raises(ValueError, match="no number 999"):
        svg.paint(drawing, {999: "#ffffff"})


@pytest.mark.parametrize("mood", list(Mood))
@pytest.mark.parametrize("colour", [(220, 40, 40), (250, 210, 40), (60, 160, 70), (240, 240, 245), (40, 30, 60)])
def test_a_thing_stands_out_on_its_ground(mood: Mood, colour: tuple[int, int, int]) -> None:
    layer = np.zeros((128, 128, 4), np.uint8)
    layer[24:104, 24:104] = (*colour, 255)
    for seed in range(5):
        ground = grounds.choose(persona("thing", mood=mood), layer, (), random.Random(seed))
        lightness, chroma, hue = to_oklch(colour)
        away = abs(lightness - ground.centre[0]) + 2 * abs(chroma - ground.centre[1])
        assert away > 0.1 or hue_distance(hue, ground.centre[2]) > 50


def test_calming_stays_on_the_thing_and_covers_asks_for_art() -> None:
    layer = np.zeros((200, 200, 4), np.uint8)
    layer[:, 80:] = (10, 10, 10, 255)
    layer[::8, 80:, :3] = 250
    before = layer.copy()
    box = placement.FaceBox(0.45, 0.5, 0.2)
    placement.calm(layer, box, 0.9)
    np.testing.assert_array_equal(layer[..., 3], before[..., 3])
    assert layer[80:120, 85:95, 0].std() < 0.5 * before[80:120, 85:95, 0].std()
    np.testing.assert_array_equal(layer[:, 150:], before[:, 150:])
    assert placement.covers(layer, box, ((0.5, 0.0),))
    assert not placement.covers(layer, box, ((-0.9, 0.0),))
    assert not placement.covers(layer, box, ((9.0, 0.0),))


def test_two_words_name_a_thing_of_their_own(painter: Illustrator) -> None:
    portrait = painter.paint(persona("ball", "a vain mirror ball"), "flat", 1)
    assert portrait.art == "fluent:mirror-ball"
    assert portrait.reason == "drawn on Fluent's mirror ball, the picture for 'mirror ball' (1.00 of 1); flat, as asked"


def test_the_free_place_is_on_the_thing_and_off_its_hole() -> None:
    picture = np.zeros((160, 160, 4), np.uint8)
    picture[20:150, 20:150] = (200, 80, 60, 255)
    picture[30:70, 30:140, 3] = 0
    box = placement.find_place(picture)
    assert box.y - box.radius / placement.REACH > 70 / 160 - 0.02
    assert box.y + box.radius / placement.REACH < 150 / 160 + 0.02
    with pytest.raises(ValueError, match="nothing"):
        placement.find_place(np.zeros((160, 160, 4), np.uint8))


def test_landmarks_are_the_rigs_and_only_the_face_differs_from_the_plate(painter: Illustrator) -> None:
    portrait = painter.paint(persona("apple", "an angry apple", Mood.ANGER), None, 3)
    assert portrait.plate is not None
    assert portrait.rig is not None
    rig = FaceRig.model_validate_json(portrait.rig)
    np.testing.assert_array_equal(portrait.landmarks, landmarks(rig, rest_pose(rig), SIDE))
    assert ((portrait.landmarks >= 0) & (portrait.landmarks < SIDE)).all()
    ys, xs = np.nonzero((portrait.picture != portrait.plate).any(axis=2))
    away = np.hypot(xs / SIDE - rig.centre[0], ys / SIDE - rig.centre[1])
    assert len(xs) > 5000
    assert away.max() < 1.5 * rig.radius


def test_same_seed_same_picture_other_seed_another(painter: Illustrator) -> None:
    first, again, other = (painter.paint(persona("lemon"), "flat", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.picture, again.picture)
    assert (first.picture != other.picture).any()


def test_colour_words_recolour_the_art(painter: Illustrator) -> None:
    portrait = painter.paint(persona("apple", "a blue apple"), None, 1)
    assert portrait.rig is not None
    skin = FaceRig.model_validate_json(portrait.rig).skin
    assert int(skin[5:7], 16) > int(skin[1:3], 16)
    assert "painted blue" in portrait.reason


def test_recolouring_leaves_other_hues_alone() -> None:
    layer = np.zeros((40, 40, 4), np.uint8)
    layer[:, :30] = (220, 40, 30, 255)
    layer[:, 30:] = (60, 190, 50, 255)
    assert finish.recolour(layer, frozenset({"blue"})) == "blue"
    assert layer[5, 5, 2] > layer[5, 5, 0]
    assert tuple(layer[5, 35, :3]) == (60, 190, 50)
    assert finish.recolour(layer, frozenset({"brave"})) is None


def test_unknown_style_lists_the_known_ones() -> None:
    with pytest.raises(BadRequest, match="soft3d"):
        choose(persona("apple"), "cubist")


def test_words_choose_a_style_and_the_default_is_the_first() -> None:
    assert choose(persona("detective"), None)[0].id == "noir"
    assert choose(persona("apple"), None)[0].id == next(iter(styles())) == "soft3d"


def test_missing_assets_name_the_mending_command(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset) as caught:
        Illustrator(EngineConfig(tmp_path))
    assert caught.value.remedy


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(thing=st.text(max_size=40), mood=st.sampled_from(Mood), size=st.sampled_from(Size))
def test_anything_becomes_a_portrait(painter: Illustrator, thing: str, mood: Mood, size: Size) -> None:
    portrait = painter.paint(persona(thing, thing, mood, size), None, 5)
    assert portrait.picture.shape == (SIDE, SIDE, 3)
    assert ((portrait.landmarks >= 0) & (portrait.landmarks < SIDE)).all()


@settings(max_examples=60, deadline=None)
@given(thing=st.text(max_size=60))
def test_every_thing_has_a_body(thing: str) -> None:
    row, why = body.family(persona(thing, thing))
    svg.parse(body.svg(row, persona(thing, thing)))
    assert why
