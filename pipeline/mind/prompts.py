"""Prompt texts, kept as Markdown files beside the code, and the filling of their slots.

A slot is written ``{{name}}``. What goes into it was typed by a person or written by a model, so it is inert: slots are
found once, in our own text, and nothing in a value is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_SLOT = re.compile(r"\{\{(\w+)\}\}")


@cache
def text(name: str) -> str:
    """The prompt ``data/<name>.md``, without the white space around it."""
    return (files("pipeline.mind") / "data" / f"{name}.md").read_text("utf-8").strip()


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with every slot filled. Raises ``KeyError`` when slots and values do not match one to one."""
    slots = set(_SLOT.findall(template))
    if wrong := slots ^ values.keys():
        raise KeyError(f"slots without values, or values without slots: {', '.join(sorted(wrong))}")
    return _SLOT.sub(lambda slot: values[slot[1]], template)
