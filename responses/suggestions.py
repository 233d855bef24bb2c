"""Suggestions: the vendor's past responses to similar reviews, those that helped first."""

from dataclasses import dataclass

from django.db import OperationalError, connection, transaction

from responses.models import Response
from reviews.models import Review

SHOWN = 3
PATIENCE = 2000  # milliseconds
# Reviews with a response that share words other than stop words, rated within one star; of
# those that share most, the most similar by trigrams. A response helped if the reviewer
# raised the rating after it.
SIMILAR = """
WITH wanted AS (
    SELECT left(concat_ws(' ', title, overall, pros, cons), 1000) AS text, stars,
        (SELECT string_agg(quote_literal(lexeme), ' | ') FROM (
            SELECT lexeme FROM unnest(to_tsvector(search_configuration(language),
                left(concat_ws(' ', title, overall, pros, cons), 5000)))
            WHERE length(lexeme) > 3
              AND length(to_tsvector(stop_word_configuration(language), lexeme)) > 0
            ORDER BY array_length(positions, 1) DESC, length(lexeme) DESC LIMIT 12
        ) AS most)::tsquery AS words
    FROM reviews_review WHERE id = %(review)s
), sharing AS (
    SELECT found.review_id, ts_rank(found.document, wanted.words) AS shared
    FROM reviews_searchdocument AS found, wanted
    WHERE found.product_id = ANY(%(products)s) AND found.document @@ wanted.words
      AND found.review_id <> %(review)s
    LIMIT 5000
), near AS (
    SELECT response.id, response.published_at, review.id AS review, review.overall_rating,
        left(concat_ws(' ', review.title, review.overall, review.pros, review.cons), 1000) AS text
    FROM sharing JOIN reviews_review AS review ON review.id = sharing.review_id
    JOIN responses_response AS response ON response.review_id = review.id
    CROSS JOIN wanted
    WHERE review.status = 'published' AND response.status = 'published'
      AND coalesce(abs(review.stars - wanted.stars), 0) <= 1
    ORDER BY sharing.shared DESC, response.id DESC LIMIT 60
), alike AS (
    SELECT near.id, similarity(wanted.text, near.text) AS likeness, EXISTS (
        SELECT FROM reviews_reviewrevision AS revision
        WHERE revision.review_id = near.review AND revision.replaced_at > near.published_at
          AND (revision.former ->> 'overall_rating')::numeric < near.overall_rating
    ) AS helped
    FROM near CROSS JOIN wanted
)
SELECT id, likeness, helped FROM alike
WHERE likeness > 0.05 ORDER BY likeness * (1 + helped::int) DESC, id DESC LIMIT %(shown)s
"""


@dataclass(frozen=True)
class SuggestedResponse:
    """A response, the similarity of its review (0 to 1), and whether the rating rose after it."""

    response: Response
    likeness: float
    helped: bool


def similar(review: Review, *, vendors: list[int]) -> list[SuggestedResponse]:
    """Return the vendors' responses to the reviews most similar to this one.

    Empty if the search takes longer than `PATIENCE`.
    """
    products = list(
        review.product.vendor.products.filter(vendor__in=vendors).values_list("pk", flat=True)
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            cursor.execute(SIMILAR, {"review": review.pk, "products": products, "shown": SHOWN})
            rows = cursor.fetchall()
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError:
        return []
    responses = Response.objects.select_related("review").in_bulk([pk for pk, *_rest in rows])
    return [SuggestedResponse(responses[pk], likeness, helped) for pk, likeness, helped in rows]
