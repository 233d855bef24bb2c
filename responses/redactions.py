"""The redactable texts of responses: what `reviews.moderation.redactions` reads and rewrites."""

from responses.models import Response, ResponseTranslation
from reviews.models import Review


def texts(review: Review) -> list[str]:
    """Return the texts of a review's responses, as readers see them."""
    return [response.body for response in Response.objects.filter(review=review)]


def rewrite(review: Review) -> None:
    """Save each response's original text: the trigger redacts it anew."""
    for response in Response.objects.filter(review=review):
        response.body = response.original_body or response.body
        response.save(update_fields=["body"])


def delete_translations(review: Review) -> None:
    """Delete the translations of a review's responses."""
    ResponseTranslation.objects.filter(response__review=review).delete()
