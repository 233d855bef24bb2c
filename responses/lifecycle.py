"""Writing responses: publish, edit, withdraw, remove, each with its record in one transaction.

What goes before, from a first word to a manager's consent, is in `responses/drafting.py`.
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

# What a writer saw who saw no response.
NO_RESPONSE = "none"
PUBLIC_EVENTS = WebhookEvent.values


class Refused(Exception):
    """A move that cannot be made, with a sentence that says why and what to do."""


class StaleResponse(Refused):
    """Somebody else has written, published or edited meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Someone else has responded or edited the response in the meantime. "
                "Your text is still here. Compare the two, then decide."
            )
        )


class NotAllowed(Refused):
    """The response is not, or no longer, where this can be done."""


@dataclass(frozen=True)
class ResponseContent:
    """What somebody wrote, or had content. `language` is detected when empty."""

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
    """Wait for one's turn at a review; return its published and its unfinished response.

    Whether or not there is a response yet, there is one row to wait at.
    """
    Review.objects.select_for_update(of=["self"]).only("pk").get(pk=review.pk)
    published = Response.objects.published().filter(review=review).first()
    unfinished = Response.objects.unfinished().filter(review=review).first()
    for response in filter(None, (published, unfinished)):
        response.review = review
    return published, unfinished


def version_token(published: Response | None, unfinished: Response | None = None) -> str:
    """Return what tells this state of a review's responses from another."""
    marks = [response.version_token for response in (published, unfinished) if response]
    return "+".join(marks) or NO_RESPONSE


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
    """Publish an answer to a review at once, or edit the one there is.

    For whom needs nobody's consent: partners, moderators. An edit keeps the former text as
    a revision; what is being written at the desk stays. `expected_version` is the
    `version_token` of the published response that the writer saw; with another one current,
    StaleResponse is raised and nothing changes. Two writers at once are served one after the other.
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
    """Let a published response say something else; what it said is kept."""
    values = content.values(published.review)
    case = Case.objects.filter(review=published.review_id)
    was_outdated = case.filter(outdated_since__isnull=False).exists()
    # It is an answer to the review as it now is, whether or not it says something new.
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

    Whoever moves it has been found allowed to. Where one is published already, that takes over the
    words and the translations, and the unfinished one is gone.
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
        made = ResponseTranslation.objects.filter(response=unfinished)
        former = ResponseTranslation.objects.filter(response=published)
        former.filter(target_language__in=made.values("target_language")).delete()
        made.update(response=published)
        unfinished.bulk_items.update(response=published)
        unfinished.delete()
        response = published
    TranslatedDraft.objects.filter(review=response.review_id, author=response.author_id).delete()
    return response


@transaction.atomic
def withdraw_response(
    *, response: Response, role: ActorRole, actor: User | None = None, actor_label: str = ""
) -> None:
    """Take the vendor's published answer back; its text stays on record.

    Raises NotAllowed where it is not published any more.
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
    """Take a published response off the page because it breaks policy.

    `actor` is a moderator; who may ask is the caller's to check. A response that is not
    published any more is left alone. The vendor may write another.
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
    """Write the audit entry of something done to a response, and tell partners of what
    readers can see of it, in the caller's transaction.

    What a vendor's people do among themselves is in the product's trail, not in the review's:
    it gets in no moderator's way.
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
            # Its words stay with the response and its revisions: an entry here is for ever,
            # and an answer may name its reader.
            "body_sha256": hashlib.sha256(response.body.encode()).hexdigest(),
            "note": note,
        },
    )
