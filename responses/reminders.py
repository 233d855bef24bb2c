"""Reminders of responses that will soon be due: one mail per person and run."""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from responses.models import Case, VendorDesk
from reviews.choices import VendorRole
from reviews.models import VendorMembership

MAX_REVIEWS = 200  # of a vendor per run
MAX_LISTED = 20  # reviews in one mail


def due() -> list[int]:
    """Return the ids of the desks that want reminders."""
    return list(VendorDesk.objects.filter(remind_before__gt=0).values_list("pk", flat=True))


@transaction.atomic
def send(desk_id: int) -> None:
    """Remind of the reviews due soon at a desk, once each. Concurrent runs share the work."""
    desk = VendorDesk.objects.select_related("vendor").get(pk=desk_id)
    soon = timezone.now() + timedelta(hours=desk.remind_before)
    cases = list(
        Case.objects.select_for_update(skip_locked=True, of=["self"])
        .select_related("review__product")
        .filter(vendor=desk.vendor_id, awaits_response=True, due_at__lte=soon, reminded_at=None)
        .order_by("due_at")[:MAX_REVIEWS]
    )
    if not cases:
        return
    people = {member.user_id: member for member in reachable(desk.vendor_id)}
    managers = [pk for pk, member in people.items() if member.role == VendorRole.MANAGER]
    by_person: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        for pk in [case.assignee_id] if case.assignee_id in people else managers:
            by_person[pk].append(case)
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(reminded_at=timezone.now())
    for pk, own in by_person.items():
        _send(people[pk], desk, own)


def reachable(vendor_id: int) -> list[VendorMembership]:
    """Return a vendor's active members who have an address."""
    members = VendorMembership.objects.filter(vendor=vendor_id, user__is_active=True)
    return list(members.exclude(user__email="").select_related("user"))


def _send(member: VendorMembership, desk: VendorDesk, cases: list[Case]) -> None:
    with translation.override(member.language):
        send_mail(
            _("%(vendor)s reviews due for a response: %(n)s")
            % {"vendor": desk.vendor.name, "n": len(cases)},
            render_to_string(
                "responses/mail/reminder.txt",
                {
                    "cases": cases[:MAX_LISTED],
                    "more": max(len(cases) - MAX_LISTED, 0),
                    "site": settings.SITE_URL,
                    "link": f"{settings.SITE_URL}{reverse('desk')}?overdue=true",
                    "zone": desk.time_zone,
                },
            ),
            settings.DEFAULT_FROM_EMAIL,
            [member.user.email],
        )


def postpone(_desk_id: int) -> None:
    """Nothing was committed: the next run tries again."""
