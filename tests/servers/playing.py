"""The model behind the chat server. It writes personas with the demo writer and says one or two lines in character;
what it is asked for it knows from the prompts, as any model does."""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import Any
from zlib import crc32

from pipeline.mind.scripted import writing

_DESCRIPTION = re.compile(r"^Description: (\".*\")$", re.MULTILINE)
_LINES = (
    "[joy] Ha, {topic}! That puts a spring in my step.",
    "[anger] {topic}? Don't get me started on that again.",
    "[calm] I have thought about {topic} all morning, in my slow way.",
    "[surprise] Oh! Nobody has asked me about {topic} in years.",
)


def answer(body: dict[str, Any]) -> str:
    """What is asked for: a draft, facts, a letter, or a line in character with its mood."""
    told = [_text(message["content"]) for message in body["messages"]]
    rules = json.dumps(body.get("response_format", "")) + told[0]
    if "voice_wish" in rules:
        return draft(told, body.get("seed", 0))
    if '"facts"' in rules:
        return json.dumps({"facts": []})
    if any("letter of one option" in text for text in told):
        return "A"
    return line(told[-1])


def draft(told: list[str], seed: int) -> str:
    """A draft for the last description that was told."""
    concept = json.loads(list(chain.from_iterable(map(_DESCRIPTION.findall, told)))[-1])
    row = writing.write(concept, seed).model_dump(mode="json", exclude={"concept", "seed", "author"})
    row["gender"] = row["gender"].replace("neutral", "none")
    row["thing"] = row["thing"] if len(row["thing"]) > 1 else "sign"  # "7", or an emoji
    return json.dumps(row, ensure_ascii=False)


def line(text: str) -> str:
    """A line about the longest word of what was said."""
    topic = max(re.findall(r"\w+", text) or ["that"], key=len)
    return _LINES[crc32(text.encode()) % len(_LINES)].format(topic=topic)


def _text(content: str | list[dict[str, Any]]) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)
