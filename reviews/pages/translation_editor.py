"""Correct the translation of a review or a response, or its language."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reviews.audit.log import record
from reviews.choices import FlagAbout
from reviews.http import HttpRequest
from reviews.language import UNDETERMINED
from reviews.languages import OFFERED
from reviews.models import Review, TranslationReport
from reviews.pages.addresses import with_query
from reviews.pages.review_pane import render_review
from reviews.storable_text import storable
from reviews.translation import corrections, memory, reports
from reviews.translation.corrections import NothingWritten, StaleCorrection

LONGEST = 5_000  # characters of a segment


def edit_translation(
    request: HttpRequest, review: Review, subject: Any, about: FlagAbout
) -> HttpResponse:
    """Show the editor of a text's translation, or store the correction."""
    target = request.GET.get("into") or get_language() or "en"
    if target not in dict(settings.LANGUAGES) or target == subject.language:
        raise Http404
    back = with_query(request, reverse("inbox-review", args=[review.pk]))
    stored = corrections.stored_for(subject, target)
    rows = corrections.rows(subject, target, stored)
    written = {row.name: row.target for row in rows}
    problem = ""
    if request.method == "POST":
        written = {row.name: _read(request, row.name) for row in rows}
        if request.POST.get("do") == "fine":
            reports.settle(review=review, about=about, target=target, actor=request.user)
            return redirect(back)
        problem = _store(request, review, subject, about, target, list(written.values()))
        if not problem:
            return redirect(back)
    open_reports = TranslationReport.objects.filter(
        review=review, about=about, target_language=target, settled_at=None
    )
    texts = {row.key.text for row in rows}
    similar = memory.matches(texts, subject.language, target)
    context = {
        "review": review,
        "subject": subject,
        "target": target,
        "back": back,
        "rows": [
            {"row": row, "text": written[row.name], "matches": similar[row.key.text]}
            for row in rows
        ],
        "expected_version": request.POST.get("expected_version")
        if problem
        else corrections.version_token(subject, stored),
        "problem": problem,
        "reports": open_reports,
    }
    template = "reviews/inbox/translation_editor.html"
    return render(request, template, context, status=409 if problem else 200)


def _read(request: HttpRequest, name: str) -> str:
    text = request.POST.get(name, "").replace("\r\n", "\n")[:LONGEST]
    # A segment is one line: line breaks separate segments.
    return " ".join(storable(text).split("\n")).strip()


@transaction.atomic
def _store(
    request: HttpRequest,
    review: Review,
    subject: Any,
    about: FlagAbout,
    target: str,
    texts: list[str],
) -> str:
    """Store a correction with its audit entry. Return the problem, empty if there is none."""
    try:
        corrections.correct(
            subject=subject,
            target=target,
            texts=texts,
            expected_version=request.POST.get("expected_version", ""),
            actor=request.user,
        )
    except StaleCorrection:
        return _(
            "The original or its translation changed after you opened this page. "
            "Your text is still here: compare it, then save again."
        )
    except NothingWritten:
        return _("Some sentences have no translation. Translate every sentence before you save.")
    record(
        review=review,
        action="translation_corrected",
        actor=request.user,
        about=about,
        language=target,
    )
    reports.settle(review=review, about=about, target=target, actor=request.user)
    return ""


def set_language(request: HttpRequest, subject: Any, review_pk: int) -> HttpResponse:
    """Change the language of a review or response to the one chosen in the form."""
    chosen = request.POST.get("language", "")
    if chosen not in (*OFFERED, UNDETERMINED):
        return render_review(request, review_pk, problem=_("Choose a language."))
    with transaction.atomic():
        locked = type(subject).objects.select_for_update(of=["self"]).get(pk=subject.pk)
        if locked.language != chosen:
            former, locked.language = locked.language, chosen
            locked.save(update_fields=["language", "updated_at"])
            record(
                review=Review.objects.get(pk=review_pk),
                action="language_corrected",
                actor=request.user,
                about=type(subject)._meta.model_name,
                former=former,
                language=chosen,
            )
    return render_review(request, review_pk)
