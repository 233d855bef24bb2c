"""Passages blocked out for readers, kept for moderators."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from reviews.api.keys import create_key
from reviews.choices import RedactionKind
from reviews.models import (
    MemorySegment,
    Partner,
    ReviewTranslation,
)
from reviews.moderation.redactions import NotThere, lift, redact, suggestions
from reviews.translation.memory import digest
from tests.factories import (
    ResponseFactory,
    ReviewFactory,
    moderator,
)

pytestmark = pytest.mark.django_db


def test_a_redacted_passage_is_readable_for_moderators_alone(client):
    review = ReviewFactory(overall="Ask Marta Vidal (marta@mail.example). Marta knows.")
    answer = ResponseFactory(review=review, body="Dear Marta Vidal, thank you.")
    person = moderator()
    ReviewTranslation.objects.create(
        review=review,
        target_language="es",
        status="done",
        requested_at=timezone.now(),
        texts={"overall": "Pregunta a Marta Vidal"},
    )
    MemorySegment.objects.create(
        source_language="en",
        target_language="es",
        digest=digest("Marta knows."),
        source_text="Marta knows.",
        target_text="Marta sabe.",
        engine="e",
    )
    redact(review=review, passage="Marta Vidal", kind=RedactionKind.NAME, actor=person)
    redact(review=review, passage="Marta", kind=RedactionKind.NAME, actor=person)
    review.refresh_from_db()
    answer.refresh_from_db()
    assert review.overall == "Ask █████ (marta@mail.example). █████ knows."
    assert answer.body == "Dear █████, thank you."
    assert not MemorySegment.objects.exists()
    assert not review.translations.exists()
    public = client.get(review.product.get_absolute_url()).content.decode()
    assert "Marta" not in public
    client.force_login(person)
    pane = client.get(f"{reverse('inbox-review', args=[review.pk])}?status=published")
    assert "Ask Marta Vidal" in pane.content.decode()
    # The text that comes in anew is blocked out, too.
    review.overall = "Marta Vidal left."
    review.save()
    review.refresh_from_db()
    assert review.overall == "█████ left."
    for redaction in review.redactions.all():
        lift(redaction=redaction, actor=person)
    review.refresh_from_db()
    answer.refresh_from_db()
    assert review.overall == "Marta Vidal left."
    assert answer.body == "Dear Marta Vidal, thank you."
    with pytest.raises(NotThere):
        redact(review=review, passage="Nobody", kind=RedactionKind.NAME, actor=person)


def test_addresses_numbers_cards_and_swearing_are_suggested_but_no_dates():
    review = ReviewFactory(
        overall="Mail a.b@mail.example or +34 600 111 222; card 4111 1111 1111 1111. "
        "Since 2024-03-01 this is shit, version 10.2.3, order 1234567890123456."
    )
    assert {(s.passage, s.kind.value) for s in suggestions(review)} == {
        ("a.b@mail.example", "email"),
        ("+34 600 111 222", "phone"),
        ("4111 1111 1111 1111", "card"),
        ("shit", "profanity"),
    }


def test_api_and_export_have_the_blocked_out_text(client, tmp_path):
    review = ReviewFactory(overall="Marta wrote so", source__key="getapp")
    redact(review=review, passage="Marta", kind=RedactionKind.NAME, actor=moderator())
    key = create_key(partner=Partner.objects.create(name="P"), scopes=["reviews:read"])
    found = client.get(f"/api/v1/reviews/{review.pk}/", headers={"authorization": f"Bearer {key}"})
    assert found.json()["overall"] == "█████ wrote so"
    file = tmp_path / "out.jsonl"
    call_command("export_reviews", format="jsonl", output=file)
    assert "Marta" not in file.read_text()
