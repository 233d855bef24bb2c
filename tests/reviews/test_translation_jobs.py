"""Many reviews at once: estimated, steered, killed, gone on with; nothing twice, nothing lost."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

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
from reviews.translation import job_runs, jobs, terms
from tests import engine_servers
from tests.factories import ResponseFactory, ReviewFactory, lead, moderator
from tests.reviews.translating import chosen, make

pytestmark = pytest.mark.django_db(transaction=True)


def done(job: TranslationJob) -> TranslationJob:
    jobs.start(job=job)
    job_runs.run(job.pk)
    job.refresh_from_db()
    return job


def sent(server) -> list[str]:
    """All texts that the engine was asked for and answered."""
    return [t for _c, path, result, _h in server.asked if path == "/translate" for t in result["q"]]


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
    ResponseFactory(review=reviews[0], body="Thank you, it is fixed now.")
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
    result = {(row["outcome"], row["skip_reason"]): row["n"] for row in jobs.report(job)}
    assert result == {("skipped", "unknown"): 1, ("skipped", "same"): 1, ("failed", "no_pair"): 1}


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


@pytest.mark.parametrize("others", [9, 0])
def test_a_text_that_an_engine_breaks_on_fails_alone(libre, others):
    """With others or without: it is named in the end, and keeps no job waiting for ever."""
    answered = libre.speak

    def breaks(command, path, result, *rest):
        if path == "/translate" and any("poison" in text for text in result["q"]):
            return 500, {"error": "poisoned"}
        return answered(command, path, result, *rest)

    libre.speak = breaks
    ReviewFactory(title="A poison.")
    make(others)
    job = chosen()
    jobs.start(job=job)
    for _ in range(job_runs.MAX_WAITS):
        job_runs.run(job.pk)
        job.refresh_from_db()
        if job.status != "waiting":
            break
        cache.clear()
        TranslationJob.objects.update(resume_at=timezone.now(), status="queued")
    assert (job.status, job.done, job.failed) == ("done", others, 1)
    assert job.waits <= 3
    assert jobs.report(job) == [{"outcome": "failed", "skip_reason": "failed", "n": 1}]


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
    assert jobs.report(job) == [{"outcome": "failed", "skip_reason": "vendor_budget", "n": 1}]
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
        name="Into English",
        action="translate",
        query=query,
        language=language,
        active=True,
        tested_at=timezone.now(),
        changed_by=lead(),
    )


def test_a_job_that_breaks_lets_go_of_its_segments(libre, monkeypatch):
    """Whatever ends a run: nobody waits for its sentences for ever."""
    monkeypatch.setattr(job_runs, "CHUNK", 2)
    make(8)
    job = chosen()
    jobs.start(job=job)

    def breaks(*_words):
        raise RuntimeError("out of order")

    with monkeypatch.context() as broken:
        broken.setattr(job_runs, "store", breaks)
        with pytest.raises(RuntimeError):
            job_runs.run(job.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone()[0] == 0
    assert MemorySegment.objects.exists()
    job_runs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done) == ("done", 8)
    assert len(sent(libre)) == len(set(sent(libre)))


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


def test_the_task_may_run_twice(libre):
    make(3)
    job = chosen()
    jobs.start(job=job)
    for _ in range(2):
        run_translation_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done, TranslationItem.objects.count()) == ("done", 3, 3)
