"""The statistics of moderation: for readers of a product's page, and for leads."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import ExtractHour, TruncDate
from django.utils import timezone

from reviews.choices import AppealOutcome, Basis, FlagAbout, FlagOutcome, ReviewStatus, SignalKind
from reviews.models import (
    Appeal,
    FacetCount,
    Flag,
    ModerationDecision,
    Product,
    Review,
    Skip,
    Vendor,
)
from reviews.moderation import blind_reviews
from reviews.moderation.decisions import standing

LOW, HIGH = (1, 2), (4, 5)  # stars
Z = 1.959964  # of the normal distribution's central 95%
WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Bias:
    """Whether low ratings are rejected or removed more often than high ones.

    `difference` is between the shares, 0 to 1, with its 95% interval; None if there are
    too few decisions.
    """

    low: int
    low_against: int
    high: int
    high_against: int
    difference: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def verdict(self) -> str:
        """`low` or `high` for what fares worse beyond chance, `none`, or `unknown`."""
        if self.least is None or self.most is None:
            return "unknown"
        if self.least > 0:
            return "low"
        return "high" if self.most < 0 else "none"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson, "Probable Inference", JASA 22, 1927)."""
    share = part / whole
    middle = share + Z * Z / (2 * whole)
    spread = Z * math.sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def bias(low: int, low_against: int, high: int, high_against: int) -> Bias:
    """Compare two shares by the interval of their difference (Newcombe, "Interval Estimation
    for the Difference Between Independent Proportions", Statistics in Medicine 17, 1998,
    method 10)."""
    if not low or not high:
        return Bias(low, low_against, high, high_against)
    a, b = low_against / low, high_against / high
    a_least, a_most = wilson(low_against, low)
    b_least, b_most = wilson(high_against, high)
    return Bias(
        low,
        low_against,
        high,
        high_against,
        difference=a - b,
        least=a - b - math.hypot(a - a_least, b_most - b),
        most=a - b + math.hypot(a_most - a, b - b_least),
    )


@dataclass(frozen=True)
class Transparency:
    """What happened to the reviews received."""

    came: int
    by_status: dict[str, int]
    # reason's code → stars (None: unrated) → decisions against reviews
    by_reason: list[tuple[Any, dict[int | None, int]]]
    # stars → status → reviews
    by_stars: dict[int | None, dict[str, int]]
    median_wait: timedelta | None
    decided: int
    by_rules: int
    appeals: int
    appeals_granted: int
    bias: Bias


def transparency(product: Product | None) -> Transparency:
    """Count for one product, or for all."""
    facets = FacetCount.objects.all()
    decisions = ModerationDecision.objects.filter(standing())
    appeals = Appeal.objects.all()
    if product is not None:
        facets = facets.filter(product_id=product.pk)
        decisions = decisions.filter(product=product)
        appeals = appeals.filter(statement__decision__product=product)
    by_stars: dict[int | None, dict[str, int]] = {}
    for stars, status, n in facets.values_list("stars", "status").annotate(n=Sum("n")):
        if n:
            by_stars.setdefault(stars, {})[status] = n
    by_status = {
        status: sum(row.get(status, 0) for row in by_stars.values())
        for status in ReviewStatus.values
    }
    against = decisions.filter(to_status__in=[ReviewStatus.REJECTED, ReviewStatus.REMOVED])
    by_reason: dict[Any, dict[int | None, int]] = {}
    rows = against.values_list("reason__code", "stars").annotate(n=Count("pk")).order_by()
    for code, stars, n in rows:
        by_reason.setdefault(code, {})[stars] = n
    counted = decisions.aggregate(
        decided=Count("pk"), by_rules=Count("pk", filter=Q(basis=Basis.RULE))
    )
    appealed = appeals.aggregate(all=Count("pk"), granted=Count("pk", filter=Q(outcome="granted")))
    return Transparency(
        came=sum(by_status.values()),
        by_status=by_status,
        by_reason=sorted(by_reason.items(), key=lambda pair: -sum(pair[1].values())),
        by_stars=dict(sorted(by_stars.items(), key=lambda pair: -(pair[0] or 0))),
        median_wait=median_wait(product.pk if product else None),
        decided=counted["decided"],
        by_rules=counted["by_rules"],
        appeals=appealed["all"],
        appeals_granted=appealed["granted"],
        bias=decided_bias(decisions),
    )


def decided_bias(decisions: Any) -> Bias:
    """Compare what first decisions did with low and with high ratings."""
    first = decisions.filter(from_status=ReviewStatus.PENDING)
    is_against = Q(to_status=ReviewStatus.REJECTED)
    counted = first.aggregate(
        low=Count("pk", filter=Q(stars__in=LOW)),
        low_against=Count("pk", filter=Q(stars__in=LOW) & is_against),
        high=Count("pk", filter=Q(stars__in=HIGH)),
        high_against=Count("pk", filter=Q(stars__in=HIGH) & is_against),
    )
    return bias(**counted)


def median_wait(product_id: int | None, since: Any = None) -> timedelta | None:
    """Return the median time that reviews waited for their first decision."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY waited)
            FROM reviews_moderationdecision WHERE waited IS NOT NULL
              AND (%(product)s::bigint IS NULL OR product_id = %(product)s)
              AND (%(since)s::timestamptz IS NULL OR decided_at >= %(since)s)
            """,
            {"product": product_id, "since": since},
        )
        return cursor.fetchone()[0]


def one_sided_vendors() -> list[tuple[Vendor, Bias]]:
    """Return the vendors that flag low ratings significantly more often than high ones.

    Compares the shares of their low and of their high ratings that they flag.
    """
    low, high = Q(review__stars__in=LOW), Q(review__stars__in=HIGH)
    flagged = {
        row["vendor"]: row
        for row in Flag.objects.filter(vendor__isnull=False, about=FlagAbout.REVIEW)
        .values("vendor")
        .annotate(
            low=Count("review", filter=low, distinct=True),
            high=Count("review", filter=high, distinct=True),
        )
    }
    vendor_of = dict(Product.objects.filter(vendor__in=flagged).values_list("pk", "vendor"))
    published: dict[int, list[int]] = {vendor: [0, 0] for vendor in flagged}
    counts = FacetCount.objects.filter(product_id__in=vendor_of, status=ReviewStatus.PUBLISHED)
    for product, stars, n in counts.values_list("product_id", "stars").annotate(n=Sum("n")):
        if stars in (*LOW, *HIGH):
            published[vendor_of[product]][stars in HIGH] += n
    vendors = []
    for vendor in Vendor.objects.filter(pk__in=flagged):
        flags, (lows, highs) = flagged[vendor.pk], published[vendor.pk]
        # A flagged review may have been removed: it counts among those that could be flagged.
        compared = bias(
            max(lows, flags["low"]), flags["low"], max(highs, flags["high"]), flags["high"]
        )
        if compared.verdict == "low":
            vendors.append((vendor, compared))
    return vendors


def queues() -> list[dict[str, Any]]:
    """Return how many reviews wait in each queue, and since when the oldest has waited."""
    pending = Review.objects.filter(status=ReviewStatus.PENDING)
    waiting = pending.aggregate(n=Count("pk"), oldest=Min("created_at"))
    flagged = Flag.objects.filter(outcome=FlagOutcome.OPEN).aggregate(
        n=Count("review", distinct=True), oldest=Min("raised_at")
    )
    suspicious = pending.filter(signals__isnull=False).aggregate(
        n=Count("pk", distinct=True), oldest=Min("created_at")
    )
    any_signal = "&".join(f"signal={kind}" for kind in SignalKind.values)
    appealed = Appeal.objects.filter(outcome=AppealOutcome.OPEN).aggregate(
        n=Count("pk"), oldest=Min("created_at")
    )
    return [
        {"name": "pending", "query": "status=pending", **waiting},
        {"name": "flagged", "query": "flagged=true", **flagged},
        {"name": "suspicious", "query": f"status=pending&{any_signal}", **suspicious},
        {"name": "appealed", "query": "appealed=true", **appealed},
    ]


def by_person(since: Any) -> list[dict[str, Any]]:
    """Return each person's decisions since then, by hour of the day (UTC), skips and agreement
    in blind reviews."""
    rows = (
        ModerationDecision.objects.filter(standing(), decided_at__gte=since, actor__isnull=False)
        .values("actor", "actor__username")
        .annotate(
            decided=Count("pk"),
            against=Count(
                "pk", filter=Q(to_status__in=[ReviewStatus.REJECTED, ReviewStatus.REMOVED])
            ),
            last=Max("decided_at"),
        )
        .order_by("-decided")
    )
    skips = dict(
        Skip.objects.filter(skipped_at__gte=since).values_list("person").annotate(n=Count("pk"))
    )
    hours: dict[int, list[int]] = {}
    by_hour_rows = (
        ModerationDecision.objects.filter(standing(), decided_at__gte=since, actor__isnull=False)
        .values_list("actor", ExtractHour("decided_at"))
        .annotate(n=Count("pk"))
        .order_by()
    )
    for actor, hour, n in by_hour_rows:
        hours.setdefault(actor, [0] * 24)[hour] = n
    return [
        {
            **row,
            "hours": [(f"{hour:02}", n) for hour, n in enumerate(hours[row["actor"]])],
            "skipped": skips.get(row["actor"], 0),
            **blind_reviews.agreement(decision__actor=row["actor"], reviewed_at__gte=since),
        }
        for row in rows
    ]


def by_hour(since: Any) -> list[int]:
    """Return how many decisions were made in each hour of the day (UTC)."""
    rows = (
        ModerationDecision.objects.filter(standing(), decided_at__gte=since)
        .values_list(ExtractHour("decided_at"))
        .annotate(n=Count("pk"))
        .order_by()
    )
    counts = dict(rows)
    return [counts.get(hour, 0) for hour in range(24)]


def by_day(since: Any) -> list[tuple[Any, int]]:
    """Return how many decisions were made on each day, days without any included."""
    rows = (
        ModerationDecision.objects.filter(standing(), decided_at__gte=since)
        .values_list(TruncDate("decided_at"))
        .annotate(n=Count("pk"))
        .order_by()
    )
    counts = dict(rows)
    first = since.date()
    days = (timezone.now().date() - first).days + 1
    return [(day, counts.get(day, 0)) for day in (first + timedelta(days=n) for n in range(days))]
