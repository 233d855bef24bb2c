"""The same or nearly the same text, by any reviewer, about any product.

Translations that are stored count as texts of the review, so that a copy in another language
is found where both were translated into one.
"""

from django.db import connection

from reviews.choices import SignalKind, TranslationStatus
from reviews.models import Cluster, ClusterMember, MinHashBand, Review, ReviewTranslation, Signal
from reviews.moderation.signals import minhash

# From which Jaccard index of trigrams on two texts are nearly the same. Measured by
# `make bench` on real reviews with small edits.
ALIKE = 0.6
CANDIDATES = 3  # for each review, those that share most bands

# For each review, the others that share most of its bands, and how alike the texts are.
NEAREST = """
WITH shared AS (
    SELECT mine.review_id, theirs.review_id AS other, count(*) AS bands
    FROM (SELECT DISTINCT review_id, hash, band FROM reviews_minhashband
          WHERE review_id = ANY(%(ids)s)) AS mine
    CROSS JOIN LATERAL (
        SELECT review_id FROM reviews_minhashband AS other
        WHERE other.hash = mine.hash AND other.band = mine.band
          AND other.review_id <> mine.review_id
        ORDER BY review_id LIMIT 20
    ) AS theirs
    GROUP BY mine.review_id, other
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY review_id ORDER BY bands DESC, other) AS place
    FROM shared
), texts AS (
    SELECT id, title || ' ' || overall || ' ' || pros || ' ' || cons || ' '
        || reasons_for_choosing || ' ' || reasons_for_switching AS words
    FROM reviews_review
    WHERE id IN (SELECT review_id FROM placed UNION SELECT other FROM placed)
    UNION ALL
    SELECT review_id, (SELECT string_agg(value, ' ') FROM jsonb_each_text(texts))
    FROM reviews_reviewtranslation
    WHERE status = 'done'
      AND review_id IN (SELECT review_id FROM placed UNION SELECT other FROM placed)
), compared AS (
    SELECT placed.review_id, placed.other, max(similarity(mine.words, theirs.words)) AS alike
    FROM placed JOIN texts AS mine ON mine.id = placed.review_id
    JOIN texts AS theirs ON theirs.id = placed.other
    WHERE placed.place <= %(most)s GROUP BY placed.review_id, placed.other
)
SELECT DISTINCT ON (compared.review_id) compared.review_id, compared.other, compared.alike,
    mine_product.name, other_product.name
FROM compared
JOIN reviews_review AS mine ON mine.id = compared.review_id
JOIN reviews_product AS mine_product ON mine_product.id = mine.product_id
JOIN reviews_review AS other ON other.id = compared.other
JOIN reviews_product AS other_product ON other_product.id = other.product_id
WHERE compared.alike >= %(alike)s
ORDER BY compared.review_id, compared.alike DESC, compared.other
"""


def find(ids: list[int]) -> None:
    """Put reviews into clusters with their near-duplicates, and store signals.

    Runs in the caller's transaction.
    """
    _store_bands(ids)
    _leave(ids)
    with connection.cursor() as cursor:
        # One at a time: two would put the same reviews into two clusters.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('clusters'))")
        cursor.execute(NEAREST, {"ids": ids, "most": CANDIDATES, "alike": ALIKE})
        pairs = cursor.fetchall()
    signals = []
    for review_id, other, alike, product, other_product in pairs:
        cluster_id = _join(review_id, other, alike)
        signals += [
            _signal(review_id, other, alike, other_product, cluster_id),
            _signal(other, review_id, alike, product, cluster_id),
        ]
    # The first signal of a review is of its nearest; existing signals are not replaced.
    unique = {signal.review_id: signal for signal in reversed(signals)}
    Signal.objects.bulk_create(unique.values(), ignore_conflicts=True)


def _signal(review_id: int, other: int, alike: float, product: str, cluster_id: int) -> Signal:
    evidence = {"similarity": alike, "review": other, "product": product, "cluster": cluster_id}
    return Signal(
        review_id=review_id, kind=SignalKind.NEAR_DUPLICATE, score=alike, evidence=evidence
    )


def _store_bands(ids: list[int]) -> None:
    MinHashBand.objects.filter(review_id__in=ids).delete()
    rows = []
    for review in Review.objects.filter(pk__in=ids).only(
        "title", "overall", "pros", "cons", "reasons_for_choosing", "reasons_for_switching"
    ):
        rows += [
            (review.pk, *pair) for pair in enumerate(minhash.bands(joined_text(review.texts())))
        ]
    translations = ReviewTranslation.objects.filter(
        review_id__in=ids, status=TranslationStatus.DONE
    )
    for translation in translations:
        bands = minhash.bands(joined_text(translation.texts))
        rows += [(translation.review_id, *pair) for pair in enumerate(bands)]
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY reviews_minhashband (review_id, band, hash) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def joined_text(texts: dict[str, str]) -> str:
    """Return texts joined, without a title that only repeats their beginning."""
    title = texts.get("title", "").strip().rstrip("….")
    rest = "\n".join(text for name, text in texts.items() if text and name != "title")
    return rest if title and rest.lstrip().startswith(title) else f"{title}\n{rest}"


def _leave(ids: list[int]) -> None:
    """Remove reviews from their clusters; a cluster with one review left is deleted."""
    members = ClusterMember.objects.filter(review_id__in=ids)
    touched = set(members.values_list("cluster_id", flat=True))
    members.delete()
    for cluster_id in touched:
        _count(cluster_id)


def _count(cluster_id: int) -> None:
    members = ClusterMember.objects.filter(cluster_id=cluster_id)
    size = members.count()
    if size > 1:
        Cluster.objects.filter(pk=cluster_id).update(size=size)
        return
    Signal.objects.filter(
        kind=SignalKind.NEAR_DUPLICATE, review_id__in=members.values("review_id")
    ).delete()
    Cluster.objects.filter(pk=cluster_id).delete()


def _join(review_id: int, other: int, alike: float) -> int:
    """Put two near-duplicates into one cluster and return its id."""
    places = {
        member.review_id: member.cluster_id
        for member in ClusterMember.objects.filter(review_id__in=[review_id, other])
    }
    clusters = sorted(set(places.values()))
    cluster_id = clusters[0] if clusters else Cluster.objects.create().pk
    for merged in clusters[1:]:
        ClusterMember.objects.filter(cluster_id=merged).update(cluster_id=cluster_id)
        Cluster.objects.filter(pk=merged).delete()
    ClusterMember.objects.bulk_create(
        ClusterMember(
            cluster_id=cluster_id,
            review_id=pk,
            nearest_id=other if pk == review_id else review_id,
            similarity=alike,
        )
        for pk in (review_id, other)
        if pk not in places
    )
    _count(cluster_id)
    return cluster_id
