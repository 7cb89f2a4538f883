"""Art in Iconify's JSON format, turned once into files that open quickly.

Fluent Emoji is 104 MB of JSON: more than a second to parse at every start. `repack` writes

- ``art.zip``: one complete ``<icon>.svg`` per picture;
- ``names.json``: ``{icon: {"code": hex code points or null, "category": name or null, "aliases": [other names]}}``.

Format: Iconify's documentation, "IconifyJSON type".
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same input gives the same zip


def repack(folder: Path) -> None:
    """Replace ``icons.json``, ``chars.json`` and ``metadata.json`` in ``folder`` by ``art.zip`` and ``names.json``."""
    data = json.loads((folder / "icons.json").read_bytes())
    # Hidden icons have left the set under that name; Iconify keeps them for pages that still show them.
    icons = {name: icon for name, icon in data["icons"].items() if not icon.get("hidden")}
    aliases = _resolve(data.get("aliases", {}), icons)

    with zipfile.ZipFile(folder / "art.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=4) as art:
        for name, icon in (icons | aliases).items():
            if name in icons or _transformed(icon):
                entry = zipfile.ZipInfo(f"{name}.svg", _LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                art.writestr(entry, svg(icon, data))

    others: dict[str, list[str]] = defaultdict(list)
    for name, icon in aliases.items():
        if not _transformed(icon):
            others[icon["parent"]].append(name)
    code = {name: code for code, name in json.loads((folder / "chars.json").read_bytes()).items()}
    categories = json.loads((folder / "metadata.json").read_bytes()).get("categories", {})
    category = {name: title for title, names in categories.items() for name in names}
    names = {
        name: {"code": code.get(name), "category": category.get(name), "aliases": sorted(others[name])}
        for name in sorted([*icons, *(name for name, icon in aliases.items() if _transformed(icon))])
    }
    (folder / "names.json").write_text(json.dumps(names, indent=0), encoding="utf-8")
    for source in ("icons.json", "chars.json", "metadata.json"):
        (folder / source).unlink()


def svg(icon: dict[str, Any], defaults: dict[str, Any]) -> str:
    """A complete SVG document of one icon: its box, and its flips and quarter turns (clockwise) carried out."""
    left, top, width, height = (
        icon.get(key, defaults.get(key, fallback))
        for key, fallback in (("left", 0), ("top", 0), ("width", 16), ("height", 16))
    )
    body = icon["body"]
    flip_x, flip_y = -1 if icon.get("hFlip") else 1, -1 if icon.get("vFlip") else 1
    turns = icon.get("rotate", 0) % 4
    if turns or flip_x < 0 or flip_y < 0:
        middle_x, middle_y = left + width / 2, top + height / 2
        body = (
            f'<g transform="translate({middle_x} {middle_y}) rotate({90 * turns}) scale({flip_x} {flip_y}) '
            f'translate({-middle_x} {-middle_y})">{body}</g>'
        )
    if turns % 2:
        left, top = left + (width - height) / 2, top + (height - width) / 2
        width, height = height, width
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="{left} {top} {width} {height}">{body}</svg>'
    )


def _resolve(aliases: dict[str, Any], icons: dict[str, Any]) -> dict[str, Any]:
    """Aliases of known icons with the properties of their parents; an alias of an alias is followed."""
    resolved: dict[str, Any] = {}
    for name, alias in aliases.items():
        chain = [alias]
        while (parent := chain[-1]["parent"]) in aliases and len(chain) <= len(aliases):
            chain.append(aliases[parent])
        if parent not in icons or alias.get("hidden"):
            continue
        icon = dict(icons[parent])
        for step in reversed(chain):
            # Flips and turns add up along the chain; everything else is replaced.
            turned = {
                "hFlip": bool(icon.get("hFlip")) != bool(step.get("hFlip")),
                "vFlip": bool(icon.get("vFlip")) != bool(step.get("vFlip")),
                "rotate": (icon.get("rotate", 0) + step.get("rotate", 0)) % 4,
            }
            icon |= step | turned
        resolved[name] = icon | {"parent": parent}
    return resolved


def _transformed(icon: dict[str, Any]) -> bool:
    return any(icon.get(key) for key in ("hFlip", "vFlip", "rotate"))
