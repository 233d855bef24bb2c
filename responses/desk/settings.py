"""Pages of a desk's settings: approval, links, response times, calendar, assignment."""

import re
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from responses import cases, desk_settings
from responses.choices import Approval
from responses.desk.vendors import vendor_page
from responses.filters import DeskFilter
from responses.models import AssignmentRule, VendorDesk
from reviews.http import HttpRequest, whole_number
from reviews.models import VendorMembership
from reviews.pages.addresses import view_query
from reviews.pages.facet_list import FacetList
from reviews.permissions import managed_ids, vendor_managers_only

DOMAIN = RegexValidator(r"^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")
RATINGS = ("1", "2", "3", "4", "5", "0")


class Lines(forms.Field):
    """A list with one item per line, each parsed by `read`, which raises ValueError."""

    def __init__(self, *, read: Any, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 3}), required=False, **kwargs)
        self.read = read

    def to_python(self, value: Any) -> list[Any]:
        items = []
        for line in re.split(r"[\s,;]+", value or ""):
            try:
                items += [self.read(line)] if line else []
            except (ValueError, forms.ValidationError) as error:
                raise forms.ValidationError(
                    _("“%(line)s” is not valid. Use the format of the example.") % {"line": line}
                ) from error
        return items

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else "\n".join(map(str, value or []))


def domain(line: str) -> str:
    """Return a domain in lower case. Raises ValidationError."""
    name = line.lower().removeprefix("https://").removeprefix("www.").rstrip("/")
    DOMAIN(name)
    return name


class DeskForm(forms.ModelForm):
    """A desk's settings.

    Response times and office hours are read from extra fields, one per rating or day.
    """

    approval = forms.ChoiceField(
        choices=Approval.choices, label=gettext_lazy("Require a manager's approval")
    )
    approval_stars = forms.IntegerField(
        min_value=1, max_value=5, label=gettext_lazy("Low ratings: up to this many stars")
    )
    approval_responses = forms.IntegerField(
        min_value=0,
        max_value=1000,
        label=gettext_lazy("New agents: until they have published this many responses"),
    )
    link_domains = Lines(
        read=domain,
        label=gettext_lazy(
            "Domains that responses may link to, one per line (for example help.example.com)"
        ),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    holidays = Lines(
        read=date.fromisoformat,
        label=gettext_lazy("Holidays, one per line (for example 2026-12-25)"),
    )
    remind_before = forms.IntegerField(
        min_value=0,
        max_value=240,
        label=gettext_lazy("Send a reminder this many hours before the due time (0 for never)"),
    )
    weekly_mail = forms.BooleanField(
        required=False, label=gettext_lazy("E-mail managers a weekly report on Monday mornings")
    )

    class Meta:
        model = VendorDesk
        fields = (
            "approval",
            "approval_stars",
            "approval_responses",
            "link_domains",
            "time_zone",
            "holidays",
            "remind_before",
            "weekly_mail",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones: Any = self.fields["time_zone"]
        zones.choices = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.hours = self._hours()
        self.days = self._days()

    def _hours(self) -> list[tuple[str, str]]:
        """Return each rating with the value of its field."""
        stored = self.instance.hours_to_respond
        values = {rating: str(stored.get(rating, "")) for rating in RATINGS}
        if self.is_bound:
            values = {rating: self.data.get(f"hours_{rating}", "") for rating in RATINGS}
        return list(values.items())

    def _days(self) -> list[tuple[str, Any, str, str]]:
        """Return for each weekday its number, name, opening and closing time."""
        days = []
        for day, name in WEEKDAYS.items():
            begin, end = self.instance.office_hours.get(str(day), ("", ""))
            if self.is_bound:
                begin = self.data.get(f"from_{day}", "")
                end = self.data.get(f"to_{day}", "")
            days.append((str(day), name, begin, end))
        return days

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        hours = {}
        for rating, value in self.hours:
            number = whole_number(value.strip())
            if value.strip() and not (number and number <= 2000):
                self.add_error(None, _("Enter response times in whole hours, from 1 to 2,000."))
                break
            if number:
                hours[rating] = number
        week = {}
        for day, name, begin, end in self.days:
            try:
                if bool(begin) != bool(end):
                    raise ValueError
                if begin and time.fromisoformat(begin) != time.fromisoformat(end):
                    week[day] = [begin[:5], end[:5]]
            except ValueError:
                message = _("%(day)s: enter both a start and an end time, or leave both empty.") % {
                    "day": name
                }
                self.add_error(None, message)
        data["hours_to_respond"], data["office_hours"] = hours, week
        return data


@vendor_managers_only
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show and save a desk's settings; show its assignment rules."""
    vendor, context = vendor_page(request, manages=True)
    desk = VendorDesk.objects.filter(vendor=vendor).first() or VendorDesk(vendor=vendor)
    if request.method == "POST":
        desk = cases.open_desk(vendor.pk)
    form = DeskForm(request.POST or None, instance=desk)
    if request.method == "POST" and form.is_valid():
        desk = form.save(commit=False)
        desk.hours_to_respond = form.cleaned_data["hours_to_respond"]
        desk.office_hours = form.cleaned_data["office_hours"]
        desk_settings.save_settings(desk=desk, actor=request.user)
        return redirect(f"{reverse('desk-settings')}?vendor={vendor.slug}&saved=1")
    context |= {
        "form": form,
        "saved": "saved" in request.GET and not form.is_bound,
        "rules": assignment_rules(vendor.pk),
        "members": VendorMembership.objects.filter(vendor=vendor).select_related("user"),
        "views": new_rule_conditions(request, vendor.pk),
    }
    status = 409 if form.is_bound else 200
    return render(request, "responses/desk/settings.html", context, status=status)


def assignment_rules(vendor_id: int) -> list[tuple[AssignmentRule, list[Any]]]:
    """Return a vendor's assignment rules, each with its conditions in words."""
    rules = AssignmentRule.objects.filter(vendor=vendor_id).select_related("member__user")
    return [(rule, conditions(rule.query, vendor_id)) for rule in rules]


def conditions(query: str, vendor_id: int) -> list[Any]:
    """Return a view's filters in words."""
    params = QueryDict(query)
    search = DeskFilter(params, vendors=[vendor_id])
    return [chip.label for chip in FacetList(search, {}, params, reverse("desk")).chips]


def new_rule_conditions(request: HttpRequest, vendor_id: int) -> dict[str, Any]:
    """Return the conditions of a new assignment rule: the view that the desk linked from."""
    query = view_query(request.GET)
    for name in ("vendor", "saved"):
        query.pop(name, None)
    encoded = query.urlencode()[:2000]
    return {"query": encoded, "conditions": conditions(encoded, vendor_id)}


@vendor_managers_only
@require_POST
def change_assignment_rules(request: HttpRequest) -> HttpResponse:
    """Add an assignment rule, or remove one."""
    vendor, _context = vendor_page(request, manages=True)
    if rule_id := request.POST.get("remove"):
        rule = get_object_or_404(
            AssignmentRule, pk=whole_number(rule_id), vendor__in=managed_ids(request.user)
        )
        desk_settings.remove_assignment_rule(rule=rule, actor=request.user)
    else:
        member = get_object_or_404(
            VendorMembership, pk=whole_number(request.POST.get("member")), vendor=vendor
        )
        query = view_query(QueryDict(request.POST.get("query", "")[:2000].replace("\0", "")))
        desk_settings.add_assignment_rule(
            vendor=vendor, member=member, query=query.urlencode(), actor=request.user
        )
    return redirect(f"{reverse('desk-settings')}?vendor={vendor.slug}#assignment")
