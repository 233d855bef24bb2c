"""Many reviews of a product in one day, against what is usual for it."""

from django.db import connection

from reviews.choices import SignalKind

FEWEST = 8  # reviews in a day
HISTORY = 90  # days that define what is usual
SHORTEST_HISTORY = 30
# How many standard deviations above the usual a day must lie, were arrivals Poisson's.
DEVIATIONS = 6

FIND = """
WITH days AS (
    SELECT DISTINCT product_id, reviewed_on AS day FROM reviews_review
    WHERE id = ANY(%(ids)s) AND reviewed_on IS NOT NULL
), counted AS (
    SELECT days.product_id, days.day,
        (SELECT count(*) FROM reviews_review AS review WHERE review.product_id = days.product_id
            AND review.reviewed_on = days.day) AS n
    FROM days
), against AS (
    SELECT counted.*, (
        SELECT count(*)::float / least(%(history)s, counted.day - min(reviewed_on))
        FROM reviews_review AS review
        WHERE review.product_id = counted.product_id AND review.reviewed_on < counted.day
          AND review.reviewed_on >= counted.day - %(history)s
        HAVING counted.day - min(reviewed_on) >= %(shortest)s
    ) AS usual
    FROM counted WHERE n >= %(fewest)s
)
INSERT INTO reviews_signal (review_id, kind, score, evidence, detected_at)
SELECT review.id, %(kind)s, 1 - greatest(against.usual, 0.25) / against.n,
    jsonb_build_object('day', against.day, 'count', against.n, 'usual', against.usual), now()
FROM against JOIN reviews_review AS review
  ON review.product_id = against.product_id AND review.reviewed_on = against.day
WHERE against.n > against.usual + %(deviations)s * sqrt(greatest(against.usual, 0.25))
ON CONFLICT (review_id, kind) DO UPDATE
SET score = excluded.score, evidence = excluded.evidence, detected_at = excluded.detected_at
"""


def find(ids: list[int]) -> None:
    """Store a signal for each review of a day with unusually many reviews of its product."""
    with connection.cursor() as cursor:
        cursor.execute(
            FIND,
            {
                "ids": ids,
                "kind": SignalKind.BURST,
                "fewest": FEWEST,
                "history": HISTORY,
                "shortest": SHORTEST_HISTORY,
                "deviations": DEVIATIONS,
            },
        )
