"""Mails that tell reviewers of a response, with one-click unsubscription.

As in RFC 8058, mail programs post to the address of `List-Unsubscribe`.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from responses.choices import ResponseStatus
from responses.models import Response, ResponseMail
from reviews.choices import JobStatus
from reviews.mailing import MailQueue
from reviews.models import Reviewer
from reviews.models.bulk import UNDO_WINDOW
from reviews.moderation.statements import language_of
from reviews.signed_links import load_signed, sign

SALT = "mails of answers"


def announce(response: Response) -> None:
    """Schedule the reviewer's mail about a response, in the caller's transaction.

    Does nothing for a reviewer without an address or who has unsubscribed. The mail is sent
    after `UNDO_WINDOW`, since a response can be undone until then.
    """
    reviewer = response.review.reviewer
    if reviewer is None or not reviewer.email or not reviewer.wants_mail:
        return
    ResponseMail.objects.update_or_create(
        response=response,
        send_at__isnull=False,
        defaults={"send_at": timezone.now() + UNDO_WINDOW},
    )


def forget(response: Response) -> None:
    """Cancel the mail about a response that was withdrawn or removed."""
    ResponseMail.objects.filter(response=response).update(send_at=None)


def stop_path(reviewer: Reviewer) -> str:
    """Return the path at which a reviewer unsubscribes."""
    return reverse("response-mails-stop", args=[sign(reviewer, salt=SALT)])


def by_link(token: str) -> Reviewer | None:
    """Return the reviewer that a link is for, None if the link is not valid."""
    return load_signed(Reviewer.objects.all(), token, salt=SALT)


@transaction.atomic
def stop(reviewer: Reviewer, *, wants_mail: bool = False) -> None:
    """Unsubscribe a reviewer, or subscribe them again with `wants_mail`."""
    Reviewer.objects.filter(pk=reviewer.pk).update(wants_mail=wants_mail)
    if not wants_mail:
        ResponseMail.objects.filter(
            response__review__reviewer=reviewer, send_at__isnull=False
        ).update(send_at=None)


def final() -> Q:
    """Return the condition for mails about responses that no bulk job can undo any more."""
    ended = timezone.now() - UNDO_WINDOW
    job = "response__bulk_items__job"
    running = Q(**{f"{job}__status__in": [JobStatus.QUEUED, JobStatus.RUNNING]})
    return Q(**{job: None}) | (Q(**{f"{job}__finished_at__lte": ended}) & ~running)


def _deliver(mail: ResponseMail) -> dict[str, Any]:
    """Send a mail, if its response is still published and the reviewer still wants mails."""
    response, review = mail.response, mail.response.review
    reviewer = review.reviewer
    is_published = response.status == ResponseStatus.PUBLISHED
    if not (is_published and reviewer and reviewer.email and reviewer.wants_mail):
        return {}
    stop_url = settings.SITE_URL + stop_path(reviewer)
    with translation.override(language_of(review)):
        EmailMessage(
            _("%(vendor)s responded to your review of %(product)s")
            % {"vendor": review.product.vendor.name, "product": review.product.name},
            render_to_string(
                "responses/mail/response.txt",
                {
                    "response": response,
                    "review": review,
                    "link": settings.SITE_URL + review.product.get_absolute_url(),
                    "stop_url": stop_url,
                },
            ),
            settings.DEFAULT_FROM_EMAIL,
            [reviewer.email],
            headers={
                "List-Unsubscribe": f"<{stop_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        ).send()
    return {"sent_at": timezone.now()}


mail_queue = MailQueue(
    ResponseMail.objects.select_related(
        "response__review__product__vendor", "response__review__reviewer"
    ),
    _deliver,
    condition=final,
)
