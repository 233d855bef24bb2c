"""Remove from incoming texts what the database cannot store."""

import re

# NUL, which PostgreSQL cannot store, and lone surrogates, which UTF-8 cannot encode.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Return a text without the characters that cannot be stored."""
    return UNSTORABLE.sub("", text)
