"""Responses written in the writer's language: translated, translated back, published in both.

The writer may edit the machine translation. A `TranslatedDraft` exists from the first request
until the response is published.
"""

from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from responses.models import Response, TranslatedDraft, names_in_responses
from reviews.choices import TranslationStatus
from reviews.models import Review
from reviews.translation import corrections, service
from reviews.translation.engines import EngineFailure
from reviews.translation.plans import plans
from reviews.translation.service import PATIENCE
from reviews.translation.translator import Composed, compose, translate


@dataclass
class Passage:
    """A text to translate, for the vendor of a review."""

    review: Review
    language: str
    text: str
    pk: int = 0
    is_formal: bool = True
    translations: Any = None

    @property
    def vendor_id(self) -> int:
        return self.review.vendor_id

    def texts(self) -> dict[str, str]:
        return {"body": self.text}

    def content(self) -> list[str]:
        return [self.text]

    def protected_names(self) -> list[str]:
        return names_in_responses(self.review)


@transaction.atomic
def ask(
    *, review: Review, author: User, body: str, language: str, translation: str = ""
) -> TranslatedDraft:
    """Queue the translation of a draft into the review's language and back again.

    `translation` is the machine translation as the writer has edited it. If the draft itself
    has not changed since, only the back-translation is requested.
    """
    draft = TranslatedDraft.objects.select_for_update().filter(review=review, author=author).first()
    draft = draft or TranslatedDraft(review=review, author=author)
    is_same_text = draft.body == body and draft.language == language
    if translation.strip() and is_same_text and translation != draft.translation:
        draft.translation, draft.is_edited = translation, True
    elif not is_same_text:
        draft.translation, draft.is_edited = "", False
    draft.body, draft.language = body, language
    draft.back = draft.failure = ""
    draft.status = TranslationStatus.PENDING
    draft.asked_at = timezone.now()
    draft.save()
    transaction.on_commit(
        lambda: current_app.send_task("responses.tasks.translate_draft", [draft.pk])
    )
    return draft


def run(draft_id: int) -> None:
    """Translate a draft and back. A second run changes nothing."""
    draft = (
        TranslatedDraft.objects.select_related("review__product__vendor")
        .filter(pk=draft_id, status=TranslationStatus.PENDING)
        .first()
    )
    if draft is None:
        return
    review, asked_at = draft.review, draft.asked_at
    text, failure, engine, via = draft.translation, "", "", ""
    if not draft.is_edited:
        translated = _translated(review, draft.language, review.language, draft.body)
        text, failure, engine, via = (
            translated.texts.get("body", ""),
            translated.failure,
            translated.engine,
            translated.via,
        )
    back = ""
    if not failure:
        back_translated = _translated(review, review.language, draft.language, text)
        back, failure = back_translated.texts.get("body", ""), back_translated.failure
    status = TranslationStatus.FAILED if failure else TranslationStatus.DONE
    # A newer request is another worker's.
    TranslatedDraft.objects.filter(pk=draft.pk, asked_at=asked_at).update(
        translation=text, back=back, failure=failure, engine=engine, via=via, status=status
    )


def _translated(review: Review, source: str, target: str, text: str) -> Composed:
    """Return a text in another language, or the failure."""
    planned = plans([Passage(review, source, text)], target)
    return compose(planned[0], translate(planned, target))


def is_late(draft: TranslatedDraft) -> bool:
    is_pending = draft.status == TranslationStatus.PENDING
    return is_pending and timezone.now() - draft.asked_at > PATIENCE


def failure_of(draft: TranslatedDraft) -> str:
    """Return the sentence why there is no translation."""
    code = draft.failure or EngineFailure.LATE
    return str(EngineFailure(code).label)


@transaction.atomic
def keep_translation(*, response: Response, translation: str, actor: User) -> None:
    """Store the translation of a response into the review's language.

    One that its writer edited counts as human. An empty one is requested from the engine.
    """
    target = response.review.language
    draft = TranslatedDraft.objects.filter(review=response.review, author=actor).first()
    by_engine = (
        draft if draft and not draft.is_edited and draft.translation == translation else None
    )
    if translation.strip():
        corrections.store_whole(
            subject=response,
            target=target,
            texts={"body": translation},
            author=None if by_engine else actor,
            engine=by_engine.engine if by_engine else "",
            via=by_engine.via if by_engine else "",
        )
    else:
        service.request_translation(subject=response, target=target)


def keep_edited(*, review: Review, author: User, translation: str) -> None:
    """Save a draft's translation as its author has edited it so far."""
    TranslatedDraft.objects.filter(review=review, author=author).exclude(
        translation=translation
    ).update(translation=translation, is_edited=True)
