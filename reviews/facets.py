"""Count the reviews behind each choice of each filter, and compute their averages.

Counts come from `FacetCount`, which is computed in advance. Keywords and dates are not
facets: when a search has them, the reviews themselves are counted.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from reviews.choices import Criterion, ReviewStatus
from reviews.filters import COLUMNS, ReviewFilter
from reviews.models import FacetCount, Product, Review
from reviews.models.facet import DIMENSIONS, MEASURES

# The choice that stands for all reviews of a sparse facet.
ALL_CHOICES = "*"
# Above this number of reviews, a count that is not precomputed is no longer exact.
MAX_EXACT_COUNT = 10_000


@dataclass(frozen=True)
class Summary:
    """Averages and counts over a product's published reviews; None where no review has a value.

    `distribution` maps stars (5 to 1) to reviews, `criteria` a criterion to its average
    (1.0 to 5.0). `recommendation` is an average of 0.0 to 10.0, `net_promoter_score` is
    -100 to 100.
    """

    count: int
    average: float | None
    distribution: dict[int, int]
    criteria: dict[str, float]
    recommendation: float | None
    recommendations: int
    net_promoter_score: int | None


def counts(filterset: ReviewFilter, within: Q, names: tuple[str, ...]) -> dict[str, Counter[str]]:
    """Return choice → number of reviews for each facet in `names`, in one query.

    Each facet is counted with all chosen filters except its own; the name "total" is
    counted with all of them. `within` always applies (a product, a status). A facet in
    the filterset's `SPARSE` is counted from the few reviews that have a value; the choice
    "" is the number of the others.
    """
    statements: list[str] = []
    parameters: list[Any] = []
    # Facets that are counted from the reviews under the same filters share one pass.
    shared: list[str] = []
    for name in names:
        is_chosen, is_sparse = name in filterset.chosen, name in filterset.SPARSE
        if not is_sparse or is_chosen:
            chosen = {other: value for other, value in filterset.chosen.items() if other != name}
            counted = filterset.counted(chosen)
            if counted is None and not is_chosen:
                shared.append(name)
            else:
                live = [filterset.narrow(Review.objects.all(), without=name)]
                for rows in live if counted is None else counted:
                    total = Sum("n") if rows.model is FacetCount else Count("pk")
                    choice = Value(ALL_CHOICES) if is_sparse else _choice(name)
                    part = _grouped(rows.filter(within), total, name, choice)
                    _add(part, statements, parameters)
        if is_sparse:
            path = filterset.SPARSE[name]
            with_value = filterset.narrow(Review.objects.filter(within), without=name)
            with_value = with_value.filter(**{f"{path}__isnull": False})
            rows = _grouped(with_value, Count("pk", distinct=True), name, F(path))
            _add(rows, statements, parameters)
    if shared:
        reviews = filterset.narrow(Review.objects.filter(within))
        _add_grouping_sets(reviews, shared, statements, parameters)
    results: dict[str, Counter[str]] = {name: Counter() for name in names}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({sql})" for sql in statements), parameters)
        for name, choice, number in cursor.fetchall():
            if number:
                results[name][choice or ""] += number
    for name in set(names) & set(filterset.SPARSE):
        # A facet without a chosen value covers the same reviews as "total".
        if name in filterset.chosen:
            all_reviews = results[name].pop(ALL_CHOICES, 0)
        else:
            all_reviews = results["total"].total()
        results[name][""] = all_reviews - results[name].total()
    return results


def _choice(name: str) -> Any:
    return Cast(F(COLUMNS[name]), TextField()) if name in COLUMNS else Value("")


def _grouped(rows: QuerySet[Any], total: Any, name: str, choice: Any) -> QuerySet[Any]:
    return (
        rows.order_by()
        .annotate(facet=Value(name), choice=choice)
        .values_list("facet", "choice")
        .annotate(reviews=total)
    )


def _add(rows: QuerySet[Any], statements: list[str], parameters: list[Any]) -> None:
    sql, values = rows.query.sql_with_params()
    statements.append(sql)
    parameters += values


def _add_grouping_sets(
    rows: QuerySet[Any], names: list[str], statements: list[str], parameters: list[Any]
) -> None:
    """Add a statement that counts several facets of the same reviews in one pass."""
    columns = [COLUMNS[name] for name in names if name in COLUMNS]
    sql, values = rows.order_by().values_list(*columns or ["pk"]).query.sql_with_params()
    column_list = ", ".join(columns or ["pk"])
    cases = " ".join(
        f"WHEN GROUPING({COLUMNS[name]}) = 0 THEN '{name}'" for name in names if name in COLUMNS
    )
    facet = f"CASE {cases} ELSE 'total' END" if cases else "'total'"
    choices = ", ".join(f"{column}::text" for column in columns)
    sets = [f"({column})" for column in columns] + (["()"] if "total" in names else [])
    statements.append(
        f"SELECT {facet}, {f'coalesce({choices})' if choices else 'NULL'}, count(*)"
        f" FROM ({sql}) AS reviews ({column_list}) GROUP BY GROUPING SETS ({', '.join(sets)})"
    )
    parameters += values


def totals(filtersets: list[ReviewFilter]) -> list[int]:
    """Return the number of reviews that match each search, in one query.

    A search whose counts are not precomputed is counted up to `MAX_EXACT_COUNT`; a result of
    `MAX_EXACT_COUNT + 1` means more.
    """
    if not filtersets:
        return []
    statements: list[str] = []
    parameters: list[Any] = []
    for filterset in filtersets:
        counted = filterset.counted(filterset.chosen)
        sums = []
        for rows in counted or []:
            column = "n" if rows.model is FacetCount else "pk"
            total = "coalesce(sum(n), 0)" if column == "n" else "count(*)"
            sql, values = rows.order_by().values(column).query.sql_with_params()
            sums.append(f"(SELECT {total} FROM ({sql}) AS matches)")
            parameters += values
        if counted is None:
            matches = filterset.narrow(Review.objects.all()).order_by().values("pk")
            sql, values = matches[: MAX_EXACT_COUNT + 1].query.sql_with_params()
            sums.append(f"(SELECT count(*) FROM ({sql}) AS matches)")
            parameters += values
        statements.append(f"SELECT {' + '.join(sums)}")
    numbered = [f"SELECT {place}, ({sql})" for place, sql in enumerate(statements)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(numbered), parameters)
        counts_by_place = dict(cursor.fetchall())
    return [int(counts_by_place[place]) for place in range(len(filtersets))]


def summary(product: Product) -> Summary:
    """Return averages and counts over a product's published reviews."""
    published = FacetCount.objects.filter(product_id=product.pk, status=ReviewStatus.PUBLISHED)
    sums = [
        f"{name}_{part}" for name in [*Criterion.values, "recommendation"] for part in ("n", "sum")
    ]
    columns = ["n", *sums, "promoters", "detractors"]
    # With aliases, because an aggregate's name would hide the column from the next one.
    aggregates = published.aggregate(**{f"total_{name}": Sum(name) for name in columns})
    total = {name: aggregates[f"total_{name}"] or 0 for name in columns}
    stars = published.filter(stars__isnull=False).values_list("stars").annotate(Sum("n"))
    distribution = dict.fromkeys(range(5, 0, -1), 0) | dict(stars)
    averages = {
        name: float(total[f"{name}_sum"] / total[f"{name}_n"])
        for name in [*Criterion.values, "recommendation"]
        if total[f"{name}_n"]
    }
    recommendations = total["recommendation_n"]
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
        recommendations=recommendations,
        net_promoter_score=round(100 * (total["promoters"] - total["detractors"]) / recommendations)
        if recommendations
        else None,
    )


def compact() -> int:
    """Merge the rows of each combination into one. Returns the number of rows merged."""
    dimensions = ", ".join(DIMENSIONS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('compact facets'))")
        # Only combinations with several rows, so a compacted table is not written again.
        cursor.execute(f"""
            WITH counted AS (
                SELECT id, count(*) OVER same AS rows, sum(n) OVER same AS reviews
                FROM reviews_facetcount WINDOW same AS (PARTITION BY {dimensions})
            ), deleted AS (
                DELETE FROM reviews_facetcount WHERE id IN (
                    SELECT id FROM counted WHERE rows > 1 OR reviews = 0
                ) RETURNING *
            ), merged AS (
                INSERT INTO reviews_facetcount ({dimensions}, {", ".join(MEASURES)})
                SELECT {dimensions}, {", ".join(f"sum({name})" for name in MEASURES)}
                FROM deleted GROUP BY {dimensions}
                HAVING {" OR ".join(f"sum({name}) <> 0" for name in MEASURES)}
            )
            SELECT count(*) FROM deleted
        """)
        return cursor.fetchone()[0]
