"""What the database itself refuses."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from responses.lifecycle import remove_response
from responses.models import ResponseDecision
from reviews.facets import compact
from reviews.models import AuditEntry, FacetCount, ModerationDecision, ModerationReason
from reviews.moderation.decisions import DecisionRequest, decide
from tests.factories import ResponseFactory, ReviewFactory, moderator

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "lost"},
        {"overall_rating": 4.3},
        {"overall_rating": 5.5},
        {"recommendation": 11},
        {"company_size": "12"},
        {"usage_duration": "ages"},
        {"rated_criteria": ["taste"]},
        {"external_id": ""},
    ],
)
def test_a_review_outside_the_vocabularies_cannot_be_stored(wrong):
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        ReviewFactory(**wrong)


def test_an_external_id_is_unique_in_its_source():
    review = ReviewFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewFactory(external_id=review.external_id)


def test_one_response_at_most_is_published():
    review = ReviewFactory()
    ResponseFactory(review=review)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResponseFactory(review=review)
    ResponseFactory(review=review, status="withdrawn")


@pytest.mark.parametrize("model", [AuditEntry, ModerationDecision, ResponseDecision])
def test_records_cannot_be_changed_deleted_or_emptied(model):
    review = ReviewFactory(status="pending")
    decide(review=review, request=DecisionRequest("published", actor=moderator()))
    response = ResponseFactory(review=ReviewFactory())
    remove_response(response=response, actor=moderator(), reason=ModerationReason.objects.first())
    count = model.objects.count()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (
        f"UPDATE {table} SET actor_id = NULL",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert model.objects.count() == count > 0


def totals() -> dict[str, int]:
    found: dict[str, int] = {}
    for status, n in FacetCount.objects.values_list("status", "n"):
        found[status] = found.get(status, 0) + n
    return {status: n for status, n in found.items() if n}


def test_facet_counts_follow_every_change_of_reviews():
    reviews = [ReviewFactory(status="pending") for _ in range(3)]
    assert totals() == {"pending": 3}
    decide(review=reviews[0], request=DecisionRequest("published", actor=moderator()))
    assert totals() == {"pending": 2, "published": 1}
    reviews[1].delete()
    assert totals() == {"pending": 1, "published": 1}
    compact()
    assert totals() == {"pending": 1, "published": 1}
    assert FacetCount.objects.count() == 2
    assert compact() == 0


def test_a_review_is_answered_as_long_as_a_response_is_published():
    response = ResponseFactory(review=ReviewFactory())
    review = response.review
    review.refresh_from_db()
    assert review.has_response
    response.status = "withdrawn"
    response.save()
    review.refresh_from_db()
    assert not review.has_response
