"""An original and its translation with their segments marked, so that a page can light pairs.

The n-th segment of one is the n-th of the other. Marks are control characters that no stored
text has; the filter that shows paragraphs makes elements of them.
"""

from reviews.models import TranslationBase
from reviews.translation.segments import part

SEGMENT, SEGMENT_END = "\x0e", "\x0f"


def aligned(
    shown: dict[str, str], original: dict[str, str], translation: TranslationBase
) -> tuple[dict[str, str], dict[str, str]]:
    """Return texts and their translations by field, segments marked where they match.

    `shown` is what the reader is to see of the original, `original` what was translated: the
    same but for blocked-out passages.
    """
    left: dict[str, str] = {}
    right: dict[str, str] = {}
    for field, text in original.items():
        rows = translation.segments.get(field, [])
        here, there = part(shown.get(field, text)), part(text)
        counts = {sum(piece.is_segment for piece in pieces) for pieces in (here, there)}
        if counts != {len(rows)} or field not in translation.texts:
            return shown, translation.texts
        said = iter(rows)
        left[field] = "".join(_marked(p.text) if p.is_segment else p.text for p in here)
        right[field] = "".join(
            _marked(next(said)["text"]) if p.is_segment else p.text for p in there
        )
    return {**shown, **left}, {**translation.texts, **right}


def _marked(text: str) -> str:
    return f"{SEGMENT}{text}{SEGMENT_END}"
