from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reviews.roles import is_moderator, vendor_ids


@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    """Go to where a person works."""
    if is_moderator(request.user):
        return redirect("inbox")
    return redirect("desk" if vendor_ids(request.user) else "product-list")
