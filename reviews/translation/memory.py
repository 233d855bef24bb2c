"""The translation memory: a segment is translated once, wherever it stands again.

The key is the segment with its marks (an address or a name is no part of it), the pair of
languages and the glossary's terms that bear on it. A person's wording takes the place of a
machine's, and no machine's takes the place of a person's.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction

from reviews.choices import TranslationOrigin
from reviews.models import MemorySegment
from reviews.translation.protection import protect
from reviews.translation.segments import split

logger = logging.getLogger(__name__)

# Segments that share half of their trigrams are like each other.
LIKE = 0.5
PATIENCE = 2000  # milliseconds


class Key(NamedTuple):
    """What a translation is remembered by, within a target language."""

    language: str
    text: str
    version: bytes


class KnownTranslation(NamedTuple):
    """A segment's translation with its marks, and where it comes from."""

    text: str
    engine: str
    via: str = ""
    origin: str = TranslationOrigin.MACHINE
    failed: tuple[str, ...] = ()


class Match(NamedTuple):
    """A segment like another, with its translation."""

    source: str
    target: str
    likeness: int  # percent
    is_human: bool


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def recall(keys: Collection[Key], target: str) -> dict[Key, KnownTranslation]:
    """Return what the memory holds of `keys`: a query for each source language."""
    found: dict[Key, KnownTranslation] = {}
    by_language: dict[str, dict[tuple[bytes, bytes], Key]] = defaultdict(dict)
    for key in keys:
        by_language[key.language][digest(key.text), key.version] = key
    for language, wanted in by_language.items():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT digest, glossary_version, target_text, engine, via, origin, failed "
                "FROM reviews_memorysegment WHERE source_language = %s AND target_language = %s "
                "AND digest = ANY(%s)",
                [language, target, [pair[0] for pair in wanted]],
            )
            for number, version, *rest in cursor.fetchall():
                held = wanted.get((bytes(number), bytes(version)))
                if held is not None:
                    text, engine, via, origin, failed = rest
                    found[held] = KnownTranslation(text, engine, via, origin, tuple(failed))
    return found


def remember(translated: dict[Key, KnownTranslation], target: str) -> None:
    """Keep translations; what another run or a person has kept meanwhile stays."""
    if not translated:
        return
    columns = list(
        zip(
            *(
                (
                    key.language,
                    digest(key.text),
                    key.version,
                    key.text,
                    known.text,
                    known.engine,
                    known.via,
                    ",".join(known.failed),
                )
                for key, known in translated.items()
            ),
            strict=True,
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reviews_memorysegment (source_language, target_language, digest, "
            "glossary_version, source_text, target_text, engine, via, failed, origin, "
            "created_at, updated_at) "
            "SELECT language, %s, digest, version, source, target, engine, via, "
            "string_to_array(failed, ','), %s, now(), now() "
            "FROM unnest(%s::text[], %s::bytea[], %s::bytea[], %s::text[], %s::text[], "
            "%s::text[], %s::text[], %s::text[]) "
            "AS new (language, digest, version, source, target, engine, via, failed) "
            "ON CONFLICT DO NOTHING",
            [target, TranslationOrigin.MACHINE, *map(list, columns)],
        )


def correct(corrections: dict[Key, str], target: str, *, author: User | None) -> None:
    """Put a person's wording into the memory, in the place of what is there."""
    MemorySegment.objects.bulk_create(
        [
            MemorySegment(
                source_language=key.language,
                target_language=target,
                digest=digest(key.text),
                glossary_version=key.version,
                source_text=key.text,
                target_text=text,
                engine="",
                origin=TranslationOrigin.HUMAN,
                author=author,
            )
            for key, text in corrections.items()
        ],
        update_conflicts=True,
        unique_fields=["source_language", "target_language", "digest", "glossary_version"],
        update_fields=["target_text", "engine", "via", "origin", "author", "failed", "updated_at"],
    )


class Claim:
    """The right to have segments translated: whoever else wants one of them waits.

    A lock of the database's session, which a kill lets go of. So two jobs that meet on a
    sentence pay for it once.
    """

    def __init__(self, keys: Iterable[Key], target: str) -> None:
        self._locks = sorted(
            {
                int.from_bytes(digest(f"{key.language}>{target}:{key.text}")[:8], signed=True)
                for key in keys
            }
        )
        self._held: list[int] = []

    def acquire(self) -> None:
        """Wait until nobody else has one of the segments. Only while holding no other claim."""
        if self._locks:
            self._run("pg_advisory_lock")
            self._held = self._locks

    def try_acquire(self) -> bool:
        """Take the segments if all are free, and tell whether they were."""
        if self._locks:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT number FROM unnest(%s::bigint[]) AS n (number) "
                    "WHERE pg_try_advisory_lock(number)",
                    [self._locks],
                )
                self._held = [number for (number,) in cursor.fetchall()]
            if len(self._held) < len(self._locks):
                self.release()
                return False
        return True

    def release(self) -> None:
        if self._held:
            self._run("pg_advisory_unlock", self._held)
            self._held = []

    def _run(self, function: str, locks: list[int] | None = None) -> None:
        with connection.cursor() as cursor:
            # In one order, so that two that want the same never wait for each other.
            cursor.execute(
                f"SELECT count({function}(number)::text) FROM "
                "(SELECT number FROM unnest(%s::bigint[]) AS n (number) ORDER BY number) AS sorted",
                [locks or self._locks],
            )


def matches(
    texts: Collection[str], source: str, target: str, *, most: int = 3
) -> dict[str, list[Match]]:
    """Return for each text the segments like it with their translations, the likest first.

    All in one query. What takes too long, in a memory of many millions, is left out: it is
    a help, nothing depends on it.
    """
    found: dict[str, list[Match]] = {text: [] for text in texts}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pg_trgm.similarity_threshold', %s, true), "
                "set_config('statement_timeout', %s, true)",
                [str(LIKE), str(PATIENCE)],
            )
            cursor.execute(
                "SELECT wanted.text, near.* FROM unnest(%s::text[]) AS wanted (text) "
                "CROSS JOIN LATERAL (SELECT source_text, target_text, "
                "round(100 * similarity(source_text, wanted.text)), origin = %s "
                "FROM reviews_memorysegment WHERE source_language = %s AND target_language = %s "
                "AND source_text %% wanted.text AND source_text <> wanted.text "
                "ORDER BY similarity(source_text, wanted.text) DESC, origin = %s DESC, id DESC "
                "LIMIT %s) AS near",
                [
                    list(found),
                    TranslationOrigin.HUMAN,
                    source,
                    target,
                    TranslationOrigin.HUMAN,
                    most,
                ],
            )
            for text, near, translation, likeness, is_human in cursor.fetchall():
                found[text].append(Match(near, translation, int(likeness), is_human))
    except OperationalError as error:
        logger.warning("Similar segments were not looked for to the end: %s", error)
    return found


def forget(texts: Iterable[str], names: Collection[str], *, about: Collection[str] = ()) -> None:
    """Delete the segments of texts from the memory, in all languages.

    `names` are those that the texts' segments are remembered without. With `about`, only the
    segments are deleted that have one of these words.
    """
    pieces = (piece.text for text in texts for piece in split(text) if piece.is_segment)
    gone = [
        digest(protect(piece, tuple(names)).text)
        for piece in pieces
        if not about or any(word in piece for word in about)
    ]
    MemorySegment.objects.filter(digest__in=gone).delete()
