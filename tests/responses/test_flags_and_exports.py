"""A vendor's flags with their evidence, what it may know of reviewers, and what it takes out."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reviews.models import Flag, FlagEvidence, ModerationReason, Reviewer
from tests.factories import ReviewFactory, moderator
from tests.responses.desks import Desk
from tests.responses.responding import publish

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def test_a_flag_takes_evidence_that_moderators_alone_can_read(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk = Desk()
    client.force_login(desk.katie)
    client.post(
        desk.path("desk-flag"),
        {
            "reason": "spam",
            "note": "The same text stands elsewhere",
            "evidence": SimpleUploadedFile("shot.png", PNG),
        },
    )
    evidence = FlagEvidence.objects.get()
    assert (evidence.name, evidence.content_type) == ("shot.png", "image/png")
    path = reverse("inbox-evidence", args=[evidence.pk])
    assert client.get(path).status_code == 404
    client.force_login(moderator())
    answer = client.get(path)
    assert b"".join(answer) == PNG
    assert answer["Content-Disposition"].startswith("attachment")
    inbox = client.get(reverse("inbox-review", args=[desk.review.pk])).content.decode()
    assert path in inbox


@pytest.mark.parametrize("name", ["page.html", "picture.png", "picture.svg"])
def test_evidence_of_another_kind_is_refused_and_the_note_kept(client, name):
    desk = Desk()
    client.force_login(desk.katie)
    result = client.post(
        desk.path("desk-flag"),
        {
            "reason": ModerationReason.objects.first().code,
            "note": "See",
            "evidence": SimpleUploadedFile(name, b"<svg onload=alert(1)>"),
        },
    )
    assert result.status_code == 409
    assert f"{name} is not a PNG, JPEG or PDF file." in result.content.decode()
    assert ">See</textarea>" in result.content.decode()
    assert not Flag.objects.exists()


def test_the_vendor_sees_what_became_of_its_flags(client):
    desk = Desk()
    reason = ModerationReason.objects.get(code="spam")
    Flag.objects.create(
        review=desk.review,
        reason=reason,
        vendor=desk.vendor,
        raised_by=desk.katie,
        outcome="dismissed",
        answer="It is no spam.",
    )
    other = ReviewFactory()
    Flag.objects.create(review=other, reason=reason, vendor=other.product.vendor, note="theirs")
    client.force_login(desk.manager)
    html = client.get(reverse("desk-flags")).content.decode()
    assert "It is no spam." in html
    assert "theirs" not in html


def test_of_the_reviewer_the_desk_shows_what_is_public_alone(client):
    desk = Desk(reviewer_name="Ana P.")
    desk.review.reviewer = Reviewer.objects.create(
        source=desk.review.source,
        external_id="secret-id",
        name="Ana María Pérez",
        email="ana@example.org",
    )
    desk.review.source_values = {"ip": "198.51.100.7"}
    desk.review.save()
    client.force_login(desk.manager)
    pages = [client.get(desk.path("desk-review")).content.decode()]
    for name in ("desk-suggestions", "desk-presence"):
        pages.append(client.get(desk.path(name)).content.decode())
    for name in ("desk", "desk-numbers", "desk-export", "desk-flags"):
        pages.append(client.get(reverse(name)).content.decode())
    pages.append(b"".join(client.get(reverse("desk-export") + "?format=jsonl")).decode())
    for html in pages:
        for secret in ("secret-id", "María", "ana@example.org", "198.51.100.7"):
            assert secret not in html
    # Nor can it be searched for.
    for query in ("reviewer=secret-id", "reviewer=Ana+María"):
        assert "Solid but pricey" not in client.get(f"/desk/?{query}").content.decode()


def test_answered_reviews_are_exported_for_the_vendors_own_store(client):
    desk = Desk()
    publish(desk.review, "=SUM(A1) we are sorry")
    ReviewFactory(product=desk.review.product, title="Unanswered")
    foreign = ReviewFactory(title="Foreign")
    publish(foreign)
    client.force_login(desk.katie)
    lines = b"".join(client.get(reverse("desk-export") + "?format=jsonl")).decode().splitlines()
    (row,) = map(json.loads, lines)
    assert row["response"]["body"] == "=SUM(A1) we are sorry"
    table = b"".join(client.get(reverse("desk-export") + "?format=csv")).decode()
    assert "'=SUM(A1)" in table
    assert "Foreign" not in table
    own = f"?format=csv&product={foreign.product.slug}"
    assert "Foreign" not in b"".join(client.get(reverse("desk-export") + own)).decode()
