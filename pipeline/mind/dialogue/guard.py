"""Keeps a streamed reply in character: what leaves here may be shown, spoken and stored.

The last ``HELD`` characters always wait, which is longer than any phrase that is looked for, so nothing forbidden is
ever half shown. Once much of the word limit is used whole sentences wait, so that a reply does not end in the middle of
one without need. The text is looked at in steps counted from its start: however the network cuts the stream, the
outcome is the same.

    guard = Guard(persona, memory, line, config.words, canary, prompts.text("reply"))
    async for piece in stream:
        show(guard.feed(piece))
        if guard.done:
            break
    show(guard.end())        # guard.broken says whether to ask again; guard.mood is known with the first words
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from pipeline.concept import refused
from pipeline.mind.dialogue import repetition
from pipeline.mind.dialogue.breaks import forbidden, straight
from pipeline.mind.dialogue.context import called
from pipeline.mind.dialogue.tidying import TEMPLATE, Head, Shown, bare, head, sentence_ends, tidy, up_to
from pipeline.types import Line, Memory, Mood, Persona, Speaking

HELD = 80
"""Characters that wait; more than any pattern of ``breaks.toml`` can match."""
_STEP = 16
"""Characters after which the text is looked at, at the next blank ..."""
_LONGEST_STEP = 32
"""... or now."""
_FIRST = 24
"""Characters of the first release: a reply is either asked for again or says at least so much."""
_USED = 0.4
"""Part of the word limit after which only whole sentences are released."""
_SAME_START = 12
"""Words with which two replies may begin alike."""
_ECHO = 5
"""Words of a sentence that is not said twice within three replies."""
_TELLING = 4
"""Words of a first sentence that must not open the next reply too; shorter ones are interjections."""
_HEARD = 3
"""Earlier lines of people that may hold the question, or the cry for help, that is being answered."""
_LETTERS_PER_WORD = 12
_WHOLE_PIECE = 40
"""Characters without a blank that are not waited for any longer."""
_CLAUSE = re.compile(r"[,;:](?=\s|$)|[、，；]|\s[—–-](?=\s)")
_OPEN_ASIDE = re.compile(r"[*(\[（][^*()\[\]（）]{0,80}$")


class _How(Enum):
    GRAVE = "worth asking again"
    LONG = "over the limit"
    LOOP = "going round in circles"
    OVER = "complete before this"


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a reply must end, and why."""

    at: int
    reason: str
    how: _How = _How.GRAVE


class Guard:
    """Filter of one streamed reply; pure and synchronous.

    mood    of the leading tag; None without one, and before the first words are released
    broken  why the reply must not be used, completing "it was thrown away because ..."; only ever set while nothing has
            been released, so the caller may ask again unseen
    done    nothing more is wanted: close the stream, then call ``end``
    """

    def __init__(
        self, persona: Persona, memory: Memory, line: Line, words: int, canary: str, prompt: str, *, last: bool = False
    ) -> None:
        """``prompt``: the rules that must not come out, slots unfilled. ``last``: there will be no other try, so what
        stands before a break is used, if it is a sentence at least, and repeating oneself is forgiven."""
        self.mood: Mood | None = None
        self.broken: str | None = None
        self.done = False
        self._words, self._prompt, self._last = words, prompt, last
        signs = re.sub(r"[\W_]", "", canary)
        self._canary = re.compile(r"[\W_]?".join(map(re.escape, signs)), re.IGNORECASE) if signs else None
        self._names = _names_of(persona.name)
        self._labels = _labels(frozenset(self._names), frozenset(_people(memory, line)), bool(memory.present))
        heard = [turn.text for turn in memory.turns if turn.speaking is Speaking.PERSON][-_HEARD:]
        self._forbidden = forbidden(persona, [*heard, line.text])
        said = [turn.text for turn in memory.turns if turn.speaking is Speaking.PERSONA][-3:]
        self._earlier = [] if last else [bare(text) for text in said]
        self._opening = bare(_first_sentence(said[-1])) if said and not last else []
        own = [persona.greeting, *persona.samples]
        self._echoes = repetition.sentences_of([*said, *own], _ECHO) - repetition.sentences_of(
            [persona.catchphrase], _ECHO
        )
        self._skipped = 0
        self._head = Head(0)
        self._raw = self._unseen = ""
        self._given = 0

    def feed(self, piece: str) -> str:
        """What may be shown now, after another piece of the stream; mostly something else than the piece."""
        out = []
        for character in piece:
            if self.done:
                break
            self._unseen += character
            size = len(self._unseen)
            if size >= _LONGEST_STEP or (size >= _STEP and character.isspace()):
                out.append(self._step(final=False))
        return "".join(out)

    def end(self) -> str:
        """The rest, when the stream has ended; nothing when the reply was complete or broken before."""
        return "" if self.done else self._step(final=True)

    def _step(self, *, final: bool) -> str:
        self._raw += self._unseen
        self._unseen = ""
        if not self._given:
            self._head = head(self._raw, self._names)
        text = tidy(self._raw[self._head.length :], self._head.closing)
        if self._last and not self._given:
            self._skipped = repetition.leading_echo(Shown(text, whole=final), self._echoes)
        text = text[self._skipped :].lstrip()
        shown = Shown(text.rstrip() if final else text, whole=final)
        if cut := self._first_cut(shown):
            return self._finish(shown.text, cut)
        if final:
            return self._close(shown.text) if shown.text else self._break("it said nothing")
        return self._release(shown.text, self._safe(shown))

    # What is wrong with it

    def _first_cut(self, shown: Shown) -> _Cut | None:
        cuts = [*self._out_of_character(shown), *self._told(shown), *self._overdone(shown)]
        return min(cuts, key=lambda cut: cut.at, default=None)

    def _out_of_character(self, shown: Shown) -> Iterator[_Cut]:
        plain = straight(shown.text)
        for reason, pattern in self._forbidden:
            found = pattern.search(plain, self._given)
            if found and (shown.whole or found.end() < len(plain)):
                yield _Cut(found.start(), reason)
        # A word is judged with the next few: "naked mole rat" is an animal.
        sure = len(plain) if shown.whole else len(plain) - HELD // 2
        ends = [word.end for word in shown.words if self._given < word.end <= sure]
        if ends and refused(shown.text[self._given : ends[-1]]):
            yield _Cut(next(end for end in ends if refused(shown.text[self._given : end])) - 1, "it was rude")

    def _told(self, shown: Shown) -> Iterator[_Cut]:
        """What only the model itself was told, or was to say for others."""
        if self._canary and (found := self._canary.search(shown.text)):
            yield _Cut(found.start(), "it gave away its instructions")
        fresh = [word for word in shown.words if word.start >= self._given]
        if (at := repetition.recited(fresh, self._prompt)) is not None:
            yield _Cut(at, "it recited its instructions")
        for pattern in (self._labels, TEMPLATE):
            if found := pattern.search(shown.text, self._given):
                yield _Cut(found.start(), "it wrote lines for others", _How.OVER)

    def _overdone(self, shown: Shown) -> Iterator[_Cut]:
        """Said before, said twice, too long."""
        if not self._given:
            opening = shown.sentences[0][1] if shown.ends else None
            common = [repetition.alike(shown.bare, said) for said in self._earlier]
            same = shown.bare in self._earlier if shown.whole else max(common, default=0) >= _SAME_START
            if same or (opening == self._opening and len(self._opening) >= _TELLING):
                yield _Cut(0, "it said again what it had said before")
        at = repetition.echo(shown, self._echoes)
        if at is not None and at >= self._given and (at or not self._last):
            yield _Cut(at, "it said again what it had said before")
        if (at := repetition.loop(shown)) is not None:
            yield _Cut(at, "it repeated itself", _How.LOOP)
        most = _LETTERS_PER_WORD * self._words + HELD
        limit = up_to(shown.text, self._words)
        if limit is None and (len(shown.text) > most or len(self._raw) > 4 * most):
            limit = min(most, len(shown.text))
        if limit is not None:
            yield _Cut(limit, "it was too long", _How.LONG)

    # What may go out

    def _safe(self, shown: Shown) -> int:
        """How much may be shown already; at a blank, where there are any."""
        safe = min(len(shown.text) - HELD, self._unsure(shown))
        used = up_to(shown.text[: max(safe, 0)], _USED * self._words)
        if used is not None:
            safe = max([end for end in shown.ends if used <= end <= safe], default=used)
        if safe <= self._given:
            return safe
        blank = max(shown.text.rfind(mark, self._given + 1, safe + 1) for mark in " \n")
        unspaced = not shown.text[safe - 1].isascii() or safe - self._given > _WHOLE_PIECE
        return blank if blank >= 0 else safe if unspaced else self._given

    def _unsure(self, shown: Shown) -> int:
        """Where text begins that may turn out to be a leak or a repetition."""
        earlier = [said for said in (*self._earlier, self._opening) if said]
        if not self._given and any(repetition.alike(shown.bare, said) == len(shown.bare) for said in earlier):
            return 0
        doubts = (
            repetition.reciting(shown.words, self._prompt),
            repetition.begun_again(shown),
            repetition.echoing(shown, self._echoes),
        )
        return min((doubt for doubt in doubts if doubt is not None), default=len(shown.text))

    def _release(self, shown: str, safe: int) -> str:
        if safe <= self._given or (not self._given and safe < _FIRST):
            return ""
        piece = shown[self._given : safe]
        self._given = safe
        self.mood = self._head.mood
        return piece.replace("\n", " ")

    # How it ends

    def _finish(self, shown: str, cut: _Cut) -> str:
        kept = shown[: cut.at].rstrip()
        if cut.how is _How.GRAVE:
            return self._before_break(shown, cut)
        if cut.how is _How.LONG:
            return self._close(self._shortened(kept))
        if not kept:
            return self._break(cut.reason)
        return self._close(_trailing(kept) if cut.how is _How.LOOP and cut.at > self._given else kept)

    def _before_break(self, shown: str, cut: _Cut) -> str:
        """The whole sentences before a break, if asking again is not possible any more."""
        if not self._given and not self._last:
            return self._break(cut.reason)
        ends = [end for end in sentence_ends(shown[: cut.at]) if max(self._given, 1) <= end]
        if ends:
            return self._close(shown[: ends[-1]])
        return self._close(_trailing(shown[: self._given])) if self._given else self._break(cut.reason)

    def _shortened(self, kept: str) -> str:
        """A reply over the limit, ended at a sentence, else at a clause, else at a word."""
        least = max(self._given, int(_USED * len(kept)))
        if ends := [end for end in sentence_ends(kept) if least <= end]:
            return kept[: ends[-1]]
        aside = _OPEN_ASIDE.search(kept)
        if aside and kept.count("*") % 2 + kept.count("(") - kept.count(")") and aside.start() > self._given:
            kept = kept[: aside.start()].rstrip()
        clauses = [mark.start() for mark in _CLAUSE.finditer(kept, least)]
        return _trailing(kept[: clauses[-1]] if clauses else kept)

    def _close(self, shown: str) -> str:
        """The whole of the reply is known: the part of it that has not been shown yet."""
        self.done = True
        self.mood = self._head.mood
        rest = shown[self._given :].rstrip().replace("\n", " ")
        self._given = max(self._given, len(shown))
        return rest

    def _break(self, reason: str) -> str:
        self.done = True
        self.broken = reason
        return ""


def _trailing(text: str) -> str:
    """The text with an end: its own, or three dots."""
    text = text.rstrip()
    if not text or text[-1] in ".!?…。!?！？*)]":
        return text
    return text.rstrip(",;:、，；：—–- ") + "…"


def _first_sentence(text: str) -> str:
    ends = sentence_ends(text)
    return text[: ends[0]] if ends else text


def _names_of(name: str) -> list[str]:
    """What a persona may be labelled with: all of its name, or a word of it; longest first."""
    return sorted({name, *(word for word in name.split() if len(word) > 2)}, key=len, reverse=True)


def _people(memory: Memory, line: Line) -> set[str]:
    names = [turn.speaker for turn in memory.turns if turn.speaking is Speaking.PERSON]
    known = {name for name in map(called, [*names, *memory.present, line.speaker]) if name}
    return {label for name in known for label in (_names_of(name) if memory.present else [name])}


@lru_cache(maxsize=256)
def _labels(own: frozenset[str], people: frozenset[str], scene: bool) -> re.Pattern[str]:
    """Labels that begin somebody's line: anybody's at the start of a line, a role's also after a sentence; in a scene
    also anybody else's there, and what others do (*Ann nods*)."""
    everybody = "|".join(map(re.escape, sorted(own | people, key=len, reverse=True)))
    roles = "user|human|assistant|system"
    pattern = (
        rf"(?:^|\n)[*_ ]{{0,3}}(?:{everybody}|{roles}|you|me|person|guest|response|narrator)[*_]{{0,2}} ?[:：]"
        rf"|(?<=[.!?…\"”*] )(?:{roles}) ?:"
    )
    if others := "|".join(map(re.escape, sorted(people - own, key=len, reverse=True))) if scene else "":
        pattern += rf"|(?:(?<=[.!?…\"”*)] )|(?<=[。！？」』]))(?:{others}|narrator) ?[:：]|\*(?:{others}) (?=[^\W\d_])"
    return re.compile(pattern, re.IGNORECASE)
