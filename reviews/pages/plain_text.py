"""A form's field for text that people type."""

from django import forms

from reviews.storable_text import storable


class PlainTextField(forms.CharField):
    """A text as it was typed, plain line ends, without what cannot be stored."""

    def to_python(self, value: object) -> str:
        return storable((super().to_python(value) or "").replace("\r\n", "\n"))
