"""Colours of people: skin, hair and cloth, said by words or left to chance."""

from __future__ import annotations

import random

from pipeline.face.colours import from_oklch, parse, to_oklch
from pipeline.types import Age

SKINS = ("#f9d9c5", "#f3c8a6", "#e9b68c", "#d9a077", "#c68c60", "#aa7048", "#8f5a3a", "#75472f")
"""From the lightest to the darkest that ink still shows on."""
SKIN_WORDS = {
    "pale": (0, 0), "fair": (0, 1), "fair-skinned": (0, 1), "light-skinned": (0, 2), "white-skinned": (0, 1),
    "freckled": (0, 1), "tanned": (3, 4), "olive-skinned": (2, 4), "brown-skinned": (4, 6), "dark-skinned": (6, 7),
    "black": (6, 7), "african": (5, 7), "nigerian": (6, 7), "kenyan": (6, 7), "ethiopian": (5, 7), "ghanaian": (6, 7),
    "jamaican": (5, 7), "indian": (3, 6), "pakistani": (3, 5), "bengali": (4, 6), "japanese": (1, 2), "chinese": (1, 3),
    "korean": (1, 2), "thai": (2, 4), "vietnamese": (2, 4), "arab": (2, 4), "arabian": (2, 4), "egyptian": (3, 5),
    "moroccan": (2, 5), "turkish": (1, 4), "persian": (1, 4), "mexican": (2, 5), "peruvian": (3, 5), "hawaiian": (3, 5),
    "maori": (3, 5), "swedish": (0, 1), "norwegian": (0, 1), "danish": (0, 1), "finnish": (0, 1), "irish": (0, 1),
    "scottish": (0, 1), "russian": (0, 2), "polish": (0, 2), "german": (0, 2), "english": (0, 2), "british": (0, 3),
    "french": (0, 3), "italian": (1, 3), "spanish": (1, 3), "greek": (1, 3),
}  # fmt: skip
"""Word -> first and last of `SKINS` it may mean. "black" counts only right before a person's noun."""

HAIRS = {
    "black": "#26211f", "dark": "#3a2a20", "brown": "#5a3c26", "chestnut": "#7a4a2a", "auburn": "#8c4322",
    "ginger": "#c9642c", "sandy": "#b38a52", "blond": "#e2b95c", "platinum": "#f0dfb4", "grey": "#a3a3a8",
    "silver": "#c3c6cc", "white": "#eeece8", "pink": "#ee7fb2", "blue": "#4a86d8", "teal": "#2fa59b",
    "green": "#58a84c", "purple": "#8c5cc4", "red": "#cf3f36",
}  # fmt: skip
HAIR_WORDS = {
    "blonde": "blond", "blond": "blond", "golden-haired": "blond", "fair-haired": "blond", "redhead": "ginger",
    "redheaded": "ginger", "red-haired": "ginger", "red-headed": "ginger", "ginger": "ginger", "brunette": "brown",
    "auburn": "auburn", "dark-haired": "dark", "black-haired": "black", "brown-haired": "brown",
    "raven-haired": "black",
    "grey-haired": "grey", "gray-haired": "grey", "white-haired": "white", "silver-haired": "silver",
    "grizzled": "grey", "pink-haired": "pink", "blue-haired": "blue",
    "green-haired": "green", "purple-haired": "purple",
    "blonde-haired": "blond", "blond-haired": "blond", "dark-brown-haired": "dark", "auburn-haired": "auburn",
    "ginger-haired": "ginger", "orange-haired": "ginger", "platinum-haired": "platinum", "sandy-haired": "sandy",
    "teal-haired": "teal", "turquoise-haired": "teal", "violet-haired": "purple", "lilac-haired": "purple",
    "yellow-haired": "blond", "copper-haired": "ginger", "chestnut-haired": "chestnut", "snowy-haired": "white",
}  # fmt: skip
"""Words for hair -> key of `HAIRS`."""
_NATURAL = (
    ("black", "dark", "brown", "brown", "chestnut", "auburn", "ginger", "sandy", "blond", "blond"),
    ("black", "dark", "dark", "brown", "brown", "chestnut"),
    ("black", "black", "dark", "dark"),
)
"""What grows by itself with light, middle and dark skin."""

CLOTHS = {
    "red": "#c63d3a", "orange": "#e07b30", "gold": "#d9a52c", "golden": "#d9a52c", "yellow": "#edc243",
    "green": "#3f8f56", "turquoise": "#2fa7a3", "teal": "#20807f", "blue": "#3b6fc0", "purple": "#7a4fb0",
    "violet": "#7a4fb0", "pink": "#e57fa8", "white": "#f1f0ee", "silver": "#b4bac4", "grey": "#84888f",
    "gray": "#84888f", "brown": "#7c5638", "black": "#34323a", "scarlet": "#d0302e", "crimson": "#a8243a",
    "beige": "#d8c3a0", "navy": "#2c3a60",
}  # fmt: skip
"""Colour words before a person name the clothes: nobody who asks for a red wizard means the skin."""


def skin(words: frozenset[str], before: str, rng: random.Random) -> str:
    """A natural tone: as said by ``words`` (all of the concept) or by the word right ``before`` the person."""
    fair = any(HAIR_WORDS.get(word) in ("blond", "ginger", "auburn") for word in words)
    low, high = 0, 3 if fair else len(SKINS) - 1
    for word, span in SKIN_WORDS.items():
        if word == before or (word != "black" and word in words):
            low, high = span
            break
    return SKINS[rng.randint(low, high)]


def hair(words: frozenset[str], age: Age, skin_tone: str, rng: random.Random) -> str:
    """The hair's colour: said, grey with age, or what grows with such skin."""
    said = next((HAIR_WORDS[word] for word in sorted(words) if word in HAIR_WORDS), None)
    lightness = to_oklch(parse(skin_tone))[0]
    natural = rng.choice(_NATURAL[0 if lightness > 0.80 else 1 if lightness > 0.66 else 2])
    if said is None and age is Age.OLD:
        said = rng.choice(("grey", "silver", "white", "white"))
    return HAIRS[said or natural]


def hair_tone(word: str) -> str | None:
    """The key of `HAIRS` that a word before "hair" or "beard" means: nobody's red beard is scarlet."""
    return HAIR_WORDS.get(f"{word}-haired") or HAIR_WORDS.get(word) or (word if word in HAIRS else None)


def shades(name: str, colour: str) -> dict[str, str]:
    """``name`` and its _light, _dark and _deep, for the placeholders of the parts."""
    lightness, chroma, hue = to_oklch(parse(colour))
    up = min(0.09, (1.0 - lightness) * 0.6)
    return {
        name: colour,
        f"{name}_light": from_oklch(lightness + up, chroma * 0.95, hue),
        f"{name}_dark": from_oklch(lightness - 0.10, chroma * 1.05, (hue - 7) % 360),
        f"{name}_deep": from_oklch(max(lightness - 0.20, 0.10), chroma, (hue - 14) % 360),
    }


_EYES = {
    "blue-eyed": "#4a8fd0", "green-eyed": "#4f9a58", "brown-eyed": "#6f4526", "grey-eyed": "#8a949e",
    "gray-eyed": "#8a949e", "hazel-eyed": "#8a6a34", "red-eyed": "#c23a34", "golden-eyed": "#d0a02c",
    "yellow-eyed": "#d6b52e", "purple-eyed": "#8256b8", "violet-eyed": "#8256b8", "black-eyed": "#3a2a20",
}  # fmt: skip
_IRISES = ("#5b3a1e", "#6f4a26", "#7a5c2e", "#5f7a3c", "#4a7d6a", "#4c86b5", "#5f93c4", "#7d8a96")
"""From brown over hazel and green to blue and grey."""


def iris(words: frozenset[str], skin_tone: str, rng: random.Random) -> str:
    """Colour of the eyes: said by ``words``, else brown ones with dark skin, any with light skin."""
    said = next((_EYES[word] for word in sorted(words) if word in _EYES), None)
    lightness = to_oklch(parse(skin_tone))[0]
    usual = _IRISES if lightness > 0.80 else _IRISES[:5] if lightness > 0.66 else _IRISES[:3]
    return said or rng.choice(usual)
