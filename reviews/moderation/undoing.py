"""Undoing decisions: by the person who made them, within `UNDO_WINDOW`, while they are the last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from reviews.choices import Basis, FlagOutcome
from reviews.models import BlindReview, Flag, ModerationDecision, Review
from reviews.models.bulk import UNDO_WINDOW
from reviews.moderation import statements
from reviews.moderation.decisions import DecisionResult, record_decisions


class TooLate(Exception):
    """Only its maker can undo a decision, within `UNDO_WINDOW`, while it is the last."""


@transaction.atomic
def undo(
    *, decisions: Sequence[ModerationDecision], actor: User, since: datetime
) -> DecisionResult:
    """Undo decisions: the reviews return to their former status.

    Only decisions that `actor` made, after `since`, and that are their review's last are undone.
    The result names the others with the reason.
    """
    ids = [decision.review_id for decision in decisions]
    reviews = Review.objects.select_for_update(of=["self"]).filter(pk__in=ids).order_by("pk")
    locked = {review.pk: review for review in reviews.select_related("product__vendor")}
    last = dict(
        ModerationDecision.objects.filter(review_id__in=ids)
        .values_list("review_id")
        .annotate(last=Max("pk"))
    )
    result = DecisionResult()
    undoable: dict[str, list[ModerationDecision]] = {}
    for decision in decisions:
        is_own = decision.basis == Basis.MANUAL and decision.actor_id == actor.pk
        if not is_own or decision.decided_at < since:
            result.skipped[decision.review_id] = "late"
        elif last[decision.review_id] != decision.pk:
            result.skipped[decision.review_id] = "moved"
        else:
            undoable.setdefault(decision.from_status, []).append(decision)
    for from_status, group in undoable.items():
        undoings = ModerationDecision.objects.bulk_create(
            ModerationDecision(
                review=locked[decision.review_id],
                from_status=decision.to_status,
                to_status=from_status,
                basis=Basis.UNDO,
                undoes=decision,
                actor=actor,
                bulk_job=decision.bulk_job,
                product_id=decision.product_id,
                stars=decision.stars,
            )
            for decision in group
        )
        record_decisions(undoings, action="review_decision_undone")
        result.decisions += undoings
    undone = [decision.undoes_id for decision in result.decisions]
    statements.withdraw(decision_ids=undone)
    Flag.objects.filter(decision_id__in=undone).update(
        outcome=FlagOutcome.OPEN, decision=None, settled_by=None, settled_at=None, answer_at=None
    )
    BlindReview.objects.filter(decision_id__in=undone, reviewed_at=None).delete()
    return result


def undo_last(*, review: Review, actor: User) -> ModerationDecision:
    """Undo the last decision on a review. Raises TooLate."""
    last = review.decisions.select_related("actor").first()
    since = timezone.now() - UNDO_WINDOW
    result = undo(decisions=[last], actor=actor, since=since) if last else DecisionResult()
    if not result.decisions:
        raise TooLate
    return result.decisions[0]


def can_undo(last: Any, actor: User) -> bool:
    """Return whether `actor` can undo `last`, a review's last decision, None if it has none."""
    return bool(
        last
        and last.basis == Basis.MANUAL
        and last.actor_id == actor.pk
        and timezone.now() - last.decided_at < UNDO_WINDOW
    )
