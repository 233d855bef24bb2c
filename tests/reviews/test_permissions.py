"""Who finds which address: each that there is, for each role. A new one without a line fails."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from reviews.models import (
    BulkJob,
    Cluster,
    ModerationReason,
    Rule,
    SavedView,
    Statement,
    TranslationJob,
    WordList,
)
from reviews.moderation.decisions import DecisionRequest, decide
from tests.factories import ReviewFactory, UserFactory, lead, moderator, vendor_staff

pytestmark = pytest.mark.django_db

MODERATORS, LEADS = "moderators", "leads"
# Name → for whom it is.
INBOX = {
    "inbox": MODERATORS,
    "inbox-start": MODERATORS,
    "inbox-view-save": MODERATORS,
    "inbox-view-delete": MODERATORS,
    "inbox-review": MODERATORS,
    "inbox-decision": MODERATORS,
    "inbox-undo": MODERATORS,
    "inbox-skip": MODERATORS,
    "inbox-assign": MODERATORS,
    "inbox-note": MODERATORS,
    "inbox-tag": MODERATORS,
    "inbox-redact": MODERATORS,
    "inbox-flags": MODERATORS,
    "inbox-appeal": MODERATORS,
    "inbox-evidence": MODERATORS,
    "inbox-presence": MODERATORS,
    "inbox-translation": MODERATORS,
    "inbox-translation-edit": MODERATORS,
    "inbox-language": MODERATORS,
    "inbox-response-translation-edit": MODERATORS,
    "inbox-response-language": MODERATORS,
    "inbox-translations": MODERATORS,
    "inbox-translation-new": MODERATORS,
    "inbox-translation-job": MODERATORS,
    "inbox-translation-steer": MODERATORS,
    "inbox-glossaries": MODERATORS,
    "inbox-glossary": MODERATORS,
    "inbox-memory": MODERATORS,
    "inbox-memory-import": MODERATORS,
    "inbox-engines": LEADS,
    "inbox-engines-act": LEADS,
    "inbox-statement": MODERATORS,
    "inbox-clusters": MODERATORS,
    "inbox-cluster": MODERATORS,
    "inbox-bulk": MODERATORS,
    "inbox-bulk-start": MODERATORS,
    "inbox-bulk-job": MODERATORS,
    "inbox-bulk-cancel": MODERATORS,
    "inbox-bulk-undo": MODERATORS,
    "inbox-blind-review": MODERATORS,
    "inbox-response": MODERATORS,
    "inbox-response-removal": MODERATORS,
    "inbox-response-revisions": MODERATORS,
    "inbox-rules": LEADS,
    "inbox-rule-new": LEADS,
    "inbox-rule": LEADS,
    "inbox-rule-act": LEADS,
    "inbox-words-new": LEADS,
    "inbox-words": LEADS,
    "inbox-numbers": LEADS,
    "inbox-flag-notice": LEADS,
    "inbox-audit": LEADS,
    "inbox-erasure": LEADS,
}
# Found only where there is something to act on: a flag, an appeal, a response, a person.
ABOUT_MORE = {
    "inbox-assign",
    "inbox-flags",
    "inbox-evidence",
    "inbox-appeal",
    "inbox-response-removal",
    "inbox-response-revisions",
    "inbox-response-translation-edit",
    "inbox-response-language",
    "inbox-translation-edit",
    "inbox-memory",
}


def patterns(resolver=None, before: str = "") -> dict[str, URLPattern]:
    """All named addresses whose path begins with inbox/."""
    found: dict[str, URLPattern] = {}
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found |= patterns(entry, path)
        elif path.startswith("inbox/"):
            found[entry.name] = entry
    return found


def test_every_address_of_the_inbox_has_its_line():
    assert set(patterns()) == set(INBOX)


@pytest.fixture
def objects():
    """What each address with an id in it is about."""
    person = lead()
    review = ReviewFactory(status="pending")
    reason = ModerationReason.objects.first()
    decide(review=review, request=DecisionRequest("rejected", actor=person, reason=reason))
    return {
        "inbox-view-delete": SavedView.objects.create(owner=person, name="v"),
        "inbox-statement": Statement.objects.get(),
        "inbox-cluster": Cluster.objects.create(size=2),
        "inbox-bulk-job": (job := BulkJob.objects.create(action="tag", started_by=person)),
        "inbox-bulk-cancel": job,
        "inbox-bulk-undo": job,
        "inbox-rule": (rule := Rule.objects.create(name="r", action="hold", changed_by=person)),
        "inbox-rule-act": rule,
        "inbox-words": WordList.objects.create(name="w"),
        "inbox-flag-notice": review.product.vendor,
        "inbox-translation-job": (
            translation_job := TranslationJob.objects.create(target_language="es")
        ),
        "inbox-translation-steer": translation_job,
    }, review


@pytest.mark.parametrize("name", INBOX)
def test_each_role_finds_what_is_for_it_and_nothing_else(client, objects, name):
    ids, review = objects
    converters = patterns()[name].pattern.converters
    kwargs = {
        "pk": ids.get(name, review).pk,
        "slug": review.product.vendor.slug,
        "source": "en",
        "target": "es",
    }
    path = reverse(name, kwargs={key: kwargs[key] for key in converters})
    for method in ("get", "post"):
        client.logout()
        answer = getattr(client, method)(path)
        assert answer.status_code == 302, (method, "a visitor")
        assert answer.url.startswith("/accounts/login/")
        for role, person in (
            ("nobody", UserFactory()),
            ("vendor", vendor_staff(review.product.vendor)),
            *([("moderator", moderator())] if INBOX[name] == LEADS else []),
        ):
            client.force_login(person)
            assert getattr(client, method)(path).status_code == 404, (method, role)
    client.force_login(ids["inbox-view-delete"].owner)
    statuses = {client.get(path).status_code, client.post(path).status_code}
    assert statuses - {404, 405} or name in ABOUT_MORE, "nobody finds it"


def test_a_view_of_ones_own_is_nobody_elses_to_forget(client, objects):
    ids, _review = objects
    client.force_login(moderator())
    view = ids["inbox-view-delete"]
    assert client.post(reverse("inbox-view-delete", args=[view.pk])).status_code == 404
    job = ids["inbox-bulk-job"]
    for name in ("inbox-bulk-cancel", "inbox-bulk-undo"):
        assert client.post(reverse(name, args=[job.pk])).status_code == 404
