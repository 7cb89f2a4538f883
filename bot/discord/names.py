"""Names that Discord takes for what speaks through a webhook."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80
NAMELESS = "Character"

FORBIDDEN = re.compile(r"(dis)(cord)|(cly)(de)", re.IGNORECASE)
RESERVED = ("everyone", "here", "system message")

# https://discord.com/developers/docs/resources/user#usernames-and-nicknames
BROKEN = re.compile(r"[@#:]|```")


def webhook_name(name: str) -> str:
    """As near to the name as Discord allows: 1 to 80 characters, without its own names and what looks like them."""
    folded = unicodedata.normalize("NFKC", name)
    visible = "".join(
        one for one in folded if unicodedata.category(one) not in ("Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    words = " ".join(BROKEN.sub(" ", visible).split())
    allowed = FORBIDDEN.sub(lambda found: "-".join(filter(None, found.groups())), words)[:LONGEST].strip()
    if allowed.casefold() in RESERVED:
        allowed = f"{allowed}."
    return allowed or NAMELESS
