"""Translations by a person: written or corrected segment by segment.

They are stored with their author and never overwritten by an engine. Each segment also goes
into the memory, so a correction applies wherever the sentence occurs.
"""

import zlib
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reviews.choices import TranslationOrigin, TranslationStatus
from reviews.models import TranslationBase
from reviews.translation import checks, memory
from reviews.translation.memory import Key, KnownTranslation
from reviews.translation.plans import Plan, PlannedSegment, Translatable, plans
from reviews.translation.protection import ProtectedSegment, mark, restore
from reviews.translation.segments import split
from reviews.translation.storing import content_digest
from reviews.translation.translator import look_up


class CorrectionRow(NamedTuple):
    """A segment as the translation editor shows it."""

    field: str
    name: str
    source: str
    target: str
    is_human: bool
    failed: list[str]
    key: Key
    passages: tuple[str, ...]


class StaleCorrection(Exception):
    """The translation or the text has changed since the editor was opened."""


class NothingWritten(Exception):
    """A segment was left empty."""


def stored_for(subject: Translatable, target: str) -> TranslationBase | None:
    """Return the stored translation of a subject, whatever its status, or None."""
    stored: TranslationBase | None = subject.translations.filter(target_language=target).first()
    return stored


def rows(subject: Translatable, target: str, stored: TranslationBase | None) -> list[CorrectionRow]:
    """Return a subject's segments with their translations so far.

    If the stored translation is of an earlier text, unchanged segments come from the memory.
    """
    [planned] = plans([subject], target)
    is_current = stored is not None and bytes(stored.digest) == content_digest(subject)
    stored_segments = stored.segments if stored is not None and is_current else {}
    known = look_up([planned], target).known
    results: list[CorrectionRow] = []
    for field, parts in planned.fields.items():
        segments = [segment for segment in parts if isinstance(segment, PlannedSegment)]
        translated = stored_segments.get(field, [])
        for index, segment in enumerate(segments):
            is_aligned = len(translated) == len(segments)
            row = translated[index] if is_aligned else _from_memory(known, segment)
            results.append(
                CorrectionRow(
                    field,
                    f"segment-{len(results)}",
                    segment.source,
                    row.get("text", ""),
                    bool(row.get("human")),
                    row.get("failed", []),
                    segment.key,
                    segment.passages,
                )
            )
    return results


def _from_memory(known: dict[Key, KnownTranslation], segment: PlannedSegment) -> dict[str, Any]:
    translation = known.get(segment.key)
    if translation is None:
        return {}
    return {
        "text": restore(translation.text, segment.passages),
        "human": translation.origin == TranslationOrigin.HUMAN,
        "failed": list(translation.failed),
    }


def version_token(subject: Translatable, stored: TranslationBase | None) -> str:
    """Return a token that changes with a subject's texts or its translation."""
    of_translation = f"{stored.finished_at}{stored.texts}" if stored and stored.texts else ""
    return f"{zlib.crc32(content_digest(subject) + of_translation.encode()):08x}"


def with_marks(target: str, passages: tuple[str, ...]) -> str:
    """Replace the protected passages in a person's wording by their marks."""
    marked = target
    for number, passage in enumerate(passages):
        marked = marked.replace(passage, mark(number), 1)
    return marked


@transaction.atomic
def correct(
    *,
    subject: Translatable,
    target: str,
    texts: list[str],
    expected_version: str,
    actor: User | None,
) -> TranslationBase:
    """Store a person's translation: a text for each of the subject's segments.

    Raises StaleCorrection or NothingWritten; then nothing is stored.
    """
    now = timezone.now()
    subject.translations.get_or_create(target_language=target, defaults={"requested_at": now})
    translation: TranslationBase = subject.translations.select_for_update().get(
        target_language=target
    )
    if expected_version != version_token(subject, translation):
        raise StaleCorrection
    before = rows(subject, target, translation)
    if len(texts) != len(before):
        raise StaleCorrection
    if not all(text.strip() for text in texts):
        raise NothingWritten
    [planned] = plans([subject], target)
    corrections: dict[Key, str] = {}
    segments: dict[str, list[dict[str, Any]]] = {field: [] for field in planned.fields}
    for row, text in zip(before, texts, strict=True):
        marked = with_marks(text, row.passages)
        failed = checks.failed(ProtectedSegment(row.key.text, row.passages), marked)
        changed = text != row.target or row.is_human
        stored: dict[str, Any] = {"text": text, "human": True} if changed else {"text": text}
        if failed:
            stored["failed"] = failed
        segments[row.field].append(stored)
        if text != row.target and checks.MARKS not in failed:
            corrections[row.key] = marked
    memory.correct(corrections, target, author=actor)
    are_human = [bool(s.get("human")) for field in segments.values() for s in field]
    translation.segments = segments
    translation.texts = join_segments(planned, segments)
    translation.origin = TranslationOrigin.HUMAN if all(are_human) else TranslationOrigin.EDITED
    if translation.origin == TranslationOrigin.HUMAN:
        translation.engine = translation.via = ""
    translation.author = actor
    translation.failed = sorted(
        {check for field in segments.values() for s in field for check in s.get("failed", [])}
    )
    translation.status = TranslationStatus.DONE
    translation.failure = ""
    translation.digest = content_digest(subject)
    translation.stale_since = None
    translation.finished_at = now
    translation.save()
    return translation


@transaction.atomic
def store_whole(
    *,
    subject: Translatable,
    target: str,
    texts: dict[str, str],
    author: User | None,
    engine: str = "",
    via: str = "",
) -> TranslationBase:
    """Store a whole translation that a person has read, edited or not.

    With `author` it counts as a person's: fields with as many segments as the original are
    aligned and remembered. Without, it counts as the engine's.
    """
    [planned] = plans([subject], target)
    segments: dict[str, list[dict[str, Any]]] = {}
    corrections: dict[Key, str] = {}
    for field, parts in planned.fields.items():
        originals = [segment for segment in parts if isinstance(segment, PlannedSegment)]
        translated = [piece.text for piece in split(texts[field]) if piece.is_segment]
        if len(translated) == len(originals):
            by_person = {"human": True} if author else {}
            segments[field] = [{"text": text, **by_person} for text in translated]
            for segment, text in zip(originals, translated, strict=True) if author else ():
                marked = with_marks(text, segment.passages)
                protected = ProtectedSegment(segment.key.text, segment.passages)
                if checks.MARKS not in checks.failed(protected, marked):
                    corrections[segment.key] = marked
    memory.correct(corrections, target, author=author)
    now = timezone.now()
    stored, _created = subject.translations.update_or_create(
        target_language=target,
        defaults={
            "texts": texts,
            "segments": segments,
            "origin": TranslationOrigin.EDITED if author else TranslationOrigin.MACHINE,
            "author": author,
            "engine": engine,
            "via": via,
            "failed": [],
            "failure": "",
            "status": TranslationStatus.DONE,
            "digest": content_digest(subject),
            "stale_since": None,
            "requested_at": now,
            "finished_at": now,
        },
    )
    return stored


def join_segments(planned: Plan, segments: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return the texts by field: the original's structure with the translated segments."""
    texts = {}
    for field, parts in planned.fields.items():
        translated = iter(segments[field])
        texts[field] = "".join(
            next(translated)["text"] if isinstance(piece, PlannedSegment) else piece
            for piece in parts
        )
    return texts
