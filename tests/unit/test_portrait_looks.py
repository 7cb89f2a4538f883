"""Looks, grounds and places for faces: what is chosen, and what it does to the picture."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
import skia

from pipeline.face.drawing import draw_moving
from pipeline.face.manners import GRID
from pipeline.face.rig import FaceRig, Manner, rest_pose
from pipeline.nouns import lexicon
from pipeline.portrait import comic, finish, grounds, pixels, placement, scenes, svg
from pipeline.portrait.composing import Subject, compose
from pipeline.portrait.illustrator import Illustrator
from pipeline.portrait.scenes.strokes import Shades
from pipeline.portrait.style import Finish, choose, styles
from pipeline.stages import EngineConfig
from pipeline.types import Age, Gender, Mood, Persona, Size


def persona(concept: str, temper: str = "calm", mood: Mood = Mood.CALM) -> Persona:
    return Persona(
        concept=concept, thing=concept.split()[-1], name="Pip", tagline="", personality="", temper=temper, mood=mood,
        age=Age.ADULT, gender=Gender.NEUTRAL, size=Size.MEDIUM, energy=0.5, warmth=0.5, accent="american", likes=(),
        dislikes=(), catchphrase="", greeting="", samples=("", "", ""), appearance="", voice_wish="",
    )  # fmt: skip


@pytest.fixture(scope="module")
def painter(assets_home: Path) -> Illustrator:
    return Illustrator(EngineConfig(assets_home))


def ball(colour: tuple[int, int, int], side: int = 256) -> svg.Layer:
    """A shaded ball on nothing."""
    layer = np.zeros((side, side, 4), np.uint8)
    ys, xs = np.mgrid[0:side, 0:side] / side
    shade = np.clip(1.15 - 0.9 * np.hypot(xs - 0.4, ys - 0.4), 0, 1)[..., None]
    layer[..., :3] = np.clip(np.array(colour) * shade, 0, 255)
    layer[..., 3] = np.where(np.hypot(xs - 0.5, ys - 0.5) < 0.38, 255, 0)
    return layer


# --- which look -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("concept", "look"),
    [
        ("a retro arcade cabinet", "pixel"), ("a comic hero", "pop"), ("a shady detective", "noir"),
        ("a gentle fairy", "storybook"), ("a neon sign", "neon"), ("a paper crane", "flat"),
    ],
)  # fmt: skip
def test_a_word_asks_for_its_look_and_the_reason_names_it(concept: str, look: str) -> None:
    style, why = choose(persona(concept), None)
    assert style.id == look
    assert any(word in why for word in concept.split())


def test_personas_have_several_looks_and_mostly_the_house_style(assets_home: Path) -> None:
    things = (
        "robot",
        "sword",
        "dragon",
        "lamp",
        "daisy",
        "guitar",
        "pencil",
        "desk",
        "laptop",
        "teapot",
        "apple",
        "cat",
    )
    tempers = ("grumpy", "cheerful")
    chosen: Counter[str] = Counter()
    for seed, (thing, temper) in enumerate((thing, temper) for thing in things for temper in tempers):
        kinds = lexicon.kinds(assets_home, thing)
        style, _ = choose(persona(f"a {thing}", temper), None, kinds, seed)
        chosen[style.id] += 1
    assert len(chosen) >= 4
    assert 0.45 < chosen["soft3d"] / chosen.total() < 0.9


# --- where it is ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("concept", "place"),
    [
        ("a crystal in a cave", "cave"), ("a wise old book", "library"), ("a shark", "sea"), ("a penguin", "snow"),
        ("a wizard", "magic"), ("a chef", "kitchen"), ("a devil on fire", "fire"), ("a planet", "space"),
    ],
)  # fmt: skip
def test_a_thing_is_where_its_words_or_its_kind_belong(assets_home: Path, concept: str, place: str) -> None:
    kinds = lexicon.kinds(assets_home, concept.split()[-1])
    found = [grounds.choose(persona(concept), ball((200, 90, 60)), kinds, random.Random(seed)).id for seed in range(9)]
    assert Counter(found).most_common(1)[0][0] == place


@pytest.mark.parametrize("colour", [(20, 20, 24), (250, 250, 250), (90, 150, 220), (200, 60, 50)])
@pytest.mark.parametrize("scene", grounds.scenes(), ids=lambda scene: scene.id)
def test_a_place_gives_way_to_a_thing_of_its_own_colour(scene: grounds.Scene, colour: tuple[int, int, int]) -> None:
    word = min(scene.words)
    ground = grounds.choose(persona(f"a thing {word}"), ball(colour), (), random.Random(3))
    assert ground.scene is not None
    assert ground.scene.id in {scene.id for scene in grounds.scenes() if word in scene.words}
    far, near = (np.array(shade[0]) for shade in (ground.edge, ground.centre))
    assert 0.12 <= float(min(far, near)) <= float(max(far, near)) <= 0.97


@pytest.mark.parametrize("name", scenes.SCENES)
def test_every_place_can_be_drawn_and_keeps_behind_the_face(name: str) -> None:
    scene = next(scene for scene in grounds.scenes() if scene.id == name)
    shades = Shades(scene.far, scene.near, scene.floor, scene.accent)
    first, again, other = (scenes.draw_scene(name, shades, random.Random(seed), 256) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    grey = cv2.cvtColor(first[64:170, 70:186], cv2.COLOR_RGB2GRAY)
    assert np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean() < 4.0  # out of focus where the thing stands


def test_light_comes_from_the_place(assets_home: Path) -> None:
    warm = next(scene.light for scene in grounds.scenes() if scene.id == "fire")
    cold = next(scene.light for scene in grounds.scenes() if scene.id == "snow")
    by_fire, in_snow = (finish.apply(Finish.SOFT, ball((150, 150, 150)), light, 1) for light in (warm, cold))
    inside = by_fire[..., 3] > 128
    assert by_fire[inside][:, 0].mean() > by_fire[inside][:, 2].mean() + 8
    assert in_snow[inside][:, 2].mean() > in_snow[inside][:, 0].mean()
    assert by_fire[208:222, 120:136, 0].mean() > in_snow[208:222, 120:136, 0].mean()  # lit from below


# --- what the looks do ------------------------------------------------------------------------------------------------


def test_pixel_art_has_few_colours_squares_and_a_dark_outline() -> None:
    layer = pixels.pixelled(ball((220, 60, 50)))
    cell = 256 // GRID
    assert (layer.reshape(GRID, cell, GRID, cell, 4) == layer[::cell, ::cell][:, None, :, None]).all()
    assert set(np.unique(layer[..., 3])) == {0, 255}
    solid = layer[layer[..., 3] > 0][:, :3]
    assert len(np.unique(solid, axis=0)) <= 19
    row = layer[128][layer[128, :, 3] > 0][:, :3].astype(int).sum(axis=1)
    assert row[0] < 0.5 * row[len(row) // 2]
    np.testing.assert_array_equal(layer, pixels.pixelled(ball((220, 60, 50))))


def test_a_comic_has_ink_around_and_dots_in_the_shade() -> None:
    layer = comic.printed(ball((220, 60, 50)))
    ring = layer[128][layer[128, :, 3] > 200][0, :3]
    assert ring.max() < 90
    shaded, lit = layer[170:200, 160:190, 0].astype(float), layer[70:100, 80:110, 0].astype(float)
    assert shaded.std() > 2 * lit.std()


def test_a_face_in_pixels_moves_with_its_picture() -> None:
    """Sheared, the squares are sheared, too: nothing snaps to the screen and shivers."""
    rig = FaceRig(centre=(0.5, 0.5), radius=0.3, manner=Manner.PIXELS)
    pictures = []
    for x in (0.0, 3.0):
        surface = skia.Surface(256, 256)
        canvas = surface.getCanvas()
        canvas.translate(x, 0)
        draw_moving(canvas, rig, rest_pose(rig), 256)
        pictures.append(surface.toarray(colorType=skia.kRGBA_8888_ColorType))
    np.testing.assert_array_equal(pictures[0][:, :250], pictures[1][:, 3:253])


@pytest.mark.parametrize("look", ["pixel", "pop"])
def test_a_new_look_paints_the_whole_portrait(painter: Illustrator, look: str) -> None:
    portrait = painter.paint(persona("an angry apple", mood=Mood.ANGER), look, 3)
    assert portrait.rig is not None
    assert FaceRig.model_validate_json(portrait.rig).manner is styles()[look].manner
    assert portrait.style == look
    assert portrait.plate is not None
    if look == "pixel":
        cell = portrait.picture.shape[0] // GRID
        small = portrait.picture[cell // 2 :: cell, cell // 2 :: cell]
        np.testing.assert_array_equal(portrait.picture, np.repeat(np.repeat(small, cell, axis=0), cell, axis=1))


# --- where the face sits ----------------------------------------------------------------------------------------------


def thumbnail(draw: str) -> svg.Layer:
    text = f'<svg xmlns="{svg.NAMESPACE}" viewBox="0 0 100 100">{draw}</svg>'
    return svg.rasterise(svg.parse(text), (0, 0, 1, 1), placement.SIDE)


def test_a_thin_thing_carries_its_face_on_a_bead() -> None:
    wires = '<path d="M10 50H90M50 10V90" stroke="#c03040" stroke-width="5"/>'
    box = placement.find_place(thumbnail(wires))
    assert box.bead
    assert (box.x, box.y) == pytest.approx((0.5, 0.5), abs=0.05)
    layer = thumbnail(wires)
    placement.bead(layer, box, flat=False)
    ys, xs = np.mgrid[0 : placement.SIDE, 0 : placement.SIDE] / placement.SIDE
    assert (layer[..., 3][np.hypot(xs - box.x, ys - box.y) < box.radius] == 255).all()
    middle = layer[placement.SIDE // 2, placement.SIDE // 2]
    assert middle[0] > middle[1]  # in the thing's own colour
    assert middle[0] > middle[2]


def test_a_wide_thing_keeps_room_around_its_face() -> None:
    box = placement.find_place(thumbnail('<rect x="2" y="2" width="96" height="96" fill="#7799bb"/>'))
    assert not box.bead
    assert box.radius == pytest.approx(placement.LARGEST * 0.96, abs=0.02)


def test_references_and_alpha_masks_are_drawn() -> None:
    """Skia reads neither."""
    used = thumbnail(
        '<defs><path id="a" d="M0 0H50V100H0z"/></defs><clipPath id="c"><use href="#a"/></clipPath>'
        '<g transform="translate(0 0)"><rect width="100" height="100" fill="#f00" clip-path="url(#c)"/></g>'
        '<use href="#a" x="75" fill="#00f"/>'
    )
    assert used[80, 40].tolist() == [255, 0, 0, 255]
    assert used[80, 100, 3] == 0
    assert used[80, 140].tolist() == [0, 0, 255, 255]
    masked = thumbnail(
        '<mask id="m" style="mask-type:alpha"><rect width="50" height="100"/></mask>'
        '<g mask="url(#m)"><rect width="100" height="100" fill="#0f0"/></g>'
    )
    assert masked[80, 40].tolist() == [0, 255, 0, 255]
    assert masked[80, 120, 3] == 0


def test_two_words_name_a_place_before_either_of_them_does() -> None:
    seeds = range(4)
    white = np.full((64, 64, 4), 255, np.uint8)
    chosen = {grounds.choose(persona("the snow queen"), white, (), random.Random(seed)).scene for seed in seeds}
    assert {scene.id for scene in chosen if scene} == {"snow"}
    royal = grounds.choose(persona("the moody queen"), white, (), random.Random(1)).scene
    assert royal is not None
    assert royal.id == "castle"


def test_a_face_of_pixels_has_enough_of_them() -> None:
    """A face of few squares is none to a detector: the thing is brought nearer until there are enough."""
    drawing = svg.parse(f'<svg xmlns="{svg.NAMESPACE}" viewBox="0 0 100 100"><rect width="100" height="100"/></svg>')
    small = placement.FaceBox(0.5, 0.5, 0.12)
    subject = Subject("body:box", drawing, svg.rasterise(drawing, (0, 0, 1, 1), placement.SIDE), small, "")
    (_, plain), (_, coarse) = (compose(subject, persona("a box"), coarse=flag) for flag in (False, True))
    assert coarse.radius * GRID * 2 > 40
    assert plain.radius < coarse.radius
