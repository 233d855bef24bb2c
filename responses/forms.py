from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from reviews.importing.records import UNSTORABLE

LONGEST = 10_000  # characters


class ResponseForm(forms.Form):
    """A response as its writer types it."""

    author_name = forms.CharField(max_length=200, label=_("Signed by"))
    body = forms.CharField(
        max_length=LONGEST, label=_("Response"), widget=forms.Textarea({"rows": 8})
    )
    # Where it is written in another language than the review: which, and what the reviewer
    # will read.
    language = forms.ChoiceField(
        required=False, label=_("You write in"), choices=[("", ""), *settings.LANGUAGES]
    )
    translation = forms.CharField(
        required=False, max_length=LONGEST, label=_("What the reviewer will read"),
        widget=forms.Textarea({"rows": 8}),
    )  # fmt: skip
    seen_revision = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        # Browsers send CR LF; a text is kept with plain line ends.
        for name in ("body", "author_name", "translation"):
            if name in cleaned:
                cleaned[name] = UNSTORABLE.sub("", cleaned[name].replace("\r\n", "\n")).strip()
        return cleaned
