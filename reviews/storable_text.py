"""What the database can hold of a text that came from outside."""

import re

# What PostgreSQL cannot hold (NUL) or UTF-8 cannot write (lone surrogates).
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """Return a text without the characters that cannot be stored."""
    return UNSTORABLE.sub("", text)
