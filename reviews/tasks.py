"""Celery tasks: thin wrappers, each safe to run twice and after a kill."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.apps import apps
from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation

from reviews import facets, mailing
from reviews.accounts import members
from reviews.choices import ImportStatus
from reviews.importing import pipeline, uploads
from reviews.importing.files import Dump, UnusableFile
from reviews.importing.formats import open_format
from reviews.importing.mapping import Mapping
from reviews.models import Import, TranslationBase
from reviews.moderation import bulk, flags, rules, screening, signals, statements
from reviews.translation import health, job_runs, jobs, service
from reviews.webhooks import outbox

# A resent task does nothing while the first one is still queued, so it may expire.
RESEND_EXPIRES = 15  # seconds


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def run_import(import_id: int, language: str) -> None:
    """Run or resume the import of an uploaded file. Retries while the database is unavailable."""
    import_run = Import.objects.get(pk=import_id)
    with translation.override(language):
        try:
            dump = Dump(import_run.path, import_run.file_name)
            mapping = Mapping.make(import_run.mapping) if import_run.mapping else None
            format = open_format(dump, import_run.format or "auto", mapping)
            format.check()
        except UnusableFile as error:
            pipeline.refuse(import_run, str(error))
            return
        pipeline.run(import_run=import_run, format=format)
    facets.compact()
    screening.screen_import(import_id)


@shared_task
def resume_stalled_imports() -> None:
    """Resend imports whose worker was killed or whose task was lost."""
    now = timezone.now()
    lost = Import.objects.filter(status=ImportStatus.RUNNING, finished_at=None)
    waiting = Import.objects.filter(
        status=ImportStatus.QUEUED, started_at__lt=now - timedelta(seconds=60)
    )
    for import_run in [*lost, *waiting]:
        if pipeline.is_at_work(import_run):
            continue
        if import_run.stored_as:
            run_import.apply_async([import_run.pk, import_run.language], expires=RESEND_EXPIRES)
        else:
            # The command was killed. Running it again imports the rest.
            pipeline.abandon(import_run)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def translate(label: str, translation_id: int) -> None:
    """Translate one review or response. Retries while the database is unavailable."""
    model: Any = apps.get_model(label)
    text_translation = model.objects.filter(pk=translation_id).first()
    if text_translation is not None:
        service.run_translation(text_translation, text_translation.subject)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def run_translation_job(job_id: int) -> None:
    """Run the rest of a translation job. Retries while the database is unavailable."""
    job_runs.run(job_id)


@shared_task
def resume_stalled_translations() -> None:
    """Resend translations and translation jobs whose worker was killed or whose wait is over."""
    for model in TranslationBase.kinds():
        service.resume_stalled(model)
    jobs.resume_stalled()


@shared_task
def check_engines() -> None:
    """Check the translation engines, for the page that shows their state."""
    health.check_all()


@shared_task
def refresh_stale_translations() -> None:
    """Refresh stale translations that a moderation rule requires."""
    rules.refresh_translations()


@shared_task
def deliver_webhook(delivery_id: int) -> None:
    """Send one message to a partner. A failure is stored and retried by beat."""
    outbox.deliver(delivery_id)


@shared_task
def resend_due_webhooks() -> None:
    """Resend messages that failed or whose task was lost."""
    outbox.resend_due()


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def run_bulk_job(job_id: int) -> None:
    """Run the rest of a bulk job, or undo it. Retries while the database is unavailable."""
    bulk.run(job_id)


@shared_task
def resume_stalled_bulk_jobs() -> None:
    """Resend bulk jobs whose worker was killed or whose task was lost."""
    bulk.resume_stalled()


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def screen_import(import_id: int) -> None:
    """Compute signals for an import's reviews and apply the moderation rules."""
    screening.screen_import(import_id)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def compute_signals(review_id: int) -> None:
    """Recompute the signals of a review whose text has changed."""
    signals.compute([review_id])


@shared_task
def screen_new() -> None:
    """Screen imports made by the command or left by a killed worker."""
    for import_id in screening.unscreened():
        screen_import.apply_async([import_id], expires=RESEND_EXPIRES)


@shared_task
def screen_nightly() -> None:
    """Recompute signals, because new reviews may change those of older ones."""
    screening.screen_nightly()


@shared_task
def send_due_mails() -> None:
    """Send due invitations, statements of reasons and answers to flags."""
    mailing.send_due([members.mail_queue, statements.mail_queue, flags.mail_queue])


@shared_task
def delete_old_uploads() -> None:
    """Delete old uploaded dumps, because they contain personal data."""
    uploads.delete_old()


@shared_task
def compact_facet_counts() -> None:
    """Merge the differences that the triggers wrote."""
    facets.compact()
