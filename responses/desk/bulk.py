"""Pages of bulk responses: choose a template for many reviews, follow the job, undo it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from responses import bulk, rendering
from responses.choices import Outcome, TemplateKind
from responses.filters import DeskFilter
from responses.models import ReplyTemplate, ResponseJob
from responses.permissions import own_reviews
from reviews import undoable_jobs
from reviews.http import HttpRequest, whole_number
from reviews.models import Review
from reviews.pages.addresses import view_query
from reviews.pages.selection import selected_ids
from reviews.permissions import vendor_ids, vendor_staff_only
from reviews.undoable_jobs import CannotUndo

SHOWN = 3  # previews of a template


def chosen(request: HttpRequest, query: QueryDict) -> QuerySet[Review]:
    """Return the reviews of a query: the selected ones, or all of the view."""
    mine = vendor_ids(request.user)
    ids = selected_ids(query)
    if ids is not None:
        return own_reviews(request.user).filter(pk__in=ids)
    view = view_query(query)
    return DeskFilter(view, vendors=mine, person=request.user.pk).found()


@vendor_staff_only
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a template for the reviews in the address."""
    return page(request, request.GET)


def page(request: HttpRequest, query: QueryDict, **more: Any) -> HttpResponse:
    reviews = chosen(request, query)
    templates = ReplyTemplate.objects.filter(
        vendor__in=vendor_ids(request.user), kind=TemplateKind.RESPONSE, archived=False
    ).select_related("vendor")
    picked = templates.filter(pk=whole_number(query.get("template")) or 0).first()
    context = {
        "count": reviews.count(),
        "bulk_query": query.urlencode(),
        "view_query": view_query(query).urlencode(),
        "templates": templates,
        "picked": picked,
        "previews": previews(request, reviews, picked) if picked else [],
        "outcomes": Outcome.choices,
        **more,
    }
    status = 409 if more.get("problem") else 200
    return render(request, "responses/desk/bulk.html", context, status=status)


def previews(
    request: HttpRequest, reviews: QuerySet[Review], template: ReplyTemplate
) -> list[tuple[Review, rendering.Rendered]]:
    """Return the template rendered for some of the reviews."""
    others = rendering.of_vendor(template.vendor_id)
    own = reviews.filter(product__vendor=template.vendor_id, has_response=False)
    some = own.select_related("product__vendor").order_by("-listed_on", "-pk")[:50]
    fitting = [review for review in some if rendering.fits(template, review)][:SHOWN]
    return [
        (review, rendering.render(template, review, request.user, others)) for review in fitting
    ]


@vendor_staff_only
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start the job."""
    query = QueryDict(request.POST.get("query", "")[:60_000].replace("\0", ""))
    template = ReplyTemplate.objects.filter(
        pk=whole_number(request.POST.get("template")) or 0,
        vendor__in=vendor_ids(request.user),
        kind=TemplateKind.RESPONSE,
        archived=False,
    ).first()
    outcome = request.POST.get("outcome", "")
    if template is None or outcome not in Outcome.values:
        return page(
            request, query, problem=_("Choose a template and what to do with the responses.")
        )
    job = bulk.start(
        template=template,
        outcome=Outcome(outcome),
        reviews=chosen(request, query),
        actor=request.user,
    )
    return redirect("desk-bulk-job", job.pk)


def get_job(request: HttpRequest, pk: int) -> ResponseJob:
    jobs = ResponseJob.objects.select_related("template", "started_by")
    return get_object_or_404(jobs, pk=pk, vendor__in=vendor_ids(request.user))


@vendor_staff_only
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a job's progress, what was skipped and why, and whether it can be undone."""
    response_job = get_job(request, pk)
    context = {
        "job": response_job,
        "own": response_job.started_by_id == request.user.pk,
        "report": bulk.report(response_job),
        "skipped": response_job.items.exclude(skip_reason="").select_related("review__product")[
            :100
        ],
    }
    template = "responses/desk/bulk_job.html" + ("#progress" if request.htmx else "")
    return render(request, template, context)


@vendor_staff_only
@require_POST
def cancel_or_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a job after its current chunk, or undo it. Only the user who started it may."""
    response_job = get_job(request, pk)
    own = get_object_or_404(ResponseJob, pk=response_job.pk, started_by=request.user)
    if request.POST.get("do") == "cancel":
        undoable_jobs.cancel(job=own)
    else:
        try:
            bulk.undo_job(job=own, actor=request.user)
        except CannotUndo:
            pass  # the page says that the time for it is over
    return redirect("desk-bulk-job", pk)
