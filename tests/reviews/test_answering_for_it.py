"""Transparency, numbers for leads, flags and their answers, erasure."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from reviews.api.keys import create_key
from reviews.audit import verify
from reviews.choices import RedactionKind
from reviews.models import (
    AuditEntry,
    Flag,
    ModerationReason,
    Partner,
    Review,
    Reviewer,
    ReviewRevision,
    Statement,
)
from reviews.moderation import erasure, flags, statistics
from reviews.moderation.decisions import DecisionRequest, decide, decide_many
from reviews.moderation.flags import flag, settle
from reviews.moderation.notes import write_note
from reviews.moderation.redactions import redact
from reviews.moderation.undoing import undo_last
from tests.factories import (
    ProductFactory,
    ResponseFactory,
    ReviewFactory,
    lead,
    moderator,
    vendor_staff,
)
from tests.reviews.dumps import write
from tests.reviews.importing_helpers import import_reviews

pytestmark = pytest.mark.django_db


def reason(code: str = "spam") -> ModerationReason:
    return ModerationReason.objects.get(code=code)


def decided(product, stars: int, to_status: str, count: int, actor) -> None:
    ids = [
        ReviewFactory(product=product, status="pending", overall_rating=stars).pk
        for _ in range(count)
    ]
    decide_many(ids=ids, request=DecisionRequest(to_status, actor=actor, reason=reason()))


def test_the_interval_of_a_difference_is_newcombes():
    # Newcombe (1998), table II, example (a), method 10: 56/70 against 48/80.
    found = statistics.bias(70, 56, 80, 48)
    assert round(found.difference, 4) == 0.2
    assert (round(found.least, 4), round(found.most, 4)) == (0.0524, 0.3339)
    assert found.verdict == "low"
    assert statistics.bias(0, 0, 10, 1).verdict == "unknown"
    assert statistics.bias(10, 1, 10, 1).verdict == "none"


def test_the_public_page_counts_decisions_by_rating(client):
    product, person = ProductFactory(), moderator()
    decided(product, 1, "published", 10, person)
    decided(product, 1, "rejected", 30, person)
    decided(product, 5, "published", 39, person)
    decided(product, 5, "rejected", 1, person)
    undone = ReviewFactory(product=product, status="pending", overall_rating=1)
    decide(review=undone, request=DecisionRequest("rejected", actor=person, reason=reason()))
    undo_last(review=undone, actor=person)
    path = reverse("product-transparency", args=[product.slug])
    html = client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "81 reviews received, 49 published." in html
    assert "Yes: reviews with 1 or 2 stars are rejected more often" in html
    assert "+72.5 percentage points" in html
    assert "<svg" in html
    chained = re.search(r'class="hash">(\w{64})<', html)[1]
    last = AuditEntry.objects.filter(product=product).order_by("-number").first()
    assert chained == bytes(last.hash).hex()
    rows = list(csv.reader(io.StringIO(client.get(f"{path}?format=csv").content.decode())))
    assert ["status", "rejected", "1", "30"] in rows
    assert ["reason", "spam", "5", "1"] in rows
    assert ["decided", "", "", "80"] in rows
    other = client.get(reverse("transparency"), HTTP_ACCEPT_LANGUAGE="es").content.decode()
    assert "81 opiniones recibidas" in other


def test_a_lead_sees_queues_people_hours_and_agreement(client):
    person = moderator()
    decided(ProductFactory(), 5, "published", 3, person)
    ReviewFactory(status="pending")
    path = reverse("inbox-numbers")
    client.force_login(person)
    assert client.get(path).status_code == 404
    client.force_login(lead())
    html = client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "3 decisions." in html
    assert person.username in html
    assert html.count("<svg") == 3
    rows = client.get(f"{path}?format=csv").content.decode()
    assert f"{person.username},3,0,0" in rows


def test_a_visitor_reports_a_review_and_is_answered_on_a_page_and_by_mail(client):
    review = ReviewFactory(title="Doubtful")
    path = reverse("flag-review", args=[review.pk])
    assert client.get(path).status_code == 200
    missing = client.post(path, {"about": "review", "reason": "spam", "note": ""})
    assert missing.status_code == 409
    assert "spam" in missing.content.decode()  # what was typed is kept
    result = {"about": "review", "reason": "spam", "note": "An advert", "email": "v@mail.example"}
    page = client.post(path, result, HTTP_ACCEPT_LANGUAGE="en").url
    html = client.get(page, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Waiting for a moderator." in html
    review.refresh_from_db()
    assert review.status == "published"  # a flag hides nothing
    settle(review=review, about="review", outcome="dismissed", actor=moderator(), answer="Fine.")
    assert (
        "it doesn't break our rules and stays published. “Fine.”"
        in client.get(page).content.decode()
    )
    assert flags.mail_queue.due() == []
    Flag.objects.update(answer_at=timezone.now())
    for _ in range(2):
        for pk in [Flag.objects.get().pk]:
            flags.mail_queue.send(pk)
    assert len(mail.outbox) == 1
    assert "doesn't break our rules" in mail.outbox[0].body
    assert Flag.objects.get().email == ""
    assert client.get("/flags/forged/").status_code == 404
    hidden = ReviewFactory(status="pending")
    assert client.get(reverse("flag-review", args=[hidden.pk])).status_code == 404


def test_a_visitor_reports_a_response_and_reports_are_limited(client):
    review = ReviewFactory()
    ResponseFactory(review=review)
    path = reverse("flag-review", args=[review.pk])
    result = {"about": "response", "reason": "other", "note": "Rude"}
    for _ in range(20):
        assert client.post(path, result).status_code == 302
    answer = client.post(path, result)
    assert answer.status_code == 409
    assert "Rude" in answer.content.decode()
    assert Flag.objects.filter(about="response").count() == 20
    client.force_login(moderator())
    html = client.get(
        f"{reverse('inbox-review', args=[review.pk])}?flagged=true", HTTP_ACCEPT_LANGUAGE="en"
    ).content.decode()
    assert "Response flagged by" in html
    client.post(reverse("inbox-flags", args=[review.pk]), {"about": "response", "answer": "No."})
    assert not Flag.objects.filter(outcome="open").exists()


def test_a_partner_flags_by_the_api_and_reads_the_outcome(client):
    review = ReviewFactory()
    partner = Partner.objects.create(name="P")
    key = create_key(partner=partner, scopes=["reviews:write"], vendor=review.product.vendor)
    headers = {"authorization": f"Bearer {key}"}
    path = f"/api/v1/reviews/{review.pk}/flags/"
    body = {"reason": "spam", "note": "Seen elsewhere"}
    assert client.post(path, body, content_type="application/json").status_code == 401
    made = client.post(path, body, content_type="application/json", headers=headers)
    assert made.status_code == 201
    client.post(path, {**body, "note": "Again"}, content_type="application/json", headers=headers)
    assert Flag.objects.get().note == "Again"
    decide(review=review, request=DecisionRequest("removed", actor=moderator(), reason=reason()))
    (found,) = client.get(path, headers=headers).json()
    assert (found["outcome"], found["reason"], found["about"]) == ("upheld", "spam", "review")
    foreign = ReviewFactory()
    url = f"/api/v1/reviews/{foreign.pk}/flags/"
    answer = client.post(url, body, content_type="application/json", headers=headers)
    assert answer.status_code == 404
    reading = create_key(partner=partner, scopes=["reviews:read"])
    answer = client.get(path, headers={"authorization": f"Bearer {reading}"})
    assert answer.status_code == 403


def test_a_vendor_that_flags_one_sidedly_is_shown_so_where_leads_choose(client):
    product = ProductFactory()
    vendor = product.vendor
    staff = vendor_staff(vendor)
    for n in range(20):
        review = ReviewFactory(product=product, overall_rating=1 if n < 10 else 5)
        if n < 9:
            flag(review=review, reason=reason(), note="", actor=staff, vendor=vendor)
    assert [(v, b.verdict) for v, b in statistics.one_sided_vendors()] == [(vendor, "low")]
    client.force_login(lead())
    html = client.get(reverse("inbox-numbers"), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "flagged 9 of 10 low ratings and 0 of 10 high ones" in html
    public = product.get_absolute_url()
    result = "reports low ratings of its products far more often"
    assert result not in client.get(public, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    client.post(reverse("inbox-flag-notice", args=[vendor.pk]))
    assert result in client.get(public, HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_a_vendor_sees_what_became_of_its_flag(client):
    review = ReviewFactory()
    staff = vendor_staff(review.product.vendor)
    flag(review=review, reason=reason(), note="", actor=staff, vendor=review.product.vendor)
    settle(review=review, about="review", outcome="dismissed", actor=moderator(), answer="Stays.")
    client.force_login(staff)
    html = client.get(reverse("desk-review", args=[review.pk]), HTTP_ACCEPT_LANGUAGE="en")
    assert "it doesn't break our rules and stays published. “Stays.”" in html.content.decode()


@pytest.mark.parametrize("keep", [True, False])
def test_a_persons_data_is_erased_everywhere_and_no_import_brings_it_back(client, tmp_path, keep):
    dump = write(
        tmp_path / "t.csv",
        "id,rating,text,author,reviewer_id,email,reply,country\n"
        "A-1,1,Mason Reed says no. Mail me,Mason Reed,mason-7,mason@mail.example,"
        "Hi Mason we are sorry,US\n",
    )
    import_reviews(dump, product="nimbo", status="published")
    review = Review.objects.get()
    assert review.reviewer.email == "mason@mail.example"
    person = moderator()
    ReviewRevision.objects.create(review=review, number=1, former={"overall": "Mason before"})
    redact(review=review, passage="Mail me", kind=RedactionKind.OTHER, actor=person)
    write_note(review=review, author=person, body="Mason again")
    request = DecisionRequest(
        "removed", actor=person, reason=reason(), passage="Mason", explanation="Mason."
    )
    decide(review=review, request=request)
    entries = AuditEntry.objects.count()
    client.force_login(lead())
    path = reverse("inbox-erasure")
    found = client.get(f"{path}?who=mason@mail.example").content.decode()
    assert f'value="{review.pk}"' in found
    result = {"id": review.pk, "texts": "keep" if keep else "remove"}
    assert client.post(f"{path}?who=x", result).status_code == 409  # not sure
    assert client.post(f"{path}?who=x", {**result, "sure": "on"}).status_code == 200
    review.refresh_from_db()
    assert review.reviewer_name == review.country == ""
    assert review.overall == ("█████ says no. █████" if keep else "")
    assert review.overall_rating == 1
    assert "Mason" not in review.responses.get().body
    everything = json.dumps(
        [
            list(model.objects.values())
            for model in (Review, Reviewer, ReviewRevision, Statement, Flag, AuditEntry)
        ],
        default=str,
    )
    assert "Mason" not in everything
    assert "mason" not in everything
    assert review.notes.get().body == "█████ again"
    assert AuditEntry.objects.count() == entries + 1
    assert verify.find_faults() == []
    import_reviews(dump, product="nimbo", status="published")
    assert Review.objects.count() == 1
    review.refresh_from_db()
    assert review.reviewer_name == ""
    assert "Mason" not in review.responses.get().body


def test_undoing_a_decision_opens_the_flag_that_it_answered():
    review, person = ReviewFactory(), moderator()
    flag(review=review, reason=reason(), note="", email="v@mail.example")
    decide(review=review, request=DecisionRequest("removed", actor=person, reason=reason()))
    assert Flag.objects.get().answer_at > timezone.now() + timedelta(minutes=9)
    undo_last(review=review, actor=person)
    assert (Flag.objects.get().outcome, Flag.objects.get().answer_at) == ("open", None)
    assert erasure.find_reviews("nobody").count() == 0
