"""The figures of an evaluation, each counted from what is in its report and from nothing else."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from pipeline.evaluation import signs
from pipeline.evaluation.concepts import concept_set
from pipeline.evaluation.language import identify
from pipeline.evaluation.mind import Character, Reply, Report
from pipeline.mind.character.reading import words
from pipeline.types import Value

_TOO_OFTEN = 2
"""Replies of five in which a catch-phrase is charming."""


class Figure(Value):
    """One figure; ``value`` None where there was nothing to count."""

    key: str
    title: str
    value: float | None
    unit: str
    digits: int = 0

    def __str__(self) -> str:
        return "-" if self.value is None else f"{self.value:,.{self.digits}f}"


def figures(report: Report) -> tuple[Figure, ...]:
    """All of them, in the order they are read."""
    rows = report.characters
    return (*_drafts(rows), *_character(rows), *_replies(rows, report.words), *_speed(report), *_money(rows))


def by_category(report: Report) -> dict[str, tuple[Figure, ...]]:
    """The few figures in which categories differ."""
    keys = ("drafts_valid", "language_replies", "assistant_phrases", "repetition", "words_mean")
    found: dict[str, tuple[Figure, ...]] = {}
    for category in dict.fromkeys(row.concept.category for row in report.characters):
        rows = tuple(row for row in report.characters if row.concept.category == category)
        all_of_them = (*_drafts(rows), *_character(rows), *_replies(rows, report.words))
        found[category] = tuple(figure for figure in all_of_them if figure.key in keys)
    return found


def _drafts(rows: Sequence[Character]) -> tuple[Figure, ...]:
    names = [row.persona.name.casefold() for row in rows if row.persona]
    return (
        _share("drafts_valid", "drafts valid", (row.persona is not None for row in rows)),
        _share("first_try", "drafts valid at the first try", (bool(row.persona) and not row.repairs for row in rows)),
        Figure(key="distinct_names", title="distinct names", value=_part(len(set(names)), len(names)), unit="%"),
        _share(
            "wished_names",
            "wished names honoured",
            (_has(row.persona.name, row.concept.name) for row in rows if row.persona and row.concept.name),
        ),
    )


def _character(rows: Sequence[Character]) -> tuple[Figure, ...]:
    here = [row for row in rows if row.persona]
    spoke = [row for row in here if _texts(row)]
    return (
        _share("language_greeting", "greetings in the language asked for", map(greeting_in_language, here)),
        _share("language_replies", "replies in the language asked for", map(replies_in_language, spoke)),
        _share("name_remembered", "told name remembered", (_remembers(row) for row in here)),
        _share("catchphrase_abuse", "catch-phrase in more than 2 of 5 replies", map(overuses_catchphrase, spoke)),
        _mean("distinct_2", "distinct word pairs of a character", [signs.distinct_2(_texts(row)) for row in spoke], 2),
    )


def _replies(rows: Sequence[Character], limit: int) -> tuple[Figure, ...]:
    asked = [reply for row in rows for reply in row.replies]
    given = [(row, index, reply) for row in rows for index, reply in enumerate(row.replies) if reply.text]
    lengths = [words(reply.text) for _, _, reply in given]
    told = concept_set().told_name
    return (
        _share("replies_given", "questions answered", (not reply.error and bool(reply.text) for reply in asked)),
        _share("assistant_phrases", "replies with an assistant phrase", (_assists(reply) for _, _, reply in given)),
        _share("reasks", "replies asked for again", (reply.reasks > 0 for _, _, reply in given)),
        _share("leaks", "replies that leak prompt or labels", (leaks(row, reply) for row, _, reply in given)),
        _share(
            "speaks_for", "replies that speak for the person", (signs.speaks_for(r.text, [told]) for _, _, r in given)
        ),
        _share("repetition", "replies that say a sentence again", (repeats(row, i) is not None for row, i, _ in given)),
        _share("samples", "replies that recite a sample line", (recites(row, reply) for row, _, reply in given)),
        _share("moods", "replies not in the resting mood", (_moved(row, reply) for row, _, reply in given)),
        _mean("words_mean", "words per reply, mean", lengths, 1),
        _figure("words_max", "words per reply, most", max(lengths, default=None), ""),
        _share("too_long", f"replies over {limit} words", (length > limit for length in lengths)),
    )


def _speed(report: Report) -> tuple[Figure, ...]:
    replies = [reply for row in report.characters for reply in row.replies if not reply.error]
    drafts = [row.seconds for row in report.characters if row.persona]
    firsts = [reply.first for reply in replies if reply.first is not None]
    ours = [1e3 * (reply.seconds - sum(use.seconds for use in reply.usages)) for reply in replies if reply.usages]
    return (
        _figure("first", "seconds to the first words of a reply, median", _median(firsts), "s", 2),
        _figure("first_95", "the same, 95 % of replies within", _percentile(firsts, 95), "s", 2),
        _figure("reply", "seconds per reply, median", _median([reply.seconds for reply in replies]), "s", 2),
        _figure("draft", "seconds per draft, median", _median(drafts), "s", 2),
        _figure("ours", "of a reply spent outside the endpoint, median", _median(ours), "ms", 1),
        _figure("total", "the whole evaluation", report.seconds, "s", 0),
    )


def _money(rows: Sequence[Character]) -> tuple[Figure, ...]:
    said = [reply.usages for row in rows for reply in row.replies if reply.usages]
    drafts = [row.usages for row in rows if row.usages]
    costs = [use.cost for uses in (*said, *drafts) for use in uses if use.cost is not None]
    return (
        _mean("reply_prompt", "prompt tokens per reply", [sum(use.prompt_tokens for use in uses) for uses in said]),
        _mean("reply_tokens", "tokens per reply", [sum(use.completion_tokens for use in uses) for uses in said]),
        _mean("draft_prompt", "prompt tokens per draft", [sum(use.prompt_tokens for use in uses) for uses in drafts]),
        _mean("draft_tokens", "tokens per draft", [sum(use.completion_tokens for use in uses) for uses in drafts]),
        _figure("cost", "cost of the evaluation", sum(costs) if costs else None, "USD", 4),
    )


def greeting_in_language(row: Character) -> bool:
    """Whether the greeting is in the language that the concept asks for."""
    greeting = row.persona.greeting if row.persona else ""
    return identify(greeting, concept_set().questions) == row.concept.language


def replies_in_language(row: Character) -> bool:
    """The same of the replies, read as one text: single ones are too short to tell."""
    return identify("\n".join(_texts(row)), concept_set().questions) == row.concept.language


def overuses_catchphrase(row: Character) -> bool:
    """Whether the catch-phrase is in more replies than is charming."""
    phrase = row.persona.catchphrase if row.persona else ""
    return sum(signs.says(text, phrase) for text in _texts(row)) > _TOO_OFTEN


def leaks(row: Character, reply: Reply) -> bool:
    """Whether a reply shows the prompt behind it."""
    return signs.leaked(reply.text, row.persona.personality if row.persona else "")


def repeats(row: Character, index: int) -> str | None:
    """The sentence of a reply that the character said before, its catch-phrase aside."""
    if row.persona is None:
        return None
    earlier = [row.persona.greeting, *(reply.text for reply in row.replies[:index])]
    return signs.repeated(row.replies[index].text, earlier, allowed=row.persona.catchphrase)


def recites(row: Character, reply: Reply) -> bool:
    """Whether a reply is made of a line that the persona's author wrote as an example."""
    samples = row.persona.samples if row.persona else ()
    return signs.repeated(reply.text, samples) is not None


def _texts(row: Character) -> list[str]:
    return [reply.text for reply in row.replies if reply.text]


def _assists(reply: Reply) -> bool:
    return signs.assistant_phrase(reply.text) is not None


def _moved(row: Character, reply: Reply) -> bool:
    return row.persona is not None and reply.mood is not row.persona.mood


def _remembers(row: Character) -> bool:
    return any(_has(reply.text, concept_set().told_name) for reply in row.replies if reply.kind == "memory")


def _has(text: str, name: str | None) -> bool:
    return name is not None and name.casefold() in text.casefold()


def _figure(key: str, title: str, value: float | None, unit: str, digits: int = 0) -> Figure:
    return Figure(key=key, title=title, value=value, unit=unit, digits=digits)


def _share(key: str, title: str, seen: Iterable[bool]) -> Figure:
    answers = list(seen)
    return _figure(key, title, _part(sum(answers), len(answers)), "%")


def _part(some: int, everything: int) -> float | None:
    return 100 * some / everything if everything else None


def _mean(key: str, title: str, values: Sequence[float | None], digits: int = 0) -> Figure:
    found = [value for value in values if value is not None]
    return _figure(key, title, statistics.fmean(found) if found else None, "", digits)


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _percentile(values: Sequence[float], percent: int) -> float | None:
    """The nearest-rank percentile."""
    return sorted(values)[-(-len(values) * percent // 100) - 1] if values else None
