"""What vendors' staff do with a response: write, submit, approve, publish, withdraw it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from responses import checks, drafting, rendering, response_translation, suggestions
from responses.choices import ResponseStatus
from responses.desk.views import (
    draft_context,
    pane,
    render_review,
    unfinished_of,
    zone_of,
)
from responses.drafting import EditorState
from responses.forms import DeskResponseForm
from responses.lifecycle import (
    Refused,
    ResponseContent,
    StaleResponse,
    version_token,
    withdraw_response,
)
from responses.models import ReplyTemplate, TranslatedDraft
from responses.permissions import get_own_review, role_of
from reviews.http import HttpRequest, whole_number
from reviews.models import Review
from reviews.pages import localized_text
from reviews.pages import presence as looking
from reviews.pages.addresses import with_query
from reviews.permissions import vendor_ids, vendor_staff_only
from reviews.storable_text import storable


def content_of(form: DeskResponseForm, review: Review) -> ResponseContent:
    """Return the response in a form, with the template that it was started from."""
    data = form.cleaned_data
    template = ReplyTemplate.objects.filter(
        pk=data["template"], vendor=review.product.vendor_id
    ).first()
    return ResponseContent(
        data["body"].strip(), data["author_name"].strip(), data["language"], template
    )


def submitted_form(request: HttpRequest, review: Review) -> DeskResponseForm:
    """Return the editor's form as submitted."""
    return DeskResponseForm(request.POST, zone=zone_of(review))


def editor_state_of(form: DeskResponseForm) -> EditorState:
    return EditorState(form.cleaned_data["expected_version"], form.cleaned_data["editor"])


def refused(request: HttpRequest, pk: int, form: DeskResponseForm, problem: str) -> HttpResponse:
    """Show the problem; the form keeps the typed text, beside the current response."""
    return render_review(request, pk, response_form=form, response_problem=problem)


def with_current_version(form: DeskResponseForm, review: Review) -> DeskResponseForm:
    """Return the form with the current version: submitted again, it overwrites it."""
    data: Any = dict(form.data.items())
    data["expected_version"] = version_token(review.published_response, unfinished_of(review))
    return DeskResponseForm(data)


@vendor_staff_only
@require_POST
def respond(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish, schedule or edit the vendor's response, or submit it for approval."""
    review = get_own_review(request.user, pk)
    form = submitted_form(request, review)
    if not form.is_valid():
        return refused(request, pk, form, form.problem())
    data = form.cleaned_data
    if not data["body"].strip() or not data["author_name"].strip():
        return refused(request, pk, form, _("Enter a response and the name it is signed with."))
    desk = getattr(review.product.vendor, "desk", None)
    result = checks.check_both(data["body"], data["translation"], review, desk)
    if result.problems:
        return refused(request, pk, form, " ".join(result.problems))
    if result.warnings and data["confirmed"] != result.confirmation:
        return render_review(
            request,
            pk,
            response_form=form,
            warnings=result.warnings,
            confirmation=result.confirmation,
        )
    try:
        response = drafting.submit(
            review=review,
            content=content_of(form, review),
            actor=request.user,
            editor_state=editor_state_of(form),
            publish_at=data["publish_at"],
            translation=data["translation"] if data["language"] else None,
        )
    except StaleResponse as stale:
        return refused(
            request, pk, with_current_version(form, get_own_review(request.user, pk)), str(stale)
        )
    except Refused as problem:
        return refused(request, pk, form, str(problem))
    return render_review(request, pk, done=outcome_message(response.status))


def outcome_message(status: str) -> str:
    """Return the message for a submitted response's new status."""
    return {
        ResponseStatus.PUBLISHED: _("Response published."),
        ResponseStatus.IN_APPROVAL: _("Response submitted for approval."),
        ResponseStatus.DRAFT: _("Response scheduled."),
    }[ResponseStatus(status)]


@vendor_staff_only
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the draft, and show what would prevent its publication."""
    review = get_own_review(request.user, pk)
    form = submitted_form(request, review)
    context: dict[str, Any] = {"review": review, "zone": zone_of(review)}
    if form.is_valid():
        data = form.cleaned_data
        desk = getattr(review.product.vendor, "desk", None)
        context |= {
            "found": checks.check_both(data["body"], data["translation"], review, desk),
            "preview": data,
        }
        try:
            context["saved"] = drafting.save(
                review=review,
                content=content_of(form, review),
                actor=request.user,
                editor_state=editor_state_of(form),
            )
            if data["translation"]:
                response_translation.keep_edited(
                    review=review, author=request.user, translation=data["translation"]
                )
        except Refused as refusal:
            context["problem"] = str(refusal)
            context["theirs"] = unfinished_of(get_own_review(request.user, pk))
    else:
        context["problem"] = form.problem()
    if not request.htmx:
        if problem := context.get("problem"):
            return refused(request, pk, form, problem)
        return render_review(request, pk)
    return render(request, "responses/desk/_draft_state.html", context)


@vendor_staff_only
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the draft."""
    review = get_own_review(request.user, pk)
    form = DeskResponseForm(request.POST)
    if not form.is_valid():
        return refused(request, pk, form, form.problem())
    try:
        drafting.discard(review=review, actor=request.user, editor_state=editor_state_of(form))
    except Refused as problem:
        return refused(request, pk, form, str(problem))
    return render_review(request, pk, done=_("Draft discarded."))


@vendor_staff_only
@require_POST
def decide_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a response, send it back, take it back as its author, or cancel its schedule."""
    review = get_own_review(request.user, pk)
    response = unfinished_of(review)
    if response is None:
        return render_review(
            request,
            pk,
            response_problem=_(
                "This response is no longer waiting for approval. "
                "Someone else may have handled it already."
            ),
        )
    response.review = review
    note = storable(request.POST.get("note", "")).strip()[:2000]
    try:
        match request.POST.get("do"):
            case "approve":
                approved = drafting.approve(
                    response=response,
                    actor=request.user,
                    expected_version=request.POST.get("expected_version", ""),
                )
                return render_review(request, pk, done=outcome_message(approved.status))
            case "unschedule":
                drafting.unschedule(review=review, actor=request.user)
            case _:
                drafting.send_back(response=response, actor=request.user, note=note)
    except Refused as problem:
        return render_review(request, pk, response_problem=str(problem))
    return render_review(request, pk, done=_("Response moved back to draft."))


@vendor_staff_only
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the response."""
    review = get_own_review(request.user, pk)
    response = review.published_response
    if response is None:
        raise Http404
    role = role_of(request.user, review.product.vendor_id)
    try:
        withdraw_response(response=response, role=role, actor=request.user)
    except Refused as problem:
        return render_review(request, pk, response_problem=str(problem))
    return render_review(request, pk, done=_("Response withdrawn."))


@vendor_staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@localized_text.varies
def translation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft's translation into the review's language, and its back-translation.

    POST requests them, GET shows the progress.
    """
    review = get_own_review(request.user, pk)
    draft = TranslatedDraft.objects.filter(review=review, author=request.user).first()
    if request.method == "POST":
        form = DeskResponseForm(request.POST)
        form.is_valid()
        data = form.cleaned_data
        if not data.get("body", "").strip() or not data.get("language"):
            problem = _("Write your response and choose its language first.")
        elif data["language"] == review.language:
            problem = _(
                "You're writing in the reviewer's language, so there is nothing to translate."
            )
        else:
            problem = ""
        if problem:
            context = {"review": review, **draft_context(draft), "draft_problem": problem}
            if request.htmx:
                return render(request, "responses/_draft.html", context)
            return refused(request, pk, form, problem)
        draft = response_translation.ask(
            review=review,
            author=request.user,
            body=data["body"].strip(),
            language=data["language"],
            translation=data.get("translation", ""),
        )
    if not request.htmx:
        return redirect(with_query(request, reverse("desk-review", args=[pk])))
    context = {"review": review, **draft_context(draft)}
    return render(request, "responses/_draft.html", context)


@vendor_staff_only
@require_safe
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which colleagues have a review open, and whether its response has changed."""
    review = get_own_review(request.user, pk)
    unfinished = unfinished_of(review)
    state = EditorState(
        request.GET.get("expected_version", "")[:100], request.GET.get("editor", "")[:32]
    )
    query = request.GET.copy()
    for name in ("expected_version", "editor"):
        query.pop(name, None)
    context = {
        "review": review,
        "others": looking.see(place="desk", review_id=pk, person=request.user),
        "changed": state.is_stale(review.published_response, unfinished),
        "by": unfinished.author if unfinished else None,
        "editor_state": state,
        "query": query.urlencode(),
    }
    return render(request, "responses/desk/_presence.html", context)


@vendor_staff_only
@require_safe
def suggest(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the vendor's best responses to similar reviews, with those reviews."""
    review = get_own_review(request.user, pk)
    similar = suggestions.similar(review, vendors=vendor_ids(request.user))
    context = {"review": review, "suggestions": similar, "query": request.GET.urlencode()}
    template = "_suggestions.html" if request.htmx else "suggestions.html"
    return render(request, f"responses/desk/{template}", context)


@vendor_staff_only
@require_POST
def insert(request: HttpRequest, pk: int) -> HttpResponse:
    """Insert a template's text into the editor, for browsers without scripts."""
    review = get_own_review(request.user, pk)
    template = get_object_or_404(
        ReplyTemplate,
        pk=whole_number(request.POST.get("insert")),
        vendor=review.product.vendor_id,
    )
    templates = rendering.of_vendor(review.product.vendor_id)
    data = request.POST.copy()
    data["body"] = rendering.render(template, review, request.user, templates).text
    data["template"] = str(template.pk)
    context = pane(request, review, response_form=DeskResponseForm(data))
    return render(request, "responses/desk/review.html", context)
