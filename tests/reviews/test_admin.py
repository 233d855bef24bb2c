"""The admin: every table has a page, and more rows cost no more queries."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from responses import models as desk
from responses.models import (
    ResponseDecision,
    ResponseRevision,
    ResponseTranslation,
    TranslatedDraft,
)
from reviews import models
from reviews.api.keys import create_key
from reviews.choices import RedactionKind, ReviewStatus
from reviews.moderation.appeals import appeal
from reviews.moderation.decisions import DecisionRequest, decide
from reviews.moderation.flags import flag
from reviews.moderation.redactions import redact
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

TABLES = [m for label in ("reviews", "responses") for m in apps.get_app_config(label).get_models()]


def fill() -> None:
    """One more row, at least, in every table, with relations of its own."""
    person = moderator()
    run = models.Import.objects.create(
        file_name="t.csv", product=ProductFactory(), started_by=person
    )
    models.RejectedRow.objects.create(
        import_run=run, line=1, field="x", value="", reason="no", raw="{}"
    )
    models.ImportedKey.objects.create(import_run=run, key=b"k", row=1)
    review = ReviewFactory(status="pending", imported_by=run)
    review.reviewer = models.Reviewer.objects.create(source=review.source, external_id=review.pk)
    review.save()
    reason = models.ModerationReason.objects.order_by("?").first()
    staff = vendor_staff(review.product.vendor)
    flag(review=review, reason=reason, note="", actor=staff)
    decide(review=review, request=DecisionRequest("rejected", actor=person, reason=reason))
    fill_workspace(review, person)
    fill_translation(review, person)
    models.ReviewRevision.objects.create(review=review, number=1, former={}, replaced_by_import=run)
    now = timezone.now()
    models.ReviewTranslation.objects.create(review=review, target_language="es", requested_at=now)
    models.MemorySegment.objects.create(
        source_language="en",
        target_language="es",
        digest=str(review.pk).encode(),
        source_text="a",
        target_text="b",
        engine="e",
    )
    endpoint = models.WebhookEndpoint.objects.first()
    if endpoint:
        models.WebhookDelivery.objects.create(
            endpoint=endpoint, event="review.published", payload={}
        )
    response = ResponseFactory(review=review)
    ResponseDecision.objects.create(
        response=response,
        from_status="published",
        to_status="removed",
        reason=reason,
        actor=person,
    )
    ResponseRevision.objects.create(response=response, number=1, language="en", body="x")
    ResponseTranslation.objects.create(response=response, target_language="es", requested_at=now)
    fill_desk(review, person)
    partner = models.Partner.objects.create(name=f"Partner {review.pk}")
    models.WebhookEndpoint.objects.create(partner=partner, url="https://partner.example/hook")
    create_key(partner=partner, scopes=["imports"], vendor=review.product.vendor)
    models.Source.objects.create(key=f"s{review.pk}", name="S")


def fill_translation(review: models.Review, person: User) -> None:
    """One more row in each table that translations are made with."""
    models.TranslationReport.objects.create(review=review, target_language="es")
    models.GlossaryTerm.objects.create(
        vendor=review.product.vendor,
        source_language="en",
        target_language="es",
        term="a",
        kind="keep",
    )
    job = models.TranslationJob.objects.create(target_language="es", started_by=person)
    models.TranslationItem.objects.create(job=job, review=review)
    models.TranslationBudget.objects.create(scope=f"vendor:{review.pk}", characters=1)
    day = timezone.now().date()
    models.TranslationSpending.objects.create(month=day, scope=f"vendor:{review.pk}")
    models.EngineDay.objects.create(day=day, engine=f"e{review.pk}")


def fill_desk(review: models.Review, person: User) -> None:
    """One more row in each table of a vendor's desk."""
    vendor, name = review.product.vendor, f"x{review.pk}"
    TranslatedDraft.objects.create(
        review=review, author=person, language="en", body="x", asked_at=timezone.now()
    )
    desk.VendorDesk.objects.create(vendor=vendor)
    desk.Case.objects.create(
        review=review, vendor=vendor, opened_at=timezone.now(), assignee=person
    )
    member = models.VendorMembership.objects.create(vendor=vendor, user=person)
    desk.AssignmentRule.objects.create(vendor=vendor, member=member)
    template = desk.ReplyTemplate.objects.create(
        vendor=vendor, name=name, body="x", changed_by=person
    )
    desk.ReplyRule.objects.create(vendor=vendor, name=name, changed_by=person)
    job = desk.ResponseJob.objects.create(
        vendor=vendor, template=template, outcome="draft", started_by=person
    )
    desk.ResponseJobItem.objects.create(job=job, review=review)
    desk.ResponseMail.objects.create(response=review.responses.first())
    models.Invitation.objects.create(
        vendor=vendor, email=f"{name}@example.com", role="agent", invited_by=person
    )
    models.FlagEvidence.objects.create(
        flag=review.flags.first(), name="a.png", content_type="image/png"
    )


def fill_workspace(review: models.Review, person: User) -> None:
    """One more row in each table of the moderators' workspace."""
    name = f"x{review.pk}"
    tag = models.Tag.objects.create(name=name)
    words = models.WordList.objects.create(name=name)
    models.ListedWord.objects.create(word_list=words, text=name)
    rule = models.Rule.objects.create(name=name, action="hold", changed_by=person)
    models.ReviewAssignment.objects.update_or_create(
        review=review, defaults={"assignee": person, "held_by": rule, "reserved_by": person}
    )
    models.ReviewTag.objects.create(review=review, tag=tag, added_by=person, rule=rule)
    models.Skip.objects.create(review=review, person=person, reason="later")
    note = models.Note.objects.create(review=review, author=person, body="x")
    models.Mention.objects.create(note=note, person=person)
    models.SavedView.objects.create(owner=person, name=name)
    redact(review=review, passage="Solid", kind=RedactionKind.OTHER, actor=person)
    models.Signal.objects.create(review=review, kind="burst", score=1)
    models.MinHashBand.objects.create(review=review, band=1, hash=review.pk)
    cluster = models.Cluster.objects.create(size=1)
    models.ClusterMember.objects.create(cluster=cluster, review=review)
    job = models.BulkJob.objects.create(action="tag", started_by=person)
    models.BulkItem.objects.create(job=job, review=review)
    appeal(statement=models.Statement.objects.get(review=review), text="No")
    models.BlindReview.objects.get_or_create(
        decision=review.decisions.first(), defaults={"reviewed_by": person}
    )


def test_every_table_has_a_page_with_filters_or_search():
    for model in TABLES:
        assert admin.site.is_registered(model), model
        page = admin.site.get_model_admin(model)
        assert page.search_fields or page.list_filter, model


def queries_by_table(client) -> dict[str, int]:
    """How many queries the list of each table in the admin costs."""
    found = {}
    for model in TABLES:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200, path
        found[model.__name__] = len(captured)
    return found


def test_more_rows_cost_no_more_queries(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    for _ in range(2):
        fill()
    few = queries_by_table(client)
    for _ in range(8):
        fill()
    many = queries_by_table(client)
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}


def test_nobody_changes_a_record_by_the_admin(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    review = ReviewFactory(status="pending")
    path = reverse("admin:reviews_review_change", args=[review.pk])
    assert client.get(path).status_code == 200
    assert client.post(path, {"status": "published"}).status_code == 403
    assert client.post(reverse("admin:reviews_review_delete", args=[review.pk])).status_code == 403
    review.refresh_from_db()
    assert review.status == ReviewStatus.PENDING


def test_reviews_are_published_in_bulk_each_with_its_decision(client):
    person = lead()
    person.is_staff = True
    person.save()
    client.force_login(person)
    reviews = [ReviewFactory(status=status) for status in ("pending", "pending", "rejected")]
    data = {"action": "publish", "_selected_action": [review.pk for review in reviews]}
    client.post(reverse("admin:reviews_review_changelist"), data)
    assert list(models.Review.objects.order_by("pk").values_list("status", flat=True)) == [
        "published",
        "published",
        "rejected",
    ]
    assert models.ModerationDecision.objects.filter(actor=person).count() == 2


def test_a_lead_edits_reasons_and_no_records(client):
    person = lead()
    person.is_staff = True
    person.save()
    client.force_login(person)
    reason = models.ModerationReason.objects.first()
    path = reverse("admin:reviews_moderationreason_change", args=[reason.pk])
    data = {
        "code": reason.code,
        "label_en": "New",
        "label_es": "Nuevo",
        "position": 1,
        "applies_to": "both",
        "ground": "terms",
    }
    client.post(path, data)
    reason.refresh_from_db()
    assert reason.label_en == "New"
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403


def test_a_large_table_is_estimated_where_nothing_narrows_it(client, monkeypatch):
    monkeypatch.setattr("reviews.admin.base.MAX_EXACT_COUNT", -2)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    ReviewFactory()
    path = reverse("admin:reviews_review_changelist")
    for query, counts in (("", 0), ("?status__exact=published", 1)):
        with CaptureQueriesContext(connection) as captured:
            client.get(path + query)
        counted = [q for q in captured.captured_queries if "COUNT(*)" in q["sql"]]
        assert len(counted) == counts
