"""Jobs on many reviews that are done in chunks, cancelled, and undone as a whole.

A chunk is one transaction with its progress, so a job whose worker was killed continues where it
stopped. Each kind of job has its own chunk function.
"""

from collections.abc import Callable
from typing import Any

from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reviews.choices import JobStatus
from reviews.locks import session_lock
from reviews.models.bulk import UndoableJob

RUNNING = (JobStatus.QUEUED, JobStatus.RUNNING)


class CannotUndo(Exception):
    """The job can no longer be undone, or never could."""


@transaction.atomic
def cancel(*, job: UndoableJob) -> None:
    """Ask a job to end after its current chunk."""
    jobs: Any = type(job)
    jobs.objects.filter(pk=job.pk, status__in=RUNNING, undoing=False).update(cancel_requested=True)


@transaction.atomic
def undo(*, job: UndoableJob, actor: User, enqueue: Callable[[Any], None]) -> None:
    """Queue the undoing of all that a job did. Raises CannotUndo."""
    jobs: Any = type(job)
    locked = jobs.objects.select_for_update(of=["self"]).get(pk=job.pk)
    if not locked.can_be_undone or locked.started_by_id != actor.pk:
        raise CannotUndo
    locked.undoing = True
    locked.status = JobStatus.QUEUED
    locked.save(update_fields=["undoing", "status"])
    enqueue(locked)


def run(job_id: int, *, lock: str, chunk: Callable[[int], bool]) -> None:
    """Do the rest of a job. A second process that runs it at once does nothing."""
    with session_lock(lock, job_id) as is_locked:
        while is_locked and chunk(job_id):
            pass


def resume_stalled(jobs: Any, *, lock: str, task: str) -> None:
    """Resend the tasks of jobs whose worker was killed or whose task was lost."""
    for job in jobs.objects.filter(status__in=RUNNING):
        with session_lock(lock, job.pk) as is_locked:
            pass
        if is_locked:
            current_app.send_task(task, [job.pk], expires=15)


def finish(job: UndoableJob, status: JobStatus) -> bool:
    """End a job, or its undoing, with its last chunk. Returns False: there is no more to do."""
    job.status = status
    if job.undoing:
        job.undone_at = timezone.now()
    else:
        job.finished_at = timezone.now()
    job.save()
    return False
