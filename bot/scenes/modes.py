"""Who speaks next in a scene: pure functions of the cast, the lines so far and the rules.

A *cue* is a line of a person or of the narrator. After each, characters say at most ``SceneRules.hops`` lines: whatever
they say to each other, they fall silent until somebody gives the next cue; and none speaks twice in a row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from bot.jobs.plan import AnswerMode
from pipeline.types import Persona, Value

MEMBERS = 6
"""Characters in one scene at the same time."""

HOPS, MOST_HOPS = 4, 12
"""Lines of characters after a cue: where nobody chooses (a round is as long as the cast), and at most."""


class Mode(StrEnum):
    """How it is decided who speaks."""

    MENTIONED = "mentioned"
    """Who is named, or replied to."""
    ROUND = "round"
    """Everybody in turn, once after each cue."""
    PICKED = "picked"
    """Whom the mind picks."""
    FREE = "free"
    """Whom it concerns: somebody answers every cue, a second one what is said to nobody in particular, and others join
    in when they are named or care for what is said."""


class SceneRules(Value):
    """What a scene may come to. ``hops``: lines of characters after a cue, None for what suits the mode. ``lines`` and
    ``hourly``: of characters, in all and within one hour."""

    hops: int | None = Field(default=None, ge=1, le=MOST_HOPS)
    lines: int = Field(default=200, ge=1)
    hourly: int = Field(default=60, ge=1)
    answer: AnswerMode | None = None
    """How characters answer; None leaves it to those that decide it elsewhere."""
    language: str | None = None
    """Of what the bot itself says, a tag of BCP 47."""


@dataclass(frozen=True, slots=True)
class Player:
    """A character of the cast. ``cares``: words that it has something to say about, in lower case."""

    id: str
    name: str
    cares: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line. ``speaker``: the character that said it; None for a cue. ``to``: the character that it replies to."""

    speaker: str | None
    text: str
    to: str | None = None


def speakers(cast: Sequence[Player], lines: Sequence[Spoken], mode: Mode, hops: int | None = None) -> Sequence[Player]:
    """Who may speak next, the likeliest first; nobody when the scene waits for a cue. ``lines``: the latest ones,
    oldest first, back to the last cue at least and better further.

    With ``PICKED`` it is for the mind to choose one of them, or nobody.
    """
    since = _since_cue(lines)
    if not lines or len(since) >= (hops or (len(cast) if mode is Mode.ROUND else HOPS)):
        return ()
    able = [player for player in cast if player.id != lines[-1].speaker]
    match mode:
        case Mode.MENTIONED:
            return _called(able, cast, lines)
        case Mode.ROUND:
            spoken = {line.speaker for line in since}
            return [player for player in _after_last(cast, lines[: len(lines) - len(since)]) if player.id not in spoken]
        case Mode.PICKED:
            return _ranked(able, cast, lines)
        case Mode.FREE:
            return concerned(able, cast, lines)


def concerned(able: Sequence[Player], cast: Sequence[Player], lines: Sequence[Spoken]) -> Sequence[Player]:
    """Who joins in freely: after a cue anybody, also when one has answered who was not called, else those who are named
    or care for what was said last."""
    ranked, since = _ranked(able, cast, lines), _since_cue(lines)
    cue = lines[len(lines) - len(since) - 1]
    if not since or (len(since) == 1 and not cue.to and not named(cast, cue.text)):
        return ranked
    called = _called(able, cast, lines)
    return [player for player in ranked if player in called or player.cares & words(lines[-1].text)]


def named(cast: Sequence[Player], text: str) -> Sequence[Player]:
    """The players whose name, or a word of it that no other one has, stands in a text; in the order of the text."""
    folded = text.casefold()
    places = {player.id: _place(names, folded) for player, names in _names(cast).items()}
    found = [player for player in cast if places[player.id] >= 0]
    return sorted(found, key=lambda player: places[player.id])


def player(id_: str, persona: Persona) -> Player:
    """A character as one of a cast."""
    about = " ".join((*persona.likes, *persona.dislikes, *persona.traits, persona.thing))
    return Player(id_, persona.name, words(about))


def words(text: str) -> frozenset[str]:
    """The words of a text that say something, without case and plural; pairs of signs in scripts without blanks."""
    spaced = (word.removesuffix("s") for word in re.findall(r"[^\W\d_]{4,}", text.casefold()) if word not in COMMON)
    unspaced = re.findall(_UNSPACED, text)
    pairs = (run[at : at + 2] for run in unspaced for at in range(len(run) - 1))
    return frozenset((*spaced, *pairs))


_UNSPACED = r"[\u3040-\u30ff\u3400-\u9fff]+"

_SAYING_LITTLE = """
about after again also anything because been being could does down even ever every everything from good have here into
just know like little long made make many more most much must never nothing once only other over people really said same
should some something still such take than that their them then there these they thing think this those time very want
well were what when where which while will with would your
"""
COMMON = frozenset(_SAYING_LITTLE.split())

_BEFORE_NAMES = """
the old young big little small great grand sir lady lord miss mister mrs captain doctor professor king queen prince
princess saint uncle aunt granny grandma grandpa madame señor señora herr frau von van der den del and of from with
"""
TITLES = frozenset(_BEFORE_NAMES.split())


def _since_cue(lines: Sequence[Spoken]) -> Sequence[Spoken]:
    at = max((number for number, line in enumerate(lines) if line.speaker is None), default=-1)
    return lines[at + 1 :]


def _called(able: Sequence[Player], cast: Sequence[Player], lines: Sequence[Spoken]) -> Sequence[Player]:
    """Who was named or replied to after the last cue or in it, and has not spoken since; who waits longest first.

    A character that names the one that spoke before it answers that one, unless it asks something: that is no call.
    """
    waiting: dict[str, None] = {}
    before = None
    for line in lines[max(len(lines) - len(_since_cue(lines)) - 1, 0) :]:
        if line.speaker is not None:
            waiting.pop(line.speaker, None)
        meant = [line.to] if line.to else []
        for id_ in (*meant, *(player.id for player in named(cast, line.text))):
            if id_ != line.speaker and (id_ != before or re.search("[?？]", line.text)):
                waiting.setdefault(id_)
        before = line.speaker
    known = {player.id: player for player in able}
    return [known[id_] for id_ in waiting if id_ in known]


def _after_last(cast: Sequence[Player], lines: Sequence[Spoken]) -> Sequence[Player]:
    """The cast in its order, from the one after who spoke last: a round that was cut short goes on there."""
    ids = [player.id for player in cast]
    last = next((line.speaker for line in reversed(lines) if line.speaker in ids), None)
    start = ids.index(last) + 1 if last else 0
    return [*cast[start:], *cast[:start]]


def _ranked(able: Sequence[Player], cast: Sequence[Player], lines: Sequence[Spoken]) -> Sequence[Player]:
    """Who is called, then who cares most for what was said last, then who was silent longest."""
    called, said = [player.id for player in _called(able, cast, lines)], words(lines[-1].text)
    spoke = {line.speaker: number for number, line in enumerate(lines)}

    def order(player: Player) -> tuple[int, int, int]:
        place = called.index(player.id) if player.id in called else len(cast)
        return place, -len(player.cares & said), spoke.get(player.id, -1)

    return sorted(able, key=order)


def _names(cast: Sequence[Player]) -> Mapping[Player, Sequence[str]]:
    """What each is called by: the whole name, and words of it that are nobody else's and no title."""
    parts = {player: set(re.findall(r"[^\W\d_]{3,}", player.name.casefold())) - TITLES for player in cast}
    shared = [word for own in parts.values() for word in own]
    return {
        player: [player.name.casefold(), *(word for word in own if shared.count(word) == 1)]
        for player, own in parts.items()
    }


def _place(names: Sequence[str], folded: str) -> int:
    """Where one of the names first stands in a text as a word of its own; -1 where none does."""
    places = (_found(name, folded) for name in names)
    return min((place for place in places if place >= 0), default=-1)


def _found(name: str, folded: str) -> int:
    if re.search(_UNSPACED, name):
        return folded.find(name)
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded)
    return found.start() if found else -1
