"""Erasing a person's data on their request (Regulation (EU) 2016/679, article 17).

The reviewer becomes a pseudonym and their name is removed from everything that holds it; their
texts are kept or deleted, as they choose. Decisions and the chain of audit entries are unchanged:
they hold ids, never a reviewer's words. An import does not bring the data back.
"""

import secrets

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Func, Q, QuerySet, Value
from django.dispatch import Signal
from django.utils import timezone

from reviews.audit.log import record
from reviews.models import (
    Appeal,
    Flag,
    Note,
    Redaction,
    RejectedRow,
    Review,
    Reviewer,
    ReviewOriginal,
    ReviewTranslation,
    Statement,
)
from reviews.models.review import TEXT_FIELDS
from reviews.moderation import signals
from reviews.moderation.appeals import written_texts
from reviews.translation import memory

REDACTED = "█████"
SHORTEST_ID = 6  # characters
SHORTEST_NAME = 3  # characters: a shorter one occurs in too many words

# Sent inside the transaction when a review is erased, with `review`, `names` (the reviewer's
# names, the longest first) and `keep_texts`. Receivers erase the names from texts of their own.
review_erased = Signal()


def find_reviews(identity: str) -> QuerySet[Review]:
    """Return the reviews by a reviewer's full name, their id at a source or e-mail address."""
    return (
        Review.objects.filter(erased_at=None)
        .filter(
            Q(reviewer_name__iexact=identity)
            | Q(reviewer__external_id=identity)
            | Q(reviewer__email__iexact=identity)
        )
        .select_related("product", "source", "reviewer")
        .order_by("pk")
    )


@transaction.atomic
def erase(*, ids: list[int], keep_texts: bool, actor: User) -> int:
    """Erase the reviewers of these reviews, and the texts unless `keep_texts`.

    Returns the number of reviews erased. Cannot be undone.
    """
    reviews = Review.objects.select_for_update(of=["self"]).select_related(
        "reviewer", "product__vendor"
    )
    rows = list(reviews.filter(pk__in=ids, erased_at=None).order_by("product_id", "pk"))
    for review in rows:
        _erase_review(review, keep_texts)
        record(review=review, action="reviewer_erased", actor=actor, texts_kept=keep_texts)
    reviewers = {review.reviewer_id for review in rows if review.reviewer_id}
    for reviewer in Reviewer.objects.filter(pk__in=reviewers):
        # Only where all of a reviewer's reviews are erased: the others may be someone else's.
        if not reviewer.reviews.filter(erased_at=None).exists():
            # Rejected rows hold the id, too; a short one also occurs in other people's rows.
            if len(reviewer.external_id) >= SHORTEST_ID:
                RejectedRow.objects.filter(raw__contains=reviewer.external_id).delete()
            reviewer.external_id = f"erased-{secrets.token_hex(16)}"
            reviewer.name = reviewer.email = ""
            reviewer.save()
    signals.compute([review.pk for review in rows])
    return len(rows)


def _erase_review(review: Review, keep_texts: bool) -> None:
    names = _names(review)
    if names or not keep_texts:
        about = names if keep_texts else []
        memory.forget(written_texts(review).values(), review.protected_names(), about=about)
    ReviewTranslation.objects.filter(review=review).delete()
    # Former texts, and the originals of redacted ones.
    review.revisions.update(former={})
    Redaction.objects.filter(review=review).delete()
    ReviewOriginal.objects.filter(review=review).delete()
    for name in TEXT_FIELDS:
        text = remove_names(getattr(review, name), names) if keep_texts else ""
        setattr(review, name, text)
    if not keep_texts:
        review.alternatives, review.previous_software = [], []
    review.reviewer_name = review.country = ""
    review.source_values = {}
    review.fingerprint = b""
    review.erased_at = timezone.now()
    review.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_review SET external_id = erased_id(external_id) WHERE id = %s",
            [review.pk],
        )
    Statement.objects.filter(review=review).update(passage="", facts="", text="", send_at=None)
    Appeal.objects.filter(statement__review=review).update(text="")
    review.translation_reports.update(note="")
    for name in names:
        for model in (Note, Flag):
            field = "body" if model is Note else "note"
            model._default_manager.filter(review=review).update(
                **{field: Func(F(field), Value(name), Value(REDACTED), function="replace")}
            )
    review_erased.send(sender=Review, review=review, names=names, keep_texts=keep_texts)


def _names(review: Review) -> list[str]:
    """Return a reviewer's full and first names, the longest first."""
    full = {review.reviewer_name, review.reviewer.name if review.reviewer else ""}
    names = full | {name.split()[0] for name in full if name.split()}
    return sorted((name for name in names if len(name) >= SHORTEST_NAME), key=len, reverse=True)


def remove_names(text: str, names: list[str]) -> str:
    """Return a text with each name replaced by `REDACTED`."""
    for name in names:
        text = text.replace(name, REDACTED)
    return text
