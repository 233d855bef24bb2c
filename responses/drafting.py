"""An answer on its way: saved as it is typed, handed in, agreed to or sent back, scheduled.

A review has one unfinished response at most, which whoever works at the desk shares: an
answer to come, or an edit of the published one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from responses import response_translation
from responses.approval import needs_approval
from responses.choices import ResponseOrigin, ResponseStatus
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
    """What a writer saw: the state by its mark, and in which open editor."""

    version_token: str
    editor: str = ""

    def is_stale(self, published: Response | None, unfinished: Response | None) -> bool:
        """Tell whether somebody else wrote since. What this editor saved itself is known."""
        if self.version_token == version_token(published, unfinished):
            return False
        gone = set(self.version_token.split("+"))
        if published is not None:
            if published.version_token not in gone:
                return True
            gone.remove(published.version_token)
        if unfinished is not None:
            return not self.editor or unfinished.editor != self.editor
        # A draft that was let go of is nobody's word any more; an answer taken back is.
        ids = [whole_number(mark.split(".")[0]) for mark in gone]
        return Response.objects.filter(pk__in=[pk for pk in ids if pk]).exists()


@transaction.atomic
def save(
    *,
    review: Review,
    content: ResponseContent,
    actor: User,
    editor_state: EditorState | None = None,
) -> Response | None:
    """Keep what is typed so far. Raises StaleResponse, NotAllowed.

    An empty text lets go of the draft and returns None.
    """
    published, unfinished = lock(review)
    if editor_state is not None and editor_state.is_stale(published, unfinished):
        raise StaleResponse
    role = role_of(actor, review.product.vendor_id)
    waits = unfinished is not None and unfinished.status == ResponseStatus.IN_APPROVAL
    if waits and role != ActorRole.MANAGER:
        raise NotAllowed(_("This response is waiting for approval. Take it back to edit it."))
    if not content.body:
        if unfinished is not None and not waits:
            unfinished.delete()
        return None
    if published is not None and unfinished is None and _says(published, content):
        return None  # nothing typed yet
    if unfinished is not None and _says(unfinished, content):
        return unfinished
    draft = unfinished or Response(
        review=review, status=ResponseStatus.DRAFT, origin=ResponseOrigin.DESK
    )
    if not (waits and draft.author_id):
        draft.author = actor
    for name, value in content.values(review).items():
        setattr(draft, name, value)
    draft.template = content.template or draft.template
    draft.rule = content.rule or draft.rule
    draft.editor = editor_state.editor if editor_state else ""
    # Other words are another answer: nobody has agreed to those.
    draft.approved_by = draft.publish_at = None
    draft.updated_at = timezone.now()
    draft.save()
    return draft


def _says(response: Response, content: ResponseContent) -> bool:
    said = response.original_body or response.body
    return (said, response.author_name) == (content.body, content.author_name)


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
    """Publish an answer, or hand it in where a manager has to agree, or set it a time.

    `submit_for_approval`: whether a manager is asked in any case. `translation` is what the
    reviewer will read of an answer in another language; empty, the machine's. Raises StaleResponse,
    NotAllowed.
    """
    save(review=review, content=content, actor=actor, editor_state=editor_state)
    published, unfinished = lock(review)
    if unfinished is None:
        if published is None:
            raise NotAllowed(_("Write a response first."))
        # Nothing was changed: the answer stands, for the review as it now is, too.
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
    # What is sent again as it was keeps what the reviewer read of it.
    is_new = bool(translation) or published is None or not _says(published, content)
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
    """Publish what nobody else has to agree to, now or at its time."""
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
    """Answer by a rule: as a draft, handed in, or published.

    Returns None where there is an answer or a draft already, or was one: a rule writes over
    nobody and never twice on one review.
    """
    lock(review)
    own = (Response.objects.filter(review=review), TranslatedDraft.objects.filter(review=review))
    if any(found.exists() for found in own):
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
    if outcome == "approval":
        return _submit_for_approval(draft, actor=None, role=ActorRole.SYSTEM, label=label)
    if outcome == "publish":
        return publish_unfinished(draft, None, actor=None, actor_label=label)
    return draft


@transaction.atomic
def approve(*, response: Response, actor: User, expected_version: str) -> Response:
    """Agree to an answer that waits: it is published, or waits for its time.

    `expected_version` is the mark of what was agreed to. Raises StaleResponse, NotAllowed.
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
    """Make a draft again of an answer that waits: a manager's no, or its writer's own wish.

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
    """Let go of an unfinished answer, handed in or not. Raises NotAllowed."""
    _published, unfinished = lock(response.review)
    if unfinished is None or unfinished.pk != response.pk:
        raise NotAllowed(_("This response is no longer a draft."))
    record(unfinished, action="response_draft_discarded", actor=actor)
    unfinished.delete()


@transaction.atomic
def unschedule(*, review: Review, actor: User) -> None:
    """Leave an answer a draft that would be published by itself. Raises NotAllowed."""
    _published, unfinished = lock(review)
    if unfinished is None or unfinished.publish_at is None:
        raise NotAllowed(_("This response is no longer scheduled."))
    unfinished.publish_at = None
    unfinished.save(update_fields=["publish_at"])
    record(unfinished, action="response_unscheduled", actor=actor)


def due() -> list[int]:
    """Return the answers that are to be published by now."""
    found = Response.objects.filter(
        status=ResponseStatus.DRAFT, publish_at__lte=timezone.now(), approved_by__isnull=False
    )
    return list(found.order_by("publish_at").values_list("pk", flat=True)[:500])


@transaction.atomic
def publish_due(response_id: int) -> None:
    """Publish an answer whose time has come. Run twice, the second finds it done."""
    found = (
        Response.objects.select_related("review__product__vendor").filter(pk=response_id).first()
    )
    if found is None:
        return
    published, unfinished = lock(found.review)
    if unfinished is None or unfinished.pk != response_id or unfinished.publish_at is None:
        return
    if unfinished.publish_at > timezone.now() or unfinished.approved_by_id is None:
        return
    publish_unfinished(unfinished, published, actor=None, actor_label="schedule")
