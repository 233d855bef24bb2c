"""What Celery runs for responses: thin wrappers, each safe to run twice and after a kill."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from responses import bulk, cases, drafting, mails, reminders, response_translation, weekly
from reviews import mailing


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def translate_draft(draft_id: int) -> None:
    """Translate a draft and back. Retries while the database is away."""
    response_translation.run(draft_id)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def open_cases(vendor_id: int) -> None:
    """Open the cases of a vendor's new desk. Retries while the database is away."""
    cases.open_cases(vendor_id)
    cases.plan_all()


@shared_task
def plan_cases() -> None:
    """Give new cases due dates and assignees, and apply the reply rules."""
    cases.plan_all()


@shared_task
def publish_due_responses() -> None:
    """Publish the scheduled responses that are due."""
    for pk in drafting.due():
        drafting.publish_due(pk)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def run_response_job(job_id: int) -> None:
    """Do the rest of a bulk response, or undo it. Retries while the database is away."""
    bulk.run(job_id)


@shared_task
def resume_stalled_response_jobs() -> None:
    """Queue bulk responses again whose worker was killed or whose task was lost."""
    bulk.resume_stalled()


@shared_task
def send_due_mails() -> None:
    """Send reviewers the mails about responses."""
    mailing.send_due([mails.mail_queue])


@shared_task
def send_due_reports() -> None:
    """Send reminders of responses that will soon be due, and weekly reports."""
    mailing.send_due([reminders, weekly])
