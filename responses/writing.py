"""From a form to a published response: what desk and inbox have in common."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from responses.choices import ResponseOrigin
from responses.drafts import publish_translation
from responses.forms import ResponseForm
from responses.lifecycle import StaleResponse, publish_response
from reviews.language import UNDETERMINED
from reviews.models import Review


def write(form: ResponseForm, *, review: Review, actor: User, origin: ResponseOrigin) -> str:
    """Publish what a form holds. Returns a sentence that says what is wrong, or nothing.

    What was typed stays in the form.
    """
    if not form.is_valid():
        return _("Write a response and who signs it.")
    said = form.cleaned_data
    try:
        with transaction.atomic():
            response = publish_response(
                review=review,
                body=said["body"],
                author_name=said["author_name"],
                seen_revision=said["seen_revision"],
                language=said["language"],
                actor=actor,
                origin=origin,
            )
            if response.language not in (review.language, UNDETERMINED) and said["language"]:
                publish_translation(response=response, translation=said["translation"], actor=actor)
    except StaleResponse:
        return _(
            "Somebody else has answered or edited meanwhile. Your text is still here: "
            "look at theirs, then decide."
        )
    return ""
