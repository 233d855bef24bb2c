"""Pages on which a moderator corrects a review's translation or its detected language."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from reviews.choices import FlagAbout
from reviews.http import HttpRequest
from reviews.models import Review
from reviews.pages.translation_editor import edit_translation, set_language
from reviews.permissions import moderators_only


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a review's translation, segment by segment."""
    review = get_object_or_404(Review.objects.with_names(), pk=pk)
    return edit_translation(request, review, review, FlagAbout.REVIEW)


@moderators_only
@require_POST
def language(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the language of a review where detection was wrong."""
    return set_language(request, get_object_or_404(Review, pk=pk), pk)
