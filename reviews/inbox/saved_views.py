"""Save and delete views of the inbox."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from reviews.http import HttpRequest
from reviews.models import SavedView
from reviews.pages.saved_views import save_view
from reviews.permissions import is_lead, moderators_only


@moderators_only
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the view in the form under a name."""
    return save_view(request, path=reverse("inbox"), sets_default=is_lead(request.user))


@moderators_only
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of the moderator's own views."""
    view = get_object_or_404(SavedView, pk=pk, owner=request.user, vendor=None)
    view.delete()
    return redirect(f"{reverse('inbox')}?{view.query}")
