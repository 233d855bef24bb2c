"""What no engine may touch: taken out before it translates, put back afterwards.

A protected passage becomes one character of Unicode's private use area, the first U+E000, the
next U+E001. So a segment with its marks is a plain string: the memory's key, what checks
count, and what each engine dresses in a way that it respects.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from reviews.translation.segments import EMOJI

FIRST, LAST = 0xE000, 0xF8FF
MARK = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")

URL = r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)\]'»”*_]"
# Without a scheme only where it can be nothing else: by its ending, or by a path behind it.
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
# A date, a time, a version, a telephone number: figures with something between.
FIGURES = r"v?\d+(?:[/:.,-]\d+){2,}|\d+[/:-]\d+"
# Letters and figures in one word, ordinals aside: iOS17, H264, COVID-19, 4K.
MIXED = (
    r"(?<![\w.])(?!\d+(?:st|nd|rd|th|s|º|ª|er|ra|ro|do|to|mo|va|vo)\b)"
    r"(?:\d+[^\W\d_]|[^\W\d_]+-?\d)[\w-]*"
)
# Each kind with what a text must have for it to be looked for: most kinds cost much more than
# to see that there is no "@". The order matters: the first that fits takes a passage.
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
    """A segment with marks in it, and what each of them stands for, in their order."""

    text: str
    passages: tuple[str, ...] = ()


def mark(number: int) -> str:
    return chr(FIRST + number)


def protect(text: str, names: tuple[str, ...] = ()) -> ProtectedSegment:
    """Take out what comes back untouched, and `names`; even out the white space.

    Most segments have nothing of it: a look that costs little comes before each step.
    """
    if "  " in text or not text.isprintable():
        text = SPACE.sub(" ", text.replace("\0", ""))
    found = ProtectedSegment(text)
    if SUSPECT.search(text):
        kinds = tuple(number for number, (may, _kind) in enumerate(KINDS) if may(text))
        found = replace(found, _pattern_of(kinds))
    if any(name in text for name in names) and (pattern := _name_pattern(names)):
        found = replace(found, pattern)
    return found


@cache
def _pattern_of(kinds: tuple[int, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{KINDS[number][1]})" for number in kinds) or r"(?!)")


def replace(
    segment: ProtectedSegment, pattern: re.Pattern[str], instead: Sequence[str] = ()
) -> ProtectedSegment:
    """Put marks for what a pattern finds, numbered in the order of the text.

    `instead` is what each find comes back as; without it, as it was.
    """
    kept: list[str] = []
    text: list[str] = []
    end = 0
    finds = iter(instead)
    for match in pattern.finditer(segment.text):
        if instead or not MARK.fullmatch(match[0]) or not segment.passages:
            _copy(segment, segment.text[end : match.start()], text, kept)
            text.append(mark(len(kept)))
            kept.append(next(finds, match[0]) if instead else restore(match[0], segment.passages))
            end = match.end()
    _copy(segment, segment.text[end:], text, kept)
    return ProtectedSegment("".join(text), tuple(kept))


def _copy(segment: ProtectedSegment, passage: str, text: list[str], kept: list[str]) -> None:
    """Copy a passage; the marks that stand in it get the next numbers."""
    if not segment.passages:
        text.append(passage)
        return
    for char in passage:
        if FIRST <= ord(char) <= LAST:
            text.append(mark(len(kept)))
            kept.append(segment.passages[ord(char) - FIRST])
        else:
            text.append(char)


def restore(text: str, kept: Sequence[str]) -> str:
    """Put back what the marks stand for. A mark without anything behind it falls away."""
    if not kept:
        return text
    return MARK.sub(lambda m: kept[n] if (n := ord(m[0]) - FIRST) < len(kept) else "", text)


def numbers_protected(segment: ProtectedSegment) -> ProtectedSegment:
    """Return a segment in which figures, too, are taken out."""
    return replace(segment, NUMBER)


def fragments(segment: ProtectedSegment) -> list[str]:
    """Part a segment at its marks: marks and what lies between, joined the text again."""
    return [part for part in re.split(f"({MARK.pattern})", segment.text) if part]


@lru_cache(maxsize=4096)
def _name_pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    known = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
    if not known:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known))
