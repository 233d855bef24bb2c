"""Moderation rules: what is done with new reviews, in the order that leads set.

A rule tags, assigns, translates, publishes or holds; none rejects or removes. It must be tested on
last month's reviews before it can be switched on, and again after each change.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from reviews import standing_rules
from reviews.audit.log import record_many
from reviews.choices import Basis, ReviewStatus, RuleAction
from reviews.language import UNDETERMINED
from reviews.models import Review, ReviewAssignment, Rule
from reviews.moderation import assignment, notes, words
from reviews.moderation.decisions import DecisionRequest, decide_many
from reviews.moderation.filters import InboxFilter
from reviews.translation import jobs

TRIAL = timedelta(days=30)
SAMPLE = 20


def matching(rule: Rule, reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of `reviews` that meet a rule's conditions."""
    matches = InboxFilter(QueryDict(rule.query), queryset=reviews).found()
    if rule.word_list is not None:
        pattern = words.pattern(rule.word_list)
        if pattern is None:
            return matches.none()
        matches = matches.alias(all_text=words.review_text()).filter(all_text__regex=pattern)
    return matches


def apply(ids: Sequence[int], *, only: RuleAction | None = None) -> None:
    """Apply the active rules to new reviews, in their order.

    With `only`, apply only the rules with that action.
    """
    rules = Rule.objects.filter(active=True).select_related("tag", "assignee", "word_list")
    if only is not None:
        rules = rules.filter(action=only)
    for rule in rules.order_by("position", "pk"):
        _apply(rule, ids)


@transaction.atomic
def _apply(rule: Rule, ids: Sequence[int]) -> None:
    matches = list(
        matching(rule, Review.objects.filter(pk__in=ids))
        .order_by("pk")
        .values_list("pk", "status", "assignment__held_by", "assignment__assignee")
    )
    all_ids = [pk for pk, *_rest in matches]
    waiting = [
        pk
        for pk, status, is_held, _person in matches
        if status == ReviewStatus.PENDING and not is_held
    ]
    match rule.action:
        case RuleAction.PUBLISH:
            request = DecisionRequest(ReviewStatus.PUBLISHED, basis=Basis.RULE, rule=rule)
            decide_many(ids=waiting, request=request)
        case RuleAction.HOLD:
            ReviewAssignment.objects.bulk_create(
                (ReviewAssignment(review_id=pk, held_by=rule) for pk in waiting),
                update_conflicts=True,
                unique_fields=["review"],
                update_fields=["held_by"],
            )
            record_many(
                details={pk: {"rule": rule.pk} for pk in waiting},
                action="rule_held",
                actor_label=str(rule),
            )
        case RuleAction.TAG:
            notes.tag_many(ids=all_ids, name=str(rule.tag), rule=rule)
        case RuleAction.ASSIGN:
            free = [pk for pk, _status, _is_held, assignee in matches if assignee is None]
            turns = [rule.assignee] * len(free) if rule.assignee else None
            people = zip(free, turns or assignment.round_robin(count=len(free)), strict=False)
            assignment.assign_many(people=dict(people), actor_label=str(rule), rule=rule.pk)
        case RuleAction.TRANSLATE:
            foreign = Review.objects.exclude(language__in=[rule.language, UNDETERMINED])
            jobs.translate_by_rule(rule=rule, reviews=foreign.filter(pk__in=all_ids))


def refresh_translations() -> None:
    """Redo the stale translations that an active rule wants. Those by people are kept."""
    for rule in Rule.objects.filter(active=True, action=RuleAction.TRANSLATE):
        stale = jobs.stale_of(rule, matching(rule, Review.objects.all()))
        if stale.exists():
            jobs.translate_by_rule(rule=rule, reviews=stale)


@transaction.atomic
def dry_run(rule: Rule) -> dict[str, Any]:
    """Test a rule on last month's reviews and store the result; nothing else changes.

    Returns how many reviews were received, how many match, the statuses of those, and the ids
    of some.
    """
    recent = Review.objects.filter(created_at__gte=timezone.now() - TRIAL)
    matches = matching(rule, recent).order_by()
    by_status = dict(matches.values_list("status").annotate(n=Count("pk")))
    trial = {
        "came": recent.count(),
        "fit": sum(by_status.values()),
        "by_status": by_status,
        "sample": list(matches.order_by("-pk").values_list("pk", flat=True)[:SAMPLE]),
    }
    standing_rules.save_trial(rule, trial)
    return trial


@transaction.atomic
def save(*, rule: Rule, actor: User) -> None:
    """Store a rule. It is off until it has been tested in its new form."""
    rule.active = False
    standing_rules.save_untested(rule, others=Rule.objects.all(), actor=actor)
    _audit(rule, actor, "rule_changed")


@transaction.atomic
def switch(*, rule: Rule, on: bool, actor: User) -> None:
    """Switch a rule on or off. Raises `standing_rules.NotTested`."""
    locked = standing_rules.lock_to_switch(rule, on=on)
    locked.active = on
    locked.changed_by = actor
    locked.save(update_fields=["active", "changed_by", "changed_at"])
    _audit(locked, actor, "rule_switched_on" if on else "rule_switched_off")


@transaction.atomic
def move(*, rule: Rule, up: bool, actor: User) -> None:
    """Move a rule before or after its neighbour."""
    order = list(Rule.objects.select_for_update(of=["self"]).order_by("position", "pk"))
    place = next(n for n, other in enumerate(order) if other.pk == rule.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    for position, ordered_rule in enumerate(order):
        ordered_rule.position = position
    Rule.objects.bulk_update(order, ["position"])
    _audit(rule, actor, "rule_moved")


def _audit(rule: Rule, actor: User, action: str) -> None:
    detail = {"word_list": rule.word_list_id, "action": rule.action}
    standing_rules.audit(rule, action=action, actor=actor, detail=detail)


def published_by(rule: Rule) -> int:
    """Return how many reviews a rule has published, without those that were undone."""
    return rule.moderationdecision_set.filter(~Q(basis=Basis.UNDO), undone_by=None).count()
