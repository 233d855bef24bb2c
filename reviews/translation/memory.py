"""The translation memory: a segment is translated once, wherever it stands again."""

import hashlib
from collections.abc import Iterable

from reviews.models import MemorySegment


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def recall(segments: Iterable[str], source: str, target: str) -> dict[str, str]:
    """Return segment → translation for those that the memory holds, in one query."""
    by_digest = {digest(segment): segment for segment in segments}
    found = MemorySegment.objects.filter(
        source_language=source, target_language=target, digest__in=list(by_digest)
    ).values_list("digest", "target_text")
    return {by_digest[bytes(key)]: text for key, text in found}


def remember(translated: dict[str, str], source: str, target: str, engine: str) -> None:
    """Keep translations; what another run has kept meanwhile stays."""
    MemorySegment.objects.bulk_create(
        [
            MemorySegment(
                source_language=source,
                target_language=target,
                digest=digest(segment),
                source_text=segment,
                target_text=text,
                engine=engine,
            )
            for segment, text in translated.items()
        ],
        ignore_conflicts=True,
    )
