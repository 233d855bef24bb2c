"""Protect passages that no engine may change: remove them before translation, restore them after.

Each protected passage becomes a mark, one character of Unicode's private use area: U+E000 for
the first, U+E001 for the next. So a segment with its marks is a plain string, used as key in the
memory and counted by checks; each engine encodes the marks in a way that it preserves.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from reviews.translation.segments import EMOJI

FIRST, LAST = 0xE000, 0xF8FF
MARK = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")

URL = r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]'»”*_]"
# Without a scheme only if unambiguous: by a known top-level domain or a path.
DOMAIN = (
    r"(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|io|co|app|dev|ai|es|mx|pt|fr|de|uk|eu|edu|gov|info"
    r"|[a-z]{4,18}(?=/[a-z]))"
    r"(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]'»”])?(?![\w.-]*\w)"
)
EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
HANDLE = r"(?<![\w&])[@#]\w+"
CODE = r"`[^`\n]+`"
TAG = r"</?[a-zA-Z][^<>\n]{0,200}>|&(?:[a-z]{2,8}|#\d{2,6});"
EMPHASIS = r"\*\*|__|~~|(?<!\w)[*_](?=\w)|(?<=[\w.!?])[*_](?!\w)"
UNITS = (
    r"(?:%|‰|°\s?[CF]?|[€$£¥₹₽]|km/h|mph|[kmcd]?m²?|[km]?g|[mc]?l|[KMGT]i?[Bb](?:ps|/s)?|kbps|mbps|"
    r"px|dpi|fps|[kMG]?Hz|k?Wh?|mAh|min|hrs?|h|ms|s|USD|EUR|GBP|MXN|BRL|ARS|COP|CLP|k|M|x)"
)
AMOUNT = rf"(?:[€$£¥₹₽]\s?)\d(?:[\d.,' ]*\d)?(?:\s?{UNITS}(?!\w))?|\d(?:[\d.,]*\d)?\s?{UNITS}(?!\w)"
# A date, a time, a version, a telephone number: digits with separators.
FIGURES = r"v?\d+(?:[/:.,-]\d+){2,}|\d+[/:-]\d+"
# Letters and digits in one word, except ordinals: iOS17, H264, COVID-19, 4K.
MIXED = (
    r"(?<![\w.])(?!\d+(?:st|nd|rd|th|s|º|ª|er|ra|ro|do|to|mo|va|vo)\b)"
    r"(?:\d+[^\W\d_]|[^\W\d_]+-?\d)[\w-]*"
)
# Each kind with a cheap test whether a text can contain it, since the patterns cost much more.
# The order matters: a passage belongs to the first kind that matches.
KINDS: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda text: "`" in text, CODE),
    (lambda text: "://" in text or "www" in text, URL),
    (lambda text: "@" in text, EMAIL),
    (lambda text: "." in text[:-2], DOMAIN),
    (lambda text: "@" in text or "#" in text, HANDLE),
    (lambda text: "<" in text or "&" in text, TAG),
    (re.compile(r"[\d€$£¥₹₽]").search, f"{FIGURES}|{AMOUNT}|{MIXED}"),
    (lambda text: not text.isascii(), EMOJI),
    (lambda text: "*" in text or "_" in text or "~" in text, EMPHASIS),
    (MARK.search, MARK.pattern),
)
SUSPECT = re.compile("[@#`<&*_~/\\d€$£¥₹₽\ue000-\uf8ff©®‼-㊙\U0001f000-\U0001faff]|\\.[a-z]{2}|www")
NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
SPACE = re.compile(r"[^\S ]+|  +")


class ProtectedSegment(NamedTuple):
    """A segment with marks, and the passages that they stand for, in their order."""

    text: str
    passages: tuple[str, ...] = ()


def mark(number: int) -> str:
    return chr(FIRST + number)


def protect(text: str, names: tuple[str, ...] = ()) -> ProtectedSegment:
    """Replace protected passages and `names` by marks, and normalize white space.

    Most segments have none, so each step begins with a cheap test.
    """
    if "  " in text or not text.isprintable():
        text = SPACE.sub(" ", text.replace("\0", ""))
    segment = ProtectedSegment(text)
    if SUSPECT.search(text):
        kinds = tuple(number for number, (can_occur, _kind) in enumerate(KINDS) if can_occur(text))
        segment = replace(segment, _pattern_of(kinds))
    if any(name in text for name in names) and (pattern := _name_pattern(names)):
        segment = replace(segment, pattern)
    return segment


@cache
def _pattern_of(kinds: tuple[int, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{KINDS[number][1]})" for number in kinds) or r"(?!)")


def replace(
    segment: ProtectedSegment, pattern: re.Pattern[str], replacements: Sequence[str] = ()
) -> ProtectedSegment:
    """Replace matches of a pattern by marks, numbered in the order of the text.

    `replacements` are what the matches are restored as; without it, they are restored unchanged.
    """
    passages: list[str] = []
    text: list[str] = []
    end = 0
    next_replacements = iter(replacements)
    for match in pattern.finditer(segment.text):
        if replacements or not MARK.fullmatch(match[0]) or not segment.passages:
            _copy(segment, segment.text[end : match.start()], text, passages)
            text.append(mark(len(passages)))
            passages.append(
                next(next_replacements, match[0])
                if replacements
                else restore(match[0], segment.passages)
            )
            end = match.end()
    _copy(segment, segment.text[end:], text, passages)
    return ProtectedSegment("".join(text), tuple(passages))


def _copy(segment: ProtectedSegment, passage: str, text: list[str], passages: list[str]) -> None:
    """Copy a passage to `text`, renumbering its marks after those of `passages`."""
    if not segment.passages:
        text.append(passage)
        return
    for char in passage:
        if FIRST <= ord(char) <= LAST:
            text.append(mark(len(passages)))
            passages.append(segment.passages[ord(char) - FIRST])
        else:
            text.append(char)


def restore(text: str, passages: Sequence[str]) -> str:
    """Return a text with its marks replaced by `passages`. Marks without one are removed."""
    if not passages:
        return text
    return MARK.sub(lambda m: passages[n] if (n := ord(m[0]) - FIRST) < len(passages) else "", text)


def numbers_protected(segment: ProtectedSegment) -> ProtectedSegment:
    """Return a segment with its numbers protected, too."""
    return replace(segment, NUMBER)


def fragments(segment: ProtectedSegment) -> list[str]:
    """Split a segment into its marks and the texts between, which joined are its text."""
    return [part for part in re.split(f"({MARK.pattern})", segment.text) if part]


@lru_cache(maxsize=4096)
def _name_pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    longest_first = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first))
