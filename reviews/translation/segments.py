"""Parting a text into segments and putting it together again in the same shape.

A segment is a sentence or what stands alone in a line. What lies between two (blank lines,
indentation, the marks of lists, quotes and headings, emoji at an edge, blocks of code) is
kept as it is: the pieces, joined, are the text again.
"""

import re
from typing import NamedTuple

# An emoji with its modifiers, a joined group of them, a flag or a keycap (Unicode TS #51,
# "Emoji sequences", by ranges of code points).
_PICTURE = (
    "(?:[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\u25aa-\u25fe\u2190-\u21ff"
    "\u2934\u2935\u3030\u303d\u3297\u3299\u00a9\u00ae\u203c\u2049\u2122\u2139\u24c2]"
    "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*)"
)
EMOJI = rf"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d{_PICTURE})*)"
# One look for any character that an emoji has: most texts have none.
HAS_EMOJI = re.compile("[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]")

# The mark of a list item, a quote or a heading, with the white space round it.
_MARK = r"(?:(?:[-*+•·–—●▪◦○►>#=|]+|\(?\d{1,2}[.)]|\(?[A-Za-z]\))(?=[ \t]))"
# Tried at the first of a run of white space alone: a run of any length costs its length.
_LINE = rf"(?<!\s)\s*[\n\r\u2028\u2029\x0b\x0c]\s*(?:{_MARK}[ \t]+)*"
START = re.compile(rf"\s*(?:{_MARK}[ \t]+)*")
_CODE = r"\s*```.*?(?:```|\Z)\s*"
# A sentence ends with its mark, what closes behind it, and white space; in scripts that put
# none, with the mark alone.
_SENTENCE = r"(?<=[.!?…؟।։])[\"'”’»)\]*_]*\s+|[。！？][」』”]*\s*"
# Each begins with one of a few characters: looked at first, that spares most of the work.
BREAK = re.compile(rf"(?=[\s`\"'”’»)\]*_。！？])({_CODE}|{_LINE}|{_SENTENCE})", re.DOTALL)
EDGES = re.compile(rf"((?:{EMOJI}|\s)*)(.*?)((?:\s|{EMOJI})*)", re.DOTALL)

# A full stop behind these ends no sentence.
ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|mrs?|ms|dr|dra|sra?|srta|prof|st|vs|etc|no|núm|nº|inc|ltd|co|jr|"
    r"e\.g|i\.e|p\.\s?ej|approx|aprox|ej|pág|art|tel|[A-Z]\.[A-Z])\.$",
    re.IGNORECASE,
)
# Engines take no segment of any length; a longer one is parted where it hurts least.
LONGEST = 800  # characters
SEAMS = (". ", "; ", ", ", " ")


class Piece(NamedTuple):
    """A segment to translate, or what stands between two, to be kept."""

    text: str
    is_segment: bool


def split(text: str) -> list[Piece]:
    """Part a text at line breaks, at marks of lists and between sentences."""
    pieces: list[Piece] = []
    with_emoji = not text.isascii() and HAS_EMOJI.search(text) is not None
    for sentence, gap in _sentences(text):
        for short in _shortened(sentence) if len(sentence) > LONGEST else (sentence,):
            if with_emoji:
                _add_trimmed(pieces, short)
            elif short:
                pieces.append(Piece(short, _has_letters(short)))
        if gap:
            pieces.append(Piece(gap, False))
    return pieces


def _sentences(text: str) -> list[tuple[str, str]]:
    """Return each sentence with the gap behind it."""
    found: list[tuple[str, str]] = []
    held = ""
    begins = START.match(text)
    if begins and begins[0]:
        found.append(("", begins[0]))
        text = text[begins.end() :]
    split = BREAK.split(text)
    for place in range(0, len(split), 2):
        sentence = held + split[place]
        gap = split[place + 1] if place + 1 < len(split) else ""
        closing = gap.rstrip()
        is_inline = "\n" not in gap and "```" not in gap and not gap[:1].isspace()
        if closing and sentence and is_inline:
            # What closes a sentence belongs to it: the bracket, the quotation mark.
            sentence, gap = sentence + closing, gap[len(closing) :]
        follows = split[place + 2][:1] if place + 2 < len(split) else ""
        if gap and _goes_on(sentence, gap, follows):
            held = sentence + gap
            continue
        held = ""
        found.append((sentence, gap))
    if held:
        found.append((held, ""))
    return found


def _goes_on(sentence: str, gap: str, follows: str) -> bool:
    """Tell whether a full stop and a space stand within a sentence."""
    if "\n" in gap or not sentence.endswith((".", "…")) or "```" in gap:
        return False
    return follows.islower() or ABBREVIATION.search(sentence[-12:]) is not None


def _shortened(sentence: str) -> list[str]:
    """Part a sentence that no engine would take whole; the parts joined are it again."""
    parts = []
    while len(sentence) > LONGEST:
        for seam in SEAMS:
            end = sentence.rfind(seam, LONGEST // 2, LONGEST)
            if end > 0:
                end += len(seam)
                break
        else:
            end = LONGEST
        parts.append(sentence[:end])
        sentence = sentence[end:]
    return [*parts, sentence]


def _add_trimmed(pieces: list[Piece], text: str) -> None:
    """Add a segment without the emoji at its edges, which stay where they are."""
    match = EDGES.fullmatch(text)
    if match is None:
        return
    before, inner, after = match.groups()
    if not _has_letters(inner):
        before, inner, after = text, "", ""
    for piece, is_segment in ((before, False), (inner, True), (after, False)):
        if piece:
            pieces.append(Piece(piece, is_segment))


LETTER = re.compile(r"[^\W\d_]")


def _has_letters(text: str) -> bool:
    return LETTER.search(text) is not None
