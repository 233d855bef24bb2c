"""Vendors' staff see and answer their own reviews, nobody else's."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from responses.choices import ResponseStatus
from responses.lifecycle import StaleResponse
from responses.models import Response, ResponseDecision
from reviews.models import AuditEntry, Flag, ModerationReason
from tests.factories import (
    ResponseFactory,
    ReviewFactory,
    UserFactory,
    moderator,
    vendor_staff,
)
from tests.responses.responding import publish

pytestmark = pytest.mark.django_db

ANSWER = {"body": "Thank you.", "author_name": "Katie", "expected_version": "none"}
URLS = {
    "desk-review": "get",
    "desk-response": "post",
    "desk-withdraw": "post",
    "desk-flag": "post",
    "desk-translation": "post",
}


def test_the_desk_lists_own_published_reviews_alone(client):
    own = ReviewFactory(title="Ours")
    ReviewFactory(title="Theirs")
    ReviewFactory(title="Not yet", status="pending", product=own.product)
    client.force_login(vendor_staff(own.product.vendor))
    html = client.get(reverse("desk")).content.decode()
    assert "Ours" in html
    assert "Theirs" not in html
    assert "Not yet" not in html


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize("whose", ["foreign", "pending", "rejected"])
def test_what_is_not_ones_own_is_not_found(client, name, whose):
    own = ReviewFactory()
    client.force_login(vendor_staff(own.product.vendor))
    other = (
        ReviewFactory() if whose == "foreign" else ReviewFactory(product=own.product, status=whose)
    )
    answer = getattr(client, URLS[name])(reverse(name, args=[other.pk]), ANSWER)
    assert answer.status_code == 404
    assert not Response.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", URLS)
def test_without_a_vendor_there_is_no_desk(client, name):
    review = ReviewFactory()
    path = reverse(name, args=[review.pk])
    assert getattr(client, URLS[name])(path, ANSWER).status_code == 302
    client.force_login(UserFactory())
    assert getattr(client, URLS[name])(path, ANSWER).status_code == 404


def test_publishing_editing_and_withdrawing_an_answer_are_recorded(client):
    review = ReviewFactory()
    katie = vendor_staff(review.product.vendor)
    client.force_login(katie)
    client.post(reverse("desk-response", args=[review.pk]), ANSWER)
    response = Response.objects.get()
    assert (response.status, response.body, response.author) == ("published", "Thank you.", katie)
    edited = {**ANSWER, "body": "Thank you, Ana.", "expected_version": response.version_token}
    client.post(reverse("desk-response", args=[review.pk]), edited)
    response.refresh_from_db()
    assert response.body == "Thank you, Ana."
    assert response.revisions.get().body == "Thank you."
    client.post(reverse("desk-withdraw", args=[review.pk]))
    response.refresh_from_db()
    assert response.status == ResponseStatus.WITHDRAWN
    actions = AuditEntry.objects.order_by("pk").values_list("action", "actor")
    assert list(actions) == [
        ("response_published", katie.pk),
        ("response_edited", katie.pk),
        ("response_withdrawn", katie.pk),
    ]


def test_a_stale_answer_is_refused_and_what_was_typed_is_kept(client):
    review = ReviewFactory()
    client.force_login(vendor_staff(review.product.vendor))
    ResponseFactory(review=review, body="A colleague was faster.")
    typed = {**ANSWER, "body": "My long and careful text."}
    answer = client.post(reverse("desk-response", args=[review.pk]), typed)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "My long and careful text." in html
    assert "A colleague was faster." in html
    assert Response.objects.get().body == "A colleague was faster."


def test_an_empty_answer_is_refused(client):
    review = ReviewFactory()
    client.force_login(vendor_staff(review.product.vendor))
    client.post(reverse("desk-response", args=[review.pk]), {**ANSWER, "body": "   "})
    assert not Response.objects.exists()


def test_a_flag_hides_nothing_by_itself(client):
    review = ReviewFactory()
    client.force_login(vendor_staff(review.product.vendor))
    for note in ("first", "second"):
        client.post(reverse("desk-flag", args=[review.pk]), {"reason": "spam", "note": note})
    flag = Flag.objects.get()
    assert (flag.outcome, flag.note) == ("open", "second")
    assert flag.reason == ModerationReason.objects.get(code="spam")
    review.refresh_from_db()
    assert review.status == "published"


@pytest.mark.django_db(transaction=True)
def test_many_first_answers_at_once_leave_one(reasons):
    review = ReviewFactory()
    outcomes = []
    start = threading.Barrier(20)

    def answer(n: int) -> None:
        start.wait()
        try:
            publish(review, f"Answer {n}", expected_version="none")
            outcomes.append("published")
        except StaleResponse:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[n]) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["published", *["refused"] * 19]
    assert Response.objects.get().status == "published"


def test_after_a_moderator_removes_an_answer_the_vendor_may_write_another(client):
    response = ResponseFactory(review=ReviewFactory())
    review = response.review
    path = reverse("inbox-response-removal", args=[review.pk])
    client.force_login(vendor_staff(review.product.vendor))
    assert client.post(path, {"reason": "personal_data"}).status_code == 404
    person = moderator()
    client.force_login(person)
    assert client.post(path, {"reason": "nonsense"}).status_code == 404
    client.post(path, {"reason": "personal_data", "note": "It names the reviewer."})
    response.refresh_from_db()
    review.refresh_from_db()
    assert response.status == ResponseStatus.REMOVED
    assert not review.has_response
    decision = ResponseDecision.objects.get()
    assert (decision.actor, decision.reason.code) == (person, "personal_data")
    assert decision.note == "It names the reviewer."
    assert AuditEntry.objects.get().action == "response_removed"
    assert client.post(path, {"reason": "personal_data"}).status_code == 404
    publish(review, "Another")
    assert review.responses.count() == 2
