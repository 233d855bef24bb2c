"""An original and its translation with their segments marked, so that a page can highlight pairs.

The n-th segment of one matches the n-th of the other. The marks are control characters that no
stored text contains; the template filter for paragraphs turns them into elements.
"""

from collections.abc import Iterator

from reviews.models import TranslationBase
from reviews.translation.segments import split

SEGMENT, SEGMENT_END = "\x0e", "\x0f"


def marked_segments(texts: dict[str, str]) -> dict[str, str]:
    """Return texts by field with their segments marked."""
    return {name: _marked(text, None) for name, text in texts.items()}


def marked_translation(original: dict[str, str], translation: TranslationBase) -> dict[str, str]:
    """Return a translation's texts by field, segments marked where they match the original's."""
    texts = dict(translation.texts)
    for field, text in original.items():
        rows = translation.segments.get(field, [])
        if field in texts and sum(piece.is_segment for piece in split(text)) == len(rows):
            texts[field] = _marked(text, iter(row["text"] for row in rows))
    return texts


def _marked(text: str, replacements: Iterator[str] | None) -> str:
    """Mark a text's segments, replacing each with the next of `replacements` if given."""
    return "".join(
        f"{SEGMENT}{next(replacements) if replacements else piece.text}{SEGMENT_END}"
        if piece.is_segment
        else piece.text
        for piece in split(text)
    )
