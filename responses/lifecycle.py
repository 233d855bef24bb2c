"""Writing responses: publish, edit, withdraw, each with its record in one transaction."""

import hashlib
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from responses.choices import ResponseOrigin, ResponseStatus
from responses.models import Response, ResponseDecision, ResponseRevision
from responses.transitions import Mover, allows
from reviews.choices import FlagAbout, FlagOutcome, WebhookEvent
from reviews.language import detect
from reviews.models import AuditEntry, ModerationReason, Review
from reviews.moderation import flags
from reviews.webhooks.outbox import notify

# What a writer saw who saw no response.
NO_RESPONSE = "none"


class StaleResponse(Exception):
    """Somebody else has published or edited the response meanwhile."""

    def __init__(self, current: Response | None) -> None:
        super().__init__()
        self.current = current


@transaction.atomic
def publish_response(
    *,
    review: Review,
    body: str,
    author_name: str,
    origin: ResponseOrigin,
    language: str = "",
    actor: User | None = None,
    actor_label: str = "",
    seen_revision: str | None = None,
) -> Response:
    """Publish the vendor's answer to a review, or edit the one there is.

    An edit keeps the former text as a revision. `language` is detected when empty.
    `seen_revision` is the `revision_mark` that the writer saw, `none` where there was
    no response; with another one current,
    StaleResponse is raised and nothing changes. Two writers at once are served one
    after the other.
    """
    # One row to wait at, whether or not there is a response yet.
    Review.objects.select_for_update().only("pk").get(pk=review.pk)
    response = Response.objects.published().filter(review=review).first()
    if seen_revision is not None and seen_revision != (
        response.revision_mark if response else NO_RESPONSE
    ):
        raise StaleResponse(response)
    language = language or detect(body, usual=[review.language])
    now = timezone.now()
    written: dict[str, Any] = {"body": body, "author_name": author_name, "language": language}
    if response is None:
        action = "response_published"
        response = Response.objects.create(
            review=review,
            status=ResponseStatus.PUBLISHED,
            author=actor,
            origin=origin,
            published_at=now,
            **written,
        )
    elif all(getattr(response, name) == value for name, value in written.items()):
        return response
    else:
        action = "response_edited"
        ResponseRevision.objects.create(
            response=response,
            number=response.revisions.count() + 1,
            author_name=response.author_name,
            language=response.language,
            body=response.body,
        )
        for name, value in written.items():
            setattr(response, name, value)
        response.origin = origin
        response.author = actor
        response.updated_at = now
        response.save()
    record(response, action=action, actor=actor, actor_label=actor_label)
    return response


@transaction.atomic
def withdraw_response(
    *, response: Response, actor: User | None = None, actor_label: str = ""
) -> None:
    """Take the vendor's published answer back; its text stays on record."""
    locked = Response.objects.select_for_update().get(pk=response.pk)
    if not allows(locked.status, ResponseStatus.WITHDRAWN, Mover.VENDOR):
        return
    locked.status = ResponseStatus.WITHDRAWN
    locked.updated_at = timezone.now()
    locked.save()
    record(locked, action="response_withdrawn", actor=actor, actor_label=actor_label)


@transaction.atomic
def remove_response(
    *, response: Response, actor: User, reason: ModerationReason, note: str = ""
) -> None:
    """Take a published response off the page because it breaks policy.

    `actor` is a moderator; who may ask is the caller's to check. A response that is not
    published any more is left alone. The vendor may write another.
    """
    locked = Response.objects.select_for_update().get(pk=response.pk)
    if not allows(locked.status, ResponseStatus.REMOVED, Mover.MODERATOR):
        return
    ResponseDecision.objects.create(
        response=locked,
        from_status=locked.status,
        to_status=ResponseStatus.REMOVED,
        reason=reason,
        note=note,
        actor=actor,
    )
    locked.status = ResponseStatus.REMOVED
    locked.updated_at = timezone.now()
    locked.save()
    record(locked, action="response_removed", actor=actor, note=note)
    flags.settle(
        review=locked.review,
        about=FlagAbout.RESPONSE,
        outcome=FlagOutcome.UPHELD,
        actor=actor,
    )


def record(
    response: Response,
    *,
    action: str,
    actor: User | None,
    actor_label: str = "",
    note: str = "",
) -> None:
    """Write the audit entry of something done to a response, and tell partners of it, in the
    caller's transaction."""
    notify(event=WebhookEvent(action.replace("_", ".")), review=response.review)
    AuditEntry.objects.create(
        product_id=response.review.product_id,
        review_id=response.review_id,
        action=action,
        actor=actor,
        actor_label=actor_label,
        detail={
            "response": response.pk,
            "author_name": response.author_name,
            "language": response.language,
            # Its words stay with the response and its revisions: an entry here is for ever,
            # and an answer may name its reader.
            "body_sha256": hashlib.sha256(response.body.encode()).hexdigest(),
            "note": note,
        },
    )
