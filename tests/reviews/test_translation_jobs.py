"""Many reviews at once: estimated, steered, killed, gone on with; nothing twice, nothing lost."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from config.embedded.servers import Servers
from responses.models import ResponseTranslation
from reviews.models import (
    GlossaryTerm,
    MemorySegment,
    Review,
    ReviewTranslation,
    Rule,
    TranslationBudget,
    TranslationItem,
    TranslationJob,
)
from reviews.moderation import rules
from reviews.tasks import resume_stalled_translations, run_translation_job
from reviews.translation import job_runs, jobs, routes, terms
from tests import engine_servers, processes
from tests.factories import ProductFactory, ResponseFactory, ReviewFactory, lead, moderator
from tests.reviews.dumps import csv_of, write
from tests.reviews.engines import engine_of, needs_apertium, use

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def libre(monkeypatch, tmp_path):
    """LibreTranslate's protocol on a local server, in use for all pairs."""
    monkeypatch.setattr("urllib3.util.retry.Retry.get_backoff_time", lambda _self: 0.01)
    monkeypatch.setattr("reviews.translation.guards.BACKOFF", 0)
    with engine_of("libretranslate", tmp_path) as (engine, server):
        use(monkeypatch, "libretranslate", engine)
        yield server


def make(count: int, **more) -> list[Review]:
    product = more.pop("product", None) or ProductFactory()
    return [
        ReviewFactory(product=product, title=f"Number {n} of them.", overall="It is slow. Really.",
                      **more)
        for n in range(count)
    ]  # fmt: skip


def chosen(target="es", actor=None) -> TranslationJob:
    return jobs.choose(reviews=Review.objects.all(), target=target, actor=actor or moderator())


def done(job: TranslationJob) -> TranslationJob:
    jobs.start(job=job)
    job_runs.run(job.pk)
    job.refresh_from_db()
    return job


def sent(server) -> list[str]:
    """All texts that the engine was asked for and answered."""
    return [t for _c, path, said, _h in server.asked if path == "/translate" for t in said["q"]]


def test_a_job_is_estimated_before_it_starts(libre, settings, monkeypatch):
    monkeypatch.setitem(settings.TRANSLATION, "prices", {"libretranslate": 1_000_000})
    make(10)
    job = chosen()
    assert (job.status, job.total, sent(libre)) == ("estimated", 10, [])
    assert job.characters == sum(len(r.title) + len(r.overall) for r in Review.objects.all())
    assert job.expected_characters < job.characters
    done(job)
    assert abs(job.sent_characters - job.expected_characters) <= 12
    assert abs(float(job.expected_cost) - job.sent_characters) <= 12


def test_a_job_translates_reviews_and_their_answers_once(libre):
    reviews = make(5)
    ResponseFactory(review=reviews[0], body="Thank you, it is mended now.")
    job = done(chosen())
    assert (job.status, job.done, job.failed, job.skipped) == ("done", 5, 0, 0)
    assert ReviewTranslation.objects.count() == 5
    assert ResponseTranslation.objects.get().status == "done"
    assert len(sent(libre)) == len(set(sent(libre)))
    before = len(libre.asked)
    again = done(chosen())
    assert (again.done, again.skipped, again.calls, len(libre.asked)) == (0, 5, 0, before)


def test_what_cannot_be_translated_is_named_with_the_reason(libre):
    make(2)
    make(1, language="und")
    make(1, language="es")
    make(1, language="sw")
    job = done(chosen())
    assert (job.done, job.skipped, job.failed) == (2, 2, 1)
    said = {(row["outcome"], row["why"]): row["n"] for row in jobs.report(job)}
    assert said == {("skipped", "unknown"): 1, ("skipped", "same"): 1, ("failed", "no_pair"): 1}


def test_a_paused_job_rests_and_goes_on_where_it_was(libre, monkeypatch):
    monkeypatch.setattr(job_runs, "CHUNK", 5)
    make(30)
    job = chosen()
    jobs.start(job=job)
    storing = job_runs.store

    def store_then_pause(*words):
        found = storing(*words)
        jobs.pause(job=job)
        return found

    monkeypatch.setattr(job_runs, "store", store_then_pause)
    job_runs.run(job.pk)
    job.refresh_from_db()
    assert job.status == "paused"
    assert 0 < job.done < 30
    monkeypatch.setattr(job_runs, "store", storing)
    job_runs.run(job.pk)
    job.refresh_from_db()
    assert job.status == "paused"
    done(job)
    assert (job.status, job.done) == ("done", 30)
    assert len(sent(libre)) == len(set(sent(libre)))


def test_a_cancelled_job_keeps_what_is_done(libre, monkeypatch):
    make(5)
    job = chosen()
    jobs.cancel(job=job)
    jobs.start(job=job)
    job_runs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done) == ("cancelled", 0)


def test_a_job_waits_for_an_engine_that_is_gone_and_then_goes_on(libre, monkeypatch):
    monkeypatch.setattr(job_runs, "CHUNK", 5)
    make(40)
    job = chosen()
    jobs.start(job=job)
    # After the third batch the engine is dead.
    answered = libre.speak

    def dies(command, path, *rest):
        if path == "/translate" and len(sent(libre)) > 30:
            return 500, {"error": "dead"}
        return answered(command, path, *rest)

    libre.speak = dies
    job_runs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.problem) == ("waiting", "down")
    assert 0 < job.done < 40
    assert job.failed == 0
    translated = set(MemorySegment.objects.values_list("source_text", flat=True))
    libre.speak = answered
    libre.asked.clear()
    cache.clear()
    TranslationJob.objects.update(resume_at=timezone.now() - timedelta(seconds=1))
    resume_stalled_translations()
    job_runs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done, job.failed) == ("done", 40, 0)
    assert not translated & set(sent(libre))


def test_a_job_whose_budget_is_spent_is_given_up_with_the_reason(libre):
    TranslationBudget.objects.create(scope="engine:libretranslate", characters=10)
    make(5)
    job = done(chosen())
    assert (job.status, job.problem, job.done, job.failed) == ("failed", "budget", 0, 0)
    TranslationBudget.objects.all().delete()
    assert done(job).status == "done"


def test_a_vendors_spent_budget_does_not_stop_the_others(libre):
    poor, rich = ReviewFactory(title="The only one of its kind."), make(2)[0]
    TranslationBudget.objects.create(scope=f"vendor:{poor.vendor_id}", characters=1)
    job = done(chosen())
    assert (job.status, job.done, job.failed) == ("done", 2, 1)
    assert jobs.report(job) == [{"outcome": "failed", "why": "vendor_budget", "n": 1}]
    assert rich.translations.exists()


def test_a_persons_translation_is_left_alone(libre):
    [review] = make(1)
    done(chosen())
    ReviewTranslation.objects.update(
        author=moderator(), origin="edited", texts={"title": "Mío"}, stale_since=timezone.now()
    )
    job = done(chosen())
    assert job.skipped == 1
    assert review.translations.get().texts == {"title": "Mío"}


def rule_that_translates(query="not_language=es en", language="en") -> Rule:
    return Rule.objects.create(
        name="Into English", action="translate", query=query, language=language, active=True,
        tried_at=timezone.now(), changed_by=lead(),
    )  # fmt: skip


def test_a_standing_rule_translates_what_comes_in(libre):
    rule_that_translates()
    french = make(1, language="fr", status="pending")
    others = make(1, language="es") + make(1, language="en") + make(1, language="und")
    for _ in range(2):
        rules.apply([r.pk for r in french + others])
    job = TranslationJob.objects.get()
    assert (job.target_language, job.total, job.status) == ("en", 1, "queued")
    job_runs.run(job.pk)
    assert ReviewTranslation.objects.get().review == french[0]


def test_what_becomes_stale_is_refreshed_where_a_rule_wants_it(libre):
    rule_that_translates()
    [review] = make(1, language="fr")
    rules.apply([review.pk])
    job_runs.run(TranslationJob.objects.get().pk)
    rules.refresh_translations()
    assert TranslationJob.objects.count() == 1
    Review.objects.filter(pk=review.pk).update(title="Un autre titre.")
    assert review.translations.get().stale_since is not None
    rules.refresh_translations()
    job_runs.run(TranslationJob.objects.first().pk)
    fresh = review.translations.get()
    assert fresh.stale_since is None
    assert fresh.texts["title"] == engine_servers.swapped("Un autre titre.")


def test_what_cannot_be_refreshed_is_not_tried_for_ever(libre):
    rule_that_translates()
    [review] = make(1, language="fr")
    rules.apply([review.pk])
    job_runs.run(TranslationJob.objects.get().pk)
    Review.objects.filter(pk=review.pk).update(title="Un autre titre.", language="sw")
    for _ in range(3):
        rules.refresh_translations()
        job_runs.run(TranslationJob.objects.first().pk)
    assert TranslationJob.objects.count() == 2


def test_a_changed_glossary_makes_stale_what_has_the_term(libre):
    reviews = make(2)
    Review.objects.filter(pk=reviews[1].pk).update(overall="Nothing of the kind.")
    done(chosen())
    person = moderator()
    entry = terms.Entry("en", "es", "slow", "translate", "tardón")
    terms.put(vendor=reviews[0].product.vendor, entries=[entry], actor=person)
    stale = ReviewTranslation.objects.filter(stale_since__isnull=False)
    assert [t.review_id for t in stale] == [reviews[0].pk]
    assert done(chosen()).done == 1
    assert "tardón" in reviews[0].translations.get().texts["overall"]
    terms.remove(term=GlossaryTerm.objects.get(), actor=person)
    assert stale.count() == 1


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
            product=product, source=first.source, external_id=f"x{n}", language="en",
            status="published", title=f"The invoice number {n} was late.",
            overall=f"We asked {n} times. Nobody answered the {n} mails that we wrote.",
        )
        for n in range(count)
    )  # fmt: skip


@needs_apertium
def test_a_killed_worker_is_followed_by_one_that_goes_on():
    many_texts(3_000)
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
    assert (job.done, job.failed) == (3_001, 0)
    assert ReviewTranslation.objects.filter(status="done").count() == 3_001
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


@needs_apertium
def test_an_engine_that_is_killed_during_a_job_is_started_again():
    many_texts(3_000)
    job = chosen()
    jobs.start(job=job)
    with processes.program(*processes.WORKER) as child:
        processes.wait_for(lambda: is_in_the_middle(job))
        for pid in descendants(child.pid):
            try:
                if b"lt-proc" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
            except (OSError, ProcessLookupError):
                pass
        processes.wait_for(lambda: is_over(job))
    assert (job.done, job.failed) == (3_001, 0)
    characters = sum(len(t) for t in MemorySegment.objects.values_list("source_text", flat=True))
    assert job.sent_characters == characters


@needs_apertium
def test_a_killed_broker_is_survived(tmp_path, reachable_folder):
    home = reachable_folder
    servers = Servers(home)
    servers.start()
    environment = {
        **os.environ,
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "OPINA_HOME": str(home),
    }

    def ask(words: str) -> str:
        names = "from reviews.models import *; from reviews.translation import jobs; "
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", names + words]
        said = subprocess.run(
            command, cwd=processes.ROOT, env=environment, capture_output=True, text=True, check=True
        )
        return said.stdout.strip()

    def manage(*words: str) -> None:
        command = [sys.executable, "manage.py", *words]
        subprocess.run(
            command, cwd=processes.ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
        )

    try:
        manage("migrate")
        dump = write(tmp_path / "t.csv", csv_of(4_000))
        manage("import_reviews", str(dump), "--product", "p", "--status", "published")
        ask("Review.objects.update(language='en')")
        ask("job = jobs.choose(reviews=Review.objects.all(), target='es'); jobs.start(job=job)")
        with processes.program(*processes.WORKER, env=environment):
            processes.wait_for(
                lambda: ask("print(TranslationJob.objects.filter(done__gt=0).exists())") == "True"
            )
            [pid_file] = home.rglob("valkey.pid")
            valkey = int(pid_file.read_text())
            os.kill(valkey, signal.SIGKILL)
            os.waitpid(valkey, 0)
            servers.start()
            over = "jobs.resume_stalled(); print(TranslationJob.objects.get().status)"
            processes.wait_for(lambda: ask(over) == "done")
        assert ask("print(TranslationJob.objects.get().failed)") == "0"
        assert ask("print(ReviewTranslation.objects.filter(status='done').count())") == "4000"
    finally:
        servers.stop()


def test_the_task_may_run_twice(libre):
    make(3)
    job = chosen()
    jobs.start(job=job)
    for _ in range(2):
        run_translation_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done, TranslationItem.objects.count()) == ("done", 3, 3)
