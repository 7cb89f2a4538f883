"""The code and its texts: every text that is named is there, every value is given, and none is left over."""

from __future__ import annotations

import ast as python
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.localisation import texts as module
from bot.localisation.bundles import resources
from bot.localisation.foreign import translated
from bot.localisation.texts import SOURCE, texts
from pipeline.portrait.upload import NoFace
from tests.unit.fluent_texts import FOUND, NAMED, messages, reading

BOT = Path(module.__file__).parent.parent


@cache
def sources() -> Mapping[str, Sequence[python.AST]]:
    """What each file of the code is made of."""
    return {str(file.relative_to(BOT)): nodes(file) for file in sorted(BOT.rglob("*.py"))}


def nodes(file: Path) -> Sequence[python.AST]:
    return list(python.walk(python.parse(file.read_text(encoding="utf-8"))))


def pieces(nodes: Sequence[python.AST]) -> Iterator[str]:
    """String literals, but for pieces of longer ones."""
    inside = {id(part) for node in nodes if isinstance(node, python.JoinedStr) for part in node.values}
    for node in nodes:
        if isinstance(node, python.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def calls(nodes: Sequence[python.AST]) -> Iterator[tuple[str, python.Call]]:
    """Calls by the last part of the name of what is called."""
    for node in nodes:
        if isinstance(node, python.Call):
            match node.func:
                case python.Name(id=name) | python.Attribute(attr=name):
                    yield name, node
                case _:
                    yield "", node


def literals(node: python.Call) -> Iterator[tuple[str | None, str]]:
    """What is said to the called in so many words: name of the argument, and text."""
    for name, value in [*((None, one) for one in node.args), *((one.arg, one.value) for one in node.keywords)]:
        match value:
            case python.Constant(value=str(text)):
                yield name, text
            case python.JoinedStr(values=parts):
                yield name, "".join(str(part.value) for part in parts if isinstance(part, python.Constant))


def test_every_text_that_the_code_names_is_there() -> None:
    areas = {name.removesuffix(".ftl") for name, _ in resources(SOURCE)} - {"commands", "pipeline"}
    an_id = re.compile(rf"({'|'.join(areas)})(-[a-z0-9]+)+")
    for file, tree in sources().items():
        for piece in pieces(tree):
            assert not an_id.fullmatch(piece) or piece in messages(SOURCE), (file, piece)
        for name, call in calls(tree):
            first = call.args[0] if call.args else None
            if name in ("Refusal", "TooMuch"):
                assert not isinstance(first, python.JoinedStr), f"{file}:{call.lineno}: an id is written out"
                if isinstance(first, python.Constant):
                    assert first.value in messages(SOURCE), (file, first.value)


def test_every_text_is_said_by_the_code() -> None:
    said = {piece for tree in sources().values() for piece in pieces(tree)}
    for id_ in messages(SOURCE):
        said |= reading(SOURCE, id_).references
    assert [id_ for id_ in messages(SOURCE) if id_ not in said and not id_.startswith(NAMED + FOUND)] == []


def test_the_code_gives_every_value() -> None:
    for file, tree in sources().items():
        for _, call in calls(tree):
            first = call.args[0] if call.args else None
            if not (isinstance(first, python.Constant) and first.value in messages(SOURCE)):
                continue
            given = {one.arg for one in call.keywords}
            if None not in given:  # no ** among them
                wanted = reading(SOURCE, first.value).variables
                assert wanted <= given, f"{file}:{call.lineno}: {wanted - given}"


SAYING = {"say", "tell", "send", "send_message", "refuse", "reply", "edit", "edit_message", "edit_original_response",
          "Embed", "add_field", "set_footer", "set_author", "Button", "Select", "SelectOption", "TextInput", "Label",
          "reply_text", "answer", "BadRequest", "LimitReached"}  # fmt: skip
"""What shows words to people."""

SPEAKING = re.compile(r"(discord|telegram|scenes|jobs)/.*|(asking|characters|limits|messages|offers|places|privacy"
                      r"|progress|showing|waiting|words)\.py")  # fmt: skip
"""What speaks to people in chats. The rest speaks to whoever sits at the terminal, in English."""

OPERATOR = {"asking.py": "request", "discord/failures.py": "", "discord/standing.py": "", "telegram/standing.py": ""}


def test_nobody_is_told_anything_that_is_not_among_the_texts() -> None:
    for file, tree in sources().items():
        for name, call in calls(tree) if SPEAKING.fullmatch(file) else ():
            for argument, text in literals(call) if name in SAYING else ():
                english = argument != "remedy" and re.search(r"[A-Za-z]{2,} [A-Za-z]|[a-z]\.$", text)
                assert not english or OPERATOR.get(file, "no") in text, (file, text)


def test_every_sentence_for_people_in_the_pipeline_is_known() -> None:
    """The sources of the pipeline are read: what it refuses, and what it tells beside an answer."""
    for file in sorted((BOT.parent / "pipeline").rglob("*.py")):
        for name, call in calls(nodes(file)):
            if name in ("BadRequest", "Inaudible") and isinstance(call.args[0], python.Constant | python.JoinedStr):
                parts = call.args[0].values if isinstance(call.args[0], python.JoinedStr) else [call.args[0]]
                sentence = "".join(str(one.value) if isinstance(one, python.Constant) else "7" for one in parts)
                assert translated(sentence, texts("de")) != sentence, (file.name, sentence)
    for reason in NoFace:
        assert translated(reason.sentence, texts("de")) != reason.sentence
