from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.choices import ReviewStatus
from reviews.models import ModerationReason


class DecisionForm(forms.Form):
    """A decision on a review; whether it needs a reason, the transition says."""

    to_status = forms.ChoiceField(choices=ReviewStatus.choices)
    seen_status = forms.ChoiceField(choices=ReviewStatus.choices)
    reason = forms.ModelChoiceField(
        ModerationReason.objects.filter(active=True), required=False, label=_("Reason")
    )
    note = forms.CharField(
        required=False, max_length=2000, label=_("Note"), widget=forms.Textarea({"rows": 2})
    )
