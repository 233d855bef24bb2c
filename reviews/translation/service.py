"""Translating reviews and responses: asked for, done by a worker, stored, used again.

What is translated (`Translatable`) is a review or a response: both have a language,
texts by field, names to protect, and translations.
"""

import json
from datetime import timedelta
from typing import Any, Protocol

from celery import current_app
from django.db import transaction
from django.utils import timezone

from reviews.choices import TranslationStatus
from reviews.models import TranslationBase
from reviews.translation import memory
from reviews.translation.engines import EngineError, engine
from reviews.translation.segments import part

# A worker that has not finished by then is not coming: the reader is told so.
PATIENCE = timedelta(seconds=60)
LATE = "late"


class Translatable(Protocol):
    """A text that can be translated."""

    language: str
    translations: Any

    def texts(self) -> dict[str, str]: ...

    def protected_names(self) -> list[str]: ...


def content_digest(subject: Translatable) -> bytes:
    """Return what changes when a subject's language or texts do."""
    said = json.dumps([subject.language, subject.texts()], ensure_ascii=False, sort_keys=True)
    return memory.digest(said)


@transaction.atomic
def request_translation(
    *, subject: Translatable, target: str, queue: bool = True
) -> TranslationBase:
    """Return the translation of `subject` into `target`, asking for it where needed.

    One that is done and true to the present text is returned as it is. Otherwise a
    worker gets the task once the caller's transaction is committed, unless the memory
    holds every segment: then it is done at once. Without `queue` the caller does it.
    """
    digest = content_digest(subject)
    now = timezone.now()
    found, made = subject.translations.get_or_create(
        target_language=target, defaults={"digest": digest, "requested_at": now}
    )
    translation: TranslationBase = subject.translations.select_for_update().get(pk=found.pk)
    current = bytes(translation.digest) == digest
    if not made and current and translation.status == TranslationStatus.DONE:
        return translation
    waiting = not made and current and translation.status == TranslationStatus.PENDING
    if waiting and not is_late(translation):
        return translation
    translation.digest = digest
    translation.status = TranslationStatus.PENDING
    translation.failure = ""
    translation.texts = {}
    translation.requested_at = now
    segments = wanted_segments(subject)
    known = memory.recall(segments, subject.language, target)
    if all(segment in known for segment in segments):
        finish(translation, subject, known, engine().name)
    else:
        translation.save()
        if queue:
            enqueue(translation)
    return translation


def translate_now(*, subject: Translatable, target: str) -> TranslationBase:
    """Translate in this process and return the translation, done or failed."""
    translation = request_translation(subject=subject, target=target, queue=False)
    run_translation(translation, subject)
    translation.refresh_from_db()
    return translation


def enqueue(translation: TranslationBase) -> None:
    """Send the task once the transaction is committed."""
    label = translation._meta.label
    transaction.on_commit(
        lambda: current_app.send_task("reviews.tasks.translate", [label, translation.pk])
    )


def is_late(translation: TranslationBase) -> bool:
    return (
        translation.status == TranslationStatus.PENDING
        and timezone.now() - translation.requested_at > PATIENCE
    )


def wanted_segments(subject: Translatable) -> list[str]:
    """Return the distinct segments of a subject's texts, in their order."""
    pieces = (piece for text in subject.texts().values() for piece in part(text))
    return list(dict.fromkeys(piece.text for piece in pieces if piece.is_segment))


def run_translation(translation: TranslationBase, subject: Translatable) -> None:
    """Translate what was asked for. Run twice, the second finds it done.

    An engine's failure is stored for the reader, not raised.
    """
    if translation.status != TranslationStatus.PENDING:
        return
    source, target = subject.language, translation.target_language
    segments = wanted_segments(subject)
    known = memory.recall(segments, source, target)
    missing = [segment for segment in segments if segment not in known]
    try:
        if missing:
            names = subject.protected_names()
            fresh = engine().translate(missing, source, target, names)
            known |= dict(zip(missing, fresh, strict=True))
    except EngineError as error:
        fail(translation, error.code)
        return
    with transaction.atomic():
        if missing:
            new = {segment: known[segment] for segment in missing}
            memory.remember(new, source, target, engine().name)
        # The text may have changed meanwhile: then the task that follows does it.
        locked = type(translation)._default_manager.select_for_update().get(pk=translation.pk)
        if bytes(locked.digest) == content_digest(subject):
            finish(locked, subject, known, engine().name)


def finish(
    translation: TranslationBase, subject: Translatable, known: dict[str, str], engine_name: str
) -> None:
    """Put the translated segments together again, in the caller's transaction."""
    translation.texts = {
        field: "".join(known[p.text] if p.is_segment else p.text for p in part(text))
        for field, text in subject.texts().items()
    }
    translation.status = TranslationStatus.DONE
    translation.engine = engine_name
    translation.finished_at = timezone.now()
    translation.save()


def fail(translation: TranslationBase, code: str) -> None:
    """Store why there is no translation, for the sentence that the reader gets."""
    type(translation)._default_manager.filter(
        pk=translation.pk, status=TranslationStatus.PENDING
    ).update(status=TranslationStatus.FAILED, failure=code, finished_at=timezone.now())


def resume_stalled(model: type[TranslationBase]) -> None:
    """Send tasks again that got lost with their worker; give up on those long late."""
    now = timezone.now()
    pending = model._default_manager.filter(status=TranslationStatus.PENDING)
    for translation in pending.filter(requested_at__lt=now - 5 * PATIENCE):
        fail(translation, LATE)
    stalled = pending.filter(requested_at__range=(now - 5 * PATIENCE, now - timedelta(seconds=20)))
    for translation in stalled[:500]:
        enqueue(translation)


def translation_models() -> list[type[TranslationBase]]:
    """Return the models of translations, of whichever app."""
    return TranslationBase.__subclasses__()
