"""The chain of audit entries: changes and gaps show."""

import hashlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from reviews.audit import verify
from reviews.models import (
    AuditEntry,
)
from reviews.moderation.decisions import (
    DecisionRequest,
    decide,
)
from tests.factories import (
    ProductFactory,
    ReviewFactory,
    lead,
    moderator,
)

pytestmark = pytest.mark.django_db


def test_each_change_and_gap_in_the_audit_chain_is_named():
    product = ProductFactory()
    for _ in range(4):
        review = ReviewFactory(status="pending", product=product)
        decide(review=review, request=DecisionRequest("published", actor=moderator()))
    other = ReviewFactory(status="pending")
    decide(review=other, request=DecisionRequest("published", actor=moderator()))
    assert verify.find_faults() == []
    call_command("verify_audit", product=product.slug)
    entries = list(AuditEntry.objects.filter(product=product).order_by("number"))
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE reviews_auditentry SET detail = '{}' WHERE id = %s", [entries[1].pk])
    assert [(f.number, f.what) for f in verify.find_faults(product.pk)] == [(2, "changed")]
    with pytest.raises(CommandError, match="1 problem found"):
        call_command("verify_audit")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_auditentry WHERE id = %s", [entries[2].pk])
    assert ("gap", 4) in [(f.what, f.number) for f in verify.find_faults(product.pk)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_auditentry WHERE id = %s", [entries[3].pk])
    assert ("cut", 4) in [(f.what, f.number) for f in verify.find_faults(product.pk)]
    assert verify.find_faults(other.product_id) == []


def test_a_lead_checks_and_exports_the_chain_and_nobody_else_does(client):
    review = ReviewFactory(status="pending")
    decide(review=review, request=DecisionRequest("published", actor=moderator()))
    path = reverse("inbox-audit")
    client.force_login(moderator())
    assert client.get(path).status_code == 404
    client.force_login(lead())
    slug = review.product.slug
    html = client.get(f"{path}?product={slug}&check=one", HTTP_ACCEPT_LANGUAGE="en")
    assert "Verified: every entry" in html.content.decode()
    lines = b"".join(client.get(f"{path}?product={slug}&format=jsonl").streaming_content)
    before = b""
    for line in lines.decode().splitlines():
        entry = json.loads(line)
        assert entry["previous"] == before.hex()
        assert hashlib.sha256(before + entry["content"].encode()).hexdigest() == entry["hash"]
        before = bytes.fromhex(entry["hash"])
    assert before
