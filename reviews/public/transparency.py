"""Moderation statistics for the public: of one product or all, as a page and as CSV."""

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

CACHE_TIMEOUT = 300  # seconds


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """The statistics of one product."""
    product = get_object_or_404(Product.objects.select_related("vendor"), slug=slug)
    return render_statistics(request, product)


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """The statistics of all products together."""
    return render_statistics(request, None)


def render_statistics(request: HttpRequest, product: Product | None) -> HttpResponse:
    """Show the statistics of a product, or of all products if None; `format=csv` downloads them."""
    # Counting all products' decisions is slow, so the result is cached.
    cached: Transparency | None = cache.get("transparency") if product is None else None
    statistics = cached or transparency(product)
    if product is None and cached is None:
        cache.set("transparency", statistics, CACHE_TIMEOUT)
    labels = {reason.code: str(reason) for reason in ModerationReason.objects.all()}
    if request.GET.get("format") == "csv":
        return as_csv(statistics, product, labels)
    context: dict[str, Any] = {
        "product": product,
        "numbers": statistics,
        "statuses": [
            {"status": status, "n": statistics.by_status[status]} for status in ReviewStatus.values
        ],
        "stars": [
            {"stars": stars, "total": sum(row.values()), **row}
            for stars, row in statistics.by_stars.items()
        ],
        "reasons": [
            {
                "label": labels.get(code, code),
                "n": sum(row.values()),
                "low": row.get(1, 0) + row.get(2, 0),
                "high": row.get(4, 0) + row.get(5, 0),
            }
            for code, row in statistics.by_reason
        ],
        "chain": AuditChain.objects.filter(key=product.pk if product else 0).first(),
    }
    return render(request, "reviews/public/transparency.html", context)


def as_csv(
    statistics: Transparency, product: Product | None, labels: dict[str, str]
) -> HttpResponse:
    """Return the statistics as CSV: metric, breakdown, stars, number."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = product.slug if product else "all"
    response["Content-Disposition"] = f'attachment; filename="transparency-{name}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("metric"), _("breakdown"), _("stars"), _("reviews")])
    for stars, row in statistics.by_stars.items():
        for status in ReviewStatus.values:
            writer.writerow(["status", status, stars or "", row.get(status, 0)])
    for code, by_star in statistics.by_reason:
        for star, n in sorted(by_star.items(), key=lambda pair: pair[0] or 0):
            writer.writerow(["reason", code, star or "", n])
    median_wait = statistics.median_wait
    writer.writerow(
        ["median_hours", "", "", f"{median_wait.total_seconds() / 3600:.2f}" if median_wait else ""]
    )
    writer.writerow(["decided", "", "", statistics.decided])
    writer.writerow(["decided", "by_rules", "", statistics.by_rules])
    writer.writerow(["appeals", "", "", statistics.appeals])
    writer.writerow(["appeals", "granted", "", statistics.appeals_granted])
    bias = statistics.bias
    for part, value in (
        ("difference", bias.difference),
        ("least", bias.least),
        ("most", bias.most),
    ):
        writer.writerow(["bias", part, "", "" if value is None else f"{value:.5f}"])
    return response
