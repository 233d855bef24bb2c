"""Erasing a person's data on their request (Regulation (EU) 2016/679, article 17).

The reviewer becomes a pseudonym and their name goes from everything that holds it; the texts
stay or go as they choose. What was decided, and the chain of audit entries, stay as they are:
those hold ids, never a reviewer's words. An import does not bring the data back.
"""

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Func, Q, QuerySet, Value
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
SHORTEST_NAME = 3  # characters: a shorter one stands in too many words


def found(said: str) -> QuerySet[Review]:
    """Return the reviews of whoever goes by a name, a source's id or an e-mail address."""
    return (
        Review.objects.filter(erased_at=None)
        .filter(
            Q(reviewer_name__iexact=said)
            | Q(reviewer__external_id=said)
            | Q(reviewer__email__iexact=said)
        )
        .select_related("product", "source", "reviewer")
        .order_by("pk")
    )


@transaction.atomic
def erase(*, ids: list[int], keep_texts: bool, actor: User) -> int:
    """Erase who wrote these reviews, and their texts unless they are kept.

    Returns how many reviews it was. It cannot be undone.
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
        # Only whose reviews are all erased: another may have been somebody else's.
        if not reviewer.reviews.filter(erased_at=None).exists():
            # Rows that were never stored hold it, too; a short id stands in anybody's.
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
    # The former texts, and what stood under the blocks.
    review.revisions.update(former={})
    Redaction.objects.filter(review=review).delete()
    ReviewOriginal.objects.filter(review=review).delete()
    for name in TEXT_FIELDS:
        kept = _without(getattr(review, name), names) if keep_texts else ""
        setattr(review, name, kept)
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
    _erase_from_responses(review, names)


def _names(review: Review) -> list[str]:
    """Return what a reviewer is called, in full and by first name, the longest first."""
    full = {review.reviewer_name, review.reviewer.name if review.reviewer else ""}
    said = full | {name.split()[0] for name in full if name.split()}
    return sorted((n for n in said if len(n) >= SHORTEST_NAME), key=len, reverse=True)


def _without(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, REDACTED)
    return text


def _erase_from_responses(review: Review, names: list[str]) -> None:
    drafts: Any = review.drafts
    drafts.all().delete()
    answers: Any = review.responses
    for response in answers.all():
        if names:
            memory.forget([response.body], response.protected_names(), about=names)
        response.translations.all().delete()
        response.body = _without(response.body, names)
        response.save(update_fields=["body"])
        for revision in response.revisions.all():
            revision.body = _without(revision.body, names)
            revision.save(update_fields=["body"])
