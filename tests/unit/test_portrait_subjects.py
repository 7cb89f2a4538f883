"""What a portrait is drawn on: the dictionary, the chain of choice, and its figures on the labelled set."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import evaluate_portraits as reports
from bot.cli import app
from pipeline import wordnet
from pipeline.concept import clean, parse
from pipeline.evaluation import detection, portraits
from pipeline.evaluation.portraits import Verdict, Wanted
from pipeline.mind.scripted.writing import write
from pipeline.nouns.lexicon import kinds, lexicon, singulars, table
from pipeline.portrait import art, body
from pipeline.portrait.choosing import Choice, Chooser, Link
from pipeline.stages import EngineConfig
from pipeline.workers import Workers


@pytest.fixture(scope="module")
def chooser(assets_home: Path) -> Chooser:
    return Chooser(assets_home)


def chosen(chooser: Chooser, text: str) -> Choice:
    return chooser.choose(write(clean(text), 1))


@pytest.mark.parametrize(
    ("thing", "above", "never"),
    [
        ("judge", "person", "act"), ("baker", "person", ""), ("auctioneer", "person", ""), ("violinist", "person", ""),
        ("taxi driver", "person", ""), ("grapefruit", "citrus", "tree"), ("lychee", "edible fruit", "tree"),
        ("thistle", "plant", ""), ("peony", "flower", ""), ("moss", "bryophyte", ""), ("aloe", "succulent", ""),
        ("stapler", "machine", ""), ("poncho", "garment", ""), ("quiver", "container", "feeling"),
        ("leprechaun", "fairy", "person"), ("ogre", "imaginary being", "person"), ("black hole", "region", ""),
        ("water bottle", "bottle", "liquid"), ("bow tie", "necktie", ""), ("washing machine", "appliance", ""),
        ("mice", "rodent", "device"), ("badger", "animal", "person"), ("scanner", "device", "person"),
        ("silence", "state", "artifact"), ("love", "emotion", "person"), ("Monday", "weekday", ""),
        ("colour", "attribute", "material"), ("pyjamas", "clothing", ""), ("komodo dragon", "lizard", "monitor"),
        ("tugboat", "boat", "tower"), ("organs", "body part", "food"), ("raccoon", "animal", "fur"),
        ("trumpets", "brass", "plant"), ("web", "object", "artifact"),
    ],
)  # fmt: skip
def test_what_a_noun_is(assets_home: Path, thing: str, above: str, never: str) -> None:
    found = kinds(assets_home, thing)
    assert above in found
    assert never not in found


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("a farmer zorblax", "person"), ("my neighbour Zorblax", "person"), ("a bird zorblax", "body:bird"),
        ("a zorblax who hates farmers", "body:"), ("a giant zorblax", "body:"),
    ],
)  # fmt: skip
def test_what_is_in_no_dictionary_is_what_it_is_called(chooser: Chooser, text: str, id: str) -> None:
    assert chosen(chooser, text).id.startswith(id)


def test_nearer_kinds_come_first_and_nonsense_has_none(assets_home: Path) -> None:
    found = kinds(assets_home, "a very old oak tree")
    assert found.index("oak") < found.index("tree") < found.index("plant") < found.index("entity")
    assert kinds(assets_home, "zzqx") == kinds(assets_home, "") == ()


def test_pictures_that_are_fair_for_others(assets_home: Path) -> None:
    words = lexicon(assets_home)

    def shows(thing: str, picture: str) -> bool:
        one, other = words.sense(thing), words.sense(picture)
        assert one
        assert other
        return words.shows(one, other)

    assert shows("beagle", "dog")
    assert shows("weeping willow", "tree")
    assert not shows("tea bag", "handbag")
    assert not shows("computer mouse", "mouse")
    assert not shows("wolf", "dog")


def test_the_tables_of_the_lexicon_agree_with_wordnet(assets_home: Path) -> None:
    words = lexicon(assets_home)
    for noun, above in table().readings.items():
        meant = words.sense(noun)
        assert meant
        assert any(above in one.words for one, _ in words.above(meant)), noun
    for young, old in table().synonyms.items():
        assert not words.senses(young), young
        assert words.senses(old), old
    assert not [word for word in table().umbrellas if not words.senses(word)]


def test_plurals_of_the_last_word() -> None:
    for plural, singular in [
        ("old oak trees", "old oak tree"),
        ("wolves", "wolf"),
        ("cherries", "cherry"),
        ("mice", "mouse"),
    ]:
        assert singular in list(singulars(plural))
    assert list(singulars("glass")) == []


def test_wordnets_files_become_one_that_is_looked_into(tmp_path: Path) -> None:
    folder = tmp_path / "dict"
    folder.mkdir()
    (folder / "index.noun").write_text("  1 licence\nhot_dog n 2 1 @ 2 1 00000020 00000030  \n")
    (folder / "index.sense").write_text("hot_dog%1:13:00:: 00000020 1 7\nhot%3:00:01:: 00000099 1 5\n")
    (folder / "index.adj").write_text("  1 licence\nred-hot a 1 0 1 0 00000099  \n")
    (folder / "data.noun").write_text(
        "  1 licence\n00000010 03 n 01 food 0 000 | eaten\n"
        "00000020 13 n 02 hot_dog 0 frank 0 002 @ 00000010 n 0000 + 00000040 v 0101 | a sausage\n"
        '00000030 18 n 01 hot_dog 1 001 @i 00000010 n 0000 | somebody; "he is a hot dog"\n'
    )
    wordnet.repack(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [wordnet.FILE]
    with sqlite3.connect(tmp_path / wordnet.FILE) as database:
        assert database.execute("SELECT * FROM noun").fetchall() == [("hot dog", "20:7 30:0")]
        assert database.execute("SELECT * FROM synset").fetchall() == [
            (10, 3, "food", "", 0, "eaten"), (20, 13, "hot dog|frank", "10", 0, "a sausage"),
            (30, 18, "hot dog", "10", 1, "somebody"),
        ]  # fmt: skip
        assert database.execute("SELECT * FROM adjective").fetchall() == [("red-hot",)]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a shy computer mouse who loves cheese", "fluent:computer-mouse"), ("a glue stick", "body:glue-stick"),
        ("a tea bag who tells fortunes", "body:tea-bag"), ("a duffel bag", "body:duffel-bag"),
        ("a busy bee", "body:bee"), ("a white elephant", "body:elephant"), ("a house cat", "fluent:cat-face"),
        ("a golden retriever", "fluent:dog-face"), ("my old oak trees", "body:tree"),
        ("a pair of jeans", "fluent:jeans"), ("a bunch of grapes", "fluent:grapes"),
        ("a slice of pizza", "fluent:pizza"),
        ("an ear of corn", "body:ear-of-corn"), ("a moth obsessed with lamps", "body:moth"),
        ("a desk drawer full of secrets", "body:drawer"), ("a bar graph", "fluent:bar-chart"),
        ("a game boy", "fluent:video-game"), ("good luck", "fluent:four-leaf-clover"),
    ],
)  # fmt: skip
def test_the_right_thing(chooser: Chooser, text: str, right: str) -> None:
    choice = chosen(chooser, text)
    assert choice.id == right
    assert choice.score > 0.5


@pytest.mark.parametrize(
    "text",
    ["a figure skater who loves trucks", "a taxi driver", "a jazz saxophonist", "a private eye", "a stuntwoman",
     "a gentle beekeeper", "a newspaper boy who knows every secret", "a retired plumber", "a human being"],
)  # fmt: skip
def test_people_are_drawn_as_people(chooser: Chooser, text: str) -> None:
    assert chosen(chooser, text).link is Link.PERSON


@pytest.mark.parametrize(
    "text",
    ["a badger", "a punching bag", "a scanner", "a little green man", "a poltergeist", "a shin guard", "a gps"],
)
def test_who_is_none_is_no_person(chooser: Chooser, text: str) -> None:
    assert chosen(chooser, text).link is not Link.PERSON


@pytest.mark.parametrize(
    ("thing", "right"),
    [("ghost of a Victorian accountant", "fluent:ghost"), ("slice of pizza", "fluent:pizza"),
     ("Computer Mouse", "fluent:computer-mouse"), ("teapot from Kyoto", "fluent:teapot")],
)  # fmt: skip
def test_a_language_models_thing_may_say_more_or_be_in_another_language(
    chooser: Chooser, thing: str, right: str
) -> None:
    said = write("ein altes Ding", 1).model_copy(update={"thing": thing})
    assert chooser.choose(said).id == right


def test_what_is_told_afterwards_never_decides(chooser: Chooser) -> None:
    for text in ("a straw scarecrow", "a tender fig", "a magic carpet"):
        told = chosen(chooser, f"{text} who befriends crows with a teapot in a castle")
        assert told.id == chosen(chooser, text).id


def test_what_is_unknown_gets_a_body_by_what_holds_it_or_by_chance(chooser: Chooser) -> None:
    assert chosen(chooser, "a jar of zzqx").id in ("fluent:jar", "body:jar")
    unknown = chosen(chooser, "a zzqx")
    assert unknown.link is Link.FAMILY
    assert body.row_of(unknown.id.removeprefix("body:")).chance
    assert unknown.score < 0.5


def test_a_family_too_wide_for_its_body_is_not_taken(chooser: Chooser) -> None:
    for text in ("an escalator", "a garden hose", "a fire hydrant"):  # ways and passages to WordNet, as bridges are
        assert chosen(chooser, text).id != "body:bridge"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("a chinning bar", "rod"), ("a veneer", "slab"), ("a textile", "hanging-cloth"), ("a courtroom", "room"),
        ("a sewer", "tube"), ("a backyard", "plot"), ("a lagoon", "pool"), ("an alley", "road"),
        ("a pulpit", "platform"), ("a grate", "framework"), ("a helm", "apparatus"), ("a chariot", "cart"),
        ("a crucible", "vessel"),
    ],
)  # fmt: skip
def test_what_has_no_drawing_shows_its_shape_or_its_use(chooser: Chooser, text: str, shape: str) -> None:
    choice = chosen(chooser, text)
    assert (choice.id, choice.link) == (f"body:{shape}", Link.FAMILY)
    assert body.row_of(shape).neutral


@pytest.mark.parametrize(
    "text",
    ["an armadillo", "a placemat", "a paradox", "a roundabout", "a chassis", "a sup of soup", "an artery", "a railing"],
)  # fmt: skip
def test_a_sibling_or_another_meaning_of_the_word_is_never_drawn(chooser: Chooser, text: str) -> None:
    id = chosen(chooser, text).id
    assert id.startswith("body:")
    assert body.row_of(id.removeprefix("body:")).neutral


def test_reasons_are_for_people(chooser: Chooser) -> None:
    assert chosen(chooser, "a beagle").why == "drawn on Fluent's dog face, as 'beagle' is a kind of 'dog'"
    assert chosen(chooser, "a stapler").why == "drawn on our own stapler, made for 'stapler'"


def test_further_names_are_of_pictures_that_are_there(chooser: Chooser) -> None:
    words = Counter(word for words in art.names().values() for word in words)
    assert not [word for word, count in words.items() if count > 1]
    assert words.keys().isdisjoint(word for row in art.table().art for word in row.words)
    for art_id in art.names():
        assert chooser.art.read(art_id).startswith("<svg")


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("a moth obsessed with lamps", "moth"), ("a jar full of dreams", "jar"), ("a knight holding a rose", "knight"),
        ("a wedge of blue cheese", "cheese"), ("a stack of invoices", "invoice"), ("time itself", "time"),
        ("a candy cane", "candy cane"), ("a pair of shorts", "shorts"), ("a happy singing teapot", "teapot"),
        ("a lost sock", "sock"), ("a lonely, crooked house", "house"), ("pluto, still angry about 2006", "pluto"),
        ("a jenga tower about to fall", "tower"), ("a frost giant", "giant"), ("a group chat", "chat"),
        ("un chat triste", "cat"), ("touch grass, but as a person", "grass"), ("a clump of moss", "moss"),
    ],
)  # fmt: skip
def test_the_thing_of_a_concept(text: str, thing: str) -> None:
    assert parse(clean(text)).thing == thing


def test_the_set_is_whole_and_of_its_own() -> None:
    concepts = portraits.concepts()
    assert len(concepts) == len({wanted.text for wanted in concepts}) == 200
    counts = Counter(wanted.category for wanted in concepts)
    assert sorted(counts.values()) == [22] * 8 + [24]
    others = {text for category in detection.categories() for text in category.concepts}
    assert others.isdisjoint(wanted.text for wanted in concepts)
    assert all(clean(wanted.text) for wanted in concepts)


def test_verdicts() -> None:
    wanted = Wanted(text="a bag", category="bags", fair=("handbag", "body:*bag*"))
    assert wanted.verdict("fluent:handbag") is Verdict.RIGHT
    assert wanted.verdict("body:tote-bag") is Verdict.RIGHT
    assert wanted.verdict("person:baker") is Verdict.WRONG
    assert wanted.verdict("body:toaster") is Verdict.WRONG
    assert wanted.verdict("body:handbag") is Verdict.RIGHT, "our own drawing of what is fair is fair"
    neutral = next(row.id for row in body.bodies() if row.chance)
    assert wanted.verdict(f"body:{neutral}") is wanted.verdict("body:rod") is Verdict.BODY


def test_the_figures_of_the_whole_set(assets_home: Path) -> None:
    report = portraits.Report(rows=tuple(portraits.chosen(EngineConfig(assets_home))))
    missed = [f"{row.subject}: {row.art}" for row in report.drawn if portraits.judged(row.subject, row.art) != "right"]
    assert (report.share(Verdict.RIGHT).percent or 0) >= 90, missed
    assert (report.share(Verdict.WRONG).percent or 0) <= 3, missed


class Here(Workers):
    """Runs everything in this process."""

    async def run(self, lane: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)


def test_the_command_chooses_in_seconds_and_paints_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "Workers", Here)
    quick = CliRunner().invoke(app, ["evaluate", "portraits", "--choice-only", "--limit", "9", "--json"])
    assert quick.exit_code == 0, quick.stderr
    document = json.loads(quick.stdout)
    assert document["subjects"]["right"]["of"] == len(document["pictures"]) == 9
    assert document["figures"] == {}
    arguments = ["evaluate", "portraits", "--limit", "1", "--concurrency", "1", "--out", str(tmp_path)]
    painted = CliRunner().invoke(app, arguments)
    assert painted.exit_code == 0, painted.stderr
    assert "a face is found, %: 100.0" in painted.stdout
    assert "pictures that have none, %: 0.0" in painted.stdout
    assert (tmp_path / "sheet-1.png").stat().st_size > 10_000
    again = CliRunner().invoke(app, arguments)
    assert "2 of 2 pictures are kept from before." in again.stderr
