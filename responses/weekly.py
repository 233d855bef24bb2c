"""Weekly reports by mail, on Monday mornings, to the managers of desks that want them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from responses import statistics
from responses.models import VendorDesk
from responses.reminders import reachable
from reviews.choices import VendorRole

SENT_AT = 7  # o'clock in the vendor's time zone


def monday(desk: VendorDesk) -> date:
    """Return the Monday of the current week in the vendor's time zone."""
    today = timezone.localdate(timezone=ZoneInfo(desk.time_zone))
    return today - timedelta(days=today.weekday())


def is_due(desk: VendorDesk) -> bool:
    """Return whether a desk's report on last week is to be sent now."""
    now = timezone.localtime(timezone=ZoneInfo(desk.time_zone))
    is_time = now.weekday() > 0 or now.hour >= SENT_AT
    return is_time and (desk.weekly_sent_on is None or desk.weekly_sent_on < monday(desk))


def due() -> list[int]:
    """Return the ids of the desks whose report is to be sent."""
    return [desk.pk for desk in VendorDesk.objects.filter(weekly_mail=True) if is_due(desk)]


@transaction.atomic
def send(desk_id: int) -> None:
    """Send a desk's report on last week, once. A concurrent second run does nothing."""
    desk = (
        VendorDesk.objects.select_for_update(skip_locked=True, of=["self"])
        .select_related("vendor")
        .filter(pk=desk_id)
        .first()
    )
    if desk is None or not is_due(desk):
        return
    zone, end = ZoneInfo(desk.time_zone), monday(desk)
    until, since, before = (
        datetime.combine(end - timedelta(weeks=weeks), time(), zone) for weeks in (0, 1, 2)
    )
    context = {
        "vendor": desk.vendor,
        "first": since.date(),
        "last": end - timedelta(days=1),
        "week": statistics.answered_between(desk.vendor_id, since, until),
        "before": statistics.answered_between(desk.vendor_id, before, since),
        "link": f"{settings.SITE_URL}{reverse('desk-numbers')}?vendor={desk.vendor.slug}",
    }
    desk.weekly_sent_on = end
    desk.save(update_fields=["weekly_sent_on"])
    for member in reachable(desk.vendor_id):
        if member.role == VendorRole.MANAGER:
            with translation.override(member.language):
                send_mail(
                    _("Weekly report for %(vendor)s") % {"vendor": desk.vendor.name},
                    render_to_string("responses/mail/weekly.txt", context),
                    settings.DEFAULT_FROM_EMAIL,
                    [member.user.email],
                )


def postpone(_desk_id: int) -> None:
    """Nothing was committed: the next run tries again."""
