"""Reply rules: automatic responses, saved as drafts, submitted for approval, or published.

A rule responds only to reviews without a response, once. A response that fails the checks
stays a draft.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Concat, Length
from django.db.models.lookups import GreaterThan, LessThan
from django.http import QueryDict
from django.utils import timezone

from responses import checks, rendering
from responses.choices import Outcome
from responses.drafting import create_from_rule
from responses.filters import DeskFilter
from responses.lifecycle import ResponseContent
from responses.models import ReplyRule, ReplyTemplate, Response, VendorDesk
from reviews import standing_rules
from reviews.models import Review
from reviews.models.review import TEXT_FIELDS

TRIAL = timedelta(days=365)
SAMPLE = 10


def fitting(rule: ReplyRule, reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of `reviews` that fit a rule's conditions."""
    search = DeskFilter(QueryDict(rule.query), vendors=[rule.vendor_id])
    matches = search.narrow(reviews)
    length = Length(Concat(*map(F, TEXT_FIELDS)))
    if rule.longer_than is not None:
        matches = matches.filter(GreaterThan(length, rule.longer_than))
    if rule.shorter_than is not None:
        matches = matches.filter(LessThan(length, rule.shorter_than))
    return matches


def apply(opened: Mapping[int, datetime]) -> None:
    """Respond to each review by the first rule that matches.

    `opened`: review id → when the review was received.
    """
    if not opened:
        return
    rules = (
        ReplyRule.objects.filter(active_since__isnull=False, vendor__products__reviews__in=opened)
        .select_related("vendor", "changed_by")
        .distinct()
    )
    remaining = dict(opened)
    for rule in rules.order_by("position", "pk"):
        since = rule.active_since
        received_since = [pk for pk, when in remaining.items() if since and when >= since]
        fits = fitting(rule, Review.objects.filter(pk__in=received_since, has_response=False))
        reviews = fits.select_related("product__vendor__desk", "source", "reviewer")
        for review in reviews.order_by("pk"):
            if _respond(rule, review):
                del remaining[review.pk]


@transaction.atomic
def _respond(rule: ReplyRule, review: Review) -> bool:
    """Respond to one review by a rule. Returns whether a template matched it."""
    locked = ReplyRule.objects.select_for_update(of=["self"]).get(pk=rule.pk)
    text = rendered(locked, review, rule.changed_by)
    if text is None or locked.active_since is None:
        return False
    desk = getattr(review.product.vendor, "desk", None)
    outcome = rule.outcome if can_publish(text, review, desk) else Outcome.DRAFT
    response = create_from_rule(
        review=review,
        content=ResponseContent(text.text, signature(rule, review), "", text.template, rule),
        outcome=outcome,
        label=f"rule {rule.pk}: {rule}"[:200],
    )
    if response is not None:
        locked.turn += 1
        locked.save(update_fields=["turn"])
    return True


def signature(rule: ReplyRule, review: Review) -> str:
    """Return the name that signs a rule's responses: that of the rule's last editor."""
    return rule.changed_by.first_name or review.product.vendor.name


def rendered(rule: ReplyRule, review: Review, agent: User) -> rendering.Rendered | None:
    """Return a rule's response to a review, templates in rotation; None if none matches."""
    templates = rule.templates.filter(archived=False).order_by("pk")
    fits: list[ReplyTemplate] = [row for row in templates if rendering.fits(row, review)]
    if not fits:
        return None
    template = fits[rule.turn % len(fits)]
    return rendering.render(template, review, agent, rendering.of_vendor(rule.vendor_id))


def can_publish(text: rendering.Rendered, review: Review, desk: VendorDesk | None) -> bool:
    """Return whether a rendered response passes all checks."""
    result = checks.check(text.text, review, desk)
    return not (text.missing or result.problems or result.warnings)


@transaction.atomic
def dry_run(rule: ReplyRule) -> dict[str, Any]:
    """Test a rule on the last year's reviews; only the results are stored, with the rule.

    Returns how many reviews were received, how many match, how many of these have no
    response, and a sample with the rule's responses.
    """
    since = timezone.now() - TRIAL
    recent = Review.objects.filter(created_at__gte=since, product__vendor=rule.vendor_id)
    fits = fitting(rule, recent)
    sample = []
    shown = fits.select_related("product__vendor__desk", "source", "reviewer").order_by("-pk")
    for review in shown[:SAMPLE]:
        text = rendered(rule, review, rule.changed_by)
        rule.turn += 1
        desk = getattr(review.product.vendor, "desk", None)
        sample.append(
            {
                "review": review.pk,
                "title": str(review.title or review.overall or review.external_id)[:120],
                "answer": text.text if text else "",
                "held": text is not None and not can_publish(text, review, desk),
            }
        )
    trial = {
        "came": recent.published().count(),
        "fit": fits.count(),
        "unanswered": fits.filter(has_response=False).count(),
        "sample": sample,
    }
    standing_rules.save_trial(rule, trial)
    return trial


@transaction.atomic
def save(*, rule: ReplyRule, templates: list[ReplyTemplate], actor: User) -> None:
    """Save a rule; it is off until it has been tested in its new form."""
    rule.active_since = None
    others = ReplyRule.objects.filter(vendor=rule.vendor_id)
    standing_rules.save_untested(rule, others=others, actor=actor)
    rule.templates.set(templates)
    _audit(rule, actor, "reply_rule_changed")


@transaction.atomic
def switch(*, rule: ReplyRule, on: bool, actor: User) -> None:
    """Switch a rule on, for reviews received from now on, or off. Raises NotTested."""
    locked = standing_rules.lock_to_switch(rule, on=on)
    locked.active_since = timezone.now() if on else None
    locked.save(update_fields=["active_since"])
    _audit(locked, actor, "reply_rule_switched_on" if on else "reply_rule_switched_off")


def _audit(rule: ReplyRule, actor: User, action: str) -> None:
    detail = {"vendor": rule.vendor_id, "outcome": rule.outcome}
    standing_rules.audit(rule, action=action, actor=actor, detail=detail)


def responses_of(rule: ReplyRule) -> QuerySet[Response]:
    """Return a rule's responses, the latest first."""
    return rule.responses.select_related("review__product").order_by("-pk")
