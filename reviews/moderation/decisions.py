"""Deciding on reviews: the one way a status changes once it is stored."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from reviews.choices import Basis, FlagAbout, FlagOutcome, ReviewStatus, WebhookEvent
from reviews.models import (
    AuditEntry,
    BulkJob,
    Flag,
    Handling,
    ModerationDecision,
    ModerationReason,
    Review,
    Rule,
    SecondLook,
)
from reviews.models.bulk import UNDO_WINDOW
from reviews.moderation import statements
from reviews.moderation.transitions import find
from reviews.webhooks.outbox import notify_of

AGAINST = (ReviewStatus.REJECTED, ReviewStatus.REMOVED)
# Of a hundred decisions by hand, how many are drawn to be decided again blind.
SECOND_LOOK_PERCENT = 5


class NotAllowed(Exception):
    """The move is none that this person may make from this status."""


class ReasonMissing(Exception):
    """A decision against a review needs a reason."""


class StaleDecision(Exception):
    """The review is not any more what the person saw. `happened` says what it was."""

    def __init__(self, happened: Sequence[AuditEntry]) -> None:
        super().__init__()
        self.happened = happened


class TooLate(Exception):
    """A decision can be undone by who made it, for a while, while it is the last."""


@dataclass(frozen=True)
class Order:
    """What is decided on reviews, on whose word, and why."""

    to_status: str
    basis: Basis = Basis.HAND
    actor: User | None = None
    rule: Rule | None = None
    reason: ModerationReason | None = None
    # For colleagues.
    note: str = ""
    # For the author: what was found, and the passage that may be mended.
    explanation: str = ""
    passage: str = ""
    bulk_job: BulkJob | None = None


@dataclass
class Decided:
    """What became of the reviews: decisions, and why others were passed over."""

    decisions: list[ModerationDecision] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)


def mark_of(review: Review) -> str:
    """Return what changes whenever something happens to a review."""
    last = review.audit_entries.aggregate(last=Max("pk"))["last"] or 0
    return f"{last}.{review.revisions.count()}"


@transaction.atomic
def decide(*, review: Review, order: Order, seen: str | None = None) -> ModerationDecision:
    """Move one review, with the record of who and why.

    `seen` is the `mark_of` the review that the person looked at; where it is another now,
    StaleDecision is raised. Raises NotAllowed or ReasonMissing, too; nothing has changed then.
    """
    locked = Review.objects.select_for_update(of=["self"]).get(pk=review.pk)
    if seen is not None and seen != mark_of(locked):
        raise StaleDecision(happened_since(locked, seen))
    decided = decide_many(ids=[review.pk], order=order)
    if not decided.decisions:
        raise ReasonMissing if decided.skipped[review.pk] == "reason" else NotAllowed
    review.status = order.to_status
    return decided.decisions[0]


def happened_since(review: Review, seen: str) -> list[AuditEntry]:
    """Return what happened to a review since somebody saw it, the latest first."""
    last = seen.partition(".")[0]
    since = int(last) if last.isdecimal() and len(last) < 19 else 0
    return list(review.audit_entries.filter(pk__gt=since).select_related("actor")[:5])


@transaction.atomic
def decide_many(*, ids: Sequence[int], order: Order) -> Decided:
    """Move reviews by one order. Those that may not be moved are named with the reason.

    Each decision, its audit entry, its statement of reasons and what partners are told are
    one transaction; the reviews are locked in the order of their ids.
    """
    reviews = list(
        Review.objects.select_for_update(of=["self"])
        .select_related("product__vendor", "reviewer")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    decided = Decided()
    moving: list[Review] = []
    for review in reviews:
        move = find(review.status, order.to_status, order.basis, order.actor)
        if move is None:
            decided.skipped[review.pk] = "status"
        elif move.needs_reason and order.reason is None:
            decided.skipped[review.pk] = "reason"
        else:
            moving.append(review)
    decided.decisions = _store(moving, order)
    return decided


def _store(reviews: list[Review], order: Order) -> list[ModerationDecision]:
    if not reviews:
        return []
    now = timezone.now()
    decisions = ModerationDecision.objects.bulk_create(
        ModerationDecision(
            review=review,
            from_status=review.status,
            to_status=order.to_status,
            basis=order.basis,
            reason=order.reason,
            note=order.note,
            actor=order.actor,
            rule=order.rule,
            bulk_job=order.bulk_job,
            product_id=review.product_id,
            stars=review.stars,
            waited=now - review.created_at if review.status == ReviewStatus.PENDING else None,
        )
        for review in reviews
    )
    statements.issue(
        decisions=[d for d in decisions if d.to_status in AGAINST],
        explanation=order.explanation,
        passage=order.passage,
        automated=order.basis == Basis.RULE,
    )
    _record(decisions, action="review_decided")
    _settle(decisions)
    ids = [review.pk for review in reviews]
    Handling.objects.filter(review_id__in=ids).update(
        reserved_by=None, reserved_until=None, held_by=None
    )
    _draw_second_looks(decisions, order)
    return decisions


def _record(decisions: list[ModerationDecision], *, action: str) -> None:
    """Write what was done for good, the chains one after the other, and tell partners."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            product_id=decision.product_id,
            review_id=decision.review_id,
            action=action,
            actor=decision.actor,
            actor_label="" if decision.actor else decision.by,
            detail={
                "decision": decision.pk,
                "from": decision.from_status,
                "to": decision.to_status,
                "basis": decision.basis,
                "reason": decision.reason.code if decision.reason else None,
                "rule": decision.rule_id,
                "note": decision.note,
            },
        )
        for decision in sorted(decisions, key=lambda d: (d.product_id, d.pk))
    )
    notify_of(
        event=WebhookEvent(f"review.{decisions[0].to_status}"),
        reviews=[decision.review for decision in decisions],
    )


def _settle(decisions: list[ModerationDecision]) -> None:
    """Give the open flags of decided reviews their outcome."""
    outcome = FlagOutcome.UPHELD if decisions[0].to_status in AGAINST else FlagOutcome.DISMISSED
    by_review = {decision.review_id: decision for decision in decisions}
    flags = Flag.objects.select_for_update().filter(
        review_id__in=by_review, outcome=FlagOutcome.OPEN, about=FlagAbout.REVIEW
    )
    now = timezone.now()
    settled = []
    for flag in flags.order_by("pk"):
        flag.outcome = outcome
        flag.decision = by_review[flag.review_id]
        flag.settled_by = flag.decision.actor
        flag.settled_at = now
        flag.answer_at = now + UNDO_WINDOW if flag.email else None
        settled.append(flag)
    Flag.objects.bulk_update(
        settled, ["outcome", "decision", "settled_by", "settled_at", "answer_at"]
    )


def _draw_second_looks(decisions: list[ModerationDecision], order: Order) -> None:
    share = order.rule.second_look_share if order.rule else SECOND_LOOK_PERCENT
    if order.basis not in (Basis.HAND, Basis.RULE):
        return
    SecondLook.objects.bulk_create(
        SecondLook(decision=decision)
        for decision in decisions
        if random.random() * 100 < share  # noqa: S311  a sample, no secret
    )


@transaction.atomic
def undo(*, decisions: Sequence[ModerationDecision], actor: User, since: datetime) -> Decided:
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
    done = Decided()
    taken_back: dict[str, list[ModerationDecision]] = {}
    for decision in decisions:
        made_by_hand = decision.basis == Basis.HAND and decision.actor_id == actor.pk
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
        _record(back, action="review_decision_undone")
        done.decisions += back
    undone = [decision.undoes_id for decision in done.decisions]
    statements.withdraw(decision_ids=undone)
    Flag.objects.filter(decision_id__in=undone).update(
        outcome=FlagOutcome.OPEN, decision=None, settled_by=None, settled_at=None, answer_at=None
    )
    SecondLook.objects.filter(decision_id__in=undone, looked_at=None).delete()
    return done


def undo_last(*, review: Review, actor: User) -> ModerationDecision:
    """Take the last decision on a review back. Raises TooLate where that cannot be."""
    last = review.decisions.select_related("actor").first()
    since = timezone.now() - UNDO_WINDOW
    done = undo(decisions=[last], actor=actor, since=since) if last else Decided()
    if not done.decisions:
        raise TooLate
    return done.decisions[0]


def can_undo(last: Any, actor: User) -> bool:
    """Tell whether `actor` could take back a review's last decision, None where it has none."""
    return bool(
        last
        and last.basis == Basis.HAND
        and last.actor_id == actor.pk
        and timezone.now() - last.decided_at < UNDO_WINDOW
    )


def standing() -> Q:
    """Decisions that count: neither undone nor an undoing."""
    return Q(undone_by=None) & ~Q(basis=Basis.UNDO)


def record(*, review: Review, action: str, actor: User | None = None, actor_label: str = "",
           **detail: Any) -> AuditEntry:  # fmt: skip
    """Write the audit entry of something done to a review, in the caller's transaction."""
    return AuditEntry.objects.create(
        product_id=review.product_id,
        review_id=review.pk,
        action=action,
        actor=actor,
        actor_label=actor_label,
        detail=detail,
    )
