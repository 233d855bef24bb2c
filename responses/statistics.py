"""Statistics of responses: how many, how fast, and whether ratings change. All in SQL.

The time to respond counts from when a review was stored here; for an imported response, from
the review's date.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

OWN = """
WITH own AS (
    SELECT review.id, product.name AS product, review.language, review.stars, review.listed_on,
        review.overall_rating, response.id AS response, response.published_at,
        coalesce(author.username, '') AS agent,
        extract(epoch FROM response.published_at - CASE WHEN response.origin = 'import'
            THEN review.reviewed_on::timestamptz ELSE review.created_at END) / 3600 AS hours
    FROM reviews_review AS review
    JOIN reviews_product AS product ON product.id = review.product_id
    LEFT JOIN responses_response AS response
        ON response.review_id = review.id AND response.status = 'published'
    LEFT JOIN auth_user AS author ON author.id = response.author_id
    WHERE product.vendor_id = %(vendor)s AND review.status = 'published'
      AND review.listed_on >= %(since)s AND review.listed_on < %(until)s
)
"""
RATES = (
    OWN
    + """
SELECT CASE WHEN GROUPING(product) = 0 THEN 'product' WHEN GROUPING(language) = 0 THEN 'language'
        WHEN GROUPING(stars) = 0 THEN 'rating' WHEN GROUPING(agent) = 0 THEN 'agent'
        ELSE 'all' END,
    coalesce(product, language, stars::text, agent, ''), count(*), count(response),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY hours::float) FILTER (WHERE hours >= 0)
FROM own GROUP BY GROUPING SETS ((), (product), (language), (stars), (agent))
ORDER BY 1, CASE WHEN GROUPING(stars) = 0 THEN stars END DESC NULLS LAST, 3 DESC, 2
"""
)
MONTHS = (
    OWN
    + """
SELECT date_trunc('month', listed_on)::date AS month, count(*), count(response),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY hours::float) FILTER (WHERE hours >= 0)
FROM own WHERE listed_on > '0001-01-01' GROUP BY 1 ORDER BY 1
"""
)
# The rating at the time of the response is in the first revision after it.
CHANGED = (
    OWN
    + """
, changed AS (
    SELECT DISTINCT ON (own.id) own.id, own.overall_rating AS now,
        (revision.former ->> 'overall_rating')::numeric AS before
    FROM own JOIN reviews_reviewrevision AS revision ON revision.review_id = own.id
    WHERE revision.replaced_at > own.published_at ORDER BY own.id, revision.number
)
SELECT (SELECT count(response) FROM own), count(*), count(*) FILTER (WHERE now > before),
    count(*) FILTER (WHERE now < before), avg(before) FILTER (WHERE now IS NOT NULL),
    avg(now) FILTER (WHERE before IS NOT NULL)
FROM changed
"""
)
DIMENSIONS = ("product", "language", "rating", "agent")


@dataclass(frozen=True)
class Rate:
    """The reviews of one group: how many, how many have a response, median hours to respond.

    `choice` is the group's value in its dimension, empty if unknown.
    """

    choice: str
    reviews: int
    answered: int
    hours: float | None


@dataclass(frozen=True)
class Changes:
    """Reviews changed after a response; `before` and `after` are averages of changed ratings."""

    answered: int
    changed: int
    raised: int
    lowered: int
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Numbers:
    """A vendor's statistics for a period."""

    all: Rate
    by: dict[str, list[Rate]]
    months: list[tuple[date, Rate]]
    changes: Changes


def of_vendor(vendor_id: int, since: date, until: date) -> Numbers:
    """Return the statistics of the reviews dated `since` and before `until`."""
    names: dict[str, Any] = {"vendor": vendor_id, "since": since, "until": until}
    by: dict[str, list[Rate]] = {name: [] for name in ("all", *DIMENSIONS)}
    with connection.cursor() as cursor:
        cursor.execute(RATES, names)
        for dimension, *row in cursor.fetchall():
            by[dimension].append(Rate(*row))
        cursor.execute(MONTHS, names)
        months = [(row[0], Rate(f"{row[0]:%Y-%m}", *row[1:])) for row in cursor.fetchall()]
        cursor.execute(CHANGED, names)
        answered, changed, raised, lowered, before, after = cursor.fetchone()
    # Reviews without a response, or with one from elsewhere, have no agent.
    by["agent"] = [rate for rate in by["agent"] if rate.choice]
    (everything,) = by.pop("all")
    changes = Changes(
        answered,
        changed,
        raised,
        lowered,
        None if before is None else float(before),
        None if after is None else float(after),
    )
    return Numbers(everything, by, months, changes)


def answered_between(vendor_id: int, since: datetime, until: datetime) -> dict[str, Any]:
    """Return the reviews and responses of a period in numbers, for the weekly mail."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE review.created_at >= %(since)s
                    AND review.created_at < %(until)s),
                avg(review.overall_rating) FILTER (WHERE review.created_at >= %(since)s
                    AND review.created_at < %(until)s),
                count(response.id) FILTER (WHERE response.published_at >= %(since)s
                    AND response.published_at < %(until)s),
                percentile_cont(0.5) WITHIN GROUP (ORDER BY
                    extract(epoch FROM response.published_at - review.created_at) / 3600)
                    FILTER (WHERE response.published_at >= %(since)s
                    AND response.published_at < %(until)s AND response.origin <> 'import')
            FROM reviews_review AS review
            JOIN reviews_product AS product ON product.id = review.product_id
            LEFT JOIN responses_response AS response
                ON response.review_id = review.id AND response.status = 'published'
            WHERE product.vendor_id = %(vendor)s AND review.status = 'published'
              AND (review.created_at >= %(since)s OR response.published_at >= %(since)s)
            """,
            {"vendor": vendor_id, "since": since, "until": until},
        )
        received, average, answered, hours = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FILTER (WHERE due_at < %(until)s), count(*) "
            "FROM responses_case WHERE vendor_id = %(vendor)s AND awaits_response",
            {"vendor": vendor_id, "until": until},
        )
        overdue, waiting = cursor.fetchone()
    return {
        "came": received,
        "average": average,
        "answered": answered,
        "hours": hours,
        "overdue": overdue,
        "waiting": waiting,
    }


@dataclass(frozen=True)
class TemplateOutcome:
    """Reviews changed after a template's responses, and those rated higher."""

    changed: int
    raised: int


def outcomes(vendor_id: int) -> dict[int, TemplateOutcome]:
    """Return for each template how many reviews were changed, and rated higher, after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT response.template_id, count(*),
                count(*) FILTER (WHERE review.overall_rating > former.rating)
            FROM responses_response AS response
            JOIN responses_replytemplate AS template ON template.id = response.template_id
            JOIN reviews_review AS review ON review.id = response.review_id
            CROSS JOIN LATERAL (
                SELECT (revision.former ->> 'overall_rating')::numeric AS rating
                FROM reviews_reviewrevision AS revision
                WHERE revision.review_id = review.id
                  AND revision.replaced_at > response.published_at
                ORDER BY revision.number LIMIT 1
            ) AS former
            WHERE template.vendor_id = %s AND response.status = 'published'
            GROUP BY 1
            """,
            [vendor_id],
        )
        return {pk: TemplateOutcome(changed, raised) for pk, changed, raised in cursor.fetchall()}
