"""Parting a text into segments and putting it together again in the same shape."""

import re
from typing import NamedTuple

# A sentence ends with its mark and the white space behind it, which stays as it is.
BREAK = re.compile(r"(\s*\n\s*|(?<=[.!?…])\s+)")


class Piece(NamedTuple):
    """A segment to translate, or what stands between two, to be kept."""

    text: str
    is_segment: bool


def part(text: str) -> list[Piece]:
    """Part a text at line breaks and between sentences.

    The pieces, joined, are the text again.
    """
    pieces = []
    for number, piece in enumerate(BREAK.split(text)):
        if piece:
            # Every second piece is a break; one without letters needs no translation.
            segment = number % 2 == 0 and any(char.isalpha() for char in piece)
            pieces.append(Piece(piece, segment))
    return pieces
