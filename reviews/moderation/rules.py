"""Standing rules: what leads have done with new reviews, in the order they set.

A rule tags, assigns, translates, publishes or holds; none rejects or removes. It is tried on
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


def fitting(rule: Rule, reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of `reviews` that fit a rule's conditions."""
    found = InboxFilter(QueryDict(rule.query), queryset=reviews).found()
    if rule.word_list is not None:
        pattern = words.pattern(rule.word_list)
        if pattern is None:
            return found.none()
        found = found.alias(said=words.said()).filter(said__regex=pattern)
    return found


def apply(ids: Sequence[int], *, only: RuleAction | None = None) -> None:
    """Do with new reviews what the rules say, each rule after the one before.

    With `only`, the rules of one action alone.
    """
    rules = Rule.objects.filter(active=True).select_related("tag", "assignee", "word_list")
    if only is not None:
        rules = rules.filter(action=only)
    for rule in rules.order_by("position", "pk"):
        _apply(rule, ids)


@transaction.atomic
def _apply(rule: Rule, ids: Sequence[int]) -> None:
    fits = list(
        fitting(rule, Review.objects.filter(pk__in=ids))
        .order_by("pk")
        .values_list("pk", "status", "assignment__held_by", "assignment__assignee")
    )
    all_fit = [pk for pk, *_rest in fits]
    waiting = [pk for pk, status, held, _who in fits if status == ReviewStatus.PENDING and not held]
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
            notes.tag_many(ids=all_fit, name=str(rule.tag), rule=rule)
        case RuleAction.ASSIGN:
            free = [pk for pk, _status, _held, assignee in fits if assignee is None]
            turns = [rule.assignee] * len(free) if rule.assignee else None
            people = zip(free, turns or assignment.round_robin(count=len(free)), strict=False)
            assignment.assign_many(people=dict(people), actor_label=str(rule), rule=rule.pk)
        case RuleAction.TRANSLATE:
            foreign = Review.objects.exclude(language__in=[rule.language, UNDETERMINED])
            jobs.translate_by_rule(rule=rule, reviews=foreign.filter(pk__in=all_fit))


def refresh_translations() -> None:
    """Have stale translations done anew where an active rule wants them. A person's stay."""
    for rule in Rule.objects.filter(active=True, action=RuleAction.TRANSLATE):
        stale = jobs.stale_of(rule, fitting(rule, Review.objects.all()))
        if stale.exists():
            jobs.translate_by_rule(rule=rule, reviews=stale)


@transaction.atomic
def dry_run(rule: Rule) -> dict[str, Any]:
    """Try a rule on last month's reviews, change nothing but what is noted of the trial.

    Returns how many reviews came, how many fit, what people had decided on those, and the
    ids of some.
    """
    recent = Review.objects.filter(created_at__gte=timezone.now() - TRIAL)
    fits = fitting(rule, recent).order_by()
    by_status = dict(fits.values_list("status").annotate(n=Count("pk")))
    trial = {
        "came": recent.count(),
        "fit": sum(by_status.values()),
        "by_status": by_status,
        "sample": list(fits.order_by("-pk").values_list("pk", flat=True)[:SAMPLE]),
    }
    standing_rules.save_trial(rule, trial)
    return trial


@transaction.atomic
def save(*, rule: Rule, actor: User) -> None:
    """Store a rule that a lead wrote: it is off until it has been tried as it now stands."""
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
    """Put a rule before or after its neighbour."""
    order = list(Rule.objects.select_for_update(of=["self"]).order_by("position", "pk"))
    place = next(n for n, other in enumerate(order) if other.pk == rule.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    for position, each in enumerate(order):
        each.position = position
    Rule.objects.bulk_update(order, ["position"])
    _audit(rule, actor, "rule_moved")


def _audit(rule: Rule, actor: User, action: str) -> None:
    detail = {"word_list": rule.word_list_id, "action": rule.action}
    standing_rules.audit(rule, action=action, actor=actor, detail=detail)


def published_by(rule: Rule) -> int:
    """Return how many reviews a rule has published, undone ones aside."""
    return rule.moderationdecision_set.filter(~Q(basis=Basis.UNDO), undone_by=None).count()
