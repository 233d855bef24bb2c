"""The page on which a reader reports a bad translation."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reviews.choices import FlagAbout, TranslationStatus
from reviews.http import HttpRequest
from reviews.models import Review
from reviews.pages.plain_text import PlainTextField
from reviews.pages.throttles import FlagThrottle
from reviews.translation import reports


class ReportForm(forms.Form):
    """A reader's report of a bad translation."""

    note = PlainTextField(
        required=False,
        max_length=2000,
        label=gettext_lazy("What's wrong with the translation? (optional)"),
        widget=forms.Textarea({"rows": 4}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report the translation of a published review or its response into the reader's language."""
    review = get_object_or_404(Review.objects.published().with_names(), pk=pk)
    about = request.GET.get("about", FlagAbout.REVIEW)
    subject = review if about == FlagAbout.REVIEW else review.published_response
    target = get_language() or "en"
    if about not in FlagAbout.values or subject is None:
        raise Http404
    translation = subject.translations.filter(
        target_language=target, status=TranslationStatus.DONE
    ).first()
    if translation is None:
        raise Http404
    form = ReportForm(request.POST if request.method == "POST" else None)
    context = {
        "review": review,
        "form": form,
        "subject": subject,
        "translation": translation,
        "target": target,
    }
    if request.method == "POST" and form.is_valid():
        if FlagThrottle().allows(request):
            reports.report(
                review=review, about=FlagAbout(about), target=target, note=form.cleaned_data["note"]
            )
            context["done"] = True
        else:
            context["problem"] = _(
                "You've sent too many reports. Try again in an hour. Your text is still here."
            )
    status = 409 if form.errors or "problem" in context else 200
    return render(request, "reviews/public/report_translation.html", context, status=status)
