"""Standing rules: tried before they are on, in order, never against a review."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from reviews.choices import RuleAction
from reviews.models import (
    BlindReview,
    ListedWord,
    ModerationDecision,
    ReviewAssignment,
    ReviewTag,
    Rule,
    Tag,
    TranslationItem,
    WordList,
)
from reviews.moderation import rules, words
from reviews.moderation.blind_reviews import agreement, next_blind_review, submit_blind_review
from reviews.moderation.decisions import DecisionRequest, decide
from tests.factories import ProductFactory, ReviewFactory, lead, moderator

pytestmark = pytest.mark.django_db


def rule(**fields) -> Rule:
    fields.setdefault("name", f"rule {Rule.objects.count()}")
    fields.setdefault("changed_by", lead())
    fields.setdefault("position", Rule.objects.count())
    made = Rule.objects.create(**fields)
    rules.dry_run(made)
    Rule.objects.filter(pk=made.pk).update(active=True)
    made.refresh_from_db()
    return made


def word_list(*texts: str, kind: str = "word") -> WordList:
    made = WordList.objects.create(name=f"list {WordList.objects.count()}")
    for text in texts:
        ListedWord.objects.create(word_list=made, kind=kind, text=text)
    return made


def test_a_rule_publishes_what_fits_and_the_decision_names_it():
    good = ReviewFactory(status="pending", overall_rating=5)
    bad = ReviewFactory(status="pending", overall_rating=1)
    made = rule(query="rating=5", action=RuleAction.PUBLISH, blind_review_percent=100)
    for _ in range(2):  # safe to run twice
        rules.apply([good.pk, bad.pk])
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status) == ("published", "pending")
    decision = good.decisions.get()
    assert (decision.rule, decision.actor, decision.basis) == (made, None, "rule")
    assert BlindReview.objects.get().decision == decision
    assert rules.published_by(made) == 1


def test_rules_follow_their_order_a_hold_keeps_later_ones_from_publishing():
    review = ReviewFactory(status="pending", overall_rating=5, overall="Get it fr33 today")
    hold = rule(word_list=word_list("free"), action=RuleAction.HOLD)
    publish = rule(query="rating=5", action=RuleAction.PUBLISH)
    rules.apply([review.pk])
    review.refresh_from_db()
    assert review.status == "pending"
    assert ReviewAssignment.objects.get().held_by == hold
    rules.move(rule=publish, up=True, actor=lead())
    assert [r.pk for r in Rule.objects.order_by("position")] == [publish.pk, hold.pk]
    other = ReviewFactory(status="pending", overall_rating=5, overall="free")
    rules.apply([other.pk])
    other.refresh_from_db()
    assert other.status == "published"


def test_rules_tag_assign_by_turns_and_translate():
    person = moderator()
    review = ReviewFactory(status="pending", language="fr", overall="Très bien")
    rule(query="language=fr", action=RuleAction.TAG, tag=Tag.objects.create(name="french"))
    rule(query="language=fr", action=RuleAction.ASSIGN)
    rule(query="language=fr", action=RuleAction.TRANSLATE, language="es")
    for _ in range(2):
        rules.apply([review.pk])
    assert ReviewTag.objects.get().tag.name == "french"
    assert ReviewAssignment.objects.get().assignee == person
    assert TranslationItem.objects.get().job.target_language == "es"


def test_there_is_no_rule_that_rejects_or_removes():
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.create(name="x", action="reject", changed_by=lead())
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.create(name="x", action="hold", active=True, changed_by=lead())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("get it free", True),
        ("get it FR33!", True),
        ("f.r.e.e stuff", True),
        ("f r e e", True),
        ("freeee", True),
        ("fréé", True),
        ("a freedom fighter", False),
        ("carefree", False),
        ("fee", False),
        ("30 days, 13 users", False),
    ],
)
def test_words_are_found_in_disguise_and_within_none_other(text, found):
    ReviewFactory(overall=text, title="")
    made = rule(word_list=word_list("free"), action=RuleAction.HOLD)
    assert made.trial["fit"] == int(found)


def test_phrases_and_patterns_are_found_and_a_bad_pattern_is_refused():
    ReviewFactory(overall="We do the refund later", title="")
    assert rule(word_list=word_list("the refund", kind="phrase"), action="hold").trial["fit"] == 1
    assert rule(word_list=word_list("re.?und l", kind="pattern"), action="hold").trial["fit"] == 1
    assert rule(word_list=word_list(), action="hold").trial["fit"] == 0
    assert words.is_usable(r"\bx+\b")
    assert not words.is_usable("(unclosed")


def test_a_lead_writes_tries_and_switches_a_rule_on(client):
    product = ProductFactory()
    for n in range(3):
        review = ReviewFactory(product=product, status="pending", overall_rating=5, title=f"t{n}")
    decide(review=review, request=DecisionRequest("published", actor=moderator()))
    client.force_login(moderator())
    assert client.get(reverse("inbox-rules")).status_code == 404
    client.force_login(lead())
    path = reverse("inbox-rule-new") + "?rating=5&cursor=x"
    html = client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "★★★★★" in html
    result = {
        "name": "Five stars",
        "query": "rating=5",
        "action": "publish",
        "blind_review_percent": "20",
    }
    answer = client.post(path, result)
    made = Rule.objects.get()
    assert answer.url == reverse("inbox-rule", args=[made.pk])
    act = reverse("inbox-rule-act", args=[made.pk])
    client.post(act, {"do": "on"})
    made.refresh_from_db()
    assert not made.active  # not tried yet
    client.post(act, {"do": "try"})
    html = client.get(answer.url, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "3 of 3 reviews match" in html
    assert "published 1" in html
    client.post(act, {"do": "on"})
    made.refresh_from_db()
    assert made.active
    assert ModerationDecision.objects.count() == 1  # nothing was done to reviews of before
    client.post(answer.url, {**result, "name": "Five"})
    made.refresh_from_db()
    assert (made.name, made.active, made.tested_at) == ("Five", False, None)
    refused = client.post(path, {**result, "name": "x", "action": "tag"})
    assert refused.status_code == 409
    assert client.post(path, {**result, "name": "x", "query": ""}).status_code == 409


def test_changing_a_word_list_turns_its_rules_off(client):
    client.force_login(lead())
    result = {
        "name": "Offers",
        "word": "free\ncheap\n\nfree",
        "phrase": "act now",
        "pattern": "x+y",
    }
    assert client.post(reverse("inbox-words-new"), result).status_code == 302
    made = WordList.objects.get()
    assert made.words.count() == 4
    uses = rule(word_list=made, action="hold")
    path = reverse("inbox-words", args=[made.pk])
    assert "act now" in client.get(path).content.decode()
    bad = client.post(path, {**result, "pattern": "(x"}, HTTP_ACCEPT_LANGUAGE="en")
    assert bad.status_code == 409
    assert "“(x” is not a valid pattern" in bad.content.decode()
    client.post(path, {**result, "word": "free"})
    uses.refresh_from_db()
    assert not uses.active
    assert made.words.count() == 3
    assert client.post(reverse("inbox-words-new"), result).status_code == 409


def test_a_second_look_is_blind_and_never_ones_own(client):
    first, second = moderator(), moderator()
    review = ReviewFactory(status="pending", title="Look twice")
    made = decide(
        review=review, request=DecisionRequest("published", actor=first, note="secret hint")
    )
    BlindReview.objects.get_or_create(decision=made)
    assert next_blind_review(first) is None
    client.force_login(second)
    html = client.get(reverse("inbox-blind-review"), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Look twice" in html
    for unseen in ("secret hint", first.username, 'class="badge published"'):
        assert unseen not in html
    third = moderator()
    assert next_blind_review(third) is None  # it is handed to the second
    look = BlindReview.objects.get()
    client.post(reverse("inbox-blind-review"), {"look": look.pk, "reason": "spam"})
    look.refresh_from_db()
    assert (look.verdict, look.reviewed_by) == ("rejected", second)
    review.refresh_from_db()
    assert review.status == "published"
    assert agreement() == {"looked": 1, "agreed": 0}
    other = decide(
        review=ReviewFactory(status="pending"), request=DecisionRequest("published", actor=first)
    )
    BlindReview.objects.get_or_create(decision=other)
    look = next_blind_review(second)
    submit_blind_review(look=look, verdict="published", reason=None, actor=second)
    assert agreement() == {"looked": 2, "agreed": 1}
