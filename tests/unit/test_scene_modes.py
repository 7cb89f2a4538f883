"""Who speaks next in a scene."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scenes.modes import MOST_HOPS, Mode, Player, Spoken, named, player, speakers, words
from pipeline.mind.scripted.writing import write

PIP = Player("p", "Pip Core", frozenset({"pie", "worm"}))
BOB = Player("b", "Old Bramble", frozenset({"ship", "storm"}))
IDA = Player("i", "Captain Ida Pot", frozenset({"treasure"}))
CAST = (PIP, BOB, IDA)


def cue(text: str = "Well?", to: Player | None = None) -> Spoken:
    return Spoken(None, text, to.id if to else None)


def says(who: Player, text: str = "Hm.") -> Spoken:
    return Spoken(who.id, text)


def next_(lines: Sequence[Spoken], mode: Mode, hops: int = 4, cast: Sequence[Player] = CAST) -> str:
    """Who speaks next, by the first letter; empty for nobody."""
    return "".join(one.id for one in speakers(cast, lines, mode, hops)[:1])


def run(lines: list[Spoken], mode: Mode, hops: int, text: str, cast: Sequence[Player] = CAST) -> str:
    """Everybody who speaks until it is quiet, each saying that text."""
    said = ""
    while who := next_(lines, mode, hops, cast):
        said += who
        lines.append(Spoken(who, text))
    return said


LINES = st.lists(
    st.builds(
        Spoken,
        st.sampled_from([None, "p", "b", "i", "gone"]),
        st.sampled_from(["Hm.", "Pip, is it?", "Ida and Bramble!", "A storm, and pies.", "Treasure", ""]),
        st.sampled_from([None, "p", "b", "gone"]),
    ),
    max_size=20,
)


@given(LINES, st.sampled_from(Mode), st.integers(1, MOST_HOPS), st.sampled_from(["Pip, Ida, Bramble!", "A storm.", ""]))
def test_it_always_falls_silent(lines: list[Spoken], mode: Mode, hops: int, text: str) -> None:
    before = len(lines)
    said = run(lines, mode, hops, text)
    cues = [number for number, line in enumerate(lines) if line.speaker is None]
    after = lines[cues[-1] + 1 :] if cues else lines
    assert len(after) <= max(hops, before)
    assert len(said) <= hops
    speaking = [line.speaker for line in lines[max(before - 1, 0) :]]
    assert all(one != other for one, other in pairwise(speaking) if one is not None)


@given(LINES, st.integers(3, MOST_HOPS))
def test_a_round_gives_each_its_turn(lines: list[Spoken], hops: int) -> None:
    said = run([*lines, cue()], Mode.ROUND, hops, "Pip, Pip, Pip!")
    assert sorted(said) == ["b", "i", "p"]


def test_a_round_is_as_long_as_the_cast() -> None:
    six = [Player(letter, letter * 3) for letter in "uvwxyz"]
    lines = [cue()]
    while found := speakers(six, lines, Mode.ROUND):
        lines.append(says(found[0]))
    assert "".join(line.speaker or "" for line in lines) == "uvwxyz"


def test_a_round_that_was_cut_short_goes_on_where_it_was() -> None:
    lines = [cue()]
    assert run(lines, Mode.ROUND, 2, "Hm.") == "pb"
    lines.append(cue())
    assert run(lines, Mode.ROUND, 2, "Hm.") == "ip"


@given(LINES, st.sampled_from(Mode))
def test_who_is_not_there_does_not_speak(lines: list[Spoken], mode: Mode) -> None:
    assert {one.id for one in speakers((PIP, BOB), lines, mode, 4)} <= {"p", "b"}
    assert not speakers((), lines, mode, 4)


@pytest.mark.parametrize(
    ("lines", "who"),
    [
        ([cue("Is anybody here?")], ""),
        ([cue("pip, are you here?")], "p"),
        ([cue("I ask Bramble and then Pip")], "b"),
        ([cue("I ask Bramble and then Pip"), says(BOB)], "p"),
        ([cue("I ask Bramble and then Pip"), says(BOB), says(PIP)], ""),
        ([cue("Pip?"), says(PIP, "Ask Ida.")], "i"),
        ([cue("Pip?"), says(PIP, "I am Pip, Pip, Pip.")], ""),
        ([cue("Pip?"), says(PIP, "Ida!"), says(IDA, "Yes, Pip.")], ""),
        ([cue("Pip?"), says(PIP, "Ida!"), says(IDA, "And you, Pip?")], "p"),
        ([cue("Well?", to=IDA)], "i"),
        ([cue("Pip?"), cue("Never mind.")], ""),
        ([cue("Pipes and captains are old")], ""),
    ],
)
def test_who_is_mentioned(lines: list[Spoken], who: str) -> None:
    assert next_(lines, Mode.MENTIONED) == who


@pytest.mark.parametrize(
    ("lines", "who"),
    [
        ([says(PIP), says(BOB), says(IDA), cue()], "p"),  # silent longest
        ([says(IDA), cue()], "p"),
        ([cue("A storm comes")], "b"),  # cares
        ([cue("Ida, a storm comes")], "i"),  # is named
        ([cue("Ida, a storm comes"), says(IDA, "There is no treasure in storms.")], "b"),
        ([cue("Ida?"), says(IDA, "Yes.")], ""),
        ([cue("Well?"), says(PIP)], "b"),  # a second one, since nobody was meant
        ([cue("Well?"), says(PIP), says(BOB)], ""),
        ([cue("Well?", to=PIP), says(PIP)], ""),
    ],
)
def test_whom_it_concerns(lines: list[Spoken], who: str) -> None:
    assert next_(lines, Mode.FREE) == who


def test_the_mind_is_offered_all_but_who_spoke_last() -> None:
    assert {one.id for one in speakers(CAST, [cue(), says(PIP)], Mode.PICKED, 4)} == {"b", "i"}


def test_names() -> None:
    twins = (Player("1", "Pip Core"), Player("2", "Pip Seed"), Player("3", "りんご"), Player("4", "R2-D2"))
    found = {
        text: [one.id for one in named(twins, text)] for text in ("Pip!", "seed, core", "ねえ、りんごさん", "r2-d2?")
    }
    assert found == {"Pip!": [], "seed, core": ["2", "1"], "ねえ、りんごさん": ["3"], "r2-d2?": ["4"]}


def test_what_a_character_cares_for() -> None:
    tastes = {"likes": ("old storms",), "dislikes": ("cold pies",)}
    pip = player("p", write("an angry apple", 1).model_copy(update=tastes))
    assert {"storm", "angry", "apple", "pie", "cold"} <= pip.cares | words("pies")
    assert not pip.cares & words("What do you think of this?")
