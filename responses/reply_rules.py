"""Reply rules: what a vendor has answered by itself, into drafts, approval or the public.

A rule answers only what nobody has written under, and once. What would keep a person's
answer back keeps a rule's back, too: it stays a draft.
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
from reviews.models import AuditEntry, Review
from reviews.models.review import TEXT_FIELDS

TRIAL = timedelta(days=365)
SAMPLE = 10


class NotTested(Exception):
    """A rule is tried, as it stands, before it is switched on."""


def fitting(rule: ReplyRule, reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of `reviews` that fit a rule's conditions."""
    search = DeskFilter(QueryDict(rule.query), vendors=[rule.vendor_id])
    found = search.narrow(reviews)
    length = Length(Concat(*map(F, TEXT_FIELDS)))
    if rule.longer_than is not None:
        found = found.filter(GreaterThan(length, rule.longer_than))
    if rule.shorter_than is not None:
        found = found.filter(LessThan(length, rule.shorter_than))
    return found


def apply(opened: Mapping[int, datetime]) -> None:
    """Let the rules answer reviews, given with when they came, each the first that fits."""
    if not opened:
        return
    rules = (
        ReplyRule.objects.filter(active_since__isnull=False, vendor__products__reviews__in=opened)
        .select_related("vendor", "changed_by")
        .distinct()
    )
    left = dict(opened)
    for rule in rules.order_by("position", "pk"):
        since = rule.active_since
        came_since = [pk for pk, when in left.items() if since and when >= since]
        fits = fitting(rule, Review.objects.filter(pk__in=came_since, has_response=False))
        reviews = fits.select_related("product__vendor__desk", "source", "reviewer")
        for review in reviews.order_by("pk"):
            if _answer(rule, review):
                del left[review.pk]


@transaction.atomic
def _answer(rule: ReplyRule, review: Review) -> bool:
    """Answer one review by a rule. Returns whether there was a template for it."""
    locked = ReplyRule.objects.select_for_update(of=["self"]).get(pk=rule.pk)
    made = rendered(locked, review, rule.changed_by)
    if made is None or locked.active_since is None:
        return False
    desk = getattr(review.product.vendor, "desk", None)
    outcome = rule.outcome if is_fit(made, review, desk) else Outcome.DRAFT
    response = create_from_rule(
        review=review,
        content=ResponseContent(made.text, signature(rule, review), "", made.template, rule),
        outcome=outcome,
        label=f"rule {rule.pk}: {rule}"[:200],
    )
    if response is not None:
        locked.turn += 1
        locked.save(update_fields=["turn"])
    return True


def signature(rule: ReplyRule, review: Review) -> str:
    """Return who an answer by a rule is signed by: whose rule it is."""
    return rule.changed_by.first_name or review.product.vendor.name


def rendered(rule: ReplyRule, review: Review, agent: User) -> rendering.Rendered | None:
    """Return a rule's answer to a review, the templates taking turns; None without one."""
    own = rule.templates.filter(archived=False).order_by("pk")
    fits: list[ReplyTemplate] = [each for each in own if rendering.fits(each, review)]
    if not fits:
        return None
    template = fits[rule.turn % len(fits)]
    return rendering.render(template, review, agent, rendering.of_vendor(rule.vendor_id))


def is_fit(made: rendering.Rendered, review: Review, desk: VendorDesk | None) -> bool:
    """Tell whether an answer could be published as it is."""
    found = checks.check(made.text, review, desk)
    return not (made.missing or found.problems or found.warnings)


@transaction.atomic
def dry_run(rule: ReplyRule) -> dict[str, Any]:
    """Try a rule on the last year's reviews; nothing is written but what is noted of it.

    Returns how many reviews came, how many fit, how many of these nobody has answered, and
    some with what they would be answered.
    """
    since = timezone.now() - TRIAL
    recent = Review.objects.filter(created_at__gte=since, product__vendor=rule.vendor_id)
    fits = fitting(rule, recent)
    sample = []
    shown = fits.select_related("product__vendor__desk", "source", "reviewer").order_by("-pk")
    for review in shown[:SAMPLE]:
        made = rendered(rule, review, rule.changed_by)
        rule.turn += 1
        desk = getattr(review.product.vendor, "desk", None)
        sample.append(
            {
                "review": review.pk,
                "title": str(review.title or review.overall or review.external_id)[:120],
                "answer": made.text if made else "",
                "held": made is not None and not is_fit(made, review, desk),
            }
        )
    trial = {
        "came": recent.published().count(),
        "fit": fits.count(),
        "unanswered": fits.filter(has_response=False).count(),
        "sample": sample,
    }
    ReplyRule.objects.filter(pk=rule.pk).update(trial=trial, tested_at=timezone.now())
    return trial


@transaction.atomic
def save(*, rule: ReplyRule, templates: list[ReplyTemplate], actor: User) -> None:
    """Store a rule: it is off until it has been tried as it now stands."""
    rule.active_since = rule.tested_at = None
    rule.trial = {}
    rule.changed_by = actor
    if rule.pk is None:
        rule.position = ReplyRule.objects.filter(vendor=rule.vendor_id).count()
    rule.save()
    rule.templates.set(templates)
    _audit(rule, actor, "reply_rule_changed")


@transaction.atomic
def switch(*, rule: ReplyRule, on: bool, actor: User) -> None:
    """Switch a rule on, for what comes from now on, or off at once. Raises NotTested."""
    locked = ReplyRule.objects.select_for_update(of=["self"]).get(pk=rule.pk)
    if on and locked.tested_at is None:
        raise NotTested
    locked.active_since = timezone.now() if on else None
    locked.save(update_fields=["active_since"])
    _audit(locked, actor, "reply_rule_switched_on" if on else "reply_rule_switched_off")


def _audit(rule: ReplyRule, actor: User, action: str) -> None:
    AuditEntry.objects.create(
        action=action,
        actor=actor,
        detail={
            "rule": rule.pk,
            "vendor": rule.vendor_id,
            "name": rule.name,
            "query": rule.query,
            "outcome": rule.outcome,
        },
    )


def answers_of(rule: ReplyRule) -> QuerySet[Response]:
    """Return what a rule has written, the last first."""
    return rule.responses.select_related("review__product").order_by("-pk")
