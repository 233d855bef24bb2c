"""What people praise and complain about: words that tell low ratings from high ones.

Weighted log-odds with an informative prior (Monroe, Colaresi and Quinn, "Fightin' Words",
Political Analysis 16, 2008): a word counts once a review, and a rare one says little. Words
of one stem are one; the form that most people write is shown.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

LOOKED_THROUGH = 4000  # of the newest reviews
SHOWN = 8  # praise, and complaints
LEAST_REVIEWS = 3  # that have the word
SURE = 1.64  # standard deviations of the log-odds: one-sided, 95%
# A word's stem and whether it is a stop word, as the search has it for the language.
WORDS = """
WITH looked AS (
    SELECT review.id, review.stars, date_trunc('month', review.listed_on)::date AS month,
        lower(concat_ws(' ', review.title, review.overall, review.pros, review.cons)) AS said
    FROM reviews_review AS review JOIN reviews_product AS product
        ON product.id = review.product_id
    WHERE product.vendor_id = %(vendor)s AND review.status = 'published'
      AND review.language = %(language)s AND review.stars IS NOT NULL AND review.stars <> 3
      AND review.listed_on >= %(since)s AND review.listed_on < %(until)s
    ORDER BY review.listed_on DESC, review.id DESC LIMIT %(most)s
), word AS (
    SELECT DISTINCT looked.id, looked.stars, looked.month, found[1] AS form
    FROM looked CROSS JOIN LATERAL regexp_matches(left(said, 5000), '[[:alpha:]]{4,30}', 'g')
        AS found
), form AS (
    SELECT form,
        tsvector_to_array(to_tsvector(stop_word_configuration(%(language)s), form)) AS stems
    FROM (SELECT DISTINCT form FROM word) AS distinct_forms
)
SELECT form.stems[1], word.form, word.month, word.stars >= 4, count(DISTINCT word.id)
FROM word JOIN form USING (form) WHERE cardinality(form.stems) = 1
GROUP BY 1, 2, 3, 4
"""
REVIEWS = """
SELECT date_trunc('month', listed_on)::date, stars >= 4, count(*) FROM (
    SELECT review.listed_on, review.stars FROM reviews_review AS review
    JOIN reviews_product AS product ON product.id = review.product_id
    WHERE product.vendor_id = %(vendor)s AND review.status = 'published'
      AND review.language = %(language)s AND review.stars IS NOT NULL AND review.stars <> 3
      AND review.listed_on >= %(since)s AND review.listed_on < %(until)s
    ORDER BY review.listed_on DESC, review.id DESC LIMIT %(most)s
) AS looked GROUP BY 1, 2
"""


@dataclass
class Term:
    """A word, how strongly it tells (standard deviations), in how many reviews it stands."""

    word: str
    strength: float
    reviews: int
    # Month → share of its reviews that have it, 0 to 1.
    by_month: dict[date, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    praise: list[Term]
    complaints: list[Term]
    months: list[date]


def telling(vendor_id: int, language: str, since: date, until: date) -> Terms:
    """Return the words that stand under high ratings and under low ones, in one language."""
    names: dict[str, Any] = {
        "vendor": vendor_id,
        "language": language,
        "since": since,
        "until": until,
        "most": LOOKED_THROUGH,
    }
    with connection.cursor() as cursor:
        cursor.execute(WORDS, names)
        rows = cursor.fetchall()
        cursor.execute(REVIEWS, names)
        sizes = cursor.fetchall()
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    by_month: dict[str, Counter[date]] = defaultdict(Counter)
    for stem, form, month, is_high, n in rows:
        counts[is_high][stem] += n
        forms[stem][form] += n
        by_month[stem][month] += n
    per_month: Counter[date] = Counter()
    for month, _is_high, n in sizes:
        per_month[month] += n
    strengths = log_odds(counts[True], counts[False])
    months = sorted(per_month)

    def term(stem: str) -> Term:
        return Term(
            word=forms[stem].most_common(1)[0][0],
            strength=abs(strengths[stem]),
            reviews=counts[True][stem] + counts[False][stem],
            # Two forms of a stem in one review are counted twice; a share is one at most.
            by_month={m: min(by_month[stem][m] / per_month[m], 1.0) for m in months},
        )

    ranked = sorted(strengths, key=lambda stem: (strengths[stem], stem))
    often = [s for s in ranked if counts[True][s] + counts[False][s] >= LEAST_REVIEWS]
    complaints = [s for s in often if strengths[s] <= -SURE][:SHOWN]
    praise = [s for s in reversed(often) if strengths[s] >= SURE][:SHOWN]
    return Terms([term(s) for s in praise], [term(s) for s in complaints], months)


def log_odds(high: Counter[str], low: Counter[str]) -> dict[str, float]:
    """Return for each word how much likelier it is among the high ones, in standard
    deviations. The prior is what both have together."""
    together = high + low
    n_high, n_low, n = high.total(), low.total(), together.total()
    if not n_high or not n_low:
        return {}
    # As much prior as there is evidence on the smaller side.
    scale = min(n_high, n_low) / n
    found = {}
    for word, both in together.items():
        prior = both * scale
        a, b = high[word] + prior, low[word] + prior
        size_a, size_b = n_high + n * scale - a, n_low + n * scale - b
        if size_a <= 0 or size_b <= 0:
            continue
        delta = math.log(a / size_a) - math.log(b / size_b)
        found[word] = delta / math.sqrt(1 / a + 1 / b)
    return found
