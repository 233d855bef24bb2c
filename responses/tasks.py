"""What Celery runs for responses."""

from celery import shared_task
from django.db import InterfaceError, OperationalError

from responses import drafts


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=10)
def translate_draft(draft_id: int) -> None:
    """Translate an answer that is being written, and back. Retries while the database is away."""
    drafts.run(draft_id)
