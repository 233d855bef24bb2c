"""Flags: reports that a review or its response breaks policy.

Each gets an outcome and an explanation, shown on the page of its link and, if an address was left,
sent by mail.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reviews.choices import FlagAbout, FlagOutcome
from reviews.mailing import MailQueue
from reviews.models import (
    AuditEntry,
    Flag,
    ModerationDecision,
    ModerationReason,
    Partner,
    Review,
    Vendor,
)
from reviews.models.bulk import UNDO_WINDOW
from reviews.moderation.statements import final
from reviews.signed_links import load_signed, sign


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
    """Store a report that a review or its response breaks policy.

    A second flag by the same person or partner replaces the reason and note of the first. A
    visitor, who is neither, raises a new one each time.
    """
    values: dict[str, Any] = {
        "reason": reason,
        "note": note,
        "vendor": vendor,
        "language": get_language() or "en",
    }
    identity: dict[str, Any] = {"review": review, "about": about, "outcome": FlagOutcome.OPEN}
    if actor or partner:
        # Wait for the lock of one row: two at once would both find no flag.
        Review.objects.select_for_update(of=["self"]).only("pk").get(pk=review.pk)
        raised, _is_new = Flag.objects.update_or_create(
            raised_by=actor, partner=partner, **identity, defaults=values
        )
    else:
        raised = Flag.objects.create(email=email, **identity, **values)
    AuditEntry.objects.create(
        product_id=review.product_id,
        review=review,
        action="review_flagged" if about == FlagAbout.REVIEW else "response_flagged",
        actor=actor,
        actor_label="" if actor else f"partner {partner.pk}" if partner else "visitor",
        detail={"flag": raised.pk, "reason": reason.code},
    )
    return raised


def give_outcome(
    raised: Iterable[Flag],
    *,
    outcome: FlagOutcome,
    actor: User | None,
    answer: str = "",
    decisions: Mapping[int, ModerationDecision] | None = None,
) -> list[Flag]:
    """Store the outcome of flags, in the caller's transaction.

    `decisions` are those that settled them, by review. A mail goes to each address that was left
    once the outcome can no longer be undone.
    """
    now = timezone.now()
    settled = list(raised)
    for flag in settled:
        flag.outcome = outcome
        flag.answer = answer
        flag.decision = decisions[flag.review_id] if decisions else None
        flag.settled_by = actor
        flag.settled_at = now
        flag.answer_at = now + UNDO_WINDOW if flag.email else None
    Flag.objects.bulk_update(
        settled, ["outcome", "answer", "decision", "settled_by", "settled_at", "answer_at"]
    )
    return settled


@transaction.atomic
def settle(
    *, review: Review, about: FlagAbout, outcome: FlagOutcome, actor: User, answer: str = ""
) -> int:
    """Settle the open flags of a review or its response, with an explanation in `answer`.

    Returns how many there were.
    """
    open_flags = review.flags.select_for_update().filter(about=about, outcome=FlagOutcome.OPEN)
    settled = give_outcome(open_flags, outcome=outcome, actor=actor, answer=answer)
    if settled:
        AuditEntry.objects.create(
            product_id=review.product_id,
            review=review,
            action="flags_settled",
            actor=actor,
            detail={"flags": [f.pk for f in settled], "about": about, "outcome": outcome},
        )
    return len(settled)


SALT = "flag"


def path(raised: Flag) -> str:
    """Return the path of the page that shows a flag's outcome to the person who raised it."""
    return reverse("flag", args=[sign(raised, salt=SALT)])


def by_link(token: str) -> Flag | None:
    """Return the flag that a link is for, None if the link is not valid."""
    rows = Flag.objects.select_related("review__product", "reason")
    return load_signed(rows, token, salt=SALT)


def _deliver(raised: Flag) -> dict[str, Any]:
    """Send the outcome of a flag to the address that was left."""
    with translation.override(raised.language):
        send_mail(
            _("Outcome of your report on a review of %(product)s")
            % {"product": raised.review.product.name},
            render_to_string(
                "reviews/flags/mail.txt",
                {"flag": raised, "link": settings.SITE_URL + path(raised)},
            ),
            settings.DEFAULT_FROM_EMAIL,
            [raised.email],
        )
    # The address was left for this mail alone.
    return {"email": ""}


# An outcome whose mail is given up can still be read at the flag's link.
mail_queue = MailQueue(
    Flag.objects.select_related("review__product", "reason"),
    _deliver,
    send_at="answer_at",
    queued_at="settled_at",
    condition=final,
)
