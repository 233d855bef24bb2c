"""The views of the inbox: the ones that are always there, one's own, and the team's."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from reviews.choices import DefaultFor
from reviews.http import HttpRequest
from reviews.models import Review, SavedView
from reviews.moderation.filters import InboxFilter
from reviews.pages.saved_views import View, keep_view, views_of
from reviews.permissions import is_lead, moderators_only


def built_in() -> list[tuple[str, str]]:
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


def views(request: HttpRequest) -> list[View]:
    """Return the views of a moderator."""
    saved = SavedView.objects.filter(Q(owner=request.user) | Q(shared=True), vendor=None)
    return views_of(
        request,
        path=reverse("inbox"),
        built_in=built_in(),
        saved=saved.select_related("owner"),
        search=lambda query: InboxFilter(query, queryset=Review.objects.all(), request=request),
    )


def default_query(request: HttpRequest) -> str:
    """Return the view that opens first for a person: their role's, else the queue."""
    roles = [DefaultFor.LEADS] if is_lead(request.user) else [DefaultFor.MODERATORS]
    found = SavedView.objects.filter(default_for__in=roles).values_list("query", flat=True).first()
    return found or "queue=true"


@moderators_only
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the view that the address holds, under a name."""
    return keep_view(request, path=reverse("inbox"), sets_default=is_lead(request.user))


@moderators_only
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    view = get_object_or_404(SavedView, pk=pk, owner=request.user, vendor=None)
    view.delete()
    return redirect(f"{reverse('inbox')}?{view.query}")
