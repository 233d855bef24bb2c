from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.pages.plain_text import PlainTextField

LONGEST = 10_000  # characters


class InboxResponseForm(forms.Form):
    """A response as its writer types it."""

    author_name = PlainTextField(max_length=200, label=gettext_lazy("Signed by"))
    body = PlainTextField(max_length=LONGEST, label=gettext_lazy("Response"))
    # The version that the writer saw (`version_token`).
    expected_version = forms.CharField(max_length=100)


class DeskResponseForm(InboxResponseForm):
    """A response at the desk, which may be written in a language other than the review's."""

    body = PlainTextField(max_length=LONGEST, required=False)
    author_name = PlainTextField(max_length=200, required=False)
    language = forms.ChoiceField(required=False, choices=[("", ""), *settings.LANGUAGES])
    # The text in the review's language.
    translation = PlainTextField(required=False, max_length=LONGEST)
    editor = forms.CharField(required=False, max_length=32)
    template = forms.IntegerField(required=False, min_value=1)
    # Empty: now.
    publish_at = forms.DateTimeField(required=False)
    # The warnings that the writer has confirmed (`CheckResult.confirmation`).
    confirmed = forms.CharField(required=False, max_length=300)

    def __init__(self, *args: Any, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def full_clean(self) -> None:
        # Times are entered in the vendor's time zone.
        with timezone.override(ZoneInfo(self.zone)):
            super().full_clean()

    def clean_publish_at(self) -> datetime | None:
        when = self.cleaned_data["publish_at"]
        if when is not None and when <= timezone.now():
            raise forms.ValidationError(_("Choose a time in the future."))
        return when

    def problem(self) -> str:
        """Return the error message for the first invalid field."""
        errors: dict[str, Any] = self.errors
        if "publish_at" in errors:
            return _(
                "Choose a date and time in the future, or leave the field empty to publish now."
            )
        return _("A response can have at most %(most)s characters. Shorten it and try again.") % {
            "most": LONGEST
        }
