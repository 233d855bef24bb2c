"""Pages on which a visitor reports a review or its response, and reads the outcome."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from reviews.choices import FlagAbout
from reviews.http import HttpRequest
from reviews.models import ModerationReason, Review
from reviews.moderation import flags
from reviews.pages.plain_text import PlainTextField
from reviews.pages.throttles import FlagThrottle


class FlagForm(forms.Form):
    """A visitor's report of a review or its response."""

    about = forms.ChoiceField(
        choices=FlagAbout.choices, label=gettext_lazy("What are you reporting?")
    )
    reason = forms.ModelChoiceField(
        ModerationReason.objects.filter(active=True),
        to_field_name="code",
        label=gettext_lazy("Reason"),
        empty_label=gettext_lazy("Choose a reason"),
    )
    note = PlainTextField(
        max_length=2000,
        label=gettext_lazy("Explain why it breaks the rules"),
        widget=forms.Textarea({"rows": 4}),
    )
    email = forms.EmailField(
        required=False,
        max_length=200,
        label=gettext_lazy("Your e-mail address (optional), to receive the outcome"),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a published review or its response. It stays public until a moderator decides."""
    review = get_object_or_404(Review.objects.published().with_names(), pk=pk)
    about = request.GET.get("about", FlagAbout.REVIEW)
    form = FlagForm(request.POST or None, initial={"about": about})
    if not review.published_response:
        form.fields["about"] = forms.ChoiceField(
            choices=FlagAbout.choices[:1], label=form.fields["about"].label
        )
    context: dict[str, Any] = {"review": review, "form": form}
    if request.method == "POST" and form.is_valid():
        if FlagThrottle().allows(request):
            raised = flags.flag(review=review, **form.cleaned_data)
            return redirect(flags.path(raised))
        context["problem"] = _(
            "You've sent too many reports. Try again in an hour. Your text is still here."
        )
    status = 409 if form.errors or "problem" in context else 200
    return render(request, "reviews/flags/flag_form.html", context, status=status)


@never_cache
@require_safe
def flag(request: HttpRequest, token: str) -> HttpResponse:
    """The outcome of a report, for anyone who has its link."""
    raised = flags.by_link(token)
    if raised is None:
        raise Http404
    response = render(request, "reviews/flags/flag.html", {"flag": raised})
    response["X-Robots-Tag"] = "noindex"
    return response
