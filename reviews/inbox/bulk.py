"""Pages of bulk jobs: choose an action for many reviews, watch its progress, undo it."""

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
    """One action on many reviews; only the fields of the chosen action are used."""

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
        data = super().clean() or {}
        action = data.get("action")
        if action == BulkAction.DECIDE:
            moves = [
                move for move in TRANSITIONS if move.to_status == data.get("to_status") and move.may
            ]
            if not moves:
                raise forms.ValidationError(gettext_lazy("Choose a decision."))
            if all(move.needs_reason for move in moves) and not data.get("reason"):
                raise forms.ValidationError(
                    gettext_lazy("Choose a reason. The authors will see it.")
                )
        recipient = data.get("to", "")
        is_named = action == BulkAction.ASSIGN and recipient not in ("", "turn")
        if is_named and not assignment.moderators().filter(username=recipient).exists():
            raise forms.ValidationError(gettext_lazy("Choose a team member."))
        if action == BulkAction.TAG and not data.get("tag", "").strip():
            raise forms.ValidationError(gettext_lazy("Enter a tag."))
        return data

    def parameters(self) -> dict[str, Any]:
        """Return the parameters that the chosen action needs."""
        data = self.cleaned_data
        match data["action"]:
            case BulkAction.DECIDE:
                reason = data["reason"].code if data["reason"] else None
                return {
                    "to_status": data["to_status"],
                    "reason": reason,
                    "explanation": data["explanation"],
                    "note": data["note"],
                }
            case BulkAction.ASSIGN:
                return {"to": data["to"]}
        return {"tag": data["tag"].strip().lower()}


def selected_reviews(request: HttpRequest, query: QueryDict) -> QuerySet[Review]:
    """Return the reviews that a query selects: by their ids, by cluster, or by view."""
    if cluster_id := whole_number(query.get("cluster")):
        cluster = get_object_or_404(Cluster, pk=cluster_id)
        return Review.objects.filter(cluster_place__cluster=cluster)
    selected = selected_ids(query)
    if selected is not None:
        return Review.objects.filter(pk__in=selected)
    view = view_query(query)
    return InboxFilter(view, queryset=Review.objects.all(), request=request).found()


@moderators_only
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Choose what to do with the reviews that the address selects."""
    return render_actions(request, request.GET)


def render_actions(request: HttpRequest, query: QueryDict, **more: Any) -> HttpResponse:
    """Show the actions for the selected reviews; `more` goes into the template."""
    count = selected_reviews(request, query).count()
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
    """Start a bulk job."""
    query = QueryDict(request.POST.get("query", "")[:60_000].replace("\0", ""))
    form = BulkForm(request.POST)
    if not form.is_valid():
        errors = form.non_field_errors() or [_("Choose an action.")]
        return render_actions(request, query, problem=errors[0], form=form)
    started = bulk.start(
        action=BulkAction(form.cleaned_data["action"]),
        parameters=form.parameters(),
        reviews=selected_reviews(request, query),
        query=view_query(query).urlencode()[:2000],
        actor=request.user,
    )
    return redirect("inbox-bulk-job", started.pk)


@moderators_only
@require_safe
@localized_text.varies
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """A job's progress, what was skipped and why, and the button that undoes it."""
    bulk_job = get_object_or_404(BulkJob.objects.select_related("started_by"), pk=pk)
    skipped = bulk_job.items.exclude(skip_reason="").select_related("review__product")[:100]
    context = {
        "job": bulk_job,
        "own": bulk_job.started_by_id == request.user.pk,
        "report": bulk.report(bulk_job),
        "skipped": skipped,
    }
    template = "reviews/inbox/bulk_job.html" + ("#progress" if request.htmx else "")
    return render(request, template, context)


@moderators_only
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job after its current chunk."""
    undoable_jobs.cancel(job=get_object_or_404(BulkJob, pk=pk, started_by=request.user))
    return redirect("inbox-bulk-job", pk)


@moderators_only
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo what a job did."""
    try:
        bulk.undo_job(
            job=get_object_or_404(BulkJob, pk=pk, started_by=request.user), actor=request.user
        )
    except CannotUndo:
        pass  # the page shows that it is too late
    return redirect("inbox-bulk-job", pk)
