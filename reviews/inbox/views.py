"""The moderators' inbox: views, list and the pane of one review."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reviews.choices import TranslationState
from reviews.http import HttpRequest
from reviews.moderation.filters import InboxFilter, in_list
from reviews.pages import localized_text
from reviews.pages.addresses import view_query
from reviews.pages.inbox_views import default_query, inbox_views
from reviews.pages.listing import listing
from reviews.pages.review_fetch import get_review
from reviews.pages.review_pane import review_pane
from reviews.permissions import is_lead, moderators_only

FACETS = (
    "status",
    "rating",
    "signal",
    "tag",
    "assigned",
    "product",
    "language",
    "has_response",
    "company_size",
    "duration",
    "frequency",
    "industry",
    "source",
)


@moderators_only
@require_safe
@localized_text.varies
def inbox(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The three panes: views, list, and the review with this `pk`, if any."""
    if pk is None and not request.GET:
        # The address always contains the view.
        return redirect(f"{reverse('inbox')}?{default_query(request)}")
    review = get_review(pk) if pk else None
    if review is not None and request.htmx and request.htmx.target == "section#review":
        return render(request, "reviews/inbox/inbox.html#review", review_pane(request, review))
    context = list_pane(request)
    if review is not None:
        context |= review_pane(request, review)
    return render(request, "reviews/inbox/inbox.html", context)


def list_pane(request: HttpRequest) -> dict[str, Any]:
    """Return what the left and the middle pane show."""
    filterset = InboxFilter(request.GET, queryset=in_list(), request=request)
    context = listing(request, filterset=filterset, within=Q(), names=FACETS, path=reverse("inbox"))
    context["views"] = inbox_views(request)
    context["translation_states"] = TranslationState.choices
    context["is_lead"] = is_lead(request.user)
    context["view_query"] = view_query(request.GET).urlencode()
    return context
