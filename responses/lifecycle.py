"""Publish, edit, withdraw and remove responses, each with its audit entry in one transaction.

Drafts and approval come before: `responses/drafting.py`.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from responses import mails
from responses.choices import ResponseOrigin, ResponseStatus
from responses.models import (
    Case,
    ReplyRule,
    ReplyTemplate,
    Response,
    ResponseDecision,
    ResponseRevision,
    ResponseTranslation,
    TranslatedDraft,
)
from responses.transitions import ActorRole, allows
from reviews.choices import FlagAbout, FlagOutcome, WebhookEvent
from reviews.language import detect
from reviews.models import AuditEntry, ModerationReason, Review
from reviews.moderation import flags
from reviews.webhooks.outbox import notify

# The version token of a review without a response.
NO_RESPONSE = "none"
PUBLIC_EVENTS = WebhookEvent.values


class Refused(Exception):
    """Something that cannot be done; the message says why, and what to do instead."""


class StaleResponse(Refused):
    """Someone else has changed, published or edited the response in the meantime."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Someone else has responded or edited the response in the meantime. "
                "Your text is still here. Compare the two, then decide."
            )
        )


class NotAllowed(Refused):
    """The response's status or the person's role does not allow this."""


@dataclass(frozen=True)
class ResponseContent:
    """The content of a response, written or made from a template.

    `language` is detected when empty.
    """

    body: str
    author_name: str
    language: str = ""
    template: ReplyTemplate | None = None
    rule: ReplyRule | None = None

    def values(self, review: Review) -> dict[str, Any]:
        """Return the fields of a response."""
        return {
            "body": self.body,
            "author_name": self.author_name,
            "language": self.language or detect(self.body, usual=[review.language]),
        }


def lock(review: Review) -> tuple[Response | None, Response | None]:
    """Lock a review; return its published and its unfinished response.

    The review's row is locked because there may be no response yet.
    """
    Review.objects.select_for_update(of=["self"]).only("pk").get(pk=review.pk)
    published = Response.objects.published().filter(review=review).first()
    unfinished = Response.objects.unfinished().filter(review=review).first()
    for response in filter(None, (published, unfinished)):
        response.review = review
    return published, unfinished


def version_token(published: Response | None, unfinished: Response | None = None) -> str:
    """Return the token of this state of a review's responses; it differs for every other."""
    tokens = [response.version_token for response in (published, unfinished) if response]
    return "+".join(tokens) or NO_RESPONSE


@transaction.atomic
def publish_response(
    *,
    review: Review,
    content: ResponseContent,
    origin: ResponseOrigin,
    role: ActorRole,
    actor: User | None = None,
    actor_label: str = "",
    expected_version: str | None = None,
) -> Response:
    """Publish a response to a review at once, or edit the published one.

    For those who need no approval: partners and moderators. An edit stores the previous text
    as a revision; the desk's unfinished response stays. `expected_version` is the
    `version_token` of the published response that the writer saw. Raises StaleResponse and
    changes nothing if it is not the current one. Concurrent writers wait for each other.
    """
    published, _unfinished = lock(review)
    if expected_version is not None and expected_version != version_token(published):
        raise StaleResponse
    if not allows(None, ResponseStatus.PUBLISHED, role):
        raise NotAllowed(_("You don't have permission to publish this response."))
    if published is not None:
        revise(published, content, origin=origin, actor=actor, actor_label=actor_label)
        return published
    response = Response.objects.create(
        review=review,
        status=ResponseStatus.PUBLISHED,
        author=actor,
        origin=origin,
        published_at=timezone.now(),
        template=content.template,
        rule=content.rule,
        **content.values(review),
    )
    record(response, action="response_published", actor=actor, actor_label=actor_label)
    mails.announce(response)
    return response


def revise(
    published: Response,
    content: ResponseContent,
    *,
    origin: ResponseOrigin,
    actor: User | None,
    actor_label: str = "",
) -> None:
    """Edit a published response; its previous text is stored as a revision."""
    values = content.values(published.review)
    case = Case.objects.filter(review=published.review_id)
    was_outdated = case.filter(outdated_since__isnull=False).exists()
    # Even unchanged, it now responds to the current version of the review.
    case.update(outdated_since=None, awaits_response=False)
    if all(getattr(published, name) == value for name, value in values.items()):
        return
    ResponseRevision.objects.create(
        response=published,
        number=published.revisions.count() + 1,
        author_name=published.author_name,
        language=published.language,
        body=published.body,
    )
    for name, value in values.items():
        setattr(published, name, value)
    published.origin = origin
    published.author = actor
    published.template, published.rule = content.template, content.rule
    published.updated_at = timezone.now()
    published.save()
    record(published, action="response_edited", actor=actor, actor_label=actor_label)
    if was_outdated:
        mails.announce(published)


def publish_unfinished(
    unfinished: Response,
    published: Response | None,
    *,
    actor: User | None,
    actor_label: str = "",
) -> Response:
    """Publish an unfinished response within the caller's transaction.

    The caller has checked that the actor may. Where one is published already, it takes over the
    text and the translations, and the unfinished one is deleted.
    """
    response = unfinished
    if published is None:
        unfinished.status = ResponseStatus.PUBLISHED
        unfinished.published_at = timezone.now()
        unfinished.publish_at = None
        unfinished.note = unfinished.editor = ""
        unfinished.save()
        record(unfinished, action="response_published", actor=actor, actor_label=actor_label)
        mails.announce(unfinished)
    else:
        content = ResponseContent(
            unfinished.original_body or unfinished.body,
            unfinished.author_name,
            unfinished.language,
            unfinished.template,
            unfinished.rule,
        )
        revise(
            published,
            content,
            origin=ResponseOrigin(unfinished.origin),
            actor=unfinished.author,
            actor_label=actor_label,
        )
        translations = ResponseTranslation.objects.filter(response=unfinished)
        former = ResponseTranslation.objects.filter(response=published)
        former.filter(target_language__in=translations.values("target_language")).delete()
        translations.update(response=published)
        unfinished.bulk_items.update(response=published)
        unfinished.delete()
        response = published
    TranslatedDraft.objects.filter(review=response.review_id, author=response.author_id).delete()
    return response


@transaction.atomic
def withdraw_response(
    *, response: Response, role: ActorRole, actor: User | None = None, actor_label: str = ""
) -> None:
    """Withdraw a vendor's published response; its text is kept.

    Raises NotAllowed if it is no longer published.
    """
    locked = Response.objects.select_for_update(of=["self"]).get(pk=response.pk)
    if not allows(locked.status, ResponseStatus.WITHDRAWN, role):
        raise NotAllowed(
            _("This response is no longer published, so there is nothing to withdraw.")
        )
    locked.status = ResponseStatus.WITHDRAWN
    locked.updated_at = timezone.now()
    locked.save()
    mails.forget(locked)
    record(locked, action="response_withdrawn", actor=actor, actor_label=actor_label)


@transaction.atomic
def remove_response(
    *, response: Response, actor: User, reason: ModerationReason, note: str = ""
) -> None:
    """Remove a published response that breaks policy.

    `actor` is a moderator, which the caller checks. A response that is no longer published
    is left as it is. The vendor may write another.
    """
    locked = Response.objects.select_for_update(of=["self"]).get(pk=response.pk)
    if not allows(locked.status, ResponseStatus.REMOVED, ActorRole.MODERATOR):
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
    mails.forget(locked)
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
    """Write the audit entry of an action on a response, in the caller's transaction.

    Partners are notified of what readers can see. A vendor's internal actions are in the
    product's audit trail alone, not in the review's, which moderators read.
    """
    event = action.replace("_", ".")
    is_public = event in PUBLIC_EVENTS
    if is_public:
        notify(event=WebhookEvent(event), review=response.review)
    AuditEntry.objects.create(
        product_id=response.review.product_id,
        review_id=response.review_id if is_public else None,
        action=action,
        actor=actor,
        actor_label=actor_label,
        detail={
            "response": response.pk,
            "review": response.review_id,
            "author_name": response.author_name,
            "language": response.language,
            # A hash, not the text: an audit entry cannot be deleted, and a response may
            # contain the reviewer's name.
            "body_sha256": hashlib.sha256(response.body.encode()).hexdigest(),
            "note": note,
        },
    )
