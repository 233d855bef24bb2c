"""Deciding on reviews: the one way a status changes once it is stored."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from reviews.audit.log import record_many
from reviews.choices import Basis, FlagAbout, FlagOutcome, ReviewStatus, WebhookEvent
from reviews.models import (
    AuditEntry,
    BlindReview,
    BulkJob,
    Flag,
    ModerationDecision,
    ModerationReason,
    Review,
    ReviewAssignment,
    ReviewRevision,
    Rule,
)
from reviews.moderation import flags, statements
from reviews.moderation.transitions import find
from reviews.webhooks.outbox import notify_many

AGAINST = (ReviewStatus.REJECTED, ReviewStatus.REMOVED)
# The percentage of manual decisions that are drawn for blind review.
BLIND_REVIEW_PERCENT = 5


# What changes whenever something happens to a review: its last audit entry and revision.
VERSION_TOKEN = Concat(
    Coalesce(
        Subquery(AuditEntry.objects.filter(review=OuterRef("pk")).order_by("-pk").values("pk")[:1]),
        0,
    ),
    Value("."),
    Coalesce(
        Subquery(
            ReviewRevision.objects.filter(review=OuterRef("pk"))
            .order_by("-number")
            .values("number")[:1]
        ),
        0,
    ),
    output_field=CharField(),
)


class DecisionNotAllowed(Exception):
    """This person may not make this transition from the review's status."""


class ReasonMissing(Exception):
    """A decision against a review needs a reason."""


class StaleDecision(Exception):
    """The review has changed since the person saw it. `happened` has the audit entries since."""

    def __init__(self, happened: Sequence[AuditEntry]) -> None:
        super().__init__()
        self.happened = happened


@dataclass(frozen=True)
class DecisionRequest:
    """A decision to make on reviews: the new status, who decides, and why."""

    to_status: str
    basis: Basis = Basis.MANUAL
    actor: User | None = None
    rule: Rule | None = None
    reason: ModerationReason | None = None
    # For colleagues.
    note: str = ""
    # For the author: the facts, and the passage that they may edit.
    explanation: str = ""
    passage: str = ""
    bulk_job: BulkJob | None = None


@dataclass
class DecisionResult:
    """The decisions made, and why other reviews were skipped."""

    decisions: list[ModerationDecision] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)


def version_token(review: Review) -> str:
    """Return a token that changes whenever something happens to a review."""
    return Review.objects.values_list(VERSION_TOKEN, flat=True).get(pk=review.pk)


@transaction.atomic
def decide(
    *, review: Review, request: DecisionRequest, expected_version: str | None = None
) -> ModerationDecision:
    """Move one review to another status, and record who decided and why.

    `expected_version` is the `version_token` of the review as the person saw it. Raises
    StaleDecision if the review has changed since, and DecisionNotAllowed or ReasonMissing;
    nothing is stored then.
    """
    locked = Review.objects.select_for_update(of=["self"]).get(pk=review.pk)
    if expected_version is not None and expected_version != version_token(locked):
        raise StaleDecision(happened_since(locked, expected_version))
    result = decide_many(ids=[review.pk], request=request)
    if not result.decisions:
        raise ReasonMissing if result.skipped[review.pk] == "reason" else DecisionNotAllowed
    review.status = request.to_status
    return result.decisions[0]


def happened_since(review: Review, expected_version: str) -> list[AuditEntry]:
    """Return what happened to a review since a version of it, the latest first."""
    last = expected_version.partition(".")[0]
    since = int(last) if last.isdecimal() and len(last) < 19 else 0
    return list(review.audit_entries.filter(pk__gt=since).select_related("actor")[:5])


@transaction.atomic
def decide_many(*, ids: Sequence[int], request: DecisionRequest) -> DecisionResult:
    """Make one decision on many reviews. The result names those skipped, with the reason.

    Decisions, audit entries, statements of reasons and webhook messages are one transaction;
    the reviews are locked in the order of their ids.
    """
    reviews = list(
        Review.objects.select_for_update(of=["self"])
        .select_related("product__vendor", "reviewer")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    result = DecisionResult()
    moving: list[Review] = []
    for review in reviews:
        move = find(review.status, request.to_status, request.basis, request.actor)
        if move is None:
            result.skipped[review.pk] = "status"
        elif move.needs_reason and request.reason is None:
            result.skipped[review.pk] = "reason"
        else:
            moving.append(review)
    result.decisions = _store(moving, request)
    return result


def _store(reviews: list[Review], request: DecisionRequest) -> list[ModerationDecision]:
    if not reviews:
        return []
    now = timezone.now()
    decisions = ModerationDecision.objects.bulk_create(
        ModerationDecision(
            review=review,
            from_status=review.status,
            to_status=request.to_status,
            basis=request.basis,
            reason=request.reason,
            note=request.note,
            actor=request.actor,
            rule=request.rule,
            bulk_job=request.bulk_job,
            product_id=review.product_id,
            stars=review.stars,
            waited=now - review.created_at if review.status == ReviewStatus.PENDING else None,
        )
        for review in reviews
    )
    statements.issue(
        decisions=[d for d in decisions if d.to_status in AGAINST],
        explanation=request.explanation,
        passage=request.passage,
        automated=request.basis == Basis.RULE,
    )
    record_decisions(decisions, action="review_decided")
    _settle(decisions)
    ids = [review.pk for review in reviews]
    ReviewAssignment.objects.filter(review_id__in=ids).update(
        reserved_by=None, reserved_until=None, held_by=None
    )
    _draw_blind_reviews(decisions, request)
    return decisions


def record_decisions(decisions: list[ModerationDecision], *, action: str) -> None:
    """Write the audit entries of decisions and notify partners."""
    first = decisions[0]  # all of one request: by one person, rule or author
    record_many(
        details={
            decision.review_id: {
                "decision": decision.pk,
                "from": decision.from_status,
                "to": decision.to_status,
                "basis": decision.basis,
                "reason": decision.reason.code if decision.reason else None,
                "rule": decision.rule_id,
                "note": decision.note,
            }
            for decision in decisions
        },
        action=action,
        actor=first.actor,
        actor_label="" if first.actor else first.by,
    )
    notify_many(
        event=WebhookEvent(f"review.{first.to_status}"),
        reviews=[decision.review for decision in decisions],
    )


def _settle(decisions: list[ModerationDecision]) -> None:
    """Give the open flags of decided reviews their outcome."""
    outcome = FlagOutcome.UPHELD if decisions[0].to_status in AGAINST else FlagOutcome.DISMISSED
    open_flags = Flag.objects.select_for_update().filter(
        review_id__in=[decision.review_id for decision in decisions],
        outcome=FlagOutcome.OPEN,
        about=FlagAbout.REVIEW,
    )
    flags.give_outcome(
        open_flags.order_by("pk"),
        outcome=outcome,
        actor=decisions[0].actor,
        decisions={decision.review_id: decision for decision in decisions},
    )


def _draw_blind_reviews(decisions: list[ModerationDecision], request: DecisionRequest) -> None:
    share = request.rule.blind_review_percent if request.rule else BLIND_REVIEW_PERCENT
    if request.basis not in (Basis.MANUAL, Basis.RULE):
        return
    BlindReview.objects.bulk_create(
        BlindReview(decision=decision)
        for decision in decisions
        if random.random() * 100 < share  # noqa: S311  a sample, no secret
    )


def standing() -> Q:
    """Return the condition of decisions in effect: neither undone nor an undoing."""
    return Q(undone_by=None) & ~Q(basis=Basis.UNDO)
