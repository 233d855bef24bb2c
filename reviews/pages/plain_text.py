"""A form field for text that people type."""

from django import forms

from reviews.storable_text import storable


class PlainTextField(forms.CharField):
    """Text as typed, with plain line ends and without characters that cannot be stored."""

    def to_python(self, value: object) -> str:
        return storable((super().to_python(value) or "").replace("\r\n", "\n"))
