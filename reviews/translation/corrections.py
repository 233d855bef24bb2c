"""A person's translation: written from nothing or corrected, segment by segment.

It is stored with its author and no machine overwrites it. Each segment goes into the memory
too, so the correction holds wherever the sentence stands.
"""

import zlib
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reviews.choices import TranslationOrigin, TranslationStatus
from reviews.models import TranslationBase
from reviews.translation import checks, memory
from reviews.translation.memory import Key, Known
from reviews.translation.plans import Plan, Translatable, Wanted, plans
from reviews.translation.protection import Segment, mark, restore
from reviews.translation.segments import part
from reviews.translation.storing import content_digest
from reviews.translation.translator import look_up


class Row(NamedTuple):
    """A segment as its editor sees it."""

    field: str
    name: str
    source: str
    target: str
    is_human: bool
    failed: list[str]
    key: Key
    kept: tuple[str, ...]


class StaleCorrection(Exception):
    """Somebody else has translated, or the text has changed, since the editor was opened."""


class NothingWritten(Exception):
    """A segment was left empty."""


def stored_for(subject: Translatable, target: str) -> TranslationBase | None:
    """Return what is stored of a subject in a language, whatever its state."""
    found: TranslationBase | None = subject.translations.filter(target_language=target).first()
    return found


def rows(subject: Translatable, target: str, stored: TranslationBase | None) -> list[Row]:
    """Return a subject's segments with what is there of their translation.

    Where the stored translation is of an earlier text, the memory gives what has not changed.
    """
    [planned] = plans([subject], target)
    is_current = stored is not None and bytes(stored.digest) == content_digest(subject)
    kept = stored.segments if stored is not None and is_current else {}
    known = look_up([planned], target).known
    found: list[Row] = []
    for field, parts in planned.fields.items():
        wanted = [each for each in parts if isinstance(each, Wanted)]
        own = kept.get(field, [])
        for place, each in enumerate(wanted):
            row = own[place] if len(own) == len(wanted) else _remembered(known, each)
            found.append(
                Row(
                    field,
                    f"segment-{len(found)}",
                    each.source,
                    row.get("text", ""),
                    bool(row.get("human")),
                    row.get("failed", []),
                    each.key,
                    each.kept,
                )
            )
    return found


def _remembered(known: dict[Key, Known], wanted: Wanted) -> dict[str, Any]:
    found = known.get(wanted.key)
    if found is None:
        return {}
    return {
        "text": restore(found.text, wanted.kept),
        "human": found.origin == TranslationOrigin.HUMAN,
        "failed": list(found.failed),
    }


def version_token(subject: Translatable, stored: TranslationBase | None) -> str:
    """Return what changes when a subject or its translation does."""
    of_translation = f"{stored.finished_at}{stored.texts}" if stored and stored.texts else ""
    return f"{zlib.crc32(content_digest(subject) + of_translation.encode()):08x}"


def with_marks(target: str, kept: tuple[str, ...]) -> str:
    """Put marks for the protected passages that stand in a person's wording."""
    marked = target
    for number, passage in enumerate(kept):
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

    Raises StaleCorrection and NothingWritten; then nothing is stored.
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
        marked = with_marks(text, row.kept)
        failed = checks.failed(Segment(row.key.text, row.kept), marked)
        changed = text != row.target or row.is_human
        stored: dict[str, Any] = {"text": text, "human": True} if changed else {"text": text}
        if failed:
            stored["failed"] = failed
        segments[row.field].append(stored)
        if text != row.target and checks.MARKS not in failed:
            corrections[row.key] = marked
    memory.correct(corrections, target, author=actor)
    are_human = [bool(s.get("human")) for rows_of in segments.values() for s in rows_of]
    translation.segments = segments
    translation.texts = woven(planned, segments)
    translation.origin = TranslationOrigin.HUMAN if all(are_human) else TranslationOrigin.EDITED
    if translation.origin == TranslationOrigin.HUMAN:
        translation.engine = translation.via = ""
    translation.author = actor
    translation.failed = sorted(
        {check for of in segments.values() for s in of for check in s.get("failed", [])}
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
    """Store a translation that somebody has expected_version, and edited or not, as a whole.

    With `author` it is a person's: where it has as many segments as the original, they are
    aligned and remembered. Without, it is the engine's.
    """
    [planned] = plans([subject], target)
    segments: dict[str, list[dict[str, Any]]] = {}
    corrections: dict[Key, str] = {}
    for field, parts in planned.fields.items():
        wanted = [each for each in parts if isinstance(each, Wanted)]
        said = [piece.text for piece in part(texts[field]) if piece.is_segment]
        if len(said) == len(wanted):
            by_person = {"human": True} if author else {}
            segments[field] = [{"text": text, **by_person} for text in said]
            for each, text in zip(wanted, said, strict=True) if author else ():
                marked = with_marks(text, each.kept)
                if checks.MARKS not in checks.failed(Segment(each.key.text, each.kept), marked):
                    corrections[each.key] = marked
    memory.correct(corrections, target, author=author)
    now = timezone.now()
    stored, _made = subject.translations.update_or_create(
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


def woven(planned: Plan, segments: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Put translated segments into the shape of the original."""
    texts = {}
    for field, parts in planned.fields.items():
        translated = iter(segments[field])
        texts[field] = "".join(
            next(translated)["text"] if isinstance(each, Wanted) else each for each in parts
        )
    return texts
