"""The moderator's workspace: find a review, read it, decide."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews.choices import FlagOutcome, ReviewStatus
from reviews.facets import COLUMNS
from reviews.filters import ReviewFilter
from reviews.http import HttpRequest
from reviews.inbox.forms import DecisionForm
from reviews.inbox.listing import in_pane, listing
from reviews.models import FacetCount, Flag, ModerationReason, Review
from reviews.moderation.decisions import (
    NotAllowed,
    ReasonMissing,
    StaleDecision,
    decide,
    settle_flags,
)
from reviews.moderation.transitions import open_to
from reviews.public import reading
from reviews.roles import moderators_only

FACETS = (
    "status",
    "rating",
    "product",
    "language",
    "has_response",
    "company_size",
    "duration",
    "frequency",
    "industry",
    "source",
)


class InboxFilter(ReviewFilter):
    """What moderators filter by beside what everybody does."""

    flagged = django_filters.BooleanFilter(method="with_flags", label=gettext_lazy("Flagged"))

    def with_flags(self, queryset: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        is_open = Q(pk__in=Flag.objects.filter(outcome=FlagOutcome.OPEN).values("review_id"))
        return queryset.filter(is_open if value else ~is_open)


@moderators_only
@require_safe
@reading.varies
def inbox(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The three panes: views, list, and the review at `pk`."""
    review = get_review(pk) if pk else None
    if review is not None and request.htmx and request.htmx.target == "section#review":
        return render(request, "reviews/inbox/inbox.html#review", pane(request, review))
    filterset = InboxFilter(request.GET, queryset=in_pane(Review.objects.all()))
    context = listing(request, filterset=filterset, within=Q(), names=FACETS, path=reverse("inbox"))
    context["views"] = views(request)
    if review is not None:
        context |= pane(request, review)
    return render(request, "reviews/inbox/inbox.html", context)


def get_review(pk: int | None) -> Review:
    return get_object_or_404(
        Review.objects.with_names().select_related("reviewer", "imported_by"), pk=pk
    )


def views(request: HttpRequest) -> list[dict[str, Any]]:
    """The views at the side: a name, an address, and how many reviews stand there."""
    by_status = dict(FacetCount.objects.values_list("status").annotate(Sum("n")))
    unanswered = FacetCount.objects.filter(
        status=ReviewStatus.PUBLISHED, answered=False, stars__lte=2
    ).aggregate(n=Sum("n"))["n"]
    flagged = Flag.objects.filter(outcome=FlagOutcome.OPEN).values("review").distinct().count()
    found: list[tuple[str, str, int]] = [
        (pgettext("view", "Pending"), "status=pending", by_status.get("pending", 0)),
        (_("Flagged"), "flagged=true", flagged),
        (
            _("Low rating, unanswered"),
            "status=published&rating=1&rating=2&has_response=false",
            unanswered or 0,
        ),
        (pgettext("view", "Published"), "status=published", by_status.get("published", 0)),
        (pgettext("view", "Rejected"), "status=rejected", by_status.get("rejected", 0)),
        (pgettext("view", "Removed"), "status=removed", by_status.get("removed", 0)),
        (_("All"), "", sum(by_status.values())),
    ]
    here = sorted((k, v) for k, v in request.GET.lists() if k in {*COLUMNS, "flagged"})
    return [
        {
            "label": label,
            "url": reverse("inbox") + (f"?{query}" if query else ""),
            "count": count,
            "chosen": here == _lists(query),
        }
        for label, query, count in found
    ]


def _lists(query: str) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for pair in filter(None, query.split("&")):
        name, _equals, value = pair.partition("=")
        found.setdefault(name, []).append(value)
    return sorted(found.items())


def pane(request: HttpRequest, review: Review, **more: Any) -> dict[str, Any]:
    """What the right pane shows of a review."""
    target = get_language() or "en"
    review.reading = reading.Reading(  # type: ignore[attr-defined]
        review, target, review.translations.filter(target_language=target).first()
    )
    query = request.GET.copy()
    query.pop("translate", None)
    return {
        "review": review,
        "moves": open_to(request.user, review.status),
        "reasons": ModerationReason.objects.filter(active=True),
        "flags": review.flags.filter(outcome=FlagOutcome.OPEN).select_related(
            "reason", "raised_by"
        ),
        "history": review.audit_entries.select_related("actor")[:50],
        "revisions": review.revisions.order_by("-number")[:20],
        "query": query.urlencode(),
        **more,
    }


@moderators_only
@require_POST
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish, reject or remove a review; a stale or unfounded decision is refused."""
    review = get_review(pk)
    form = DecisionForm(request.POST)
    problem = ""
    if not form.is_valid():
        problem = _("That decision cannot be read. Choose one of the buttons.")
    else:
        try:
            decide(review=review, actor=request.user, **form.cleaned_data)
        except StaleDecision as stale:
            review = get_review(pk)
            problem = _(
                "Meanwhile this review became “%(status)s” by %(who)s. Look again, then decide."
            ) % {
                "status": review.get_status_display().lower(),
                "who": stale.last.actor if stale.last else "–",
            }
        except NotAllowed:
            problem = _("This review cannot be moved there from where it is.")
        except ReasonMissing:
            problem = _("Choose a reason: the author is told why.")
    if request.htmx or problem:
        context = pane(request, review, problem=problem, form=form)
        if request.htmx:
            # The row in the list and the counts at the side change with the decision.
            context |= {"decided": not problem, "views": views(request)}
        return render(
            request,
            "reviews/inbox/inbox.html#review" if request.htmx else "reviews/inbox/review.html",
            context,
            status=200 if request.htmx or not problem else 409,
        )
    return redirect(with_query(request, reverse("inbox-review", args=[pk])))


def with_query(request: HttpRequest, path: str) -> str:
    query = request.GET.urlencode()
    return f"{path}?{query}" if query else path


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def translation(request: HttpRequest, pk: int) -> HttpResponse:
    """The review beside itself in the moderator's language."""
    review = get_review(pk)
    back = with_query(request, reverse("inbox-review", args=[pk]))
    return reading.respond(request, review, "reviews/inbox/_translation.html", back)


@moderators_only
@require_POST
def dismiss_flags(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a flagged review where it is."""
    review = get_review(pk)
    if not review.flags.filter(outcome=FlagOutcome.OPEN).exists():
        raise Http404
    settle_flags(review=review, actor=request.user, outcome=FlagOutcome.DISMISSED)
    if request.htmx:
        return render(request, "reviews/inbox/inbox.html#review", pane(request, review))
    return redirect(with_query(request, reverse("inbox-review", args=[pk])))
