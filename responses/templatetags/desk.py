"""Filters of the desk's templates."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()
SOON = timedelta(hours=4)


def span(length: timedelta) -> str:
    """Return a length of time in minutes or hours, or in days from two days on."""
    hours = int(length.total_seconds() // 3600)
    if hours >= 48:
        days = hours // 24
        return ngettext("%(n)s d", "%(n)s d", days) % {"n": days}
    if hours >= 1:
        return ngettext("%(n)s h", "%(n)s h", hours) % {"n": hours}
    minutes = max(int(length.total_seconds() // 60), 1)
    return ngettext("%(n)s min", "%(n)s min", minutes) % {"n": minutes}


@register.filter
def due(when: datetime) -> SafeString:
    """Show in how long a response is due, or how long it is overdue, as a badge."""
    left = when - timezone.now()
    if left < timedelta(0):
        text, kind = _("overdue by %(span)s") % {"span": span(-left)}, "flagged"
    else:
        text = _("due in %(span)s") % {"span": span(left)}
        kind = "signal" if left < SOON else "assigned"
    return format_html(
        '<time class="badge {}" datetime="{}" title="{}">{}</time>',
        kind,
        when.isoformat(),
        date_format(timezone.localtime(when), "DATETIME_FORMAT"),
        text,
    )


@register.filter
def hours(number: float | None) -> str:
    """Return a number of hours as a length of time, a dash where there is none."""
    return "–" if number is None else span(timedelta(hours=float(number)))
