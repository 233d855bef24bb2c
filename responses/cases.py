"""Cases of reviews at the desk: opened by a trigger, planned here.

Planning a case sets its due date and its assignee and applies the reply rules. It counts as
planned once that is committed, so a killed worker loses none.
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
# Reviews from before their vendor had a desk. They were received when they were stored.
BACKFILL = """
INSERT INTO responses_case (review_id, vendor_id, opened_at, awaits_response, is_scheduled, tags)
SELECT review.id, product.vendor_id, review.created_at, true, false, '{}'
FROM reviews_review AS review JOIN reviews_product AS product ON product.id = review.product_id
WHERE product.vendor_id = %s AND review.status = 'published' AND NOT review.has_response
ON CONFLICT (review_id) DO NOTHING
"""


@transaction.atomic
def open_desk(vendor_id: int) -> VendorDesk:
    """Return a vendor's desk. The first time, queue the opening of cases for its reviews."""
    desk, is_new = VendorDesk.objects.get_or_create(vendor_id=vendor_id)
    if is_new:
        transaction.on_commit(
            lambda: current_app.send_task("responses.tasks.open_cases", [vendor_id])
        )
    return desk


@transaction.atomic
def open_cases(vendor_id: int) -> None:
    """Open cases of a vendor's reviews without a response. A second run changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(BACKFILL, [vendor_id])


def calendar_of(desk: VendorDesk) -> Calendar:
    return Calendar(ZoneInfo(desk.time_zone), desk.office_hours, frozenset(desk.holidays))


def plan_all() -> int:
    """Plan all unplanned cases. Returns how many there were."""
    planned = 0
    while count := plan_some():
        planned += count
    return planned


@transaction.atomic
def plan_some() -> int:
    """Plan a chunk of one product's cases, skipping locked ones. Returns how many it planned.

    To prevent deadlocks, reviews are locked before their cases, as responding does, and a
    transaction touches one product's audit chain.
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
    """Assign each case by the first rule that matches and whose member is not away."""
    today = timezone.localdate(timezone=ZoneInfo(desk.time_zone))
    unassigned = {case.review_id: case for case in cases}
    rules = AssignmentRule.objects.filter(vendor=desk.vendor_id).select_related("member")
    for rule in rules:
        if not unassigned:
            return
        if is_away(rule.member, today):
            continue
        reviews = Review.objects.filter(pk__in=unassigned)
        matches = DeskFilter(
            QueryDict(rule.query), vendors=[desk.vendor_id], person=rule.member.user_id
        ).narrow(reviews)
        for pk in matches.values_list("pk", flat=True):
            unassigned.pop(pk).assignee_id = rule.member.user_id


def is_away(member: VendorMembership, day: date) -> bool:
    """Return whether a member is on holiday on a day."""
    if member.away_from is None or member.away_until is None:
        return False
    return member.away_from <= day <= member.away_until


def replan(vendor_id: int) -> None:
    """Reset due dates for a new calculation, in the caller's transaction."""
    Case.objects.filter(vendor=vendor_id, awaits_response=True).update(
        is_scheduled=False, due_at=None, reminded_at=None
    )


def case_of(review: Review) -> Case:
    """Return a review's case, locked; create it if there is none."""
    case, _created = Case.objects.select_for_update(of=["self"]).get_or_create(
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
    """Assign a review to a colleague, or to nobody."""
    case = case_of(review)
    case.assignee = to
    case.save(update_fields=["assignee"])
    _record(review, actor, "case_assigned", to=to.get_username() if to else None)


@transaction.atomic
def tag(*, review: Review, name: str, actor: User, off: bool = False) -> None:
    """Add one of the vendor's tags to a review, or remove it."""
    case = case_of(review)
    case.tags = [tag for tag in case.tags if tag != name] + ([] if off else [name])
    case.save(update_fields=["tags"])
    _record(review, actor, "case_untagged" if off else "case_tagged", tag=name)


def _record(review: Review, actor: User, action: str, **detail: Any) -> None:
    # Internal to the vendor: without `review`, so that moderators do not see it there.
    detail["review"] = review.pk
    AuditEntry.objects.create(
        product_id=review.product_id, action=action, actor=actor, detail=detail
    )


@receiver(post_delete, sender=VendorMembership, dispatch_uid="cases")
def unassign_former_member(instance: VendorMembership, **_kwargs: Any) -> None:
    """Unassign the cases of a removed member, in the transaction that removes the member."""
    Case.objects.filter(vendor=instance.vendor_id, assignee=instance.user_id).update(assignee=None)
