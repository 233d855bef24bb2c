"""Translating one review or response: asked for, done by a worker, stored, used again."""

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

# A worker that has not finished by then is not coming: the reader is told so.
PATIENCE = timedelta(seconds=60)


@transaction.atomic
def request_translation(
    *, subject: Translatable, target: str, queue: bool = True
) -> TranslationBase:
    """Return the translation of `subject` into `target`, asking for it where needed.

    One that is true to the present text, or that a person made, is returned as it is.
    Otherwise a worker gets the task once the caller's transaction is committed, unless the
    memory holds every segment: then it is done at once. Without `queue` the caller does it.
    """
    digest = content_digest(subject)
    now = timezone.now()
    found, made = subject.translations.get_or_create(
        target_language=target, defaults={"digest": digest, "requested_at": now}
    )
    translation: TranslationBase = subject.translations.select_for_update().get(pk=found.pk)
    if is_good(translation, digest):
        return translation
    is_current = bytes(translation.digest) == digest
    waiting = not made and is_current and translation.status == TranslationStatus.PENDING
    if waiting and not is_late(translation):
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
    """Tell whether a translation can be shown as it is: a person's, or true to the text."""
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
    return (
        translation.status == TranslationStatus.PENDING
        and timezone.now() - translation.requested_at > PATIENCE
    )


def run_translation(translation: TranslationBase, subject: Translatable) -> None:
    """Translate what was asked for. Run twice, the second finds it done.

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
        # The text may have changed meanwhile: then the task that follows does it.
        store_many(type(translation), [(subject, composed)], work.target)


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
        fail(translation, EngineFailure.LATE)
    stalled = pending.filter(requested_at__range=(now - 5 * PATIENCE, now - timedelta(seconds=20)))
    for translation in stalled[:500]:
        enqueue(translation)
