"""Blind reviews: a share of decisions is drawn, and another person decides independently."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from reviews.audit.log import record
from reviews.choices import ReviewStatus
from reviews.models import BlindReview, ModerationReason


class AlreadyReviewed(Exception):
    """The blind review is already submitted, or reserved for another person."""


@transaction.atomic
def next_blind_review(person: User) -> BlindReview | None:
    """Reserve the oldest open blind review of a decision that is not the person's own."""
    waiting = BlindReview.objects.filter(reviewed_at=None)
    own = waiting.filter(reviewed_by=person).order_by("pk").first()
    if own is not None:
        return own
    free = (
        waiting.filter(reviewed_by=None)
        .exclude(decision__actor=person)
        .select_for_update(skip_locked=True, of=["self"])
        .order_by("pk")
        .first()
    )
    if free is not None:
        free.reviewed_by = person
        free.save(update_fields=["reviewed_by"])
    return free


@transaction.atomic
def submit_blind_review(
    *, look: BlindReview, verdict: ReviewStatus, reason: ModerationReason | None, actor: User
) -> None:
    """Store the verdict of a person who has not seen the decision; the review is unchanged."""
    locked = BlindReview.objects.select_for_update(of=["self"]).get(pk=look.pk)
    if locked.reviewed_at is not None or locked.reviewed_by_id != actor.pk:
        raise AlreadyReviewed
    locked.verdict = verdict
    locked.reason = reason
    locked.reviewed_at = timezone.now()
    locked.save()
    record(
        review=locked.decision.review,
        action="blind_review",
        actor=actor,
        decision=locked.decision_id,
        agrees=agrees(locked),
    )


def agrees(look: BlindReview) -> bool:
    """Return whether both verdicts publish the review, or both do not."""
    return (look.verdict == ReviewStatus.PUBLISHED) == (
        look.decision.to_status == ReviewStatus.PUBLISHED
    )


def agreement(**conditions: object) -> dict[str, int]:
    """Return how many blind reviews there were and how many agreed with the decision."""
    looked = BlindReview.objects.filter(reviewed_at__isnull=False, **conditions)
    same = Q(verdict=ReviewStatus.PUBLISHED, decision__to_status=ReviewStatus.PUBLISHED) | (
        ~Q(verdict=ReviewStatus.PUBLISHED) & ~Q(decision__to_status=ReviewStatus.PUBLISHED)
    )
    return looked.aggregate(looked=Count("pk"), agreed=Count("pk", filter=same))
