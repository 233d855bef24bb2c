"""From a form to a published response: what desk and inbox have in common."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from responses.choices import ResponseOrigin
from responses.forms import ResponseForm
from responses.lifecycle import StaleResponse, publish_response
from reviews.models import Review


def write(form: ResponseForm, *, review: Review, actor: User, origin: ResponseOrigin) -> str:
    """Publish what a form holds. Returns a sentence that says what is wrong, or nothing.

    What was typed stays in the form.
    """
    if not form.is_valid():
        return _("Write a response and who signs it.")
    try:
        publish_response(
            review=review,
            body=form.cleaned_data["body"],
            author_name=form.cleaned_data["author_name"],
            seen_revision=form.cleaned_data["seen_revision"],
            actor=actor,
            origin=origin,
        )
    except StaleResponse:
        return _(
            "Somebody else has answered or edited meanwhile. Your text is still here: "
            "look at theirs, then decide."
        )
    return ""
