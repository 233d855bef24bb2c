"""Split a text into segments, and the strings between them, which stay unchanged.

A segment is a sentence or a text on a line of its own. The strings between segments are blank
lines, indentation, the marks of lists, quotes and headings, emoji at an edge, and code blocks.
All pieces joined are the text again.
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
# A cheap test for any character of an emoji: most texts have none.
HAS_EMOJI = re.compile("[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]")

# The mark of a list item, a quote or a heading, with the white space around it.
_MARK = r"(?:(?:[-*+•·–—●▪◦○►>#=|]+|\(?\d{1,2}[.)]|\(?[A-Za-z]\))(?=[ \t]))"
# Tried only at the start of a run of white space, so that matching stays linear.
_LINE = rf"(?<!\s)\s*[\n\r\u2028\u2029\x0b\x0c]\s*(?:{_MARK}[ \t]+)*"
START = re.compile(rf"\s*(?:{_MARK}[ \t]+)*")
_CODE = r"\s*```.*?(?:```|\Z)\s*"
# A sentence ends with a mark, closing brackets or quotes, and white space; in scripts without
# white space, with the mark alone.
_SENTENCE = r"(?<=[.!?…؟।։])[\"'”’»)\]*_]*\s+|[。！？][」』”]*\s*"
# Each alternative begins with one of a few characters: testing them first saves most of the work.
BREAK = re.compile(rf"(?=[\s`\"'”’»)\]*_。！？])({_CODE}|{_LINE}|{_SENTENCE})", re.DOTALL)
EDGES = re.compile(rf"((?:{EMOJI}|\s)*)(.*?)((?:\s|{EMOJI})*)", re.DOTALL)

# A full stop after these does not end a sentence.
ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|mrs?|ms|dr|dra|sra?|srta|prof|st|vs|etc|no|núm|nº|inc|ltd|co|jr|"
    r"e\.g|i\.e|p\.\s?ej|approx|aprox|ej|pág|art|tel|[A-Z]\.[A-Z])\.$",
    re.IGNORECASE,
)
# Engines limit a segment's length; longer ones are split at the best of these seams.
LONGEST = 800  # characters
SEAMS = (". ", "; ", ", ", " ")


class Piece(NamedTuple):
    """A segment to translate, or a string between two segments that stays unchanged."""

    text: str
    is_segment: bool


def split(text: str) -> list[Piece]:
    """Split a text at line breaks, at list marks and between sentences."""
    pieces: list[Piece] = []
    with_emoji = not text.isascii() and HAS_EMOJI.search(text) is not None
    for sentence, gap in _sentences(text):
        for short in _split_long(sentence) if len(sentence) > LONGEST else (sentence,):
            if with_emoji:
                _add_trimmed(pieces, short)
            elif short:
                pieces.append(Piece(short, _has_letters(short)))
        if gap:
            pieces.append(Piece(gap, False))
    return pieces


def _sentences(text: str) -> list[tuple[str, str]]:
    """Return each sentence with the gap after it."""
    results: list[tuple[str, str]] = []
    pending = ""
    begins = START.match(text)
    if begins and begins[0]:
        results.append(("", begins[0]))
        text = text[begins.end() :]
    parts = BREAK.split(text)
    for index in range(0, len(parts), 2):
        sentence = pending + parts[index]
        gap = parts[index + 1] if index + 1 < len(parts) else ""
        closing = gap.rstrip()
        is_inline = "\n" not in gap and "```" not in gap and not gap[:1].isspace()
        if closing and sentence and is_inline:
            # A closing bracket or quotation mark belongs to the sentence.
            sentence, gap = sentence + closing, gap[len(closing) :]
        next_character = parts[index + 2][:1] if index + 2 < len(parts) else ""
        if gap and _is_within_sentence(sentence, gap, next_character):
            pending = sentence + gap
            continue
        pending = ""
        results.append((sentence, gap))
    if pending:
        results.append((pending, ""))
    return results


def _is_within_sentence(sentence: str, gap: str, next_character: str) -> bool:
    """Return whether the full stop before a gap does not end the sentence."""
    if "\n" in gap or not sentence.endswith((".", "…")) or "```" in gap:
        return False
    return next_character.islower() or ABBREVIATION.search(sentence[-12:]) is not None


def _split_long(sentence: str) -> list[str]:
    """Split a long sentence into parts of at most `LONGEST` characters."""
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
    """Add a segment without the emoji at its edges, which become pieces of their own."""
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
