"""Flags: somebody's word that a review or its response breaks policy."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from reviews.choices import FlagAbout, FlagOutcome
from reviews.models import AuditEntry, Flag, ModerationReason, Partner, Review, Vendor
from reviews.models.bulk import UNDO_WINDOW


@transaction.atomic
def flag(
    *,
    review: Review,
    reason: ModerationReason,
    note: str,
    about: FlagAbout = FlagAbout.REVIEW,
    actor: User | None = None,
    vendor: Vendor | None = None,
    partner: Partner | None = None,
    email: str = "",
) -> Flag:
    """Record that somebody holds a review or its response to break policy.

    A second flag of the same person or partner replaces the first's reason and note. A
    visitor, who is neither, raises a new one each time.
    """
    said = {"reason": reason, "note": note, "vendor": vendor, "language": get_language() or "en"}
    who = {"review": review, "about": about, "outcome": FlagOutcome.OPEN}
    if actor or partner:
        # One row to wait at: two at once would both find none.
        Review.objects.select_for_update(of=["self"]).only("pk").get(pk=review.pk)
        raised, _made = Flag.objects.update_or_create(
            raised_by=actor, partner=partner, **who, defaults=said
        )
    else:
        raised = Flag.objects.create(email=email, **who, **said)
    AuditEntry.objects.create(
        product_id=review.product_id,
        review=review,
        action="review_flagged" if about == FlagAbout.REVIEW else "response_flagged",
        actor=actor,
        actor_label="" if actor else f"partner {partner.pk}" if partner else "visitor",
        detail={"flag": raised.pk, "reason": reason.code},
    )
    return raised


@transaction.atomic
def settle(
    *, review: Review, about: FlagAbout, outcome: FlagOutcome, actor: User, answer: str = ""
) -> int:
    """Give the open flags of a review or its response their outcome and an answer.

    Returns how many there were. The answer is sent to who left an address.
    """
    open_flags = review.flags.select_for_update().filter(about=about, outcome=FlagOutcome.OPEN)
    now = timezone.now()
    settled = list(open_flags)
    for raised in settled:
        raised.outcome = outcome
        raised.answer = answer
        raised.settled_by = actor
        raised.settled_at = now
        raised.answer_at = now + UNDO_WINDOW if raised.email else None
    Flag.objects.bulk_update(
        settled, ["outcome", "answer", "settled_by", "settled_at", "answer_at"]
    )
    if settled:
        AuditEntry.objects.create(
            product_id=review.product_id,
            review=review,
            action="flags_settled",
            actor=actor,
            detail={"flags": [f.pk for f in settled], "about": about, "outcome": outcome},
        )
    return len(settled)
