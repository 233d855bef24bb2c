"""Who may decide what, and that every decision leaves its record."""

import re

import pytest
from django.urls import reverse

from reviews.choices import ReviewStatus
from reviews.models import AuditEntry, ModerationDecision, ModerationReason
from reviews.moderation.decisions import (
    DecisionNotAllowed,
    DecisionRequest,
    ReasonMissing,
    decide,
    version_token,
)
from tests.factories import (
    ProductFactory,
    ResponseFactory,
    ReviewFactory,
    UserFactory,
    lead,
    moderator,
    vendor_staff,
)

pytestmark = pytest.mark.django_db

MODERATORS_MAY = {
    ("pending", "published"),
    ("pending", "rejected"),
    ("published", "removed"),
}
LEADS_MAY = MODERATORS_MAY | {("rejected", "published"), ("removed", "published")}


@pytest.mark.parametrize("from_status", ReviewStatus.values)
@pytest.mark.parametrize("to_status", ReviewStatus.values)
@pytest.mark.parametrize("role", ["nobody", "vendor", "moderator", "lead"])
def test_each_role_reaches_exactly_its_statuses(client, from_status, to_status, role):
    review = ReviewFactory(status=from_status)
    person = {
        "nobody": UserFactory,
        "vendor": lambda: vendor_staff(review.product.vendor),
        "moderator": moderator,
        "lead": lead,
    }[role]()
    client.force_login(person)
    reason = ModerationReason.objects.get(code="spam")
    client.post(
        reverse("inbox-decision", args=[review.pk]),
        {"to_status": to_status, "expected_version": version_token(review), "reason": reason.pk},
    )
    review.refresh_from_db()
    may = {"moderator": MODERATORS_MAY, "lead": LEADS_MAY}.get(role, set())
    reached = (from_status, to_status) in may
    assert review.status == (to_status if reached else from_status)
    assert ModerationDecision.objects.count() == AuditEntry.objects.count() == int(reached)


def test_a_decision_against_a_review_needs_a_reason():
    review = ReviewFactory(status="pending")
    with pytest.raises(ReasonMissing):
        decide(review=review, request=DecisionRequest("rejected", actor=moderator()))
    with pytest.raises(DecisionNotAllowed):
        decide(review=review, request=DecisionRequest("removed", actor=moderator()))


def test_a_stale_decision_is_refused_with_what_happened_meanwhile(client):
    review = ReviewFactory(status="pending")
    first = moderator()
    seen = version_token(review)
    decide(review=review, request=DecisionRequest("published", actor=first))
    client.force_login(moderator())
    answer = client.post(
        reverse("inbox-decision", args=[review.pk]),
        {
            "to_status": "rejected",
            "expected_version": seen,
            "reason": ModerationReason.objects.first().pk,
        },
        HTTP_ACCEPT_LANGUAGE="en",
    )
    assert answer.status_code == 409
    assert f"Decision ({first.username})" in answer.content.decode()
    review.refresh_from_db()
    assert review.status == "published"


def test_the_inbox_is_for_moderators(client):
    review = ReviewFactory()
    paths = [
        reverse("inbox") + "?queue=true",
        reverse("inbox-review", args=[review.pk]),
        reverse("imports"),
    ]
    for path in paths:
        assert client.get(path).status_code == 302
    client.force_login(vendor_staff(review.product.vendor))
    for path in paths:
        assert client.get(path).status_code == 404
    client.force_login(moderator())
    for path in paths:
        assert client.get(path).status_code == 200


def test_a_review_shows_its_history(client):
    review = ReviewFactory(status="pending")
    person = moderator()
    decide(review=review, request=DecisionRequest("published", actor=person))
    client.force_login(person)
    answer = client.get(reverse("inbox-review", args=[review.pk]), HTTP_ACCEPT_LANGUAGE="en")
    html = answer.content.decode()
    assert re.search(rf"Pending → Published\s+· {person.username}", html)


def test_a_moderator_answers_for_the_vendor(client):
    review = ReviewFactory()
    client.force_login(moderator())
    answer = {"body": "We look into it.", "author_name": "Opina", "expected_version": "none"}
    client.post(reverse("inbox-response", args=[review.pk]), answer)
    review.refresh_from_db()
    assert review.published_response.body == "We look into it."
    assert review.has_response


def test_the_inbox_costs_as_many_queries_for_30_reviews_as_for_one(
    client, django_assert_max_num_queries
):
    client.force_login(moderator())
    product = ProductFactory()
    for n in range(40):
        review = ReviewFactory(product=product, industry=f"i{n}")
        if n % 2:
            ResponseFactory(review=review)
    with django_assert_max_num_queries(12):
        client.get(reverse("inbox"), {"sort": "newest"})
