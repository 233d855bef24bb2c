"""One action on many reviews, by a real worker."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.audit import verify
from reviews.models import (
    AuditEntry,
    BulkJob,
    ModerationDecision,
    Review,
    ReviewAssignment,
    Reviewer,
    ReviewTag,
    Statement,
)
from reviews.moderation import bulk, statements
from reviews.moderation.decisions import DecisionRequest, decide
from tests import processes
from tests.factories import ProductFactory, ReviewFactory, SourceFactory, lead, moderator

pytestmark = pytest.mark.django_db(transaction=True)


def many(count: int, **fields) -> None:
    product, source = ProductFactory(), SourceFactory()
    Review.objects.bulk_create(
        Review(
            product=product,
            source=source,
            external_id=f"b{n}",
            title=f"Number {n}",
            language="en",
            status="pending",
            **fields,
        )
        for n in range(count)
    )


def begin(client, query: str, **result) -> BulkJob:
    answer = client.post(reverse("inbox-bulk-start"), {"query": query, **result})
    assert answer.status_code == 302, re.findall(r'role="alert">(.*?)<', answer.content.decode())
    return BulkJob.objects.get(pk=int(re.search(r"/bulk/(\d+)/", answer.url)[1]))


def ended(job: BulkJob) -> BulkJob:
    def has_ended() -> bool:
        job.refresh_from_db()
        return not job.is_running

    processes.wait_for(has_ended)
    return job


def test_all_that_match_are_decided_reported_and_undone(client, worker, reasons):
    many(1300)
    published = ReviewFactory(status="published", title="Number already out")
    person = moderator()
    client.force_login(person)
    html = client.get(f"{reverse('inbox-bulk')}?q=number&scope=all", HTTP_ACCEPT_LANGUAGE="en")
    assert "1,301 reviews" in html.content.decode()
    job = ended(
        begin(
            client,
            "q=number&scope=all",
            action="decide",
            to_status="rejected",
            reason="spam",
            explanation="A series.",
        )
    )
    assert (job.total, job.done, job.skipped) == (1301, 1300, 1)
    page = client.get(reverse("inbox-bulk-job", args=[job.pk]), HTTP_ACCEPT_LANGUAGE="en")
    assert "current status doesn&#x27;t allow it: 1" in page.content.decode()
    assert Review.objects.filter(status="rejected").count() == 1300
    assert Statement.objects.filter(facts="A series.").count() == 1300
    assert verify.find_faults() == []
    # One of them moves on: it is left where it is now.
    moved = Review.objects.filter(status="rejected").first()
    decide(review=moved, request=DecisionRequest("published", actor=lead()))
    client.post(reverse("inbox-bulk-undo", args=[job.pk]))
    ended(job)
    assert job.undone == 1299
    assert Review.objects.filter(status="pending").count() == 1299
    page = client.get(reverse("inbox-bulk-job", args=[job.pk]), HTTP_ACCEPT_LANGUAGE="en")
    assert "a later decision was made: 1" in page.content.decode()
    published.refresh_from_db()
    assert published.status == "published"
    # It is not undone twice.
    client.post(reverse("inbox-bulk-undo", args=[job.pk]))
    job.refresh_from_db()
    assert not job.is_running


def test_the_selected_are_tagged_and_assigned_and_both_undone(client, worker, reasons):
    many(5)
    person, colleague = moderator(), moderator()
    client.force_login(person)
    ids = list(Review.objects.order_by("pk").values_list("pk", flat=True)[:3])
    query = "&".join(f"id={pk}" for pk in ids) + "&scope=selected"
    tagging = ended(begin(client, query, action="tag", tag="Series"))
    assert set(ReviewTag.objects.values_list("review_id", "tag__name")) == {
        (pk, "series") for pk in ids
    }
    assigning = ended(begin(client, query, action="assign", to=colleague.username))
    assert ReviewAssignment.objects.filter(assignee=colleague).count() == 3
    by_turns = ended(begin(client, query, action="assign", to="turn"))
    # Who has the fewest is next: the colleague has all three.
    assert ReviewAssignment.objects.filter(assignee=person).count() == 3
    for job in (by_turns, assigning, tagging):
        client.post(reverse("inbox-bulk-undo", args=[job.pk]))
        ended(job)
    assert not ReviewTag.objects.exists()
    assert not ReviewAssignment.objects.filter(assignee__isnull=False).exists()


def test_a_job_goes_on_after_its_worker_was_killed_and_does_nothing_twice(client, reasons):
    many(1500)
    person = moderator()
    client.force_login(person)
    job = begin(client, "status=pending&scope=all", action="decide", to_status="published")
    with processes.program(*processes.WORKER) as worker:
        processes.wait_for(lambda: BulkJob.objects.get(pk=job.pk).done)
        processes.kill(worker)
    job.refresh_from_db()
    assert job.is_running
    assert 0 < job.done < 1500
    with processes.program(*processes.WORKER):
        processes.wait_for(lambda: _resumed(job))
    assert BulkJob.objects.get(pk=job.pk).done == 1500
    assert ModerationDecision.objects.count() == 1500
    assert AuditEntry.objects.filter(action="review_decided").count() == 1500


def _resumed(job: BulkJob) -> bool:
    bulk.resume_stalled()
    return not BulkJob.objects.get(pk=job.pk).is_running


def test_a_job_is_cancelled_by_who_started_it_and_what_was_done_stays(client, reasons):
    many(1200)
    person = moderator()
    client.force_login(person)
    job = begin(client, "status=pending&scope=all", action="decide", to_status="published")
    bulk._chunk(job.pk)
    client.force_login(moderator())
    assert client.post(reverse("inbox-bulk-cancel", args=[job.pk])).status_code == 404
    client.force_login(person)
    client.post(reverse("inbox-bulk-cancel", args=[job.pk]))
    bulk.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done) == ("cancelled", 500)
    assert Review.objects.filter(status="published").count() == 500


def test_after_ten_minutes_nothing_is_undone(client, reasons):
    many(3)
    person = moderator()
    client.force_login(person)
    job = begin(client, "status=pending&scope=all", action="decide", to_status="published")
    bulk.run(job.pk)
    BulkJob.objects.update(finished_at=timezone.now() - timedelta(minutes=11))
    client.post(reverse("inbox-bulk-undo", args=[job.pk]))
    bulk.run(job.pk)
    assert Review.objects.filter(status="published").count() == 3


def test_authors_get_mail_once_the_whole_job_can_no_longer_be_undone(client, reasons):
    many(2)
    for review in Review.objects.all():
        review.reviewer = Reviewer.objects.create(
            source=review.source, external_id=f"r{review.pk}", email="a@mail.example"
        )
        review.save()
    client.force_login(moderator())
    job = begin(
        client, "status=pending&scope=all", action="decide", to_status="rejected", reason="spam"
    )
    bulk._chunk(job.pk)
    # The first decisions' ten minutes are over while the job still runs, and after it ended.
    Statement.objects.update(send_at=timezone.now())
    assert statements.mail_queue.due() == []
    bulk.run(job.pk)
    assert statements.mail_queue.due() == []
    BulkJob.objects.update(finished_at=timezone.now() - timedelta(minutes=9, seconds=59))
    # Asked for in time, it is undone whole, however late the worker comes to it.
    client.post(reverse("inbox-bulk-undo", args=[job.pk]))
    BulkJob.objects.update(finished_at=timezone.now() - timedelta(minutes=20))
    assert statements.mail_queue.due() == []
    bulk.run(job.pk)
    assert Review.objects.filter(status="pending").count() == 2
    assert statements.mail_queue.due() == []


@pytest.mark.parametrize(
    "result",
    [
        {"action": "decide", "to_status": "rejected"},
        {"action": "decide"},
        {"action": "tag", "tag": " "},
        {"action": "assign", "to": "nobody I know"},
        {"action": "burn"},
        {},
    ],
)
def test_what_makes_no_sense_starts_nothing_and_says_why(client, reasons, result):
    many(1)
    client.force_login(moderator())
    answer = client.post(reverse("inbox-bulk-start"), {"query": "scope=all", **result})
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()
    assert not BulkJob.objects.exists()
