from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.choices import RedactionKind, ReviewStatus, SkipReason
from reviews.models import ModerationReason
from reviews.pages.plain_text import PlainTextField


class DecisionForm(forms.Form):
    """A decision on a review; the transition determines whether it needs a reason."""

    to_status = forms.ChoiceField(choices=ReviewStatus.choices)
    expected_version = forms.CharField(max_length=40)
    reason = forms.ModelChoiceField(
        ModerationReason.objects.for_reviews(), required=False, label=_("Reason")
    )
    note = PlainTextField(required=False, max_length=2000, label=_("Note"))
    explanation = PlainTextField(required=False, max_length=2000, label=_("Message to the author"))
    passage = PlainTextField(required=False, max_length=2000, label=_("Passage to edit"))


class SkipForm(forms.Form):
    reason = forms.ChoiceField(choices=SkipReason.choices)


class NoteForm(forms.Form):
    body = PlainTextField(max_length=5000)


class RedactionForm(forms.Form):
    passage = PlainTextField(max_length=500)
    kind = forms.ChoiceField(choices=RedactionKind.choices)
