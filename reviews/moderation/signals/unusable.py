"""Texts without content: no words, one word repeated, random letters."""

import re
from typing import Any

from reviews.models import Review

WORDS = re.compile(r"[^\W\d_]+")
CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
VOWELS = re.compile(r"[aeiouyáéíóúàèìòùâêîôûäëïöüãõåæø]")
LATIN = re.compile(r"^[a-zÀ-ſ]+$")
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
FEWEST_REPEATED = 5  # words


def look(review: Review) -> tuple[float, dict[str, Any]] | None:
    """Return a score of 0 to 1 and why the text is of no use, or None."""
    texts = review.texts()
    if not texts:
        return None  # stars alone are an opinion, too
    text = "\n".join(texts.values())
    words = [word.lower() for word in WORDS.findall(text)]
    if not words:
        return 1.0, {"why": "no_words"}
    if len(words) >= FEWEST_REPEATED and len(set(words)) <= max(1, len(words) // 8):
        return 0.9, {"why": "repeated"}
    if max(map(len, words)) > 12 and any(len(set(word)) <= 2 for word in words if len(word) > 12):
        return 0.7, {"why": "repeated"}
    latin = [word for word in words if len(word) >= 5 and LATIN.match(word)]
    mashed = sum(_is_mashed(word) for word in latin)
    if latin and mashed / len(latin) > 0.5 and len(latin) >= len(words) / 2:
        return 0.8, {"why": "keyboard"}
    return None


def _is_mashed(word: str) -> bool:
    return bool(
        CONSONANTS.search(word)
        or not VOWELS.search(word)
        or any(word[:5] in row or word[:5] in row[::-1] for row in ROWS)
    )
