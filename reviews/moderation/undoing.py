"""Taking decisions back: by who made them, for a while, while they are the last."""

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
    """A decision can be undone by who made it, for a while, while it is the last."""


@transaction.atomic
def undo(
    *, decisions: Sequence[ModerationDecision], actor: User, since: datetime
) -> DecisionResult:
    """Take decisions back: the reviews stand again where they stood.

    Only who made a decision may, where it was made after `since`, while it is the review's
    last. The others are named with the reason.
    """
    ids = [decision.review_id for decision in decisions]
    reviews = Review.objects.select_for_update(of=["self"]).filter(pk__in=ids).order_by("pk")
    locked = {review.pk: review for review in reviews.select_related("product__vendor")}
    last = dict(
        ModerationDecision.objects.filter(review_id__in=ids)
        .values_list("review_id")
        .annotate(last=Max("pk"))
    )
    done = DecisionResult()
    taken_back: dict[str, list[ModerationDecision]] = {}
    for decision in decisions:
        made_by_hand = decision.basis == Basis.MANUAL and decision.actor_id == actor.pk
        if not made_by_hand or decision.decided_at < since:
            done.skipped[decision.review_id] = "late"
        elif last[decision.review_id] != decision.pk:
            done.skipped[decision.review_id] = "moved"
        else:
            taken_back.setdefault(decision.from_status, []).append(decision)
    for from_status, group in taken_back.items():
        back = ModerationDecision.objects.bulk_create(
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
        record_decisions(back, action="review_decision_undone")
        done.decisions += back
    undone = [decision.undoes_id for decision in done.decisions]
    statements.withdraw(decision_ids=undone)
    Flag.objects.filter(decision_id__in=undone).update(
        outcome=FlagOutcome.OPEN, decision=None, settled_by=None, settled_at=None, answer_at=None
    )
    BlindReview.objects.filter(decision_id__in=undone, reviewed_at=None).delete()
    return done


def undo_last(*, review: Review, actor: User) -> ModerationDecision:
    """Take the last decision on a review back. Raises TooLate where that cannot be."""
    last = review.decisions.select_related("actor").first()
    since = timezone.now() - UNDO_WINDOW
    done = undo(decisions=[last], actor=actor, since=since) if last else DecisionResult()
    if not done.decisions:
        raise TooLate
    return done.decisions[0]


def can_undo(last: Any, actor: User) -> bool:
    """Tell whether `actor` could take back a review's last decision, None where it has none."""
    return bool(
        last
        and last.basis == Basis.MANUAL
        and last.actor_id == actor.pk
        and timezone.now() - last.decided_at < UNDO_WINDOW
    )
