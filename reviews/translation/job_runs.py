"""Run a translation job in a worker, chunk by chunk.

While the engine translates one chunk, the next is looked up in the memory and the previous one
is stored. Each chunk goes into the memory as soon as it is translated, so a job whose worker is
killed resumes where it stopped and pays for nothing twice. A job whose engine is unavailable
waits for it.
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
# Then the job is queued again, so that readers who wait for one text get their turn.
SLICE = 20.0  # seconds
LOCK = "translation job"
# A job whose engine is unavailable retries after longer and longer waits, then fails.
WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=10)
MAX_WAITS = 30


def enqueue(job: TranslationJob) -> None:
    """Send the task once the transaction is committed."""
    transaction.on_commit(
        lambda: current_app.send_task("reviews.tasks.run_translation_job", [job.pk])
    )


def run(job_id: int, *, seconds: float = SLICE) -> None:
    """Run the rest of a job for about `seconds`; what is left after that is queued again.

    Only one worker runs a job at a time. A second call returns at once.
    """
    # If the job was paused and resumed during a chunk, the worker that was sent on resuming
    # found it locked and returned: this one must start again.
    while _run(job_id, seconds) and _is_queued(job_id):
        pass


def _run(job_id: int, seconds: float) -> bool:
    """Run a job if no other worker does. Returns whether that was so."""
    with session_lock(LOCK, job_id) as free:
        if free and _begin(job_id):
            job = TranslationJob.objects.get(pk=job_id)
            with closing(Run(job)) as job_run:
                job_run.process_chunks(seconds)
        return bool(free)


def _is_queued(job_id: int) -> bool:
    return TranslationJob.objects.filter(pk=job_id, status=Status.QUEUED).exists()


@transaction.atomic
def _begin(job_id: int) -> bool:
    """Mark a queued job as running. Returns whether it is to be run."""
    return bool(
        TranslationJob.objects.filter(pk=job_id, status__in=[Status.QUEUED, Status.RUNNING]).update(
            status=Status.RUNNING, problem="", resume_at=None
        )
    )


class Run:
    """One worker's run of a job."""

    def __init__(self, job: TranslationJob) -> None:
        self.job = job
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        # The chunk at the engine, and the one to follow.
        self.under_way: JobChunk | None = None
        self.ahead: JobChunk | None = None
        self.last_item = 0
        self.since = time.monotonic()

    def close(self) -> None:
        """Remember what is paid for and release all locks, also after an exception."""
        self.thread.shutdown(cancel_futures=True)
        for chunk in (self.under_way, self.ahead):
            if chunk is not None:
                with suppress(DatabaseError):
                    translator.finish(chunk.work)
                chunk.work.claim.release()

    def process_chunks(self, seconds: float) -> None:
        """Translate and store chunks until the time is up, none is left or the job stops."""
        until = time.monotonic() + seconds
        while chunk := self._next() if time.monotonic() < until else None:
            self.ahead = chunk
            # Never wait for segments while holding others: two jobs could block each other.
            if not chunk.work.claim.try_acquire():
                if not self._finish(into=chunk):
                    return
                chunk.work.claim.acquire()
            self._send(chunk)
            is_running = self._finish(into=chunk)
            self.under_way, self.ahead = chunk, None
            if not is_running:
                break
        if self._finish():
            self._end()

    def _send(self, chunk: JobChunk) -> None:
        """Send a chunk to the engine once it has finished the previous one."""
        translator.recall_again(chunk.work)
        translator.make_batches(chunk.work)
        if self.under_way is not None and self.under_way.engine is not None:
            self.under_way.engine.result()
        chunk.engine = self.thread.submit(translator.translate_groups, chunk.work)

    def _next(self) -> JobChunk | None:
        """Look up the next chunk of open items. Returns None if none is left."""
        items = list(
            self.job.items.filter(outcome="", pk__gt=self.last_item).order_by("pk")[:CHUNK]
        )
        if not items:
            return None
        self.last_item = items[-1].pk
        soon = self.under_way.work.missing if self.under_way else ()
        return look_up(items, self.job.target_language, soon)

    def _finish(self, into: JobChunk | None = None) -> bool:
        """Store the chunk at the engine. Returns whether the job continues.

        `into` is the next chunk, which gets the results of segments that it shares.
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
        return self._update_status(store(self.job, chunk, self._lap()))

    def _lap(self) -> float:
        """Return the seconds since the previous call."""
        now = time.monotonic()
        seconds, self.since = now - self.since, now
        return seconds

    @transaction.atomic
    def _update_status(self, problem: str) -> bool:
        """Return whether the job continues: it was not stopped and there is no `problem`.

        With a `problem` the job waits for its engine or fails.
        """
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
        """Mark the job as done if no item is left, else queue it again."""
        job = TranslationJob.objects.select_for_update(of=["self"]).get(pk=self.job.pk)
        if job.items.filter(outcome="").exists():
            enqueue(job)
        elif job.status == Status.RUNNING:
            job.status = Status.DONE
            job.finished_at = timezone.now()
            job.save(update_fields=["status", "finished_at"])
