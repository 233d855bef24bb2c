"""How many reviews there are behind each choice of each filter, and what they average.

Counts come from `FacetCount`, made before anyone asks. Words and dates are no facets:
with those, the reviews themselves are counted.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from reviews.choices import Criterion, ReviewStatus
from reviews.filters import ReviewFilter
from reviews.models import FacetCount, Product, Review, Source
from reviews.models.facet import DIMENSIONS, MEASURES

# Filter → the column that it is about.
COLUMNS = {
    "product": "product_id",
    "status": "status",
    "company_size": "company_size",
    "duration": "usage_duration",
    "rating": "stars",
    "industry": "industry",
    "frequency": "usage_frequency",
    "language": "language",
    "source": "source_id",
    "has_response": "answered",
}

# The choice under which a sparse facet's whole is counted.
EVERY = "*"
# Up to how many reviews a view's count is exact where it is counted when asked.
MOST_TOLD = 10_000


@dataclass(frozen=True)
class Summary:
    """What the reviews of a product say together; None where nobody said."""

    count: int
    average: float | None
    distribution: dict[int, int]
    criteria: dict[str, float]
    recommendation: float | None
    recommendations: int
    net_promoter_score: int | None


def counts(filterset: ReviewFilter, within: Q, names: tuple[str, ...]) -> dict[str, Counter[str]]:
    """Return choice → reviews for each facet in `names`, in one query.

    Each facet is counted with all filters in force but its own, and the name "total" with
    all of them. `within` restricts everything (a product, a status) and is not to be chosen
    away. A facet of the filterset's own (`SPARSE`) is counted from the few reviews that have
    it; its choice "" are the others.
    """
    parts = [part for name in names for part in _parts(filterset, within, name)]
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    for name, choice, number in parts[0].union(*parts[1:], all=True):
        if number:
            found[name][choice or ""] += number
    for name in set(names) & set(filterset.SPARSE):
        every = found[name].pop(EVERY, 0)
        found[name][""] = every - found[name].total()
    return found


def _parts(filterset: ReviewFilter, within: Q, name: str) -> list[QuerySet[Any]]:
    if name in filterset.SPARSE:
        path = filterset.SPARSE[name]
        having = filterset.narrow(Review.objects.filter(within), without=name).filter(
            **{f"{path}__isnull": False}
        )
        return [
            _counted(having, Count("pk", distinct=True), name=name, choice=F(path)),
            _counted(*_rows(filterset, within, name), name=name, choice=Value(EVERY)),
        ]
    choice = Cast(F(COLUMNS[name]), TextField()) if name in COLUMNS else Value("")
    return [_counted(*_rows(filterset, within, name), name=name, choice=choice)]


def _rows(filterset: ReviewFilter, within: Q, name: str) -> tuple[QuerySet[Any], Any]:
    """Return what is counted and how: the pre-counted table wherever it knows the filters."""
    chosen = {other: value for other, value in filterset.chosen.items() if other != name}
    if any(other not in COLUMNS for other in chosen):
        live = filterset.narrow(Review.objects.filter(within), without=name)
        return live, Count("pk")
    conditions = [condition(other, value) for other, value in chosen.items()]
    return FacetCount.objects.filter(within, *conditions), Sum("n")


def _counted(rows: QuerySet[Any], total: Any, name: str, choice: Any) -> QuerySet[Any]:
    return (
        rows.order_by()
        .annotate(facet=Value(name), choice=choice)
        .values_list("facet", "choice")
        .annotate(reviews=total)
    )


def totals(filtersets: list[ReviewFilter]) -> list[int]:
    """Return how many reviews each search leaves, in one query.

    Of a search by what is not counted beforehand, `MOST_TOLD` are counted at most: one more
    stands for any number.
    """
    if not filtersets:
        return []
    statements: list[str] = []
    parameters: list[Any] = []
    for filterset in filtersets:
        if any(name not in COLUMNS for name in filterset.chosen):
            rows = filterset.narrow(Review.objects.all()).order_by().values("pk")
            sql, values = rows[: MOST_TOLD + 1].query.sql_with_params()
            statements.append(f"SELECT count(*) FROM ({sql}) AS found")
        else:
            conditions = [condition(name, value) for name, value in filterset.chosen.items()]
            counts = FacetCount.objects.filter(*conditions).order_by().values("n")
            sql, values = counts.query.sql_with_params()
            statements.append(f"SELECT coalesce(sum(n), 0) FROM ({sql}) AS found")
        parameters += values
    numbered = [f"SELECT {place}, ({sql})" for place, sql in enumerate(statements)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(numbered), parameters)
        found = dict(cursor.fetchall())
    return [int(found[place]) for place in range(len(filtersets))]


def condition(name: str, value: Any) -> Q:
    """Return a filter as a condition on a facet's column."""
    if name == "product":
        ids = Product.objects.filter(slug__in=value).values("pk")
        return Q(product_id__in=ids)
    if name == "source":
        return Q(source_id__in=Source.objects.filter(key__in=value).values("pk"))
    if name == "has_response":
        return Q(answered=value)
    return Q(**{f"{COLUMNS[name]}__in": value})


def summary(product: Product) -> Summary:
    """Return what a product's published reviews say together."""
    published = FacetCount.objects.filter(product_id=product.pk, status=ReviewStatus.PUBLISHED)
    sums = [
        f"{name}_{part}" for name in [*Criterion.values, "recommendation"] for part in ("n", "sum")
    ]
    columns = ["n", *sums, "promoters", "detractors"]
    # Aliased: an aggregate's name would otherwise hide the column of the next.
    total = published.aggregate(**{f"total_{name}": Sum(name) for name in columns})
    total = {name: total[f"total_{name}"] or 0 for name in columns}
    stars = published.filter(stars__isnull=False).values_list("stars").annotate(Sum("n"))
    distribution = dict.fromkeys(range(5, 0, -1), 0) | dict(stars)
    averages = {
        name: float(total[f"{name}_sum"] / total[f"{name}_n"])
        for name in [*Criterion.values, "recommendation"]
        if total[f"{name}_n"]
    }
    asked = total["recommendation_n"]
    return Summary(
        count=total["n"],
        average=averages.get("overall"),
        distribution=dict(sorted(distribution.items(), reverse=True)),
        criteria={
            name: averages[name]
            for name in Criterion.values
            if name != Criterion.OVERALL and name in averages
        },
        recommendation=averages.get("recommendation"),
        recommendations=asked,
        net_promoter_score=round(100 * (total["promoters"] - total["detractors"]) / asked)
        if asked
        else None,
    )


def compact() -> int:
    """Fold the rows of each combination into one. Returns how many rows were folded."""
    dimensions = ", ".join(DIMENSIONS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('compact facets'))")
        # Only combinations that have several rows: a settled table is left alone.
        cursor.execute(f"""
            WITH counted AS (
                SELECT id, count(*) OVER same AS rows, sum(n) OVER same AS reviews
                FROM reviews_facetcount WINDOW same AS (PARTITION BY {dimensions})
            ), gone AS (
                DELETE FROM reviews_facetcount WHERE id IN (
                    SELECT id FROM counted WHERE rows > 1 OR reviews = 0
                ) RETURNING *
            ), kept AS (
                INSERT INTO reviews_facetcount ({dimensions}, {", ".join(MEASURES)})
                SELECT {dimensions}, {", ".join(f"sum({name})" for name in MEASURES)}
                FROM gone GROUP BY {dimensions}
                HAVING {" OR ".join(f"sum({name}) <> 0" for name in MEASURES)}
            )
            SELECT count(*) FROM gone
        """)
        return cursor.fetchone()[0]
