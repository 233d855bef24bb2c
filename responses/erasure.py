"""Erasing a reviewer's data from the responses to their reviews."""

from typing import Any

from django.dispatch import receiver

from responses.models import Response, TranslatedDraft
from reviews.models import Review
from reviews.moderation.erasure import remove_names, review_erased
from reviews.translation import memory


@receiver(review_erased, dispatch_uid="responses")
def erase_from_responses(review: Review, names: list[str], **_kwargs: Any) -> None:
    """Remove the reviewer's names from a review's responses, in the erasure's transaction.

    Drafts and translations are deleted.
    """
    TranslatedDraft.objects.filter(review=review).delete()
    responses = Response.objects.filter(review=review)
    for response in responses.select_related("review__product__vendor"):
        if names:
            memory.forget([response.body], response.protected_names(), about=names)
        response.translations.all().delete()
        response.body = remove_names(response.body, names)
        response.save(update_fields=["body"])
        for revision in response.revisions.all():
            revision.body = remove_names(revision.body, names)
            revision.save(update_fields=["body"])
