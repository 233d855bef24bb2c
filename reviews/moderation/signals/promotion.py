"""Links, addresses and codes that lead readers elsewhere."""

import re
from typing import Any

from reviews.models import Review

LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')]+"
    r"|\b(?:t\.me|wa\.me|bit\.ly|tinyurl\.com|goo\.gl|discord\.gg|linktr\.ee)/[^\s<>\"')]+"
    r"|\b[a-z0-9][a-z0-9-]+\.(?:com|net|org|io|info|shop|store|online|site|xyz|ru|cn|top|club)"
    r"(?:/[^\s<>\"')]*)?\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
CODE = re.compile(
    r"\b(?:promo|coupon|discount|referral|invit\w*|código|cupón|descuento|gutschein)\s*"
    r"(?:code|código|de)?\s*[:=]?\s*[\"“]?(?=\w*\d)(?=\w*[A-Z])[A-Z0-9]{5,15}\b"
    r"|\b(?:whats\s?app|telegram)\b\W{0,12}\+?[\d(][\d\s().-]{6,}\d",
    re.IGNORECASE,
)
ENDS = ".,;:!?…"


def look(review: Review) -> tuple[float, dict[str, Any]] | None:
    """Return a score of 0 to 1 and what leads elsewhere, or None."""
    text = "\n".join(review.texts().values())
    addresses = [match[0] for match in ADDRESS.finditer(text)]
    links = [
        match[0].rstrip(ENDS)
        for match in LINK.finditer(text)
        if not any(match[0] in address for address in addresses)
    ]
    codes = [match[0].strip() for match in CODE.finditer(text)]
    matches = list(dict.fromkeys([*links, *addresses, *codes]))
    if not matches:
        return None
    return min(1.0, (len(links) + 2 * len(codes) + len(addresses)) / 4 + 0.25), {
        "found": matches[:6]
    }
