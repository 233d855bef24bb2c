"""Key terms of praise and complaints: words that distinguish low ratings from high ones.

Weighted log-odds with an informative prior (Monroe, Colaresi and Quinn, "Fightin' Words",
Political Analysis 16, 2008): a word counts once per review, and a rare one weighs little. Words
of one stem count as one; the most frequent form is shown.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

COMPARED = 4000  # of the newest reviews
SHOWN = 8  # praise, and complaints
MIN_REVIEWS = 3  # with the word
MIN_STRENGTH = 1.64  # standard deviations of the log-odds: one-sided, 95%
# Stems and stop words are those of the search, by language.
WORDS = """
WITH looked AS (
    SELECT review.id, review.stars, date_trunc('month', review.listed_on)::date AS month,
        lower(concat_ws(' ', review.title, review.overall, review.pros, review.cons)) AS text
    FROM reviews_review AS review JOIN reviews_product AS product
        ON product.id = review.product_id
    WHERE product.vendor_id = %(vendor)s AND review.status = 'published'
      AND review.language = %(language)s AND review.stars IS NOT NULL AND review.stars <> 3
      AND review.listed_on >= %(since)s AND review.listed_on < %(until)s
    ORDER BY review.listed_on DESC, review.id DESC LIMIT %(most)s
), word AS (
    SELECT DISTINCT looked.id, looked.stars, looked.month, found[1] AS form
    FROM looked CROSS JOIN LATERAL regexp_matches(left(text, 5000), '[[:alpha:]]{4,30}', 'g')
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
class KeyTerm:
    """A word, its strength (standard deviations of the log-odds), and its number of reviews."""

    word: str
    strength: float
    reviews: int
    # Month → share of the month's reviews with the word, 0 to 1.
    by_month: dict[date, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    praise: list[KeyTerm]
    complaints: list[KeyTerm]
    months: list[date]


def find_terms(vendor_id: int, language: str, since: date, until: date) -> Terms:
    """Return the key terms of high and of low ratings, in one language."""
    names: dict[str, Any] = {
        "vendor": vendor_id,
        "language": language,
        "since": since,
        "until": until,
        "most": COMPARED,
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

    def term(stem: str) -> KeyTerm:
        return KeyTerm(
            word=forms[stem].most_common(1)[0][0],
            strength=abs(strengths[stem]),
            reviews=counts[True][stem] + counts[False][stem],
            # A review with two forms of a stem counts twice, so a share could exceed 1.
            by_month={m: min(by_month[stem][m] / per_month[m], 1.0) for m in months},
        )

    ranked = sorted(strengths, key=lambda stem: (strengths[stem], stem))
    frequent = [s for s in ranked if counts[True][s] + counts[False][s] >= MIN_REVIEWS]
    complaints = [s for s in frequent if strengths[s] <= -MIN_STRENGTH][:SHOWN]
    praise = [s for s in reversed(frequent) if strengths[s] >= MIN_STRENGTH][:SHOWN]
    return Terms([term(s) for s in praise], [term(s) for s in complaints], months)


def log_odds(high: Counter[str], low: Counter[str]) -> dict[str, float]:
    """Return each word's log-odds of being in `high` over `low`, in standard deviations.

    The prior is the words of both together.
    """
    together = high + low
    n_high, n_low, n = high.total(), low.total(), together.total()
    if not n_high or not n_low:
        return {}
    # The prior weighs as much as the smaller side's evidence.
    scale = min(n_high, n_low) / n
    strengths = {}
    for word, both in together.items():
        prior = both * scale
        a, b = high[word] + prior, low[word] + prior
        size_a, size_b = n_high + n * scale - a, n_low + n * scale - b
        if size_a <= 0 or size_b <= 0:
            continue
        delta = math.log(a / size_a) - math.log(b / size_b)
        strengths[word] = delta / math.sqrt(1 / a + 1 / b)
    return strengths
