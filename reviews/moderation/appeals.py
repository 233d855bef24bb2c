"""What an author can do about a statement of reasons: edit the text, or appeal."""

from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from reviews.audit.log import record
from reviews.choices import AppealOutcome, Basis, ReviewStatus
from reviews.models import Appeal, Review, ReviewRevision, Statement
from reviews.models.review import TEXT_FIELDS
from reviews.moderation.decisions import DecisionNotAllowed, DecisionRequest, decide


class Settled(Exception):
    """The decision that a statement is about is no longer in effect, or was already contested."""


class NothingEdited(Exception):
    """The text is unchanged, or empty."""


def is_open(statement: Statement) -> bool:
    """Return whether the decision that a statement is about is the review's last."""
    last = statement.review.decisions.values_list("pk", flat=True).first()
    return last == statement.decision_id


@transaction.atomic
def appeal(*, statement: Statement, text: str) -> Appeal:
    """Store an author's appeal against a decision. Raises Settled."""
    review = Review.objects.select_for_update(of=["self"]).get(pk=statement.review_id)
    if not is_open(statement) or Appeal.objects.filter(statement=statement).exists():
        raise Settled
    appeal = Appeal.objects.create(statement=statement, text=text)
    record(review=review, action="appeal_made", actor_label="author", appeal=appeal.pk)
    return appeal


def open_appeals(user: User) -> QuerySet[Appeal]:
    """Return the open appeals that a person may decide: not those against their own decisions."""
    return (
        Appeal.objects.filter(outcome=AppealOutcome.OPEN)
        .exclude(statement__decision__actor=user)
        .select_related("statement__review__product", "statement__decision__reason")
        .order_by("created_at", "pk")
    )


@transaction.atomic
def decide_appeal(*, appeal: Appeal, granted: bool, answer: str, actor: User) -> None:
    """Deny an appeal, or grant it and publish the review.

    Raises DecisionNotAllowed if `actor` made the decision, Settled if the appeal is decided.
    """
    locked = (
        Appeal.objects.select_for_update(of=["self"])
        .select_related("statement__decision", "statement__review__product")
        .get(pk=appeal.pk)
    )
    statement = locked.statement
    if statement.decision.actor_id == actor.pk:
        raise DecisionNotAllowed
    if locked.outcome != AppealOutcome.OPEN or not is_open(statement):
        raise Settled
    if granted:
        decide(
            review=statement.review,
            request=DecisionRequest(
                ReviewStatus.PUBLISHED, basis=Basis.APPEAL, actor=actor, note=answer
            ),
        )
    locked.outcome = AppealOutcome.GRANTED if granted else AppealOutcome.DENIED
    locked.answer = answer
    locked.decided_by = actor
    locked.decided_at = timezone.now()
    locked.save()
    record(
        review=statement.review,
        action="appeal_decided",
        actor=actor,
        appeal=locked.pk,
        outcome=locked.outcome,
    )


def written_texts(review: Review) -> dict[str, str]:
    """Return the texts as their author wrote them, without redactions."""
    original = getattr(review, "original", None)
    return review.texts() | (
        {name: text for name, text in original.texts.items() if text.strip()} if original else {}
    )


@transaction.atomic
def edit_text(*, statement: Statement, texts: dict[str, str]) -> None:
    """Store an author's edited texts and make the review pending again.

    The former texts become a revision.

    Raises Settled or NothingEdited.
    """
    review = Review.objects.select_for_update(of=["self"]).get(pk=statement.review_id)
    if not statement.author_may_edit or statement.edited_at or not is_open(statement):
        raise Settled
    former = written_texts(review)
    edited = {name: text for name, text in texts.items() if name in TEXT_FIELDS and name in former}
    if all(former[name] == text for name, text in edited.items()) or not any(
        text.strip() for text in (former | edited).values()
    ):
        raise NothingEdited
    ReviewRevision.objects.create(review=review, number=review.revisions.count() + 1, former=former)
    for name, text in (former | edited).items():
        setattr(review, name, text)
    # All of them: the trigger that redacts passages needs each text as it was written.
    review.save(update_fields=[*TEXT_FIELDS, "updated_at"])
    statement.edited_at = timezone.now()
    statement.save(update_fields=["edited_at"])
    record(
        review=review,
        action="review_edited_by_author",
        actor_label="author",
        statement=statement.pk,
    )
    decide(review=review, request=DecisionRequest(ReviewStatus.PENDING, basis=Basis.AUTHOR_EDIT))
    # A signal may no longer apply.
    transaction.on_commit(
        lambda: current_app.send_task("reviews.tasks.compute_signals", [review.pk])
    )
