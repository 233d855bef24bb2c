"""Signals: reasons to check a review. They come with evidence and decide nothing.

`look(review)` finds the signals of one text, `find(ids)` those of several reviews together. To add
a signal, add a file here, a line below, and its label in `reviews/choices.py`.
"""

from collections.abc import Iterable
from itertools import batched

from django.db import transaction

from reviews.choices import SignalKind
from reviews.models import Review, Signal
from reviews.moderation.signals import (
    bursts,
    contradiction,
    near_duplicates,
    promotion,
    reviewers,
    unusable,
)

BY_TEXT = {
    SignalKind.CONTRADICTION: contradiction.look,
    SignalKind.PROMOTION: promotion.look,
    SignalKind.UNUSABLE: unusable.look,
}
BY_SET = (near_duplicates.find, bursts.find, reviewers.find)
CHUNK = 1000


def compute(ids: Iterable[int]) -> None:
    """Recompute the signals of reviews, replacing their former ones."""
    for chunk in batched(ids, CHUNK):
        _compute(list(chunk))


@transaction.atomic
def _compute(ids: list[int]) -> None:
    Signal.objects.filter(review_id__in=ids).delete()
    rows = []
    reviews = Review.objects.filter(pk__in=ids).only(
        "title",
        "overall",
        "pros",
        "cons",
        "language",
        "overall_rating",
        "value_for_money_rating",
        "ease_of_use_rating",
        "customer_support_rating",
        "functionality_rating",
        "reasons_for_choosing",
        "reasons_for_switching",
    )
    for review in reviews:
        for kind, look in BY_TEXT.items():
            if result := look(review):
                score, evidence = result
                rows.append(Signal(review=review, kind=kind, score=score, evidence=evidence))
    Signal.objects.bulk_create(rows)
    for find in BY_SET:
        find(ids)
