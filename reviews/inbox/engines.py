"""The page of translation engines: their health, use and budgets."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from reviews.http import HttpRequest
from reviews.models import AuditEntry, EngineDay, TranslationBudget, TranslationSpending, Vendor
from reviews.permissions import leads_only
from reviews.translation import health, resilience, routes
from reviews.translation.engines import label
from reviews.translation.health import Health
from reviews.translation.spending import engine_scope, this_month, vendor_scope

DAYS = 30


class BudgetForm(forms.Form):
    """The monthly budget of one engine or vendor, in characters; empty for no limit."""

    scope = forms.CharField(max_length=60)
    characters = forms.IntegerField(
        required=False, min_value=0, max_value=10**12, label=_("monthly character limit")
    )

    def clean_scope(self) -> str:
        scope: str = self.cleaned_data["scope"]
        if scope not in known_scopes():
            raise forms.ValidationError(_("Choose an engine or a vendor."))
        return scope


def known_scopes() -> dict[str, str]:
    """Return the scopes that may have a budget (engines and vendors), each with its name."""
    engines = {engine_scope(key): label(key) for key in routes.in_use()}
    vendors = Vendor.objects.values_list("pk", "name")
    return engines | {vendor_scope(pk): name for pk, name in vendors}


@leads_only
@require_safe
def engines(request: HttpRequest) -> HttpResponse:
    """Each engine in use with its health, speed, failures, characters and cost; and the budgets."""
    return render(request, "reviews/inbox/engines.html", page_context())


def state_of(key: str, now: Health | None) -> str:
    """Return an engine's state: "alone" (paused after failures), "well", "away" or "unknown"."""
    if resilience.is_open(key):
        return "alone"
    if now is None:
        return "unknown"
    return "away" if now.failure else "well"


def page_context() -> dict[str, Any]:
    """Return what the page shows: the last `DAYS` days by engine, and this month's spending."""
    since = timezone.now().date() - timedelta(days=DAYS - 1)
    sums = {
        row["engine"]: row
        for row in EngineDay.objects.filter(day__gte=since)
        .values("engine")
        .annotate(
            calls=Sum("calls"),
            segments=Sum("segments"),
            characters=Sum("characters"),
            milliseconds=Sum("milliseconds"),
            failures=Sum("failures"),
            slowest=Max("slowest"),
        )
        .order_by()
    }
    last = {
        day.engine: day
        for day in EngineDay.objects.filter(day__gte=since, failures__gt=0).order_by("day")
    }
    budgets = dict(TranslationBudget.objects.values_list("scope", "characters"))
    spent = dict(
        TranslationSpending.objects.filter(month=this_month()).values_list("scope", "characters")
    )
    rows = []
    for key in routes.in_use():
        totals: Any = sums.get(key, {})
        now = health.of(key)
        calls, failures = totals.get("calls", 0), totals.get("failures", 0)
        rows.append(
            {
                "key": key,
                "label": label(key),
                "state": state_of(key, now),
                "health": now,
                "average": round(totals["milliseconds"] / calls) if calls else None,
                "share": 100 * failures / calls if calls else None,
                "cost": spent.get(engine_scope(key), 0) * routes.price(key) / 1_000_000,
                "price": routes.price(key),
                "spent": spent.get(engine_scope(key), 0),
                "last": last.get(key),
                **totals,
            }
        )
    scopes = known_scopes()
    return {
        "rows": rows,
        "days": DAYS,
        "currency": settings.TRANSLATION["currency"],
        "order": [
            (pair, [label(key) for key in keys])
            for pair, keys in settings.TRANSLATION["order"].items()
        ],
        "budgets": [
            {
                "scope": scope,
                "name": name,
                "limit": budgets.get(scope),
                "spent": spent.get(scope, 0),
            }
            for scope, name in scopes.items()
            if scope in budgets or scope in spent
        ],
        "scopes": scopes,
    }


@leads_only
@require_POST
def change_engines(request: HttpRequest) -> HttpResponse:
    """Call a paused engine again where the form names one (`close`), else set a budget."""
    if key := request.POST.get("close"):
        return resume_engine(key)
    return set_budget(request)


def resume_engine(key: str) -> HttpResponse:
    """Call an engine again that was paused after failures."""
    if key in routes.in_use():
        resilience.close(key)
    return redirect("inbox-engines")


def set_budget(request: HttpRequest) -> HttpResponse:
    """Set or remove the monthly budget of an engine or a vendor."""
    form = BudgetForm(request.POST)
    if not form.is_valid():
        problem = next(iter(form.errors.values()))[0]
        context = page_context() | {"problem": problem, "form": form}
        return render(request, "reviews/inbox/engines.html", context, status=400)
    scope, characters = form.cleaned_data["scope"], form.cleaned_data["characters"]
    if characters is None:
        TranslationBudget.objects.filter(scope=scope).delete()
    else:
        TranslationBudget.objects.update_or_create(scope=scope, defaults={"characters": characters})
    AuditEntry.objects.create(
        action="translation_budget_set",
        actor=request.user,
        detail={"scope": scope, "characters": characters},
    )
    return redirect("inbox-engines")
