"""What Celery runs: thin wrappers, each safe to run twice and after a kill."""

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

# A task sent again while the first still waits does nothing; it need not pile up.
RESEND_EXPIRES = 15  # seconds


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def run_import(import_id: int, language: str) -> None:
    """Run an import of an uploaded file, from where it stands. Retries while the database
    is away."""
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
    """Send imports again whose worker was killed or whose task got lost."""
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
            # A command was killed; whoever runs it again imports the rest.
            pipeline.abandon(import_run)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def translate(label: str, translation_id: int) -> None:
    """Translate one review or response. Retries while the database is away."""
    model: Any = apps.get_model(label)
    found = model.objects.filter(pk=translation_id).first()
    if found is not None:
        service.run_translation(found, found.subject)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def run_translation_job(job_id: int) -> None:
    """Do what is left of a job of translation. Retries while the database is away."""
    job_runs.run(job_id)


@shared_task
def resume_stalled_translations() -> None:
    """Send translations and jobs of them again whose worker was killed, or whose wait is over."""
    for model in TranslationBase.kinds():
        service.resume_stalled(model)
    jobs.resume_stalled()


@shared_task
def check_engines() -> None:
    """Ask the translation engines how they are, for the page that shows it."""
    health.check_all()


@shared_task
def refresh_stale_translations() -> None:
    """Translate anew, where a rule wants it, what was changed since it was translated."""
    rules.refresh_translations()


@shared_task
def deliver_webhook(delivery_id: int) -> None:
    """Send one message to a partner. A failure is stored, and sent again by beat."""
    outbox.deliver(delivery_id)


@shared_task
def resend_due_webhooks() -> None:
    """Send messages again that did not arrive, or whose task got lost."""
    outbox.resend_due()


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def run_bulk_job(job_id: int) -> None:
    """Do what is left of a bulk job, or undo it. Retries while the database is away."""
    bulk.run(job_id)


@shared_task
def resume_stalled_bulk_jobs() -> None:
    """Send bulk jobs again whose worker was killed or whose task got lost."""
    bulk.resume_stalled()


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def screen_import(import_id: int) -> None:
    """Look at an import's reviews for signals and apply the standing rules."""
    screening.screen_import(import_id)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def compute_signals(review_id: int) -> None:
    """Look anew at a review whose text has changed."""
    signals.compute([review_id])


@shared_task
def screen_new() -> None:
    """Screen what a command imported, or a worker that was killed left."""
    for import_id in screening.unscreened():
        screen_import.apply_async([import_id], expires=RESEND_EXPIRES)


@shared_task
def screen_nightly() -> None:
    """Compute signals anew: what has come since may tell of what came before."""
    screening.screen_nightly()


@shared_task
def send_due_mails() -> None:
    """Send invitations, and statements of reasons and answers to flags that are final."""
    mailing.send_due([members, statements, flags])


@shared_task
def delete_old_uploads() -> None:
    """Delete uploaded dumps that are of no more use: they hold people's data."""
    uploads.delete_old()


@shared_task
def compact_facet_counts() -> None:
    """Fold the differences that the triggers wrote."""
    facets.compact()
