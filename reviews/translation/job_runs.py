"""A worker's way through a translation job, chunk by chunk.

While the engine has one chunk, the next is looked up in the memory and the one before is
stored. Each chunk is remembered as soon as it is translated: a job whose worker is killed goes
on where it stopped, and pays for nothing twice. A job whose engine is gone waits for it.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta

from celery import current_app
from django.db import DatabaseError, transaction
from django.utils import timezone

from reviews.choices import TranslationJobStatus as Status
from reviews.locks import session_lock
from reviews.models import TranslationJob
from reviews.translation import translator
from reviews.translation.chunks import JobChunk, look_up, store
from reviews.translation.engines import PASSING, EngineFailure

CHUNK = 150  # reviews
# Then a job stands in line again: a reader who waits for one text comes between.
SLICE = 20.0  # seconds
LOCK = "translation job"
# A job whose engine is gone looks again, ever later, and is given up in the end.
WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=10)
MAX_WAITS = 30


def enqueue(job: TranslationJob) -> None:
    """Send the task once the transaction is committed."""
    transaction.on_commit(
        lambda: current_app.send_task("reviews.tasks.run_translation_job", [job.pk])
    )


def run(job_id: int, *, seconds: float = SLICE) -> None:
    """Do what is left of a job, for so long. Run twice at once, the second leaves it to the first.

    A job that takes longer stands in line again.
    """
    # Paused and gone on with while this worker had a chunk at hand: whoever was sent then has
    # left it to this one.
    while _run(job_id, seconds) and _is_queued(job_id):
        pass


def _run(job_id: int, seconds: float) -> bool:
    """Work at a job. Returns whether it was free."""
    with session_lock(LOCK, job_id) as free:
        if free and _begin(job_id):
            job = TranslationJob.objects.get(pk=job_id)
            with closing(Run(job)) as work:
                work.go(seconds)
        return bool(free)


def _is_queued(job_id: int) -> bool:
    return TranslationJob.objects.filter(pk=job_id, status=Status.QUEUED).exists()


@transaction.atomic
def _begin(job_id: int) -> bool:
    return bool(
        TranslationJob.objects.filter(pk=job_id, status__in=[Status.QUEUED, Status.RUNNING]).update(
            status=Status.RUNNING, problem="", resume_at=None
        )
    )


class Run:
    """One worker's way through a job."""

    def __init__(self, job: TranslationJob) -> None:
        self.job = job
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        # The chunk that the engine has, and the one that comes after it.
        self.under_way: JobChunk | None = None
        self.ahead: JobChunk | None = None
        self.last_item = 0
        self.since = time.monotonic()

    def close(self) -> None:
        """Remember what is paid for and let go of everything, also where an exception ends it."""
        self.thread.shutdown(cancel_futures=True)
        for chunk in (self.under_way, self.ahead):
            if chunk is not None:
                with suppress(DatabaseError):
                    translator.finish(chunk.work)
                chunk.work.claim.release()

    def go(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while chunk := self._next() if time.monotonic() < until else None:
            self.ahead = chunk
            # Nobody waits for another's segments while holding some.
            if not chunk.work.claim.try_acquire():
                if not self._finish(into=chunk):
                    return
                chunk.work.claim.acquire()
            self._send(chunk)
            goes_on = self._finish(into=chunk)
            self.under_way, self.ahead = chunk, None
            if not goes_on:
                break
        if self._finish():
            self._end()

    def _send(self, chunk: JobChunk) -> None:
        """Give the engine a chunk, as soon as it has done with the one before."""
        translator.recall_again(chunk.work)
        translator.arrange(chunk.work)
        if self.under_way is not None and self.under_way.engine is not None:
            self.under_way.engine.result()
        chunk.engine = self.thread.submit(translator.translate_groups, chunk.work)

    def _next(self) -> JobChunk | None:
        """Take the next reviews and look them up; None where no more are left."""
        items = list(
            self.job.items.filter(outcome="", pk__gt=self.last_item).order_by("pk")[:CHUNK]
        )
        if not items:
            return None
        self.last_item = items[-1].pk
        soon = self.under_way.work.missing if self.under_way else ()
        return look_up(items, self.job.target_language, soon)

    def _finish(self, into: JobChunk | None = None) -> bool:
        """Store the chunk under way. Returns whether the job goes on.

        `into` is the chunk that waits for its segments.
        """
        chunk = self.under_way
        if chunk is None:
            return True
        if chunk.engine is not None:
            chunk.engine.result()
        translator.finish(chunk.work)
        self.under_way = None
        if into is not None:
            into.work.known = {**chunk.work.known, **into.work.known}
            into.work.failures = {**chunk.work.failures, **into.work.failures}
        return self._carry_on(store(self.job, chunk, self._lap()))

    def _lap(self) -> float:
        now = time.monotonic()
        seconds, self.since = now - self.since, now
        return seconds

    @transaction.atomic
    def _carry_on(self, problem: str) -> bool:
        """Look whether the job is to go on: nobody has stopped it, and its engine answers."""
        job = TranslationJob.objects.select_for_update(of=["self"]).get(pk=self.job.pk)
        if job.status != Status.RUNNING:
            return False
        if problem:
            job.problem = problem
            job.waits += 1
            if EngineFailure(problem) in PASSING and job.waits <= MAX_WAITS:
                job.status = Status.WAITING
                job.resume_at = timezone.now() + min(WAIT * job.waits, LONGEST_WAIT)
            else:
                job.status = Status.FAILED
                job.finished_at = timezone.now()
            job.save(update_fields=["status", "problem", "waits", "resume_at", "finished_at"])
        return not problem

    @transaction.atomic
    def _end(self) -> None:
        """End the job if nothing is left of it; else it stands in line again."""
        job = TranslationJob.objects.select_for_update(of=["self"]).get(pk=self.job.pk)
        if job.items.filter(outcome="").exists():
            enqueue(job)
        elif job.status == Status.RUNNING:
            job.status = Status.DONE
            job.finished_at = timezone.now()
            job.save(update_fields=["status", "finished_at"])
