"""What vendors' staff do to one review: write, hand in, approve, publish, withdraw."""

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
    """Return what a form holds, with the template that it began with."""
    said = form.cleaned_data
    template = ReplyTemplate.objects.filter(
        pk=said["template"], vendor=review.product.vendor_id
    ).first()
    return ResponseContent(
        said["body"].strip(), said["author_name"].strip(), said["language"], template
    )


def sent(request: HttpRequest, review: Review) -> DeskResponseForm:
    """Return the editor's form as it was sent."""
    return DeskResponseForm(request.POST, zone=zone_of(review))


def editor_state_of(form: DeskResponseForm) -> EditorState:
    return EditorState(form.cleaned_data["expected_version"], form.cleaned_data["editor"])


def refused(request: HttpRequest, pk: int, form: DeskResponseForm, problem: str) -> HttpResponse:
    """Show what is wrong; what was typed stays, now beside what is there."""
    return render_review(request, pk, response_form=form, response_problem=problem)


def current(form: DeskResponseForm, review: Review) -> DeskResponseForm:
    """Return a form that knows what is there now: sent again, it counts."""
    said: Any = dict(form.data.items())
    said["expected_version"] = version_token(review.published_response, unfinished_of(review))
    return DeskResponseForm(said)


@vendor_staff_only
@require_POST
def respond(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish or edit the vendor's answer, hand it in, or set it a time."""
    review = get_own_review(request.user, pk)
    form = sent(request, review)
    if not form.is_valid():
        return refused(request, pk, form, form.problem())
    said = form.cleaned_data
    if not said["body"].strip() or not said["author_name"].strip():
        return refused(request, pk, form, _("Enter a response and the name it is signed with."))
    desk = getattr(review.product.vendor, "desk", None)
    found = checks.check_both(said["body"], said["translation"], review, desk)
    if found.problems:
        return refused(request, pk, form, " ".join(found.problems))
    if found.warnings and said["confirmed"] != found.confirmation:
        return render_review(
            request,
            pk,
            response_form=form,
            warnings=found.warnings,
            confirmation=found.confirmation,
        )
    try:
        response = drafting.submit(
            review=review,
            content=content_of(form, review),
            actor=request.user,
            editor_state=editor_state_of(form),
            publish_at=said["publish_at"],
            translation=said["translation"] if said["language"] else None,
        )
    except StaleResponse as stale:
        return refused(request, pk, current(form, get_own_review(request.user, pk)), str(stale))
    except Refused as problem:
        return refused(request, pk, form, str(problem))
    return render_review(request, pk, done=outcome_message(response.status))


def outcome_message(status: str) -> str:
    """Say what became of an answer that was sent."""
    return {
        ResponseStatus.PUBLISHED: _("Response published."),
        ResponseStatus.IN_APPROVAL: _("Response submitted for approval."),
        ResponseStatus.DRAFT: _("Response scheduled."),
    }[ResponseStatus(status)]


@vendor_staff_only
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is typed, and say what would keep it from being published."""
    review = get_own_review(request.user, pk)
    form = sent(request, review)
    context: dict[str, Any] = {"review": review, "zone": zone_of(review)}
    if form.is_valid():
        said = form.cleaned_data
        desk = getattr(review.product.vendor, "desk", None)
        context |= {
            "found": checks.check_both(said["body"], said["translation"], review, desk),
            "preview": said,
        }
        try:
            context["saved"] = drafting.save(
                review=review,
                content=content_of(form, review),
                actor=request.user,
                editor_state=editor_state_of(form),
            )
            if said["translation"]:
                response_translation.keep_edited(
                    review=review, author=request.user, translation=said["translation"]
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
                made = drafting.approve(
                    response=response,
                    actor=request.user,
                    expected_version=request.POST.get("expected_version", ""),
                )
                return render_review(request, pk, done=outcome_message(made.status))
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
    """Take the answer back."""
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
    """What the reviewer will read of a draft in another language, and the way back.

    POST asks for it, GET shows how far it is.
    """
    review = get_own_review(request.user, pk)
    draft = TranslatedDraft.objects.filter(review=review, author=request.user).first()
    if request.method == "POST":
        form = DeskResponseForm(request.POST)
        form.is_valid()
        said = form.cleaned_data
        if not said.get("body", "").strip() or not said.get("language"):
            problem = _("Write your response and choose its language first.")
        elif said["language"] == review.language:
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
            body=said["body"].strip(),
            language=said["language"],
            translation=said.get("translation", ""),
        )
    if not request.htmx:
        return redirect(with_query(request, reverse("desk-review", args=[pk])))
    context = {"review": review, **draft_context(draft)}
    return render(request, "responses/_draft.html", context)


@vendor_staff_only
@require_safe
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Which colleagues look at a review, and whether its answer changed meanwhile."""
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
    """The vendor's own best answers to similar reviews, with what they answered."""
    review = get_own_review(request.user, pk)
    found = suggestions.similar(review, vendors=vendor_ids(request.user))
    context = {"review": review, "suggestions": found, "query": request.GET.urlencode()}
    template = "_suggestions.html" if request.htmx else "suggestions.html"
    return render(request, f"responses/desk/{template}", context)


@vendor_staff_only
@require_POST
def insert(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a template's text into the editor, for pages without scripts."""
    review = get_own_review(request.user, pk)
    template = get_object_or_404(
        ReplyTemplate,
        pk=whole_number(request.POST.get("insert")),
        vendor=review.product.vendor_id,
    )
    templates = rendering.of_vendor(review.product.vendor_id)
    said = request.POST.copy()
    said["body"] = rendering.render(template, review, request.user, templates).text
    said["template"] = str(template.pk)
    context = pane(request, review, response_form=DeskResponseForm(said))
    return render(request, "responses/desk/review.html", context)
