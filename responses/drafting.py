"""Unfinished responses: saved as they are typed, submitted, approved or sent back, scheduled.

A review has at most one unfinished response, which all of the vendor's staff share: a new
response, or an edit of the published one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from responses import response_translation
from responses.approval import needs_approval
from responses.choices import Outcome, ResponseOrigin, ResponseStatus
from responses.lifecycle import (
    NotAllowed,
    ResponseContent,
    StaleResponse,
    lock,
    publish_unfinished,
    record,
    version_token,
)
from responses.models import Response, TranslatedDraft
from responses.permissions import role_of
from responses.transitions import ActorRole, allows
from reviews.http import whole_number
from reviews.language import UNDETERMINED
from reviews.models import Review


@dataclass(frozen=True)
class EditorState:
    """What a writer saw: the version of the responses, and the id of the open editor."""

    version_token: str
    editor: str = ""

    def is_stale(self, published: Response | None, unfinished: Response | None) -> bool:
        """Return whether someone else has changed the responses since.

        What this editor saved itself does not count.
        """
        if self.version_token == version_token(published, unfinished):
            return False
        gone_tokens = set(self.version_token.split("+"))
        if published is not None:
            if published.version_token not in gone_tokens:
                return True
            gone_tokens.remove(published.version_token)
        if unfinished is not None:
            return not self.editor or unfinished.editor != self.editor
        # A discarded draft leaves no row, so nothing conflicts; a withdrawn response does.
        ids = [whole_number(token.split(".")[0]) for token in gone_tokens]
        return Response.objects.filter(pk__in=[pk for pk in ids if pk]).exists()


@transaction.atomic
def save(
    *,
    review: Review,
    content: ResponseContent,
    actor: User,
    editor_state: EditorState | None = None,
) -> Response | None:
    """Save what is typed so far. Raises StaleResponse, NotAllowed.

    An empty text deletes the draft and returns None.
    """
    published, unfinished = lock(review)
    if editor_state is not None and editor_state.is_stale(published, unfinished):
        raise StaleResponse
    role = role_of(actor, review.product.vendor_id)
    in_approval = unfinished is not None and unfinished.status == ResponseStatus.IN_APPROVAL
    if in_approval and role != ActorRole.MANAGER:
        raise NotAllowed(
            _("This response is waiting for approval. Move it back to draft to edit it.")
        )
    if not content.body:
        if unfinished is not None and not in_approval:
            unfinished.delete()
        return None
    if published is not None and unfinished is None and _has_content(published, content):
        return None  # nothing typed yet
    if unfinished is not None and _has_content(unfinished, content):
        return unfinished
    draft = unfinished or Response(
        review=review, status=ResponseStatus.DRAFT, origin=ResponseOrigin.DESK
    )
    if not (in_approval and draft.author_id):
        draft.author = actor
    for name, value in content.values(review).items():
        setattr(draft, name, value)
    draft.template = content.template or draft.template
    draft.rule = content.rule or draft.rule
    draft.editor = editor_state.editor if editor_state else ""
    # A changed text needs approval again.
    draft.approved_by = draft.publish_at = None
    draft.updated_at = timezone.now()
    draft.save()
    return draft


def _has_content(response: Response, content: ResponseContent) -> bool:
    body = response.original_body or response.body
    return (body, response.author_name) == (content.body, content.author_name)


@transaction.atomic
def submit(
    *,
    review: Review,
    content: ResponseContent,
    actor: User,
    editor_state: EditorState | None = None,
    publish_at: datetime | None = None,
    translation: str | None = None,
    submit_for_approval: bool = False,
) -> Response:
    """Publish or schedule a response, or submit it where a manager must approve it.

    `submit_for_approval`: submit it even if no approval is needed. `translation` is the text in
    the review's language of a response in another one; if empty, it is translated by machine.
    Raises StaleResponse, NotAllowed.
    """
    save(review=review, content=content, actor=actor, editor_state=editor_state)
    published, unfinished = lock(review)
    if unfinished is None:
        if published is None:
            raise NotAllowed(_("Write a response first."))
        # Unchanged: publishing it again marks it as responding to the review as it now is.
        unfinished = Response.objects.create(
            review=review,
            status=ResponseStatus.DRAFT,
            origin=ResponseOrigin.DESK,
            author=actor,
            body=published.original_body or published.body,
            author_name=published.author_name,
            language=published.language,
            template=published.template,
            rule=published.rule,
        )
    # A response sent again unchanged keeps its translation.
    is_new = bool(translation) or published is None or not _has_content(published, content)
    is_foreign = unfinished.language not in (review.language, UNDETERMINED)
    if translation is not None and is_new and is_foreign:
        response_translation.keep_translation(
            response=unfinished, translation=translation, actor=actor
        )
    role = role_of(actor, review.product.vendor_id)
    unfinished.publish_at = publish_at
    if submit_for_approval or needs_approval(review=review, actor=actor):
        return _submit_for_approval(unfinished, actor=actor, role=role)
    return publish_or_schedule(unfinished, published, actor=actor, role=role)


def _submit_for_approval(
    unfinished: Response, *, actor: User | None, role: ActorRole, label: str = ""
) -> Response:
    if not allows(unfinished.status, ResponseStatus.IN_APPROVAL, role):
        raise NotAllowed(_("This response is already waiting for approval."))
    unfinished.status = ResponseStatus.IN_APPROVAL
    unfinished.note = ""
    unfinished.save()
    record(unfinished, action="response_submitted", actor=actor, actor_label=label)
    return unfinished


def publish_or_schedule(
    unfinished: Response, published: Response | None, *, actor: User, role: ActorRole
) -> Response:
    """Publish a response that needs no further approval, now or at its scheduled time."""
    if not allows(unfinished.status, ResponseStatus.PUBLISHED, role):
        raise NotAllowed(_("This response can't be published in its current status."))
    unfinished.approved_by = actor
    if unfinished.publish_at and unfinished.publish_at > timezone.now():
        unfinished.status = ResponseStatus.DRAFT
        unfinished.save()
        record(unfinished, action="response_scheduled", actor=actor)
        return unfinished
    return publish_unfinished(unfinished, published, actor=actor)


@transaction.atomic
def create_from_rule(
    *, review: Review, content: ResponseContent, outcome: str, label: str
) -> Response | None:
    """Create a rule's response: as a draft, submitted for approval, or published.

    Returns None if the review has or had a response or draft: a rule never overwrites one,
    and responds to a review only once.
    """
    lock(review)
    earlier = (
        Response.objects.filter(review=review),
        TranslatedDraft.objects.filter(review=review),
    )
    if any(rows.exists() for rows in earlier):
        return None
    draft = Response.objects.create(
        review=review,
        status=ResponseStatus.DRAFT,
        origin=ResponseOrigin.DESK,
        template=content.template,
        rule=content.rule,
        **content.values(review),
    )
    record(draft, action="response_drafted", actor=None, actor_label=label)
    if outcome == Outcome.APPROVAL:
        return _submit_for_approval(draft, actor=None, role=ActorRole.SYSTEM, label=label)
    if outcome == Outcome.PUBLISH:
        return publish_unfinished(draft, None, actor=None, actor_label=label)
    return draft


@transaction.atomic
def approve(*, response: Response, actor: User, expected_version: str) -> Response:
    """Approve a response: it is published, or scheduled.

    `expected_version` is the token of the approved version. Raises StaleResponse, NotAllowed.
    """
    published, unfinished = lock(response.review)
    if unfinished is None or unfinished.status != ResponseStatus.IN_APPROVAL:
        raise NotAllowed(
            _(
                "This response is no longer waiting for approval. Someone "
                "else may have handled it already."
            )
        )
    if expected_version != unfinished.version_token:
        raise StaleResponse
    role = role_of(actor, response.review.product.vendor_id)
    if not allows(unfinished.status, ResponseStatus.PUBLISHED, role):
        raise NotAllowed(_("Only managers can approve responses."))
    record(unfinished, action="response_approved", actor=actor)
    return publish_or_schedule(unfinished, published, actor=actor, role=role)


@transaction.atomic
def send_back(*, response: Response, actor: User, note: str = "") -> None:
    """Return a response in approval to draft: rejected by a manager or taken back by its author.

    Raises NotAllowed.
    """
    _published, unfinished = lock(response.review)
    role = role_of(actor, response.review.product.vendor_id)
    if unfinished is None or not allows(unfinished.status, ResponseStatus.DRAFT, role):
        raise NotAllowed(
            _(
                "This response is no longer waiting for approval. Someone "
                "else may have handled it already."
            )
        )
    is_own = unfinished.author_id == actor.pk
    if role == ActorRole.MANAGER and not is_own and not note:
        raise NotAllowed(_("Tell the agent what to change."))
    unfinished.status = ResponseStatus.DRAFT
    unfinished.note = note
    unfinished.publish_at = None
    unfinished.save()
    action = "response_taken_back" if is_own else "response_sent_back"
    record(unfinished, action=action, actor=actor, note=note)


@transaction.atomic
def discard(*, review: Review, actor: User, editor_state: EditorState) -> None:
    """Delete the draft, and what the actor has had translated for it.

    A response that is waiting for approval stays. Raises StaleResponse where someone else
    has changed the draft.
    """
    published, unfinished = lock(review)
    if unfinished is not None and unfinished.status == ResponseStatus.DRAFT:
        if editor_state.is_stale(published, unfinished):
            raise StaleResponse
        drop(response=unfinished, actor=actor)
    TranslatedDraft.objects.filter(review=review, author=actor).delete()


@transaction.atomic
def drop(*, response: Response, actor: User) -> None:
    """Delete an unfinished response, submitted or not. Raises NotAllowed."""
    _published, unfinished = lock(response.review)
    if unfinished is None or unfinished.pk != response.pk:
        raise NotAllowed(_("This response is no longer a draft."))
    record(unfinished, action="response_draft_discarded", actor=actor)
    unfinished.delete()


@transaction.atomic
def unschedule(*, review: Review, actor: User) -> None:
    """Cancel a response's schedule; it stays a draft. Raises NotAllowed."""
    _published, unfinished = lock(review)
    if unfinished is None or unfinished.publish_at is None:
        raise NotAllowed(_("This response is no longer scheduled."))
    unfinished.publish_at = None
    unfinished.save(update_fields=["publish_at"])
    record(unfinished, action="response_unscheduled", actor=actor)


def due() -> list[int]:
    """Return the ids of the responses whose scheduled time has passed, at most 500."""
    scheduled = Response.objects.filter(
        status=ResponseStatus.DRAFT, publish_at__lte=timezone.now(), approved_by__isnull=False
    )
    return list(scheduled.order_by("publish_at").values_list("pk", flat=True)[:500])


@transaction.atomic
def publish_due(response_id: int) -> None:
    """Publish a scheduled response if it is due. A second run changes nothing."""
    response = (
        Response.objects.select_related("review__product__vendor").filter(pk=response_id).first()
    )
    if response is None:
        return
    published, unfinished = lock(response.review)
    if unfinished is None or unfinished.pk != response_id or unfinished.publish_at is None:
        return
    if unfinished.publish_at > timezone.now() or unfinished.approved_by_id is None:
        return
    publish_unfinished(unfinished, published, actor=None, actor_label="schedule")
