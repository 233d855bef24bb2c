"""Pages of bulk jobs: choose what to do with many reviews, watch it, take it back."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from reviews import undoable_jobs
from reviews.choices import BulkAction, ReviewStatus
from reviews.http import HttpRequest, whole_number
from reviews.models import BulkJob, Cluster, ModerationReason, Review
from reviews.moderation import assignment, bulk
from reviews.moderation.filters import InboxFilter
from reviews.moderation.transitions import TRANSITIONS
from reviews.pages import localized_text
from reviews.pages.addresses import view_query
from reviews.pages.plain_text import PlainTextField
from reviews.pages.selection import selected_ids
from reviews.permissions import moderators_only
from reviews.undoable_jobs import CannotUndo


class BulkForm(forms.Form):
    """One action on many reviews; only the fields of the action count."""

    action = forms.ChoiceField(choices=BulkAction.choices)
    to_status = forms.ChoiceField(choices=ReviewStatus.choices, required=False)
    reason = forms.ModelChoiceField(
        ModerationReason.objects.for_reviews(), required=False, to_field_name="code"
    )
    explanation = PlainTextField(required=False, max_length=2000)
    note = PlainTextField(required=False, max_length=2000)
    to = forms.CharField(required=False, max_length=150)
    tag = PlainTextField(required=False, max_length=40)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        action = said.get("action")
        if action == BulkAction.DECIDE:
            moves = [m for m in TRANSITIONS if m.to_status == said.get("to_status") and m.may]
            if not moves:
                raise forms.ValidationError(gettext_lazy("Choose a decision."))
            if all(move.needs_reason for move in moves) and not said.get("reason"):
                raise forms.ValidationError(
                    gettext_lazy("Choose a reason. The authors will see it.")
                )
        to = said.get("to", "")
        is_named = action == BulkAction.ASSIGN and to not in ("", "turn")
        if is_named and not assignment.moderators().filter(username=to).exists():
            raise forms.ValidationError(gettext_lazy("Choose a team member."))
        if action == BulkAction.TAG and not said.get("tag", "").strip():
            raise forms.ValidationError(gettext_lazy("Enter a tag."))
        return said

    def parameters(self) -> dict[str, Any]:
        """Return what the chosen action needs."""
        said = self.cleaned_data
        match said["action"]:
            case BulkAction.DECIDE:
                reason = said["reason"].code if said["reason"] else None
                return {
                    "to_status": said["to_status"],
                    "reason": reason,
                    "explanation": said["explanation"],
                    "note": said["note"],
                }
            case BulkAction.ASSIGN:
                return {"to": said["to"]}
        return {"tag": said["tag"].strip().lower()}


def chosen(request: HttpRequest, query: QueryDict) -> QuerySet[Review]:
    """Return the reviews that an address is about: named, of a cluster, or of a view."""
    if cluster := whole_number(query.get("cluster")):
        found = get_object_or_404(Cluster, pk=cluster)
        return Review.objects.filter(cluster_place__cluster=found)
    ids = selected_ids(query)
    if ids is not None:
        return Review.objects.filter(pk__in=ids)
    view = view_query(query)
    return InboxFilter(view, queryset=Review.objects.all(), request=request).found()


@moderators_only
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """What to do with the reviews that the address is about."""
    return page(request, request.GET)


def page(request: HttpRequest, query: QueryDict, **more: Any) -> HttpResponse:
    count = chosen(request, query).count()
    context = {
        "count": count,
        "bulk_query": query.urlencode(),
        "view_query": view_query(query).urlencode(),
        "reasons": ModerationReason.objects.for_reviews(),
        "colleagues": assignment.moderators(),
        "languages": settings.LANGUAGES,
        **more,
    }
    return render(
        request, "reviews/inbox/bulk.html", context, status=409 if more.get("problem") else 200
    )


@moderators_only
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start the job."""
    query = QueryDict(request.POST.get("query", "")[:60_000].replace("\0", ""))
    form = BulkForm(request.POST)
    if not form.is_valid():
        errors = form.non_field_errors() or [_("Choose an action.")]
        return page(request, query, problem=errors[0], form=form)
    made = bulk.start(
        action=BulkAction(form.cleaned_data["action"]),
        parameters=form.parameters(),
        reviews=chosen(request, query),
        query=view_query(query).urlencode()[:2000],
        actor=request.user,
    )
    return redirect("inbox-bulk-job", made.pk)


@moderators_only
@require_safe
@localized_text.varies
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is, what was skipped and why, and the way back."""
    found = get_object_or_404(BulkJob.objects.select_related("started_by"), pk=pk)
    skipped = found.items.exclude(skip_reason="").select_related("review__product")[:100]
    context = {
        "job": found,
        "own": found.started_by_id == request.user.pk,
        "report": bulk.report(found),
        "skipped": skipped,
    }
    template = "reviews/inbox/bulk_job.html" + ("#progress" if request.htmx else "")
    return render(request, template, context)


@moderators_only
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End a job after the chunk at hand."""
    undoable_jobs.cancel(job=get_object_or_404(BulkJob, pk=pk, started_by=request.user))
    return redirect("inbox-bulk-job", pk)


@moderators_only
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what a job did."""
    try:
        bulk.undo_job(
            job=get_object_or_404(BulkJob, pk=pk, started_by=request.user), actor=request.user
        )
    except CannotUndo:
        pass  # the page says that the time for it is over
    return redirect("inbox-bulk-job", pk)
