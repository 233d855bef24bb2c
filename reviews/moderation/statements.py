"""Statements of reasons: what an author receives when a review is rejected or removed.

Regulation (EU) 2022/2065 (Digital Services Act), article 17: facts and circumstances, the
ground in law or terms, whether automated means were used, and the means of redress. It is
written in the reviewer's language if the interface has it, else in English, stored as sent, and
sent, if an address is known, once the decision can no longer be undone.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reviews.choices import JobStatus, ReviewStatus
from reviews.mailing import MailQueue
from reviews.models import ModerationDecision, Review, Statement
from reviews.models.bulk import UNDO_WINDOW
from reviews.signed_links import load_signed, sign

SALT = "statement of reasons"
# At least six months for a complaint (article 20(1)).
LINK_VALID = timedelta(days=183)


class BadLink(Exception):
    """The link is not valid, or has expired."""


def language_of(review: Review) -> str:
    """Return the interface language for messages to a review's author."""
    own = review.language.partition("-")[0]
    return own if own in dict(settings.LANGUAGES) else "en"


def issue(
    *,
    decisions: Sequence[ModerationDecision],
    explanation: str,
    passage: str,
    automated: bool,
) -> None:
    """Store the statements of decisions against reviews, in the caller's transaction."""
    now = timezone.now()
    issued = []
    for decision in decisions:
        review, reason = decision.review, decision.reason
        assert reason is not None, "a decision against a review has a reason"
        language = language_of(review)
        with translation.override(language):
            statement = Statement(
                decision=decision,
                review=review,
                language=language,
                ground=reason.ground,
                facts=explanation or facts(review, decision),
                policy=f"{reason}. {reason.policy}",
                automated=automated,
                author_may_edit=reason.author_may_edit,
                passage=passage,
                send_at=now + UNDO_WINDOW if review.reviewer and review.reviewer.email else None,
            )
            statement.text = render_to_string(
                "reviews/statements/text.txt", {"statement": statement}
            ).strip()
        issued.append(statement)
    Statement.objects.bulk_create(issued)


def facts(review: Review, decision: ModerationDecision) -> str:
    """Return the sentence that states the facts to an author, in the active language."""
    values = {
        "product": review.product.name,
        "date": date_format(review.reviewed_on, "DATE_FORMAT") if review.reviewed_on else "–",
        "reason": decision.reason,
    }
    if decision.to_status == ReviewStatus.REMOVED:
        return (
            _(
                "We removed your published review of %(product)s, dated %(date)s. "
                "Reason: %(reason)s."
            )
            % values
        )
    return (
        _("We did not publish your review of %(product)s, dated %(date)s. Reason: %(reason)s.")
        % values
    )


def withdraw(*, decision_ids: Sequence[int | None]) -> None:
    """Keep the statements of undone decisions from being sent."""
    Statement.objects.filter(decision_id__in=decision_ids, sent_at=None).update(send_at=None)


def link(statement: Statement) -> str:
    """Return the URL at which the author reads a statement and can appeal or edit."""
    return settings.SITE_URL + reverse("statement", args=[sign(statement, salt=SALT)])


def by_link(token: str) -> Statement:
    """Return the statement that a link is for. Raises BadLink."""
    rows = Statement.objects.select_related("review__product__vendor", "decision__reason")
    statement = load_signed(rows, token, salt=SALT, max_age=LINK_VALID)
    if statement is None:
        raise BadLink
    return statement


def final() -> Q:
    """Return the condition of rows whose decision, or its bulk job, can no longer be undone."""
    ended = timezone.now() - UNDO_WINDOW
    alone = Q(decision__bulk_job=None)
    running = Q(decision__bulk_job__status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
    return alone | (Q(decision__bulk_job__finished_at__lte=ended) & ~running)


def _deliver(statement: Statement) -> dict[str, Any]:
    """Send a statement, if the reviewer's address is known."""
    reviewer = statement.review.reviewer
    if not reviewer or not reviewer.email:
        return {}
    with translation.override(statement.language):
        send_mail(
            _("Your review of %(product)s") % {"product": statement.review.product.name},
            render_to_string(
                "reviews/statements/mail.txt", {"statement": statement, "link": link(statement)}
            ),
            settings.DEFAULT_FROM_EMAIL,
            [reviewer.email],
        )
    return {"sent_at": timezone.now()}


# One that is given up can still be read at its link.
mail_queue = MailQueue(
    Statement.objects.select_related("review__reviewer", "review__product", "decision__reason"),
    _deliver,
    condition=final,
)
