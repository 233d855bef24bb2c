"""What is checked of each translated segment, engine's or memory's or person's.

The names and ideas are those of the field (translate-toolkit's and Weblate's quality checks);
the limits are ours.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from reviews.translation.protection import MARK, NUMBER, Segment

MARKS = "marks"  # a protected passage is missing, or stands twice
NUMBERS = "numbers"  # other figures than in the original
EMPTY = "empty"
LENGTH = "length"  # far longer or shorter
SAME = "same"  # the original again
FORBIDDEN = "forbidden"  # a term that the glossary forbids

# These are mended by trying anew; the others are marked, for a person to look at.
GRAVE = {MARKS, NUMBERS, EMPTY}

SHORT = 20  # characters: the length of a short segment tells nothing
LONGEST_RATIO = 3.0
SAME_WORDS = 4
WORD = re.compile(r"[^\W\d_]{2,}")
# A character of these scripts says about as much as two or three of others.
DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def failed(source: Segment, target: str, forbidden: Sequence[str] = ()) -> list[str]:
    """Return the checks that a translation with its marks fails."""
    text = source.text
    found = []
    if not target.strip():
        return [EMPTY]
    marked = source.kept or MARK.search(target)
    if marked and sorted(MARK.findall(text)) != sorted(MARK.findall(target)):
        found.append(MARKS)
    if numbers(text) != numbers(target):
        found.append(NUMBERS)
    long, short = weight(text), weight(target)
    if max(long, short) > SHORT and not 1 / LONGEST_RATIO <= short / long <= LONGEST_RATIO:
        found.append(LENGTH)
    if len(WORD.findall(text)) >= SAME_WORDS and text.casefold() == target.casefold():
        found.append(SAME)
    folded = target.casefold()
    if any(re.search(rf"(?<!\w){re.escape(t.casefold())}(?!\w)", folded) for t in forbidden):
        found.append(FORBIDDEN)
    return found


def numbers(text: str) -> Counter[str]:
    """Return a text's figures, each without its separators: those are the languages' own."""
    return Counter(
        "".join(str(unicodedata.digit(char)) for char in found if char.isdigit())
        for found in NUMBER.findall(text)
    )


def weight(text: str) -> int:
    """Return about how much a text says, in characters of an alphabet."""
    return max(len(text) + 2 * len(DENSE.findall(text)), 1)
