import tomllib
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.choices import ReviewStatus
from reviews.importing.formats import FORMATS
from reviews.importing.mapping import Mapping
from reviews.models import Product

NAMES = {
    "getapp_page": _("GetApp page (text)"),
    "trustpilot": "Trustpilot (JSON)",
    "capterra": "Capterra (JSON)",
    "google_play": "Google Play (CSV)",
    "table": _("Table (CSV, TSV, JSON Lines, XLSX)"),
}
LARGEST_MAPPING = 100_000  # bytes


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), max_length=255)


class OptionsForm(forms.Form):
    """How an uploaded file is to be read, and what its reviews are about."""

    format = forms.ChoiceField(
        choices=[("auto", _("Detect automatically")), *((n, NAMES[n]) for n in FORMATS)],
        label=_("Format"),
    )
    mapping = forms.FileField(
        required=False,
        label=_("Mapping file"),
        help_text=_(
            "For tables whose column names aren't recognized. See the manual for examples."
        ),
    )
    product = forms.ModelChoiceField(
        Product.objects.all(),
        required=False,
        to_field_name="slug",
        label=_("Product"),
        empty_label=_("New product"),
    )
    product_name = forms.CharField(required=False, max_length=200, label=_("New product name"))
    vendor_name = forms.CharField(required=False, max_length=200, label=_("New product vendor"))
    review_status = forms.ChoiceField(
        choices=[
            (ReviewStatus.PENDING.value, _("Send to moderation")),
            (ReviewStatus.PUBLISHED.value, _("Publish immediately")),
        ],
        label=_("New reviews"),
    )

    def clean_mapping(self) -> dict[str, Any] | None:
        file = self.cleaned_data["mapping"]
        if file is None:
            return None
        if file.size > LARGEST_MAPPING:
            raise forms.ValidationError(
                _("This file is too large for a mapping file. Check that you chose the right one.")
            )
        try:
            data = tomllib.loads(file.read().decode("utf-8-sig"))
            Mapping.make(data)
        except (ValueError, TypeError) as error:
            raise forms.ValidationError(
                _("The mapping file is not valid: %(problem)s."), params={"problem": error}
            ) from error
        return data
