"""One reviewer over many products in a few days, or several who review the same ones."""

from typing import Any

from django.db import connection

from reviews.choices import SignalKind

DAYS = 7
FEWEST_PRODUCTS = 5
FEWEST_VENDORS = 3
FEWEST_SHARED = 3  # products that several reviewers rated within two days of each other

ALONE = """
WITH busy AS (
    SELECT first.reviewer_id, count(DISTINCT near.product_id) AS products,
        count(DISTINCT product.vendor_id) AS vendors, array_agg(DISTINCT near.id) AS reviews
    FROM (SELECT DISTINCT reviewer_id, reviewed_on FROM reviews_review
          WHERE id = ANY(%(ids)s) AND reviewer_id IS NOT NULL) AS first
    JOIN reviews_review AS near ON near.reviewer_id = first.reviewer_id
      AND near.reviewed_on BETWEEN first.reviewed_on - %(days)s AND first.reviewed_on
    JOIN reviews_product AS product ON product.id = near.product_id
    GROUP BY first.reviewer_id, first.reviewed_on
    HAVING count(DISTINCT near.product_id) >= %(products)s
       AND count(DISTINCT product.vendor_id) >= %(vendors)s
)
INSERT INTO reviews_signal (review_id, kind, score, evidence, detected_at)
SELECT DISTINCT ON (review) review, %(kind)s, least(1, products / 20.0),
    jsonb_build_object('products', products, 'vendors', vendors, 'days', %(days)s), now()
FROM busy CROSS JOIN LATERAL unnest(reviews) AS review
ORDER BY review, products DESC
ON CONFLICT (review_id, kind) DO UPDATE
SET score = excluded.score, evidence = excluded.evidence, detected_at = excluded.detected_at
"""
TOGETHER = """
WITH pairs AS (
    SELECT mine.reviewer_id, other.reviewer_id AS other,
        count(DISTINCT mine.product_id) AS products, array_agg(DISTINCT mine.id) AS reviews
    FROM reviews_review AS mine JOIN reviews_review AS other
      ON other.product_id = mine.product_id AND other.reviewer_id <> mine.reviewer_id
      AND other.reviewed_on BETWEEN mine.reviewed_on - 2 AND mine.reviewed_on + 2
    WHERE mine.reviewer_id IN (
        SELECT reviewer_id FROM reviews_review
        WHERE reviewer_id IN (SELECT reviewer_id FROM reviews_review WHERE id = ANY(%(ids)s))
        GROUP BY reviewer_id HAVING count(DISTINCT product_id) >= %(shared)s
    )
    GROUP BY mine.reviewer_id, other.reviewer_id
    HAVING count(DISTINCT mine.product_id) >= %(shared)s
), rings AS (
    SELECT reviewer_id, count(*) + 1 AS reviewers, max(products) AS products,
        (SELECT array_agg(DISTINCT one) FROM pairs AS own CROSS JOIN LATERAL unnest(own.reviews)
            AS one WHERE own.reviewer_id = pairs.reviewer_id) AS reviews
    FROM pairs GROUP BY reviewer_id
)
INSERT INTO reviews_signal (review_id, kind, score, evidence, detected_at)
SELECT review, %(kind)s, least(1, reviewers * products / 50.0),
    jsonb_build_object('reviewers', reviewers, 'products', products), now()
FROM rings CROSS JOIN LATERAL unnest(reviews) AS review
ON CONFLICT (review_id, kind) DO NOTHING
"""


def find(ids: list[int]) -> None:
    """Store signals for reviewers of these reviews who review implausibly much."""
    names: dict[str, Any] = {
        "ids": ids,
        "kind": SignalKind.MANY_PRODUCTS,
        "days": DAYS,
        "products": FEWEST_PRODUCTS,
        "vendors": FEWEST_VENDORS,
        "shared": FEWEST_SHARED,
    }
    with connection.cursor() as cursor:
        cursor.execute(ALONE, names)
        cursor.execute(TOGETHER, names)
