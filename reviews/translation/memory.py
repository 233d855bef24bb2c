"""The translation memory: a segment is translated once, wherever it occurs.

The key is the segment with its marks (so without addresses and names), the language pair and
the glossary terms that occur in it. A person's wording replaces an engine's, never the reverse.
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

# Segments are similar if they share half of their trigrams.
SIMILARITY = 0.5
PATIENCE = 2000  # milliseconds


class Key(NamedTuple):
    """The key of a translation in the memory, within a target language."""

    language: str
    text: str
    version: bytes


class KnownTranslation(NamedTuple):
    """A segment's translation with its marks, and its origin."""

    text: str
    engine: str
    via: str = ""
    origin: str = TranslationOrigin.MACHINE
    failed: tuple[str, ...] = ()


class Match(NamedTuple):
    """A similar segment with its translation."""

    source: str
    target: str
    likeness: int  # percent
    is_human: bool


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def recall(keys: Collection[Key], target: str) -> dict[Key, KnownTranslation]:
    """Return the memory's translations of `keys`, with a query for each source language."""
    results: dict[Key, KnownTranslation] = {}
    by_language: dict[str, dict[tuple[bytes, bytes], Key]] = defaultdict(dict)
    for key in keys:
        by_language[key.language][digest(key.text), key.version] = key
    for language, requested in by_language.items():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT digest, glossary_version, target_text, engine, via, origin, failed "
                "FROM reviews_memorysegment WHERE source_language = %s AND target_language = %s "
                "AND digest = ANY(%s)",
                [language, target, [pair[0] for pair in requested]],
            )
            for hashed, version, *rest in cursor.fetchall():
                match = requested.get((bytes(hashed), bytes(version)))
                if match is not None:
                    text, engine, via, origin, failed = rest
                    results[match] = KnownTranslation(text, engine, via, origin, tuple(failed))
    return results


def remember(translated: dict[Key, KnownTranslation], target: str) -> None:
    """Store machine translations. Existing entries of other runs or of people stay."""
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
    """Store a person's wordings, replacing existing entries."""
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
    """The exclusive right to have segments translated; other processes wait for it.

    It consists of advisory locks of the database session, which end with the process. So two
    jobs with a common sentence pay for it once.
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
        """Wait until all segments are free and claim them. Call it only while holding no claim."""
        if self._locks:
            self._run("pg_advisory_lock")
            self._held = self._locks

    def try_acquire(self) -> bool:
        """Claim the segments if all are free. Returns whether they were."""
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
        """Release the segments that are held, if any."""
        if self._held:
            self._run("pg_advisory_unlock", self._held)
            self._held = []

    def _run(self, function: str, locks: list[int] | None = None) -> None:
        with connection.cursor() as cursor:
            # Locked in one order, so that two claims of the same segments cannot deadlock.
            cursor.execute(
                f"SELECT count({function}(number)::text) FROM "
                "(SELECT number FROM unnest(%s::bigint[]) AS n (number) ORDER BY number) AS sorted",
                [locks or self._locks],
            )


def matches(
    texts: Collection[str], source: str, target: str, *, most: int = 3
) -> dict[str, list[Match]]:
    """Return up to `most` similar segments for each text, most similar first, in one query.

    A query that takes longer than `PATIENCE` gives none: matches are only suggestions.
    """
    results: dict[str, list[Match]] = {text: [] for text in texts}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pg_trgm.similarity_threshold', %s, true), "
                "set_config('statement_timeout', %s, true)",
                [str(SIMILARITY), str(PATIENCE)],
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
                    list(results),
                    TranslationOrigin.HUMAN,
                    source,
                    target,
                    TranslationOrigin.HUMAN,
                    most,
                ],
            )
            for text, near, translation, likeness, is_human in cursor.fetchall():
                results[text].append(Match(near, translation, int(likeness), is_human))
    except OperationalError as error:
        logger.warning("Similar segments were not looked for to the end: %s", error)
    return results


def forget(texts: Iterable[str], names: Collection[str], *, about: Collection[str] = ()) -> None:
    """Delete the segments of texts from the memory, in all languages.

    `names` are the names protected in these texts, which the memory's keys lack. With `about`,
    only segments that contain one of these words are deleted.
    """
    pieces = (piece.text for text in texts for piece in split(text) if piece.is_segment)
    digests = [
        digest(protect(piece, tuple(names)).text)
        for piece in pieces
        if not about or any(word in piece for word in about)
    ]
    MemorySegment.objects.filter(digest__in=digests).delete()
