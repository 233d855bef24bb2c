"""What moderation did, for everybody to see: of one product or of all, as page and as CSV."""

import csv
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reviews.choices import ReviewStatus
from reviews.http import HttpRequest
from reviews.models import AuditChain, ModerationReason, Product
from reviews.moderation.statistics import Transparency, transparency

KEPT_FOR = 300  # seconds


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product's numbers."""
    found = get_object_or_404(Product.objects.select_related("vendor"), slug=slug)
    return answer(request, found)


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """The numbers of all products together."""
    return answer(request, None)


def answer(request: HttpRequest, found: Product | None) -> HttpResponse:
    # All decisions there are: counted for many readers at once.
    known: Transparency | None = cache.get("transparency") if found is None else None
    numbers = known or transparency(found)
    if found is None and known is None:
        cache.set("transparency", numbers, KEPT_FOR)
    labels = {reason.code: str(reason) for reason in ModerationReason.objects.all()}
    if request.GET.get("format") == "csv":
        return as_csv(numbers, found, labels)
    context: dict[str, Any] = {
        "product": found,
        "numbers": numbers,
        "statuses": [
            {"status": status, "n": numbers.by_status[status]} for status in ReviewStatus.values
        ],
        "stars": [
            {"stars": stars, "total": sum(row.values()), **row}
            for stars, row in numbers.by_stars.items()
        ],
        "reasons": [
            {
                "label": labels.get(code, code),
                "n": sum(row.values()),
                "low": row.get(1, 0) + row.get(2, 0),
                "high": row.get(4, 0) + row.get(5, 0),
            }
            for code, row in numbers.by_reason
        ],
        "chain": AuditChain.objects.filter(key=found.pk if found else 0).first(),
    }
    return render(request, "reviews/public/transparency.html", context)


def as_csv(numbers: Transparency, found: Product | None, labels: dict[str, str]) -> HttpResponse:
    """Return the numbers as a table: what, of what, stars, how many."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = found.slug if found else "all"
    response["Content-Disposition"] = f'attachment; filename="transparency-{name}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("metric"), _("breakdown"), _("stars"), _("reviews")])
    for stars, row in numbers.by_stars.items():
        for status in ReviewStatus.values:
            writer.writerow(["status", status, stars or "", row.get(status, 0)])
    for code, decided in numbers.by_reason:
        for star, n in sorted(decided.items(), key=lambda pair: pair[0] or 0):
            writer.writerow(["reason", code, star or "", n])
    wait = numbers.median_wait
    writer.writerow(["median_hours", "", "", f"{wait.total_seconds() / 3600:.2f}" if wait else ""])
    writer.writerow(["decided", "", "", numbers.decided])
    writer.writerow(["decided", "by_rules", "", numbers.by_rules])
    writer.writerow(["appeals", "", "", numbers.appeals])
    writer.writerow(["appeals", "granted", "", numbers.appeals_granted])
    bias = numbers.bias
    for part, value in (
        ("difference", bias.difference),
        ("least", bias.least),
        ("most", bias.most),
    ):
        writer.writerow(["bias", part, "", "" if value is None else f"{value:.5f}"])
    return response
