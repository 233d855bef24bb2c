"""An answer written in one's own language: translated, translated back, checked, published both.

The translation is the machine's or, once its writer has edited it, theirs. A draft lasts from
the first request until the answer is published.
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
    """A text on its way to another language, for the vendor of a review."""

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
    """Have a draft translated for its reader, and back again for its writer.

    `translation` is what the writer has made of the machine's; where the text beside it has
    not changed either, only the way back is asked for.
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
    """Translate a draft and back. Run twice, the second finds it done."""
    draft = (
        TranslatedDraft.objects.select_related("review__product__vendor")
        .filter(pk=draft_id, status=TranslationStatus.PENDING)
        .first()
    )
    if draft is None:
        return
    review, asked_at = draft.review, draft.asked_at
    there, failure, engine, via = draft.translation, "", "", ""
    if not draft.is_edited:
        made = _translated(review, draft.language, review.language, draft.body)
        there, failure, engine, via = (
            made.texts.get("body", ""),
            made.failure,
            made.engine,
            made.via,
        )
    back = ""
    if not failure:
        way_back = _translated(review, review.language, draft.language, there)
        back, failure = way_back.texts.get("body", ""), way_back.failure
    done = TranslationStatus.FAILED if failure else TranslationStatus.DONE
    # What was asked for meanwhile is another worker's.
    TranslatedDraft.objects.filter(pk=draft.pk, asked_at=asked_at).update(
        translation=there, back=back, failure=failure, engine=engine, via=via, status=done
    )


def _translated(review: Review, source: str, target: str, text: str) -> Composed:
    """Return a text in another language, or why there is none."""
    planned = plans([Passage(review, source, text)], target)
    return compose(planned[0], translate(planned, target))


def is_late(draft: TranslatedDraft) -> bool:
    waits = draft.status == TranslationStatus.PENDING
    return waits and timezone.now() - draft.asked_at > PATIENCE


def failure_of(draft: TranslatedDraft) -> str:
    """Return why there is no translation, as a sentence."""
    code = draft.failure or EngineFailure.LATE
    return str(EngineFailure(code).label)


@transaction.atomic
def keep_translation(*, response: Response, translation: str, actor: User) -> None:
    """Keep beside an answer what its reviewer will read.

    Edited by its writer, it is a person's, and kept; otherwise it is the machine's.
    """
    target = response.review.language
    draft = TranslatedDraft.objects.filter(review=response.review, author=actor).first()
    made = draft if draft and not draft.is_edited and draft.translation == translation else None
    if translation.strip():
        corrections.store_whole(
            subject=response,
            target=target,
            texts={"body": translation},
            author=None if made else actor,
            engine=made.engine if made else "",
            via=made.via if made else "",
        )
    else:
        service.request_translation(subject=response, target=target)


def keep_edited(*, review: Review, author: User, translation: str) -> None:
    """Keep what somebody has made of the machine's translation so far."""
    TranslatedDraft.objects.filter(review=review, author=author).exclude(
        translation=translation
    ).update(translation=translation, is_edited=True)
