"""Quality checks of translated segments, whether by an engine, the memory or a person.

Names and ideas follow the quality checks of translate-toolkit and Weblate; the limits are ours.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from reviews.translation.protection import MARK, NUMBER, ProtectedSegment

MARKS = "marks"  # a protected passage is missing or doubled
NUMBERS = "numbers"  # numbers differ from the original
EMPTY = "empty"
LENGTH = "length"  # far longer or shorter than the original
SAME = "same"  # the original, unchanged
FORBIDDEN = "forbidden"  # contains a term that the glossary forbids

# These are retried; the others are stored with the translation for a person to review.
GRAVE = {MARKS, NUMBERS, EMPTY}

SHORT = 20  # characters; the length ratio of shorter segments means nothing
LONGEST_RATIO = 3.0
SAME_WORDS = 4
WORD = re.compile(r"[^\W\d_]{2,}")
# A character of these scripts carries about as much text as two or three of an alphabet.
DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def failed(source: ProtectedSegment, target: str, forbidden: Sequence[str] = ()) -> list[str]:
    """Return the checks that a translation, with its marks, fails."""
    text = source.text
    failures = []
    if not target.strip():
        return [EMPTY]
    marked = source.passages or MARK.search(target)
    if marked and sorted(MARK.findall(text)) != sorted(MARK.findall(target)):
        failures.append(MARKS)
    if numbers(text) != numbers(target):
        failures.append(NUMBERS)
    long, short = weight(text), weight(target)
    if max(long, short) > SHORT and not 1 / LONGEST_RATIO <= short / long <= LONGEST_RATIO:
        failures.append(LENGTH)
    if len(WORD.findall(text)) >= SAME_WORDS and text.casefold() == target.casefold():
        failures.append(SAME)
    folded = target.casefold()
    if any(re.search(rf"(?<!\w){re.escape(t.casefold())}(?!\w)", folded) for t in forbidden):
        failures.append(FORBIDDEN)
    return failures


def numbers(text: str) -> Counter[str]:
    """Return a text's numbers without separators, which differ between languages."""
    return Counter(
        "".join(str(unicodedata.digit(char)) for char in number if char.isdigit())
        for number in NUMBER.findall(text)
    )


def weight(text: str) -> int:
    """Return the approximate length of a text in characters of an alphabet, at least 1."""
    return max(len(text) + 2 * len(DENSE.findall(text)), 1)
