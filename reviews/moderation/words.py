"""Word lists as patterns that PostgreSQL finds, disguised words included.

"free" also finds `fr33`, `f.r.e.e` and `freee`: each letter matches those that look like it, once
or repeated, with or without marks between the letters.
"""

import re

from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Concat, Lower

from reviews.choices import WordKind
from reviews.models import ListedWord, WordList
from reviews.models.review import TEXT_FIELDS
from reviews.moderation.signals.minhash import folded

LOOKALIKES = {
    "a": "4@", "b": "8", "e": "3€", "g": "96", "i": "1!|l", "l": "1|!i", "o": "0", "s": "5$",
    "t": "7+", "z": "2",
}  # fmt: skip
APART = r"[\s.*_~'-]{1,2}"
SPECIAL = re.compile(r"[][\\^$.|?*+(){}-]")


class Unaccent(Func):
    function = "unaccent"
    output_field = CharField()


def review_text() -> Unaccent:
    """Return the expression of all of a review's text, in lower case and without accents."""
    pieces = [piece for name in TEXT_FIELDS for piece in (F(name), Value("\n"))]
    return Unaccent(Lower(Concat(*pieces, output_field=CharField())))


def pattern_of(word: ListedWord) -> str:
    """Return the pattern of a word, an advanced regular expression of PostgreSQL."""
    if word.kind == WordKind.PATTERN:
        return f"(?:{word.text})"
    parts = [_disguised(part) for part in folded(word.text).split()]
    return rf"(?<!\w)(?:{r'\s+'.join(parts)})(?!\w)"


def _disguised(part: str) -> str:
    letters = [_letter(char) for char in part]
    together = "".join(f"{letter}+" for letter in letters)
    return together if len(letters) < 3 else f"(?:{together}|{APART.join(letters)})"


def _letter(char: str) -> str:
    like = LOOKALIKES.get(char, "")
    quoted = SPECIAL.sub(lambda match: "\\" + match[0], char + like)
    return f"[{quoted}]" if like else quoted


def pattern(word_list: WordList) -> str | None:
    """Return the pattern that finds any word of a list, None if the list is empty."""
    patterns = [pattern_of(word) for word in word_list.words.all()]
    return "|".join(patterns) if patterns else None


def is_usable(text: str) -> bool:
    """Return whether PostgreSQL accepts a pattern and matches it in reasonable time."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '500ms'")
            cursor.execute("SELECT repeat('aA1! ', 2000) ~ %s", [f"(?:{text})"])
    except DatabaseError:
        return False
    return True
