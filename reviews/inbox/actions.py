"""What a moderator does to one review: decide, undo, skip, assign, note, tag, redact."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import push_url

from reviews.choices import FlagAbout, FlagOutcome, RedactionKind, SkipReason
from reviews.http import HttpRequest, whole_number
from reviews.inbox.forms import DecisionForm, NoteForm, RedactionForm, SkipForm
from reviews.models import FlagEvidence, Redaction, Review
from reviews.moderation import assignment, flags, notes, redactions
from reviews.moderation.decisions import (
    DecisionNotAllowed,
    DecisionRequest,
    ReasonMissing,
    StaleDecision,
    decide,
    happened_since,
    version_token,
)
from reviews.moderation.filters import InboxFilter, in_list
from reviews.moderation.undoing import TooLate, undo_last
from reviews.pages import localized_text
from reviews.pages import presence as viewers
from reviews.pages.addresses import view_query, with_query
from reviews.pages.inbox_views import inbox_views
from reviews.pages.review_fetch import get_review
from reviews.pages.review_pane import render_review, review_pane
from reviews.permissions import moderators_only
from reviews.storable_text import storable
from reviews.templatetags.reviews import action_label


def show_next(request: HttpRequest, done: dict[str, Any]) -> HttpResponse:
    """Reserve the next free review of a view and show it, below the outcome of the last action.

    `done`: what the template shows of the last action.
    """
    filterset = InboxFilter(request.GET, queryset=in_list(), request=request)
    pk = assignment.reserve_next(segments=filterset.segments(), person=request.user)
    path = reverse("inbox-review", args=[pk]) if pk else reverse("inbox")
    query = request.GET.copy()
    query["work"] = "1"
    for name in ("cursor", "translate"):
        query.pop(name, None)
    if pk is None:
        query.pop("work")
        query["done"] = "1"
    address = f"{path}?{query.urlencode()}"
    if not request.htmx:
        return redirect(address)
    context = {"review": None, "nothing_left": True, "view_query": view_query(query).urlencode()}
    if pk is not None:
        context = review_pane(request, get_review(pk), query=query)
    context |= done | {"acted": True, "views": inbox_views(request)}
    return push_url(render(request, "reviews/inbox/inbox.html#review", context), address)


@moderators_only
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Reserve the first free review of a view and show it."""
    return show_next(request, {})


@moderators_only
@require_POST
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish, reject or remove a review; a stale decision or one without a reason is refused."""
    review = get_review(pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render_review(
            request, pk, problem=_("We couldn't read that decision. Use one of the buttons.")
        )
    data = dict(form.cleaned_data)
    expected_version = data.pop("expected_version")
    try:
        decide(
            review=review,
            request=DecisionRequest(actor=request.user, **data),
            expected_version=expected_version,
        )
    except StaleDecision as stale:
        return render_review(
            request, pk, problem=outcome_message(stale.happened), decision_form=form
        )
    except DecisionNotAllowed:
        problem = _("This review's current status doesn't allow that decision.")
        return render_review(request, pk, problem=problem, decision_form=form)
    except ReasonMissing:
        problem = _("Choose a reason. The author will see it.")
        return render_review(request, pk, problem=problem, decision_form=form)
    done = {"decided": get_review(pk)}
    if "work" in request.GET:
        return show_next(request, done)
    return render_review(request, pk, **done)


def outcome_message(happened: Any) -> str:
    """Return the message for a decision that came too late: what happened in the meantime."""
    actions = "; ".join(
        f"{action_label(entry.action)} ({entry.actor or entry.actor_label})" for entry in happened
    )
    return _(
        "Nothing was saved because the review changed in the meantime: %(what)s. "
        "Check it again, then decide."
    ) % {"what": actions or _("the text changed")}


@moderators_only
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the moderator's own last decision on a review."""
    review = get_review(pk)
    try:
        undo_last(review=review, actor=request.user)
    except TooLate:
        return render_review(
            request,
            pk,
            problem=_("This decision can no longer be undone. Make a new one or ask a lead."),
        )
    if request.htmx:
        path = reverse("inbox-review", args=[pk])
        return push_url(render_review(request, pk), with_query(request, path))
    return render_review(request, pk)


@moderators_only
@require_POST
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Skip a review, with the reason, and show the next."""
    review = get_review(pk)
    form = SkipForm(request.POST)
    if not form.is_valid():
        return render_review(request, pk, problem=_("Choose why you're skipping this review."))
    assignment.skip(
        review=review, person=request.user, reason=SkipReason(form.cleaned_data["reason"])
    )
    return show_next(request, {})


@moderators_only
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Assign a review to oneself, a colleague or the next in rotation, or unassign it."""
    get_object_or_404(Review, pk=pk)
    recipient = request.POST.get("to", "")
    if recipient == "turn":
        people = assignment.round_robin(count=1)
        assignee = people[0] if people else None
    elif recipient == "nobody":
        assignee = None
    elif recipient == "me":
        assignee = request.user
    else:
        assignee = get_object_or_404(
            assignment.moderators(), username=recipient.replace("\0", "")[:150]
        )
    assignment.assign_many(people={pk: assignee}, actor=request.user)
    return render_review(request, pk)


@moderators_only
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a note for colleagues."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        return render_review(request, pk, problem=_("Enter a note of up to 5,000 characters."))
    notes.write_note(review=get_review(pk), author=request.user, body=form.cleaned_data["body"])
    return render_review(request, pk)


@moderators_only
@require_POST
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a tag to a review, or remove one."""
    get_object_or_404(Review, pk=pk)
    name = storable(request.POST.get("name", "")).strip()
    removed = request.POST.get("remove", "")
    if removed:
        notes.untag_many(ids=[pk], name=storable(removed), actor=request.user)
    elif name:
        notes.tag_many(ids=[pk], name=name, actor=request.user)
    else:
        return render_review(request, pk, problem=_("Enter a tag."))
    return render_review(request, pk)


@moderators_only
@require_POST
def redact(request: HttpRequest, pk: int) -> HttpResponse:
    """Redact a passage, or remove a redaction."""
    review = get_review(pk)
    if redaction_id := request.POST.get("lift", ""):
        redaction = get_object_or_404(Redaction, pk=whole_number(redaction_id), review=review)
        redactions.lift(redaction=redaction, actor=request.user)
        return render_review(request, pk)
    form = RedactionForm(request.POST)
    if not form.is_valid():
        return render_review(request, pk, problem=_("Select a passage in the original first."))
    try:
        redactions.redact(
            review=review,
            passage=form.cleaned_data["passage"],
            kind=RedactionKind(form.cleaned_data["kind"]),
            actor=request.user,
        )
    except redactions.NotThere:
        problem = _("That passage isn't in this review. Copy it exactly as written.")
        return render_review(
            request, pk, problem=problem, redaction_passage=form.cleaned_data["passage"]
        )
    return render_review(request, pk)


@moderators_only
@require_POST
def settle_flags(request: HttpRequest, pk: int) -> HttpResponse:
    """Dismiss the open flags on a review or its response, with a message to their authors."""
    about = request.POST.get("about", FlagAbout.REVIEW)
    if about not in FlagAbout.values:
        raise Http404
    settled = flags.settle(
        review=get_review(pk),
        about=FlagAbout(about),
        outcome=FlagOutcome.DISMISSED,
        actor=request.user,
        answer=storable(request.POST.get("answer", ""))[:2000],
    )
    if not settled:
        raise Http404
    return render_review(request, pk)


@moderators_only
@require_safe
def flag_evidence(request: HttpRequest, pk: int) -> FileResponse:
    """Download a file that supports a flag; browsers save it and never show it on our site."""
    evidence = get_object_or_404(FlagEvidence, pk=pk)
    if not evidence.file:
        raise Http404
    return FileResponse(
        evidence.file.open(),
        as_attachment=True,
        filename=evidence.name,
        content_type=evidence.content_type,
    )


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def translation(request: HttpRequest, pk: int) -> HttpResponse:
    """The review translated into the moderator's language, beside the original."""
    review = get_review(pk)
    back = with_query(request, reverse("inbox-review", args=[pk]))
    return localized_text.respond(request, review, "reviews/inbox/_translation.html", back)


@moderators_only
@require_safe
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Who else is looking at a review, and whether it has changed in the meantime."""
    expected_version = request.GET.get("expected_version", "")[:40]
    review = get_object_or_404(Review.objects.only("pk", "product_id"), pk=pk)
    changed = expected_version != version_token(review)
    happened = happened_since(review, expected_version) if changed else []
    query = QueryDict(request.GET.urlencode(), mutable=True)
    query.pop("expected_version", None)
    return render(
        request,
        "reviews/inbox/_presence.html",
        {
            "review": review,
            "others": viewers.see(place="inbox", review_id=pk, person=request.user),
            "changed": changed,
            "happened": happened,
            "expected_version": expected_version,
            "query": query.urlencode(),
        },
    )
