"""From a form to a published response: a moderator who answers for the vendor."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from responses.choices import ResponseOrigin
from responses.forms import InboxResponseForm
from responses.lifecycle import Refused, ResponseContent, publish_response
from responses.transitions import ActorRole
from reviews.models import Review


def write(form: InboxResponseForm, *, review: Review, actor: User) -> str:
    """Publish what a form holds. Returns a sentence that says what is wrong, or nothing.

    What was typed stays in the form.
    """
    if not form.is_valid():
        return _("Enter a response and the name it is signed with.")
    said = form.cleaned_data
    try:
        publish_response(
            review=review,
            content=ResponseContent(said["body"], said["author_name"]),
            expected_version=said["expected_version"],
            actor=actor,
            origin=ResponseOrigin.INBOX,
            role=ActorRole.MODERATOR,
        )
    except Refused as refused:
        return str(refused)
    return ""
