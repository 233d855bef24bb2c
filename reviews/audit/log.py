"""Audit entries of actions on reviews, written in the caller's transaction."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from reviews.models import AuditEntry, Review


def record(
    *, review: Review, action: str, actor: User | None = None, actor_label: str = "", **detail: Any
) -> AuditEntry:
    """Write the audit entry of an action on a review."""
    return AuditEntry.objects.create(
        product_id=review.product_id,
        review_id=review.pk,
        action=action,
        actor=actor,
        actor_label=actor_label,
        detail=detail,
    )


def record_many(
    *,
    details: Mapping[int, dict[str, Any]],
    action: str,
    actor: User | None = None,
    actor_label: str = "",
) -> None:
    """Write the entries of one action on many reviews: review's id → detail.

    Entries are written in the order of their chains, so that writers cannot deadlock.
    """
    products = Review.objects.filter(pk__in=details).values_list("product", "pk")
    AuditEntry.objects.bulk_create(
        AuditEntry(
            product_id=product,
            review_id=pk,
            action=action,
            actor=actor,
            actor_label=actor_label,
            detail=details[pk],
        )
        for product, pk in sorted(products)
    )
