"""Deciding: who may move what where, undoing, stale decisions, notes."""

import re
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from reviews.choices import Basis, ReviewStatus
from reviews.models import (
    BulkJob,
    Flag,
    ModerationDecision,
    Review,
    Statement,
)
from reviews.moderation import bulk
from reviews.moderation.appeals import Settled, edit_text
from reviews.moderation.decisions import (
    DecisionNotAllowed,
    DecisionRequest,
    decide,
    decide_many,
    version_token,
)
from reviews.moderation.flags import flag
from reviews.moderation.notes import write_note
from reviews.moderation.transitions import TRANSITIONS
from reviews.moderation.undoing import TooLate, undo_last
from tests.factories import (
    ProductFactory,
    ReviewFactory,
    UserFactory,
    lead,
    moderator,
    vendor_staff,
)
from tests.reviews.deciding import reason, with_address

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("from_status", "to_status"), [*permutations(ReviewStatus.values, 2)])
def test_no_statement_but_a_decision_moves_a_review(from_status, to_status):
    review = ReviewFactory(status=from_status)
    with pytest.raises(DatabaseError, match="by a decision alone"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(status=to_status)
    review.status = to_status
    with pytest.raises(DatabaseError, match="by a decision alone"), transaction.atomic():
        review.save()


@pytest.mark.parametrize("basis", [b for b in Basis if b != Basis.UNDO])
@pytest.mark.parametrize("role", ["nobody", "moderator", "lead"])
def test_each_basis_reaches_exactly_the_tables_statuses(basis, role):
    actor = {"nobody": lambda: None, "moderator": moderator, "lead": lead}[role]()
    allowed = {
        (t.from_status, t.to_status)
        for t in TRANSITIONS
        if t.basis == basis and (actor is None if t.may is None else actor and t.may(actor))
    }
    rule = None
    if basis == Basis.RULE:
        from reviews.models import Rule

        rule = Rule.objects.create(name="r", action="publish", changed_by=lead())
    for from_status in ReviewStatus.values:
        for to_status in ReviewStatus.values:
            review = ReviewFactory(status=from_status)
            request = DecisionRequest(
                to_status, basis=basis, actor=actor, rule=rule, reason=reason()
            )
            decided = decide_many(ids=[review.pk], request=request)
            review.refresh_from_db()
            reached = (from_status, to_status) in allowed
            assert bool(decided.decisions) == reached, (from_status, to_status)
            assert review.status == (to_status if reached else from_status)


@pytest.fixture
def rejection():
    """A review that has just been rejected, and the person who did it."""
    person, review = moderator(), ReviewFactory(status="pending")
    with_address(review)
    staff = vendor_staff(review.product.vendor)
    flag(review=review, reason=reason(), note="", actor=staff, vendor=review.product.vendor)
    decide(review=review, request=DecisionRequest("rejected", actor=person, reason=reason()))
    return review, person


def test_who_made_a_decision_undoes_it(rejection):
    review, person = rejection
    undo_last(review=review, actor=person)
    review.refresh_from_db()
    assert review.status == "pending"
    assert list(ModerationDecision.objects.values_list("basis", flat=True)) == ["undo", "manual"]


def test_no_colleague_undoes_a_decision(rejection):
    review, _person = rejection
    with pytest.raises(TooLate):
        undo_last(review=review, actor=moderator())
    review.refresh_from_db()
    assert review.status == "rejected"


def test_undoing_a_decision_opens_the_flag_that_it_upheld(rejection):
    review, person = rejection
    assert Flag.objects.get().outcome == "upheld"
    undo_last(review=review, actor=person)
    assert Flag.objects.get().outcome == "open"


def test_undoing_a_decision_stops_the_mail_to_the_author(rejection):
    review, person = rejection
    assert Statement.objects.get().send_at is not None
    undo_last(review=review, actor=person)
    assert Statement.objects.get().send_at is None


def test_an_undoing_is_not_undone(rejection):
    review, person = rejection
    undo_last(review=review, actor=person)
    with pytest.raises(TooLate):
        undo_last(review=review, actor=person)


def test_a_decision_is_not_undone_after_ten_minutes(rejection):
    review, person = rejection
    with connection.cursor() as cursor:  # eleven minutes pass
        cursor.execute("SET LOCAL session_replication_role = replica")
        ModerationDecision.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(TooLate):
        undo_last(review=review, actor=person)


def test_a_note_mentions_colleagues_and_is_nobody_elses_business(client):
    review = ReviewFactory()
    person, colleague = moderator(), moderator()
    note = write_note(review=review, author=person, body=f"@{colleague.username} @katie look")
    assert [m.person for m in note.mentions.all()] == [colleague]
    public = client.get(review.product.get_absolute_url()).content.decode()
    assert "look" not in re.sub(r"<head>.*?</head>", "", public, flags=re.DOTALL)


def test_a_decision_on_an_outdated_view_is_refused(client):
    review = ReviewFactory(status="pending")
    client.force_login(moderator())
    seen = version_token(review)
    write_note(review=review, author=moderator(), body="wait")
    answer = client.post(
        reverse("inbox-decision", args=[review.pk]),
        {
            "to_status": "rejected",
            "expected_version": seen,
            "reason": reason().pk,
            "note": "typed already",
        },
        HTTP_ACCEPT_LANGUAGE="en",
    )
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Note (" in html
    assert "typed already" in html


def test_a_removed_review_comes_back_by_a_lead_alone():
    review = ReviewFactory()
    decide(review=review, request=DecisionRequest("removed", actor=moderator(), reason=reason()))
    with pytest.raises(DecisionNotAllowed):
        decide(review=review, request=DecisionRequest("published", actor=moderator()))
    decide(review=review, request=DecisionRequest("published", actor=lead()))
    with pytest.raises(Settled):
        edit_text(statement=Statement.objects.get(), texts={})


MAY = {
    "nobody": set(),
    "vendor": set(),
    "moderator": {("pending", "published"), ("pending", "rejected"), ("published", "removed")},
}
MAY["lead"] = MAY["moderator"] | {("rejected", "published"), ("removed", "published")}
MAY["admin"] = MAY["lead"]


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("way", ["bulk", "admin"])
def test_bulk_jobs_and_the_admin_reach_what_the_table_says_for_each_role(client, role, way):
    vendor = ProductFactory().vendor
    person = {
        "nobody": UserFactory,
        "vendor": lambda: vendor_staff(vendor),
        "moderator": moderator,
        "lead": lead,
        "admin": lambda: UserFactory(is_superuser=True),
    }[role]()
    # Even somebody who was let into the admin by mistake.
    person.is_staff = True
    person.save()
    client.force_login(person)
    for from_status in ReviewStatus.values:
        for to_status in ReviewStatus.values:
            review = ReviewFactory(status=from_status)
            if way == "bulk":
                result = {
                    "query": f"id={review.pk}&scope=selected",
                    "action": "decide",
                    "to_status": to_status,
                    "reason": "spam",
                }
                client.post(reverse("inbox-bulk-start"), result)
                for job in BulkJob.objects.filter(status="queued"):
                    bulk.run(job.pk)
                reachable = MAY[role]
            else:
                change = reverse("admin:reviews_review_change", args=[review.pk])
                client.post(change, {"status": to_status})
                client.post(
                    reverse("admin:reviews_review_changelist"),
                    {"action": "publish", "_selected_action": [review.pk]},
                )
                # The admin's one action publishes what is pending, for leads.
                may = role in ("lead", "admin")
                reachable = {("pending", "published")} if may else set()
                to_status = "published"
            review.refresh_from_db()
            reached = (from_status, to_status) in reachable
            expected = to_status if reached else from_status
            assert review.status == expected, (way, role, from_status, to_status)
