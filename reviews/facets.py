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
from reviews.filters import COLUMNS, ReviewFilter
from reviews.models import FacetCount, Product, Review
from reviews.models.facet import DIMENSIONS, MEASURES

# The choice under which a sparse facet's whole is counted.
EVERY = "*"
# Up to how many reviews a view's count is exact where it is counted when asked.
MAX_EXACT_COUNT = 10_000


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
    statements: list[str] = []
    parameters: list[Any] = []
    # What is counted live under the same filters is counted in one pass.
    together: list[str] = []
    for name in names:
        is_chosen, is_sparse = name in filterset.chosen, name in filterset.SPARSE
        if not is_sparse or is_chosen:
            chosen = {other: value for other, value in filterset.chosen.items() if other != name}
            counted = filterset.counted(chosen)
            if counted is None and not is_chosen:
                together.append(name)
            else:
                alone = [filterset.narrow(Review.objects.all(), without=name)]
                for rows in alone if counted is None else counted:
                    total = Sum("n") if rows.model is FacetCount else Count("pk")
                    choice = Value(EVERY) if is_sparse else _choice(name)
                    part = _counted(rows.filter(within), total, name, choice)
                    _add(part, statements, parameters)
        if is_sparse:
            path = filterset.SPARSE[name]
            having = filterset.narrow(Review.objects.filter(within), without=name)
            having = having.filter(**{f"{path}__isnull": False})
            rows = _counted(having, Count("pk", distinct=True), name, F(path))
            _add(rows, statements, parameters)
    if together:
        live = filterset.narrow(Review.objects.filter(within))
        _add_together(live, together, statements, parameters)
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({sql})" for sql in statements), parameters)
        for name, choice, number in cursor.fetchall():
            if number:
                found[name][choice or ""] += number
    for name in set(names) & set(filterset.SPARSE):
        # Where it is not chosen, its whole is the list's own.
        every = found[name].pop(EVERY, 0) if name in filterset.chosen else found["total"].total()
        found[name][""] = every - found[name].total()
    return found


def _choice(name: str) -> Any:
    return Cast(F(COLUMNS[name]), TextField()) if name in COLUMNS else Value("")


def _counted(rows: QuerySet[Any], total: Any, name: str, choice: Any) -> QuerySet[Any]:
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


def _add_together(
    rows: QuerySet[Any], names: list[str], statements: list[str], parameters: list[Any]
) -> None:
    """Count several facets of the same reviews, which are read once."""
    columns = [COLUMNS[name] for name in names if name in COLUMNS]
    sql, values = rows.order_by().values_list(*columns or ["pk"]).query.sql_with_params()
    listed = ", ".join(columns or ["pk"])
    facets = " ".join(
        f"WHEN GROUPING({COLUMNS[name]}) = 0 THEN '{name}'" for name in names if name in COLUMNS
    )
    which = f"CASE {facets} ELSE 'total' END" if facets else "'total'"
    choices = ", ".join(f"{column}::text" for column in columns)
    sets = [f"({column})" for column in columns] + (["()"] if "total" in names else [])
    statements.append(
        f"SELECT {which}, {f'coalesce({choices})' if choices else 'NULL'}, count(*)"
        f" FROM ({sql}) AS found ({listed}) GROUP BY GROUPING SETS ({', '.join(sets)})"
    )
    parameters += values


def totals(filtersets: list[ReviewFilter]) -> list[int]:
    """Return how many reviews each search leaves, in one query.

    Of a search by what is not counted beforehand, `MAX_EXACT_COUNT` are counted at most: one more
    stands for any number.
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
            sums.append(f"(SELECT {total} FROM ({sql}) AS found)")
            parameters += values
        if counted is None:
            found_rows = filterset.narrow(Review.objects.all()).order_by().values("pk")
            sql, values = found_rows[: MAX_EXACT_COUNT + 1].query.sql_with_params()
            sums.append(f"(SELECT count(*) FROM ({sql}) AS found)")
            parameters += values
        statements.append(f"SELECT {' + '.join(sums)}")
    numbered = [f"SELECT {place}, ({sql})" for place, sql in enumerate(statements)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(numbered), parameters)
        found = dict(cursor.fetchall())
    return [int(found[place]) for place in range(len(filtersets))]


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
