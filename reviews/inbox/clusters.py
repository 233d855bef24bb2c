"""Clusters of near-duplicates: reviews with the same or nearly the same text."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from reviews import keyset
from reviews.http import HttpRequest
from reviews.keyset import BadCursor, Segment
from reviews.models import Cluster, ModerationReason, Review
from reviews.moderation import assignment
from reviews.pages.neighbours import neighbours
from reviews.pages.timeline import difference
from reviews.permissions import moderators_only

MAX_SHOWN = 200  # members of a cluster on its page


@moderators_only
@require_safe
def clusters(request: HttpRequest) -> HttpResponse:
    """The clusters, largest first."""
    largest = Cluster.objects.filter(size__gt=1)
    try:
        page = keyset.page([Segment(largest, ("-size", "-id"))], request.GET.get("cursor"), 30)
    except BadCursor:
        return redirect("inbox-clusters")
    return render(
        request,
        "reviews/inbox/clusters.html",
        {"page": page, **neighbours(request, page)},
    )


@moderators_only
@require_safe
def cluster(request: HttpRequest, pk: int) -> HttpResponse:
    """One cluster's reviews side by side, oldest first, to be decided together."""
    shown = get_object_or_404(Cluster, pk=pk)
    rows = shown.members.select_related("review__product", "review__source")
    members = list(rows.order_by("review_id")[:MAX_SHOWN])
    first = full_text(members[0].review) if members else ""
    compared = [
        {
            "review": member.review,
            "shown": difference(first, full_text(member.review)),
            "percent": round(100 * member.similarity) if member.nearest_id else None,
        }
        for member in members
    ]
    return render(
        request,
        "reviews/inbox/cluster.html",
        {
            "cluster": shown,
            "members": compared,
            "bulk_query": f"cluster={shown.pk}",
            "reasons": ModerationReason.objects.for_reviews(),
            "colleagues": assignment.moderators(),
            "languages": settings.LANGUAGES,
        },
    )


def full_text(review: Review) -> str:
    """Return a review's texts, field after field, with an empty line between them."""
    return "\n\n".join(review.texts().values())
