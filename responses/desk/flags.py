"""Flagging reviews for moderation, with evidence, and the outcomes."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from responses.desk.views import render_review
from responses.permissions import get_own_review
from reviews.choices import FlagOutcome
from reviews.http import HttpRequest
from reviews.keyset import BadCursor, Segment, page
from reviews.models import Flag, ModerationReason, VendorMembership
from reviews.moderation import evidence
from reviews.moderation.flags import flag
from reviews.permissions import vendor_ids, vendor_staff_only
from reviews.storable_text import storable

PAGE_SIZE = 50


@vendor_staff_only
@require_POST
def flag_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Flag a review that breaks policy. It stays published until a moderator decides."""
    review = get_own_review(request.user, pk)
    reason = get_object_or_404(
        ModerationReason.objects.for_reviews(), code=request.POST.get("reason", "")[:40]
    )
    try:
        files = evidence.read(request.FILES.getlist("evidence"))
    except evidence.Unusable as problem:
        note = storable(request.POST.get("note", ""))[:2000]
        return render_review(
            request,
            pk,
            flag_problem=str(problem),
            response_problem=str(problem),
            kept_flag={"reason": reason.code, "note": note},
        )
    raised = flag(
        review=review,
        reason=reason,
        note=storable(request.POST.get("note", ""))[:2000],
        actor=request.user,
        vendor=review.product.vendor,
    )
    evidence.attach(flag=raised, files=files)
    return render_review(request, pk, done=_("Flag sent. A moderator will look at this review."))


@vendor_staff_only
@require_safe
def flag_list(request: HttpRequest) -> HttpResponse:
    """List the vendor's flags and their outcomes."""
    own = Flag.objects.filter(vendor__in=vendor_ids(request.user)).select_related(
        "review__product", "reason", "raised_by", "decision"
    )
    segments = [Segment(own, ("-pk",))]
    try:
        flags = page(segments, request.GET.get("cursor"), PAGE_SIZE)
    except BadCursor:
        flags = page(segments, None, PAGE_SIZE)
    colleagues = VendorMembership.objects.filter(vendor__in=vendor_ids(request.user))
    context = {
        "page": flags,
        "colleagues": set(colleagues.values_list("user_id", flat=True)),
        "open": FlagOutcome.OPEN,
    }
    return render(request, "responses/desk/flags.html", context)
