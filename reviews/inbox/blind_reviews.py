"""The page on which moderators decide reviews again without seeing the first decision."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from reviews.choices import ReviewStatus
from reviews.http import HttpRequest, whole_number
from reviews.models import BlindReview, ModerationReason
from reviews.moderation.blind_reviews import AlreadyReviewed, next_blind_review, submit_blind_review
from reviews.pages import localized_text
from reviews.pages.localized_text import LocalizedText
from reviews.permissions import moderators_only


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
@localized_text.varies
def blind_review(request: HttpRequest) -> HttpResponse:
    """Show the next blind review, and store its verdict."""
    if request.method == "POST":
        blind = get_object_or_404(BlindReview, pk=whole_number(request.POST.get("look")))
        reason = ModerationReason.objects.for_reviews().filter(
            code=request.POST.get("reason", "")[:40]
        )
        try:
            submit_blind_review(
                look=blind,
                verdict=ReviewStatus.REJECTED if reason.exists() else ReviewStatus.PUBLISHED,
                reason=reason.first(),
                actor=request.user,
            )
        except AlreadyReviewed:
            pass  # the redirect shows the next one
        return redirect("inbox-blind-review")
    upcoming = next_blind_review(request.user)
    context: dict[str, Any] = {"look": upcoming, "reasons": ModerationReason.objects.for_reviews()}
    if upcoming is not None:
        review: Any = upcoming.decision.review
        target = request.LANGUAGE_CODE
        review.localized = LocalizedText(
            review, target, review.translations.filter(target_language=target).first()
        )
        context["review"] = review
    return render(request, "reviews/inbox/blind_review.html", context)
