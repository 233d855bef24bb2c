"""The leads' dashboard, the audit trail, and erasure."""

import csv
import json
from datetime import timedelta
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews.audit import verify
from reviews.http import HttpRequest, whole_number
from reviews.models import AuditEntry, Product, Vendor
from reviews.moderation import blind_reviews, erasure, statistics
from reviews.permissions import leads_only
from reviews.storable_text import storable

PERIODS = (7, 30, 90)  # days
MAX_ERASED = 500


@leads_only
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The queues and their age, decisions by person, and how often blind reviews agree."""
    days = request.GET.get("days", "30")
    days = days if days.isdecimal() and int(days[:4]) in PERIODS else "30"
    since = timezone.now() - timedelta(days=int(days))
    people = statistics.by_person(since)
    if request.GET.get("format") == "csv":
        return people_csv(people)
    hours = statistics.by_hour(since)
    by_day = statistics.by_day(since)
    context: dict[str, Any] = {
        "days": int(days),
        "periods": PERIODS,
        "queues": statistics.queues(),
        "people": people,
        "hours": [(f"{hour:02}", n) for hour, n in enumerate(hours)],
        "by_day": by_day,
        "decided": sum(n for _day, n in by_day),
        "busiest": max(range(24), key=lambda hour: hours[hour]) if any(hours) else None,
        "median_wait": statistics.median_wait(None, since),
        "agreement": blind_reviews.agreement(reviewed_at__gte=since),
        "vendors": statistics.one_sided_vendors(),
    }
    return render(request, "reviews/inbox/dashboard.html", context)


def people_csv(people: list[dict[str, Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="decisions-by-person.csv"'
    writer = csv.writer(response)
    writer.writerow(
        [
            _("person"),
            _("decided"),
            _("rejected or removed"),
            _("skipped"),
            _("blind re-reviews"),
            _("agreed"),
        ]
    )
    for row in people:
        name = row["actor__username"]
        # A name that a spreadsheet would take for a formula.
        name = f"'{name}" if name[:1] in "=+-@\t\r" else name
        writer.writerow(
            [name, row["decided"], row["against"], row["skipped"], row["looked"], row["agreed"]]
        )
    return response


@leads_only
@require_POST
def flag_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show or hide the notice on a vendor's pages that it flags low ratings far more often."""
    vendor = get_object_or_404(Vendor, pk=pk)
    vendor.flag_notice = not vendor.flag_notice
    vendor.save(update_fields=["flag_notice"])
    AuditEntry.objects.create(
        action="flag_notice_changed",
        actor=request.user,
        detail={"vendor": vendor.pk, "shown": vendor.flag_notice},
    )
    return redirect("inbox-numbers")


@leads_only
@require_safe
def audit(request: HttpRequest) -> HttpResponseBase:
    """The audit entries of a product, and on request whether their chain is intact."""
    slug = request.GET.get("product", "")
    product = get_object_or_404(Product, slug=slug) if slug else None
    key = product.pk if product else 0
    if request.GET.get("format") == "jsonl":
        return export(key, slug or "none")
    entries = AuditEntry.objects.filter(product=product).select_related("actor").order_by("-number")
    if before := whole_number(request.GET.get("before")):
        entries = entries.filter(number__lt=before)
    rows = list(entries[:51])
    context = {
        "product": product,
        "products": Product.objects.order_by("name")[:1000],
        "entries": rows[:50],
        "next": rows[49].number if len(rows) > 50 else None,
        "checked": "check" in request.GET,
        "faults": verify.find_faults(key) if "check" in request.GET else [],
        "all_faults": verify.find_faults() if request.GET.get("check") == "all" else [],
    }
    return render(request, "reviews/inbox/audit.html", context)


def export(key: int, name: str) -> StreamingHttpResponse:
    """Return an audit chain as JSON lines: number, hashes, and the content that was hashed."""
    lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in verify.export(key))
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="audit-{name}.jsonl"'
    return response


@leads_only
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Find a person's reviews and erase their personal data."""
    name_or_id = storable(request.GET.get("who", "")).strip()[:200]
    reviews = list(erasure.find_reviews(name_or_id)[:MAX_ERASED]) if name_or_id else []
    context: dict[str, Any] = {"who": name_or_id, "reviews": reviews}
    if request.method == "POST":
        ids = [pk for pk in map(whole_number, request.POST.getlist("id")) if pk]
        if not ids or request.POST.get("sure") != "on":
            context["problem"] = _(
                "Select the reviews and confirm that you have verified the request."
            )
        else:
            context["erased"] = erasure.erase(
                ids=ids[:MAX_ERASED],
                keep_texts=request.POST.get("texts") != "remove",
                actor=request.user,
            )
            context["reviews"] = []
    status = 409 if "problem" in context else 200
    return render(request, "reviews/inbox/erasure.html", context, status=status)
