"""Translate one review or response: request it, run it in a worker, store and reuse it."""

from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.utils import timezone

from reviews.choices import TranslationStatus
from reviews.models import TranslationBase
from reviews.translation.engines import EngineFailure
from reviews.translation.plans import Translatable, plans
from reviews.translation.storing import content_digest, store_many
from reviews.translation.translator import Composed, Work, compose, look_up, translate

# After this time without a result the reader sees an error.
PATIENCE = timedelta(seconds=60)


@transaction.atomic
def request_translation(
    *, subject: Translatable, target: str, queue: bool = True
) -> TranslationBase:
    """Return the translation of `subject` into `target`, requesting it if needed.

    A current one, or one by a person, is returned unchanged. If the memory has every segment,
    it is translated at once. Otherwise a task is sent when the caller's transaction commits;
    without `queue` the caller must run it.
    """
    digest = content_digest(subject)
    now = timezone.now()
    existing, created = subject.translations.get_or_create(
        target_language=target, defaults={"digest": digest, "requested_at": now}
    )
    translation: TranslationBase = subject.translations.select_for_update().get(pk=existing.pk)
    if is_good(translation, digest):
        return translation
    is_current = bytes(translation.digest) == digest
    is_waiting = not created and is_current and translation.status == TranslationStatus.PENDING
    if is_waiting and not is_late(translation):
        return translation
    translation.digest = digest
    translation.status = TranslationStatus.PENDING
    translation.failure = ""
    translation.requested_at = now
    translation.save()
    work = look_up(plans([subject], target), target)
    if not work.missing:
        _store(translation, subject, work)
        translation.refresh_from_db()
    elif queue:
        enqueue(translation)
    return translation


def is_good(translation: TranslationBase, digest: bytes) -> bool:
    """Return whether a translation can be shown: it is by a person or current."""
    if translation.status != TranslationStatus.DONE:
        return False
    is_current = bytes(translation.digest) == digest and translation.stale_since is None
    return is_current or translation.is_kept_by_a_person


def enqueue(translation: TranslationBase) -> None:
    """Send the task once the transaction is committed."""
    label = translation._meta.label
    transaction.on_commit(
        lambda: current_app.send_task("reviews.tasks.translate", [label, translation.pk])
    )


def is_late(translation: TranslationBase) -> bool:
    """Return whether a translation has been pending for longer than `PATIENCE`."""
    return (
        translation.status == TranslationStatus.PENDING
        and timezone.now() - translation.requested_at > PATIENCE
    )


def run_translation(translation: TranslationBase, subject: Translatable) -> None:
    """Run a requested translation. One that is not pending is left unchanged.

    An engine's failure is stored for the reader, not raised.
    """
    if translation.status == TranslationStatus.PENDING:
        target = translation.target_language
        _store(translation, subject, translate(plans([subject], target), target))


def _store(translation: TranslationBase, subject: Translatable, work: Work) -> None:
    composed: Composed = compose(work.plans[0], work)
    if composed.failure:
        fail(translation, composed.failure)
        return
    with transaction.atomic():
        # If the text has changed meanwhile nothing is stored: a later task translates it.
        store_many(type(translation), [(subject, composed)], work.target)


def fail(translation: TranslationBase, code: str) -> None:
    """Mark a pending translation as failed. `code` is an `EngineFailure`, shown to the reader."""
    type(translation)._default_manager.filter(
        pk=translation.pk, status=TranslationStatus.PENDING
    ).update(status=TranslationStatus.FAILED, failure=code, finished_at=timezone.now())


def resume_stalled(model: type[TranslationBase]) -> None:
    """Resend tasks that were lost with their worker; mark as failed those long overdue."""
    now = timezone.now()
    pending = model._default_manager.filter(status=TranslationStatus.PENDING)
    for translation in pending.filter(requested_at__lt=now - 5 * PATIENCE):
        fail(translation, EngineFailure.LATE)
    stalled = pending.filter(requested_at__range=(now - 5 * PATIENCE, now - timedelta(seconds=20)))
    for translation in stalled[:500]:
        enqueue(translation)
