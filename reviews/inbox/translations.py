"""Pages of translation jobs: estimate, progress, and what failed and why."""

from django import forms
from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviews import keyset
from reviews.http import HttpRequest
from reviews.inbox.bulk import render_actions, selected_reviews
from reviews.inbox.rules import conditions
from reviews.keyset import BadCursor, Segment
from reviews.models import TranslationJob
from reviews.pages import localized_text
from reviews.pages.addresses import view_query
from reviews.pages.neighbours import neighbours
from reviews.permissions import moderators_only
from reviews.translation import jobs
from reviews.translation.chunks import FAILED, SKIPPED

NAMED = 100  # reviews that the report lists by name


class JobForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)


STATE_CHANGES = {"start": jobs.start, "pause": jobs.pause, "cancel": jobs.cancel}


@moderators_only
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """The jobs, newest first."""
    newest = TranslationJob.objects.select_related("started_by", "rule")
    try:
        shown = keyset.page([Segment(newest, ("-id",))], request.GET.get("cursor"), 50)
    except BadCursor:
        return redirect("inbox-translations")
    context = {"page": shown, **neighbours(request, shown)}
    return render(request, "reviews/inbox/translations.html", context)


@moderators_only
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Create a job for the chosen reviews and show its estimate. Nothing is translated yet."""
    query = QueryDict(request.POST.get("query", "")[:60_000].replace("\0", ""))
    form = JobForm(request.POST)
    if not form.is_valid():
        return render_actions(request, query, problem=_("Choose a language."), form=form)
    job = jobs.choose(
        reviews=selected_reviews(request, query),
        target=form.cleaned_data["language"],
        query=view_query(query).urlencode(),
        actor=request.user,
    )
    return redirect("inbox-translation-job", job.pk)


@moderators_only
@require_safe
@localized_text.varies
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: its estimate, progress and result."""
    translation_job = get_object_or_404(
        TranslationJob.objects.select_related("started_by", "rule"), pk=pk
    )
    items = translation_job.items.exclude(skip_reason="").select_related("review__product")
    context = {
        "job": translation_job,
        "conditions": conditions(translation_job.query),
        "remaining": jobs.seconds_left(translation_job),
        "report": jobs.report(translation_job),
        "failed": items.filter(outcome=FAILED)[:NAMED],
        "skipped_outcome": SKIPPED,
        "currency": settings.TRANSLATION["currency"],
    }
    template = "reviews/inbox/translation_job.html" + ("#progress" if request.htmx else "")
    return render(request, template, context)


@moderators_only
@require_POST
def change_job_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Start, pause, resume or cancel a job, by the button pressed (`do`)."""
    translation_job = get_object_or_404(TranslationJob, pk=pk)
    if change := STATE_CHANGES.get(request.POST.get("do", "")):
        change(job=translation_job, actor=request.user)
    return redirect("inbox-translation-job", pk)
