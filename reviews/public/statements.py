"""Pages that an author reaches by the link in a statement of reasons."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from reviews.choices import AppealOutcome
from reviews.http import HttpRequest
from reviews.importing.records import LONGEST_TEXT
from reviews.models import Statement
from reviews.moderation import appeals
from reviews.moderation.statements import BadLink, by_link
from reviews.pages.plain_text import PlainTextField
from reviews.pages.text_labels import text_labels


class AppealForm(forms.Form):
    text = PlainTextField(
        max_length=5000,
        label=gettext_lazy("Why do you think the decision is wrong?"),
        widget=forms.Textarea({"rows": 6}),
    )


def find(token: str) -> Statement:
    """Return the statement of a link, or raise Http404."""
    try:
        return by_link(token)
    except BadLink as error:
        raise Http404 from error


@never_cache
@require_safe
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """The statement of reasons, and what the author can do about it."""
    return render_statement(request, token, find(token))


def render_statement(
    request: HttpRequest, token: str, statement: Statement, **more: Any
) -> HttpResponse:
    """Show a statement of reasons; `more` goes into the template, a `problem` makes it a 409."""
    is_open = appeals.is_open(statement)
    appeal = getattr(statement, "appeal", None)
    names = text_labels()
    texts = appeals.written_texts(statement.review)
    context = {
        "statement": statement,
        "review": statement.review,
        "token": token,
        "appeal": appeal,
        "can_appeal": is_open and appeal is None,
        "can_edit": is_open and statement.author_may_edit and statement.edited_at is None,
        "texts": [
            {"name": name, "label": names[name], "text": more.get("typed", {}).get(name, text)}
            for name, text in texts.items()
        ],
        "form": AppealForm(),
        "granted": appeal is not None and appeal.outcome == AppealOutcome.GRANTED,
        **more,
    }
    status = 409 if more.get("problem") else 200
    response = render(request, "reviews/statements/statement.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_POST
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Appeal the decision: someone other than the original decision-maker reviews it."""
    appealed = find(token)
    form = AppealForm(request.POST)
    if not form.is_valid():
        problem = _("Explain why you think the decision is wrong, in 5,000 characters or fewer.")
        return render_statement(request, token, appealed, form=form, problem=problem)
    try:
        appeals.appeal(statement=appealed, text=form.cleaned_data["text"])
    except appeals.Settled:
        problem = _("This decision is no longer in effect, or you have already appealed it.")
        return render_statement(request, token, appealed, form=form, problem=problem)
    return redirect(reverse("statement", args=[token]))


@never_cache
@require_POST
def edit_text(request: HttpRequest, token: str) -> HttpResponse:
    """Store the text that the author edited; the review is moderated again."""
    edited = find(token)
    plain = PlainTextField(required=False, max_length=LONGEST_TEXT, strip=False)
    typed = {
        name: plain.to_python(request.POST[name])[:LONGEST_TEXT]
        for name in appeals.written_texts(edited.review)
        if name in request.POST
    }
    try:
        appeals.edit_text(statement=edited, texts=typed)
    except appeals.NothingEdited:
        problem = _(
            "The text is unchanged or empty. Remove or reword the passage in "
            "question, then send your review again."
        )
        return render_statement(request, token, edited, typed=typed, problem=problem)
    except appeals.Settled:
        problem = _("This decision is no longer in effect, or you have already edited your review.")
        return render_statement(request, token, edited, typed=typed, problem=problem)
    return redirect(reverse("statement", args=[token]))
