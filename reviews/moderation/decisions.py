"""Deciding on a review: the one way its status changes once it is stored."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from reviews.choices import FlagOutcome, ReviewStatus, WebhookEvent
from reviews.models import AuditEntry, Flag, ModerationDecision, ModerationReason, Review
from reviews.moderation.transitions import open_to
from reviews.webhooks.outbox import notify


class NotAllowed(Exception):
    """The move is none that this person may make from this status."""


class ReasonMissing(Exception):
    """A decision against a review needs a reason."""


class StaleDecision(Exception):
    """The review has moved since the person looked. `last` is what happened meanwhile."""

    def __init__(self, last: ModerationDecision | None) -> None:
        super().__init__()
        self.last = last


@transaction.atomic
def decide(
    *,
    review: Review,
    to_status: str,
    actor: User,
    seen_status: str,
    reason: ModerationReason | None = None,
    note: str = "",
) -> ModerationDecision:
    """Move a review to another status, with the record of who and why.

    `seen_status` is the status that `actor` saw when deciding. Raises StaleDecision,
    NotAllowed or ReasonMissing, and then nothing has changed.
    """
    locked = Review.objects.select_for_update().get(pk=review.pk)
    if locked.status != seen_status:
        raise StaleDecision(locked.decisions.select_related("actor").first())
    moves = [t for t in open_to(actor, locked.status) if t.to_status == to_status]
    if not moves:
        raise NotAllowed
    if moves[0].needs_reason and reason is None:
        raise ReasonMissing
    decision = ModerationDecision.objects.create(
        review=locked,
        from_status=locked.status,
        to_status=to_status,
        reason=reason,
        note=note,
        actor=actor,
    )
    locked.status = to_status
    locked.save(update_fields=["status", "updated_at"])
    review.status = to_status
    AuditEntry.objects.create(
        product_id=locked.product_id,
        review=locked,
        action="review_decided",
        actor=actor,
        detail={
            "from": decision.from_status,
            "to": to_status,
            "reason": reason.code if reason else None,
            "note": note,
        },
    )
    notify(event=WebhookEvent(f"review.{to_status}"), review=locked)
    settle_flags(
        review=locked,
        actor=actor,
        outcome=FlagOutcome.UPHELD
        if to_status in (ReviewStatus.REJECTED, ReviewStatus.REMOVED)
        else FlagOutcome.DISMISSED,
    )
    return decision


def settle_flags(*, review: Review, actor: User, outcome: FlagOutcome) -> None:
    """Give the open flags of a decided review their outcome, in the caller's transaction."""
    review.flags.filter(outcome=FlagOutcome.OPEN).update(
        outcome=outcome, settled_by=actor, settled_at=timezone.now()
    )


@transaction.atomic
def flag(*, review: Review, reason: ModerationReason, note: str, actor: User) -> Flag:
    """Record that `actor` holds a review to break policy; a second flag replaces the note."""
    raised, _made = Flag.objects.update_or_create(
        review=review,
        raised_by=actor,
        outcome=FlagOutcome.OPEN,
        defaults={"reason": reason, "note": note},
    )
    AuditEntry.objects.create(
        product_id=review.product_id,
        review=review,
        action="review_flagged",
        actor=actor,
        detail={"reason": reason.code, "note": note},
    )
    return raised
