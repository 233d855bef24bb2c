"""The views of the inbox: the ones that are always there, one's own, and the team's."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from reviews.http import HttpRequest
from reviews.models import SavedView
from reviews.pages.saved_views import keep_view
from reviews.permissions import is_lead, moderators_only


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
