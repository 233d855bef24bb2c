"""Look-alikes: reviews whose texts are the same or nearly, decided together."""

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
    """The clusters, the largest first."""
    found = Cluster.objects.filter(size__gt=1)
    try:
        page = keyset.page([Segment(found, ("-size", "-id"))], request.GET.get("cursor"), 30)
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
    """One cluster's reviews side by side, the oldest first, to be decided together."""
    found = get_object_or_404(Cluster, pk=pk)
    rows = found.members.select_related("review__product", "review__source")
    found_first = list(rows.order_by("review_id")[:MAX_SHOWN])
    first = said(found_first[0].review) if found_first else ""
    members = [
        {
            "review": member.review,
            "shown": difference(first, said(member.review)),
            "percent": round(100 * member.similarity) if member.nearest_id else None,
        }
        for member in found_first
    ]
    return render(
        request,
        "reviews/inbox/cluster.html",
        {
            "cluster": found,
            "members": members,
            "bulk_query": f"cluster={found.pk}",
            "reasons": ModerationReason.objects.for_reviews(),
            "colleagues": assignment.moderators(),
            "languages": settings.LANGUAGES,
        },
    )


def said(review: Review) -> str:
    """Return all that a review says, field after field."""
    return "\n\n".join(review.texts().values())
