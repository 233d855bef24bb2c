"""The queues of the desk, and its staff's saved views."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from responses.filters import DeskFilter
from reviews.http import HttpRequest
from reviews.models import SavedView, Vendor
from reviews.pages.saved_views import View, save_view, views_of
from reviews.permissions import vendor_ids, vendor_staff_only


def built_in() -> list[tuple[str, str]]:
    return [
        (_("Overdue"), "overdue=true"),
        (_("Low rating, no response"), "rating=1&rating=2&has_response=false"),
        (_("Changed since the response"), "outdated=true"),
        (_("No response"), "has_response=false"),
        (_("Mine"), "assigned=me&owed=true"),
        (_("Waiting for approval"), "approval=true"),
        (_("Drafts"), "drafts=true"),
        (_("Scheduled"), "scheduled=true"),
        (_("With response"), "has_response=true"),
        (_("All"), "sort=newest"),
    ]


def views(request: HttpRequest) -> list[View]:
    """Return the queues and the saved views of a person, each with its number of reviews."""
    mine = vendor_ids(request.user)
    saved = SavedView.objects.filter(Q(owner=request.user) | Q(shared=True), vendor__in=mine)
    return views_of(
        request,
        path=reverse("desk"),
        built_in=built_in(),
        saved=saved.select_related("owner"),
        search=lambda query: DeskFilter(query, vendors=mine, person=request.user.pk),
    )


@vendor_staff_only
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save a view; if shared, colleagues of the same vendor see it, too."""
    vendor = get_object_or_404(Vendor, pk=vendor_ids(request.user)[0])
    return save_view(request, path=reverse("desk"), vendor=vendor)


@vendor_staff_only
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of the person's own views."""
    mine = vendor_ids(request.user)
    view = get_object_or_404(SavedView, pk=pk, owner=request.user, vendor__in=mine)
    view.delete()
    return redirect(f"{reverse('desk')}?{view.query}")
