"""Worker, engine and broker killed during a job: nothing twice, nothing lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from config.embedded.servers import Servers
from reviews.models import (
    MemorySegment,
    Review,
    ReviewTranslation,
    TranslationJob,
)
from reviews.tasks import resume_stalled_translations
from reviews.translation import jobs, routes
from tests import processes
from tests.factories import ProductFactory, ReviewFactory
from tests.reviews.dumps import csv_of, write
from tests.reviews.engines import needs_apertium
from tests.reviews.translating import chosen, make
from tests.servers import copy_migrated

pytestmark = pytest.mark.django_db(transaction=True)
# Ten chunks: enough to be killed in the middle of.
MANY = 1_500


def test_two_jobs_at_once_pay_for_nothing_twice(worker, monkeypatch):
    """Two workers, the same reviews: each sentence goes to the engine once."""
    if not routes.pairs("apertium"):
        pytest.skip("Apertium is not installed")
    make(300)
    first, second = chosen(), chosen()
    for job in (first, second):
        jobs.start(job=job)
    processes.wait_for(lambda: all(is_over(job) for job in (first, second)))
    assert first.done + second.done >= 300
    assert ReviewTranslation.objects.filter(status="done").count() == 300
    characters = sum(
        len(text) for text in MemorySegment.objects.values_list("source_text", flat=True)
    )
    assert first.sent_characters + second.sent_characters == characters


def is_over(job: TranslationJob) -> bool:
    job.refresh_from_db()
    return job.status == "done"


def is_in_the_middle(job: TranslationJob) -> bool:
    job.refresh_from_db()
    return 0 < job.done < job.total


def many_texts(count: int) -> None:
    """Reviews whose sentences all differ, so that the engine has something to do."""
    product = ProductFactory()
    first = ReviewFactory(product=product)
    Review.objects.bulk_create(
        Review(
            product=product,
            source=first.source,
            external_id=f"x{n}",
            language="en",
            status="published",
            title=f"The invoice number {n} was late.",
            overall=f"We asked {n} times. Nobody answered the {n} mails that we wrote.",
        )
        for n in range(count)
    )


@needs_apertium
def test_a_killed_worker_is_followed_by_one_that_goes_on():
    many_texts(MANY)
    job = chosen()
    jobs.start(job=job)
    with processes.program(*processes.WORKER) as child:
        processes.wait_for(lambda: is_in_the_middle(job))
        processes.kill(child)
    job.refresh_from_db()
    assert job.status == "running"
    sent_before, known_before = job.sent_characters, MemorySegment.objects.count()
    assert known_before
    connection.close()
    with processes.program(*processes.WORKER):
        # What beat does every 15 seconds.
        processes.wait_for(lambda: resume_stalled_translations() or is_over(job))
    assert (job.done, job.failed) == (MANY + 1, 0)
    assert ReviewTranslation.objects.filter(status="done").count() == MANY + 1
    characters = sum(len(t) for t in MemorySegment.objects.values_list("source_text", flat=True))
    # All that was remembered before the kill was not paid for again.
    assert job.sent_characters - sent_before <= characters
    assert job.sent_characters <= characters


def descendants(pid: int) -> set[int]:
    """Return the processes that a process has started, and theirs."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def kill_engine(pid: int) -> int:
    """kill -9 the programs of Apertium below a process, and return how many there were."""
    killed = 0
    for below in descendants(pid):
        try:
            if b"lt-proc" in Path(f"/proc/{below}/cmdline").read_bytes():
                os.kill(below, signal.SIGKILL)
                killed += 1
        except OSError:
            pass  # it has ended by itself
    return killed


@needs_apertium
def test_an_engine_that_is_killed_during_a_job_is_started_again():
    many_texts(MANY)
    job = chosen()
    jobs.start(job=job)
    with processes.program(*processes.WORKER) as child:
        processes.wait_for(lambda: is_in_the_middle(job))
        assert kill_engine(child.pid), "no program of Apertium runs below the worker"
        processes.wait_for(lambda: is_over(job))
    assert (job.done, job.failed) == (MANY + 1, 0)
    characters = sum(len(t) for t in MemorySegment.objects.values_list("source_text", flat=True))
    assert job.sent_characters == characters


@needs_apertium
def test_a_killed_broker_is_survived(tmp_path, reachable_folder):
    home = reachable_folder
    copy_migrated(home)
    servers = Servers(home, durable=False)  # a kill is no crash of the machine
    servers.start()
    environment = processes.environment_on(servers, home)

    def ask(words: str) -> str:
        names = "from reviews.models import *; from reviews.translation import jobs; "
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", names + words]
        result = subprocess.run(
            command, cwd=processes.ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return result.stdout.strip()

    def manage(*words: str) -> None:
        command = [sys.executable, "manage.py", *words]
        subprocess.run(
            command, cwd=processes.ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )

    try:
        dump = write(tmp_path / "t.csv", csv_of(MANY))
        manage("import_reviews", str(dump), "--product", "p", "--status", "published")
        ask("Review.objects.update(language='en')")
        ask("job = jobs.choose(reviews=Review.objects.all(), target='es'); jobs.start(job=job)")
        with processes.program(*processes.WORKER, env=environment):
            processes.wait_for(
                lambda: processes.ask(
                    servers, "SELECT done FROM reviews_translationjob WHERE done > 0"
                )
            )
            [pid_file] = home.rglob("valkey.pid")
            valkey = int(pid_file.read_text())
            os.kill(valkey, signal.SIGKILL)
            os.waitpid(valkey, 0)
            servers.start()
            over = "jobs.resume_stalled(); print(TranslationJob.objects.get().status)"
            processes.wait_for(lambda: ask(over) == "done")
        assert processes.ask(servers, "SELECT failed FROM reviews_translationjob") == 0
        translated = "SELECT count(*) FROM reviews_reviewtranslation WHERE status = 'done'"
        assert processes.ask(servers, translated) == MANY
    finally:
        servers.stop()
