"""Deciding: undo, statements, appeals, mending, redaction, notes, flags; the chain of records."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from reviews.api.keys import create_key
from reviews.choices import Basis, RedactionKind, ReviewStatus
from reviews.models import (
    AuditEntry,
    BulkJob,
    Flag,
    MemorySegment,
    ModerationDecision,
    ModerationReason,
    Partner,
    Review,
    Reviewer,
    ReviewTranslation,
    Statement,
)
from reviews.moderation import bulk, chain, signals, statements
from reviews.moderation.appeals import Settled, appeal, decide_appeal, mend
from reviews.moderation.decisions import (
    NotAllowed,
    Order,
    decide,
    decide_many,
    mark_of,
)
from reviews.moderation.flags import flag
from reviews.moderation.notes import write_note
from reviews.moderation.redactions import NotThere, lift, redact, suggestions
from reviews.moderation.transitions import TRANSITIONS
from reviews.moderation.undoing import TooLate, undo_last
from reviews.translation.memory import digest
from tests import processes
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


def reason(code: str = "spam") -> ModerationReason:
    return ModerationReason.objects.get(code=code)


def rejected(person=None, code="spam", passage="", **fields) -> Review:
    review = ReviewFactory(status="pending", **fields)
    order = Order("rejected", actor=person or moderator(), reason=reason(code), passage=passage)
    decide(review=review, order=order)
    return review


def with_address(review: Review, email: str = "mason@mail.example") -> None:
    review.reviewer = Reviewer.objects.create(
        source=review.source, external_id=f"r{review.pk}", name="Mason", email=email
    )
    review.save()


@pytest.mark.parametrize("from_status", ReviewStatus.values)
@pytest.mark.parametrize("to_status", ReviewStatus.values)
def test_no_statement_but_a_decision_moves_a_review(from_status, to_status):
    review = ReviewFactory(status=from_status)
    if from_status == to_status:
        return
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
            order = Order(to_status, basis=basis, actor=actor, rule=rule, reason=reason())
            decided = decide_many(ids=[review.pk], order=order)
            review.refresh_from_db()
            reached = (from_status, to_status) in allowed
            assert bool(decided.decisions) == reached, (from_status, to_status)
            assert review.status == (to_status if reached else from_status)


def test_a_decision_is_undone_for_ten_minutes_by_who_made_it():
    person, review = moderator(), ReviewFactory(status="pending")
    staff = vendor_staff(review.product.vendor)
    flag(review=review, reason=reason(), note="", actor=staff, vendor=review.product.vendor)
    made = decide(review=review, order=Order("rejected", actor=person, reason=reason()))
    with_address(review)
    assert Flag.objects.get().outcome == "upheld"
    with pytest.raises(TooLate):
        undo_last(review=review, actor=moderator())
    undo_last(review=review, actor=person)
    review.refresh_from_db()
    assert review.status == "pending"
    assert Flag.objects.get().outcome == "open"
    assert Statement.objects.get().send_at is None
    assert list(ModerationDecision.objects.values_list("basis", flat=True)) == ["undo", "hand"]
    with pytest.raises(TooLate):
        undo_last(review=review, actor=person)  # an undoing is not undone
    again = decide(review=review, order=Order("published", actor=person))
    with connection.cursor() as cursor:  # eleven minutes pass
        cursor.execute("SET LOCAL session_replication_role = replica")
        ModerationDecision.objects.filter(pk=again.pk).update(
            decided_at=timezone.now() - timedelta(minutes=11)
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(TooLate):
        undo_last(review=review, actor=person)
    assert made.pk


def test_a_statement_of_reasons_is_written_in_the_reviewers_language_and_sent_later():
    review = ReviewFactory(status="pending", language="es", title="Oferta")
    with_address(review)
    order = Order("rejected", actor=moderator(), reason=reason(), note="internal")
    decide(review=review, order=order)
    statement = Statement.objects.get()
    assert statement.language == "es"
    assert "antes de publicarla" in statement.facts
    assert "Una opinión no es lugar para anunciar" in statement.policy
    assert not statement.automated
    assert statements.due() == []
    Statement.objects.update(send_at=timezone.now())
    for _ in range(2):  # safe to run twice
        for pk in [statement.pk]:
            statements.send(pk)
    sent = mail.outbox[0]
    assert len(mail.outbox) == 1
    assert sent.to == ["mason@mail.example"]
    assert "Puedes recurrir" in sent.body
    assert "internal" not in sent.body
    assert re.search(r"http://localhost:8000/statements/\S+/", sent.body)


def path_of(review: Review) -> str:
    link = statements.link(Statement.objects.get(review=review))
    return link.removeprefix("http://localhost:8000")


def test_an_author_appeals_by_a_signed_link_and_somebody_else_decides(client):
    first, second = moderator(), moderator()
    review = rejected(first)
    path = path_of(review)
    page = client.get(path, HTTP_ACCEPT_LANGUAGE="en")
    assert "Why the decision is wrong" in page.content.decode()
    assert client.get(path.replace("statements/", "statements/x")).status_code == 404
    assert client.post(f"{path}appeal/", {"text": ""}).status_code == 409
    assert client.post(f"{path}appeal/", {"text": "It is all true."}).status_code == 302
    assert client.post(f"{path}appeal/", {"text": "Again."}).status_code == 409
    # The first decider may not; it stands in the queue of appeals for others.
    url = reverse("inbox-appeal", args=[review.pk])
    client.force_login(first)
    said = {"outcome": "granted", "answer": "You are right."}
    assert client.post(url, said).status_code == 409
    client.force_login(second)
    pane = client.get(f"{reverse('inbox-review', args=[review.pk])}?appealed=true")
    assert "It is all true." in pane.content.decode()
    assert client.post(url, said).status_code == 302
    review.refresh_from_db()
    assert review.status == "published"
    assert review.decisions.first().basis == "appeal"
    assert "You are right." in client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert client.post(url, said).status_code == 404


def test_a_dismissed_appeal_leaves_the_review_where_it_is():
    review = rejected()
    made = appeal(statement=Statement.objects.get(), text="No")
    decide_appeal(appeal=made, granted=False, answer="It stands.", actor=moderator())
    review.refresh_from_db()
    assert review.status == "rejected"


def test_an_author_mends_a_passage_and_the_former_text_stays_beside_it(client):
    review = rejected(code="personal_data", passage="600 111 222",
                      overall="Good. Call 600 111 222.", title="Fine")  # fmt: skip
    path = path_of(review)
    html = client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "<mark>600 111 222</mark>" in html
    same = {"overall": review.overall, "title": review.title}
    assert client.post(f"{path}mend/", same).status_code == 409
    kept = client.post(f"{path}mend/", {"overall": " ", "title": " "}).content.decode()
    assert "Nothing has changed" not in kept or "textarea" in kept
    mended = {"overall": "Good.", "title": "Fine", "status": "published"}
    assert client.post(f"{path}mend/", mended).status_code == 302
    review.refresh_from_db()
    assert (review.status, review.overall) == ("pending", "Good.")
    assert review.revisions.get().former["overall"] == "Good. Call 600 111 222."
    assert client.post(f"{path}mend/", {"overall": "Else"}).status_code == 409
    client.force_login(moderator())
    pane = client.get(f"{reverse('inbox-review', args=[review.pk])}?status=pending")
    assert "<del> Call 600 111 222.</del>" in pane.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_mended_text_is_looked_at_anew(client, worker, reasons):
    review = rejected(overall="Cheaper at https://deals.example/x", title="")
    signals.compute([review.pk])
    assert review.signals.exists()
    client.post(f"{path_of(review)}mend/", {"overall": "Cheaper elsewhere"})
    processes.wait_for(lambda: not review.signals.exists())


def test_a_reason_that_is_not_mendable_gives_no_way_to_mend(client):
    review = rejected(code="off_topic")
    answer = client.post(f"{path_of(review)}mend/", {"title": "Else"})
    assert answer.status_code == 409
    review.refresh_from_db()
    assert review.status == "rejected"


def test_what_is_redacted_is_blocked_out_for_everybody_and_kept_for_moderators(client):
    review = ReviewFactory(overall="Ask Marta Vidal (marta@mail.example). Marta knows.")
    answer = ResponseFactory(review=review, body="Dear Marta Vidal, thank you.")
    person = moderator()
    ReviewTranslation.objects.create(
        review=review, target_language="es", status="done", requested_at=timezone.now(),
        texts={"overall": "Pregunta a Marta Vidal"},
    )  # fmt: skip
    MemorySegment.objects.create(
        source_language="en", target_language="es", digest=digest("Marta knows."),
        source_text="Marta knows.", target_text="Marta sabe.", engine="e",
    )  # fmt: skip
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


def test_addresses_numbers_cards_and_swearing_are_suggested_and_dates_are_not():
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


def test_a_note_mentions_colleagues_and_is_nobody_elses_business(client):
    review = ReviewFactory()
    person, colleague = moderator(), moderator()
    note = write_note(review=review, author=person, body=f"@{colleague.username} @katie look")
    assert [m.person for m in note.mentions.all()] == [colleague]
    public = client.get(review.product.get_absolute_url()).content.decode()
    assert "look" not in re.sub(r"<head>.*?</head>", "", public, flags=re.DOTALL)


def test_a_decision_on_what_somebody_saw_before_is_refused_whatever_happened(client):
    review = ReviewFactory(status="pending")
    client.force_login(moderator())
    seen = mark_of(review)
    write_note(review=review, author=moderator(), body="wait")
    answer = client.post(
        reverse("inbox-decision", args=[review.pk]),
        {"to_status": "rejected", "seen": seen, "reason": reason().pk, "note": "typed already"},
        HTTP_ACCEPT_LANGUAGE="en",
    )
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Note (" in html
    assert "typed already" in html


def test_each_change_and_gap_in_the_audit_chain_is_named():
    product = ProductFactory()
    for _ in range(4):
        review = ReviewFactory(status="pending", product=product)
        decide(review=review, order=Order("published", actor=moderator()))
    other = ReviewFactory(status="pending")
    decide(review=other, order=Order("published", actor=moderator()))
    assert chain.faults() == []
    call_command("verify_audit", product=product.slug)
    entries = list(AuditEntry.objects.filter(product=product).order_by("number"))
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE reviews_auditentry SET detail = '{}' WHERE id = %s", [entries[1].pk])
    assert [(f.number, f.what) for f in chain.faults(product.pk)] == [(2, "changed")]
    with pytest.raises(CommandError, match="1 fault"):
        call_command("verify_audit")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_auditentry WHERE id = %s", [entries[2].pk])
    assert ("gap", 4) in [(f.what, f.number) for f in chain.faults(product.pk)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reviews_auditentry WHERE id = %s", [entries[3].pk])
    assert ("cut", 4) in [(f.what, f.number) for f in chain.faults(product.pk)]
    assert chain.faults(other.product_id) == []


def test_a_lead_checks_and_exports_the_chain_and_nobody_else_does(client):
    review = ReviewFactory(status="pending")
    decide(review=review, order=Order("published", actor=moderator()))
    path = reverse("inbox-audit")
    client.force_login(moderator())
    assert client.get(path).status_code == 404
    client.force_login(lead())
    slug = review.product.slug
    html = client.get(f"{path}?product={slug}&check=one", HTTP_ACCEPT_LANGUAGE="en")
    assert "Whole: every entry" in html.content.decode()
    lines = b"".join(client.get(f"{path}?product={slug}&format=jsonl").streaming_content)
    import hashlib
    import json

    before = b""
    for line in lines.decode().splitlines():
        entry = json.loads(line)
        assert entry["previous"] == before.hex()
        assert hashlib.sha256(before + entry["content"].encode()).hexdigest() == entry["hash"]
        before = bytes.fromhex(entry["hash"])
    assert before


def test_a_removed_review_comes_back_by_a_lead_alone():
    review = ReviewFactory()
    decide(review=review, order=Order("removed", actor=moderator(), reason=reason()))
    with pytest.raises(NotAllowed):
        decide(review=review, order=Order("published", actor=moderator()))
    decide(review=review, order=Order("published", actor=lead()))
    with pytest.raises(Settled):
        mend(statement=Statement.objects.get(), texts={})


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
                said = {"query": f"id={review.pk}&scope=selected", "action": "decide",
                        "to_status": to_status, "reason": "spam"}  # fmt: skip
                client.post(reverse("inbox-bulk-start"), said)
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


def test_api_and_export_have_the_blocked_out_text(client, tmp_path):
    review = ReviewFactory(overall="Marta said so", source__key="getapp")
    redact(review=review, passage="Marta", kind=RedactionKind.NAME, actor=moderator())
    key = create_key(partner=Partner.objects.create(name="P"), scopes=["reviews:read"])
    found = client.get(f"/api/v1/reviews/{review.pk}/", headers={"authorization": f"Bearer {key}"})
    assert found.json()["overall"] == "█████ said so"
    file = tmp_path / "out.jsonl"
    call_command("export_reviews", format="jsonl", output=file)
    assert "Marta" not in file.read_text()
