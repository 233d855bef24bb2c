"""Signals: reasons to look at a review twice. They come with evidence and decide nothing.

What one text says is told by `look(review)`; what reviews say together by `find(ids)`, in
sets. Adding a signal is a file here, a line below, and its label in `reviews/choices.py`.
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
    """Look at reviews anew: their former signals go, what is found now stays."""
    for chunk in batched(ids, CHUNK):
        _compute(list(chunk))


@transaction.atomic
def _compute(ids: list[int]) -> None:
    Signal.objects.filter(review_id__in=ids).delete()
    found = []
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
            if told := look(review):
                score, evidence = told
                found.append(Signal(review=review, kind=kind, score=score, evidence=evidence))
    Signal.objects.bulk_create(found)
    for find in BY_SET:
        find(ids)
