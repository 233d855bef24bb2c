"""Moderators' responses on behalf of a vendor: from the form to the published response."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from responses.choices import ResponseOrigin
from responses.forms import InboxResponseForm
from responses.lifecycle import Refused, ResponseContent, publish_response
from responses.transitions import ActorRole
from reviews.models import Review


def write(form: InboxResponseForm, *, review: Review, actor: User) -> str:
    """Publish the response in a form. Returns the error message, or an empty string.

    The form keeps what was typed.
    """
    if not form.is_valid():
        return _("Enter a response and the name it is signed with.")
    data = form.cleaned_data
    try:
        publish_response(
            review=review,
            content=ResponseContent(data["body"], data["author_name"]),
            expected_version=data["expected_version"],
            actor=actor,
            origin=ResponseOrigin.INBOX,
            role=ActorRole.MODERATOR,
        )
    except Refused as refused:
        return str(refused)
    return ""
