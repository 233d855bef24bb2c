"""The middle pane of a workspace: a filtered list of reviews, a page at a time."""

from typing import Any

from django.db.models import Q, QuerySet

from reviews import facets, keyset
from reviews.filters import ReviewFilter
from reviews.http import HttpRequest
from reviews.keyset import BadCursor
from reviews.models import Flag, Review
from reviews.public.facet_list import FacetList
from reviews.public.views import neighbours, sorts

PAGE_SIZE = 30


def listing(
    request: HttpRequest,
    *,
    filterset: ReviewFilter,
    within: Q,
    names: tuple[str, ...],
    path: str,
) -> dict[str, Any]:
    """Return what the pane shows: a page of reviews, the facets beside it, the ways on.

    `within` restricts what the facets count; `path` is the list's own address.
    """
    try:
        page = keyset.page(filterset.segments(), request.GET.get("cursor"), PAGE_SIZE)
    except BadCursor:
        page = keyset.page(filterset.segments(), None, PAGE_SIZE)
    counted = facets.counts(filterset.uncounted(), filterset.chosen, within, (*names, "total"))
    total = counted.pop("total").total()
    flagged = Flag.objects.filter(outcome="open", review_id__in=[r.pk for r in page.items])
    flagged_ids = set(flagged.values_list("review_id", flat=True))
    for review in page.items:
        review.is_flagged = review.pk in flagged_ids
    query = request.GET.copy()
    query.pop("translate", None)
    return {
        "page": page,
        "total": total,
        "filterset": filterset,
        "rail": FacetList(filterset, counted, request.GET, path),
        "list_url": path,
        "query": query.urlencode(),
        "sorts": sorts(request, filterset, path),
        **neighbours(request, page, path),
    }


def in_pane(queryset: QuerySet[Review]) -> QuerySet[Review]:
    """Fetch what a row of the list shows."""
    return queryset.select_related("product").only(
        "title", "overall", "pros", "cons", "overall_rating", "rated_criteria", "language",
        "reviewed_on", "listed_on", "status", "answered", "product__name", "product__slug",
    )  # fmt: skip
