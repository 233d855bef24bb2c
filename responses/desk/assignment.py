"""Assignment and tags of a review at the desk."""

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from responses import cases
from responses.desk.views import render_review
from responses.permissions import get_own_review
from reviews.http import HttpRequest, whole_number
from reviews.permissions import vendor_staff_only
from reviews.storable_text import storable


@vendor_staff_only
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Assign a review to the user, to a colleague, or to nobody."""
    review = get_own_review(request.user, pk)
    to = None
    if user_id := request.POST.get("to", ""):
        staff = User.objects.filter(vendor_memberships__vendor=review.product.vendor_id)
        to = get_object_or_404(staff, pk=whole_number(user_id))
    cases.assign(review=review, to=to, actor=request.user)
    return render_review(request, pk)


@vendor_staff_only
@require_POST
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a tag to a review, or remove one."""
    review = get_own_review(request.user, pk)
    removed = storable(request.POST.get("remove", "")).strip()[:40]
    name = removed or storable(request.POST.get("name", "")).strip()[:40]
    if not name:
        return render_review(request, pk, response_problem=_("Enter a tag."))
    cases.tag(review=review, name=name, actor=request.user, off=bool(removed))
    return render_review(request, pk)
