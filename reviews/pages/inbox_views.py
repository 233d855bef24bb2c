"""The views beside the inbox: built-in, the person's own, and the team's."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reviews.choices import DefaultFor
from reviews.http import HttpRequest
from reviews.models import Review, SavedView
from reviews.moderation.filters import InboxFilter
from reviews.pages.saved_views import View, views_of
from reviews.permissions import is_lead


def built_in_views() -> list[tuple[str, str]]:
    """Return the label and query of each built-in view."""
    return [
        (_("Needs attention"), "queue=true"),
        (pgettext("view", "Pending"), "status=pending"),
        (_("Flagged"), "flagged=true"),
        (
            _("Low rating, no response"),
            "status=published&rating=1&rating=2&has_response=false",
        ),
        (_("Mine"), "assigned=me&status=pending"),
        (_("Mentions me"), "mentioned=true"),
        (_("Appealed"), "appealed=true"),
        (pgettext("view", "Published"), "status=published"),
        (pgettext("view", "Rejected"), "status=rejected"),
        (pgettext("view", "Removed"), "status=removed"),
        (_("All"), "sort=newest"),
    ]


def inbox_views(request: HttpRequest) -> list[View]:
    """Return the views of a moderator."""
    saved = SavedView.objects.filter(Q(owner=request.user) | Q(shared=True), vendor=None)
    return views_of(
        request,
        path=reverse("inbox"),
        built_in=built_in_views(),
        saved=saved.select_related("owner"),
        search=lambda query: InboxFilter(query, queryset=Review.objects.all(), request=request),
    )


def default_query(request: HttpRequest) -> str:
    """Return the query of the view that opens first: the role's default, else the queue."""
    roles = [DefaultFor.LEADS] if is_lead(request.user) else [DefaultFor.MODERATORS]
    query = SavedView.objects.filter(default_for__in=roles).values_list("query", flat=True).first()
    return query or "queue=true"
