"""How reviews stand at the desk: opened by the database, planned here.

Planning a case gives it its due date and its assignee, and lets the reply rules have their
say; until that is committed it stays unplanned, so a worker that is killed loses none.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from celery import current_app
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import QueryDict
from django.utils import timezone

from responses import reply_rules
from responses.calendars import Calendar
from responses.filters import DeskFilter
from responses.models import AssignmentRule, Case, VendorDesk
from reviews.models import AuditEntry, Review, VendorMembership

CHUNK = 200
# Reviews that were there before their vendor had a desk. They came when they were stored.
BACKFILL = """
INSERT INTO responses_case (review_id, vendor_id, opened_at, awaits_response, is_scheduled, tags)
SELECT review.id, product.vendor_id, review.created_at, true, false, '{}'
FROM reviews_review AS review JOIN reviews_product AS product ON product.id = review.product_id
WHERE product.vendor_id = %s AND review.status = 'published' AND NOT review.has_response
ON CONFLICT (review_id) DO NOTHING
"""


@transaction.atomic
def open_desk(vendor_id: int) -> VendorDesk:
    """Return a vendor's desk; the first time, have cases of its unanswered reviews opened."""
    desk, made = VendorDesk.objects.get_or_create(vendor_id=vendor_id)
    if made:
        transaction.on_commit(
            lambda: current_app.send_task("responses.tasks.open_cases", [vendor_id])
        )
    return desk


@transaction.atomic
def open_cases(vendor_id: int) -> None:
    """Open cases of what a vendor has not answered. Run twice, the second finds them."""
    with connection.cursor() as cursor:
        cursor.execute(BACKFILL, [vendor_id])


def calendar_of(desk: VendorDesk) -> Calendar:
    return Calendar(ZoneInfo(desk.time_zone), desk.office_hours, frozenset(desk.holidays))


def plan_all() -> int:
    """Plan what is unplanned. Returns how many cases that were."""
    planned = 0
    while done := plan_some():
        planned += done
    return planned


@transaction.atomic
def plan_some() -> int:
    """Plan a chunk of one product's cases; those that somebody is at are left to the next run.

    Reviews are locked before their cases, as whoever answers does, and one product's chain of
    audit entries is all that a transaction waits for: so none waits in a circle.
    """
    unplanned = Review.objects.filter(case__is_scheduled=False)
    product = unplanned.order_by("pk").values("product")[:1]
    reviews = unplanned.select_for_update(skip_locked=True, of=["self"]).filter(product=product)
    ids = list(reviews.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    cases = list(
        Case.objects.select_for_update(of=["self"])
        .select_related("vendor__desk")
        .filter(review__in=ids, is_scheduled=False)
        .annotate(stars=F("review__stars"))
        .order_by("review")
    )
    if cases:
        _plan(cases)
    return len(cases)


def _plan(cases: list[Any]) -> None:
    """Plan cases of one vendor, in the caller's transaction."""
    desk = getattr(cases[0].vendor, "desk", None)
    if desk is not None:
        calendar = calendar_of(desk)
        for case in cases:
            hours = desk.hours_to_respond.get(str(case.stars or 0))
            if case.awaits_response and hours:
                case.due_at = calendar.after(case.opened_at, timedelta(hours=hours))
        _assign(desk, [case for case in cases if case.awaits_response and case.assignee_id is None])
    for case in cases:
        case.is_scheduled = True
    Case.objects.bulk_update(cases, ["due_at", "assignee", "is_scheduled"])
    reply_rules.apply({case.review_id: case.opened_at for case in cases if case.awaits_response})


def _assign(desk: VendorDesk, cases: Sequence[Case]) -> None:
    """Give cases to whom the first fitting rule names who is not away."""
    today = timezone.localdate(timezone=ZoneInfo(desk.time_zone))
    free = {case.review_id: case for case in cases}
    rules = AssignmentRule.objects.filter(vendor=desk.vendor_id).select_related("member")
    for rule in rules:
        if not free:
            return
        if is_away(rule.member, today):
            continue
        reviews = Review.objects.filter(pk__in=free)
        fits = DeskFilter(
            QueryDict(rule.query), vendors=[desk.vendor_id], person=rule.member.user_id
        ).narrow(reviews)
        for pk in fits.values_list("pk", flat=True):
            free.pop(pk).assignee_id = rule.member.user_id


def is_away(member: VendorMembership, day: date) -> bool:
    """Tell whether somebody is on holiday on a day."""
    if member.away_from is None or member.away_until is None:
        return False
    return member.away_from <= day <= member.away_until


def replan(vendor_id: int) -> None:
    """Have due dates reckoned anew, in the caller's transaction: the service level changed."""
    Case.objects.filter(vendor=vendor_id, awaits_response=True).update(
        is_scheduled=False, due_at=None, reminded_at=None
    )


def case_of(review: Review) -> Case:
    """Return a review's case, made where there is none yet."""
    case, _made = Case.objects.select_for_update(of=["self"]).get_or_create(
        review=review,
        defaults={
            "vendor_id": review.product.vendor_id,
            "opened_at": review.created_at,
            "awaits_response": not review.has_response,
            "is_scheduled": True,
        },
    )
    return case


@transaction.atomic
def assign(*, review: Review, to: User | None, actor: User) -> None:
    """Give a review to a colleague, or to nobody."""
    case = case_of(review)
    case.assignee = to
    case.save(update_fields=["assignee"])
    _record(review, actor, "case_assigned", to=to.get_username() if to else None)


@transaction.atomic
def tag(*, review: Review, name: str, actor: User, off: bool = False) -> None:
    """Put one of the vendor's words on a review, or take it off."""
    case = case_of(review)
    case.tags = [tag for tag in case.tags if tag != name] + ([] if off else [name])
    case.save(update_fields=["tags"])
    _record(review, actor, "case_untagged" if off else "case_tagged", tag=name)


def _record(review: Review, actor: User, action: str, **detail: Any) -> None:
    # Among the vendor's people: in the product's trail, in no moderator's way.
    detail["review"] = review.pk
    AuditEntry.objects.create(
        product_id=review.product_id, action=action, actor=actor, detail=detail
    )


@receiver(post_delete, sender=VendorMembership, dispatch_uid="cases")
def let_go(instance: VendorMembership, **_kwargs: Any) -> None:
    """Give the reviews of somebody who left to nobody, in the transaction that removes them."""
    Case.objects.filter(vendor=instance.vendor_id, assignee=instance.user_id).update(assignee=None)
