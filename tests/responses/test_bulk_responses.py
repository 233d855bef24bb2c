"""One template for many reviews: each by itself, with progress, and all of it undone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from responses import bulk
from responses.choices import Approval, Outcome
from responses.models import Response, ResponseJob, ResponseJobItem
from reviews.models import Review
from reviews.models.bulk import UNDO_WINDOW
from tests.factories import ReviewFactory, vendor_staff
from tests.processes import wait_for
from tests.responses.desks import Desk
from tests.responses.responding import publish

pytestmark = pytest.mark.django_db


def start(client, desk: Desk, query: str, outcome: str = "publish", body: str = "Thank you."):
    template = desk.template(body)
    result = {"template": template.pk, "outcome": outcome, "query": query}
    answer = client.post(reverse("desk-bulk-start"), result)
    return ResponseJob.objects.get(pk=answer.url.rstrip("/").rsplit("/", 1)[1])


def test_each_is_rendered_and_checked_and_what_is_passed_over_says_why(client):
    desk = Desk(reviewer_name="Ana P.", overall_rating=5)
    product = desk.review.product
    fine = [ReviewFactory(product=product, reviewer_name=f"Eva {n}") for n in "AB"]
    nameless = ReviewFactory(product=product, reviewer_name="user77")
    answered = ReviewFactory(product=product, reviewer_name="Luis")
    publish(answered, "Already")
    begun = ReviewFactory(product=product, reviewer_name="Luis")
    Response.objects.create(review=begun, status="draft", body="Mine", origin="desk")
    foreign = ReviewFactory()
    client.force_login(desk.katie)
    job = start(client, desk, "scope=all&sort=newest", body="Hi {{ reviewer.first_name }}.")
    bulk.run(job.pk)
    bulk.run(job.pk)
    job.refresh_from_db()
    assert (job.total, job.done, job.skipped, job.status) == (6, 3, 3, "done")
    assert [review.responses.get().body for review in fine] == ["Hi Eva.", "Hi Eva."]
    assert not nameless.responses.exists()
    assert answered.responses.get().body == "Already"
    assert begun.responses.get().body == "Mine"
    assert not foreign.responses.exists()
    html = client.get(reverse("desk-bulk-job", args=[job.pk])).content.decode()
    assert "has no value for this review" in html
    assert "Someone has already responded or started a draft. (2)" in html


def test_what_would_be_answered_is_shown_first(client):
    desk = Desk(title="Splendid", reviewer_name="Ana P.", overall_rating=5)
    template = desk.template("Hi {{ reviewer.first_name }}.")
    client.force_login(desk.katie)
    path = reverse("desk-bulk") + f"?scope=all&template={template.pk}"
    html = client.get(path).content.decode()
    assert "Respond to 1 review" in html
    assert "Hi Ana." in html
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "approval", "status"),
    [("draft", "never", "draft"), ("approval", "never", "in_approval"),
     ("publish", "never", "published"), ("publish", "always", "in_approval")],
)  # fmt: skip
def test_outcomes_keep_to_the_vendors_consent_and_all_is_undone(client, outcome, approval, status):
    desk = Desk(wish={"approval": Approval(approval)})
    edited = ReviewFactory(product=desk.review.product)
    client.force_login(desk.katie)
    named = f"scope=selected&id={desk.review.pk}&id={edited.pk}"
    job = start(client, desk, named, outcome)
    bulk.run(job.pk)
    assert desk.review.responses.get().status == status
    Response.objects.filter(review=edited).update(body="ResponseContent by hand since")
    client.post(reverse("desk-bulk-steer", args=[job.pk]), {"do": "undo"})
    bulk.run(job.pk)
    job.refresh_from_db()
    assert (job.undone, bool(job.undone_at)) == (1, True)
    left = [response.status for response in desk.review.responses.all()]
    assert left == (["withdrawn"] if status == "published" else [])
    assert edited.responses.get().body == "ResponseContent by hand since"
    assert "edited the response since" in ResponseJobItem.objects.get(review=edited).skip_reason


def test_after_ten_minutes_and_by_others_it_is_not_undone(client):
    desk = Desk()
    client.force_login(desk.katie)
    job = start(client, desk, f"id={desk.review.pk}")
    bulk.run(job.pk)
    client.force_login(vendor_staff(desk.vendor))
    assert client.post(reverse("desk-bulk-steer", args=[job.pk])).status_code == 404
    ResponseJob.objects.update(finished_at=timezone.now() - UNDO_WINDOW)
    client.force_login(desk.katie)
    client.post(reverse("desk-bulk-steer", args=[job.pk]), {"do": "undo"})
    assert Response.objects.get().status == "published"


def test_a_cancelled_job_ends_after_the_chunk_at_hand(client, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 1)
    desk = Desk()
    ReviewFactory(product=desk.review.product)
    client.force_login(desk.katie)
    job = start(client, desk, "scope=all&sort=newest")
    assert bulk._chunk(job.pk)
    client.post(reverse("desk-bulk-steer", args=[job.pk]), {"do": "cancel"})
    bulk.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done) == ("cancelled", 1)


def test_without_a_template_nothing_is_started(client):
    desk = Desk()
    other = Desk()
    client.force_login(desk.katie)
    for template in ("", "x", str(other.template("Theirs").pk)):
        result = client.post(
            reverse("desk-bulk-start"),
            {"template": template, "outcome": "publish", "query": f"id={desk.review.pk}"},
        )
        assert result.status_code == 409
    assert not ResponseJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_the_job_and_publishes_what_is_due_and_plans_cases(client, reasons, worker):
    desk = Desk()
    product = desk.review.product
    Review.objects.bulk_create(
        ReviewFactory.build(product=product, source=desk.review.source) for _ in range(250)
    )
    client.force_login(desk.katie)
    job = start(client, desk, "scope=all&sort=newest")
    wait_for(lambda: ResponseJob.objects.get(pk=job.pk).status == "done", 60)
    assert Response.objects.published().count() == 251
    client.post(reverse("desk-bulk-steer", args=[job.pk]), {"do": "undo"})
    wait_for(lambda: ResponseJob.objects.get(pk=job.pk).undone_at, 60)
    assert not Response.objects.published().exists()
    assert job.outcome == Outcome.PUBLISH
