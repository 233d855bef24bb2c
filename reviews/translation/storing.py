"""Store translations, many in one statement. An engine's never overwrites a person's.

A row is stored only if its original still has the text that was translated. The original is
locked meanwhile: a change either comes before, and the row is left out, or after, and a trigger
marks the row as stale.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from reviews.choices import TranslationStatus
from reviews.models import TranslationBase
from reviews.translation.memory import digest
from reviews.translation.plans import Translatable
from reviews.translation.translator import Composed


class Tables(NamedTuple):
    """The tables of a kind of text and its translations, and the translated columns."""

    translations: str
    subject_column: str
    subjects: str
    content: Sequence[str]


def tables(model: type[TranslationBase]) -> Tables:
    subject: Any = model._meta.get_field(model.subject_field).related_model
    return Tables(
        model._meta.db_table,
        f"{model.subject_field}_id",
        subject._meta.db_table,
        ("language", *subject.CONTENT),
    )


def content_digest(subject: Translatable) -> bytes:
    """Return a hash of a subject's language and texts. SQL statements compute the same."""
    return digest("\x1f".join((subject.language, *subject.content())))


def by_model[T](
    rows: Sequence[tuple[Translatable, T]],
) -> dict[type[TranslationBase], list[tuple[Translatable, T]]]:
    """Return (subject, value) rows grouped by the model of the subjects' translations."""
    grouped: dict[type[TranslationBase], list[tuple[Translatable, T]]] = {}
    for row in rows:
        grouped.setdefault(row[0].translations.model, []).append(row)
    return grouped


def already_translated(subjects: Sequence[Translatable], target: str) -> set[tuple[type[Any], int]]:
    """Return (class, id) of subjects whose translation is current or made by a person."""
    results = set()
    for model, rows in by_model([(subject, None) for subject in subjects]).items():
        by_id = {subject.pk: subject for subject, _none in rows}
        stored = model._default_manager.filter(
            **{f"{model.subject_field}_id__in": list(by_id)},
            target_language=target,
            status=TranslationStatus.DONE,
        ).only(model.subject_field, "digest", "stale_since", "author", "origin")
        for translation in stored:
            subject = by_id[getattr(translation, f"{model.subject_field}_id")]
            is_current = bytes(translation.digest) == content_digest(subject)
            if translation.is_kept_by_a_person or (is_current and not translation.stale_since):
                results.add((type(subject), subject.pk))
    return results


def store_many(
    model: type[TranslationBase], rows: Sequence[tuple[Translatable, Composed]], target: str
) -> set[int]:
    """Store translations in the caller's transaction. Returns the ids of the stored subjects.

    Subjects that have changed meanwhile or that a person has translated are left out.
    """
    if not rows:
        return set()
    where = tables(model)
    content = ", ".join(f"subject.{name}" for name in where.content)
    columns = (
        "texts",
        "segments",
        "engine",
        "via",
        "origin",
        "failed",
        "status",
        "failure",
        "digest",
        "requested_at",
        "finished_at",
    )
    updates = ", ".join(f"{name} = excluded.{name}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH fresh AS (
                SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::jsonb[], %s::jsonb[],
                    %s::text[], %s::text[], %s::text[], %s::text[])
                AS row (id, digest, texts, segments, engine, via, origin, failed)
            ), unchanged AS (
                SELECT fresh.* FROM fresh JOIN {where.subjects} AS subject USING (id)
                WHERE fresh.digest
                    = sha256(convert_to(concat_ws(chr(31), {content}), 'UTF8'))
                ORDER BY id FOR SHARE OF subject
            )
            INSERT INTO {where.translations} AS kept
                ({where.subject_column}, target_language, {", ".join(columns)})
            SELECT id, %s, texts, segments, engine, via, origin, string_to_array(failed, ','),
                %s, '', digest, %s, %s
            FROM unchanged
            ON CONFLICT ({where.subject_column}, target_language) DO UPDATE
                SET {updates}, stale_since = NULL, author_id = NULL
                WHERE kept.author_id IS NULL
            RETURNING {where.subject_column}
            """,
            [
                [subject.pk for subject, _composed in rows],
                [content_digest(subject) for subject, _composed in rows],
                [_json(composed.texts) for _subject, composed in rows],
                [_json(composed.segments) for _subject, composed in rows],
                [composed.engine for _subject, composed in rows],
                [composed.via for _subject, composed in rows],
                [composed.origin for _subject, composed in rows],
                [",".join(composed.failed) for _subject, composed in rows],
                target,
                TranslationStatus.DONE,
                timezone.now(),
                timezone.now(),
            ],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
