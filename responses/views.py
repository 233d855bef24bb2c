"""Translations of a response, and what moderators do to responses in the inbox."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from responses import mails
from responses.forms import InboxResponseForm
from responses.inbox_responses import write
from responses.lifecycle import remove_response
from responses.models import Response
from responses.permissions import can_read_response
from reviews.choices import FlagAbout
from reviews.http import HttpRequest
from reviews.models import ModerationReason
from reviews.pages import localized_text, translation_editor
from reviews.pages.review_fetch import get_review
from reviews.pages.review_pane import render_review
from reviews.permissions import moderators_only
from reviews.storable_text import storable


@require_http_methods(["GET", "HEAD", "POST"])
@localized_text.varies
def response_translation(request: HttpRequest, pk: int) -> HttpResponse:
    """A response's text in the reader's language (see `localized_text.respond`)."""
    response = get_object_or_404(Response.objects.select_related("review__product__vendor"), pk=pk)
    if not can_read_response(request.user, response):
        raise Http404
    back = response.review.product.get_absolute_url()
    return localized_text.respond(request, response, "reviews/_response_text.html", back)


@moderators_only
@require_POST
def inbox_response(request: HttpRequest, pk: int) -> HttpResponse:
    """Respond on behalf of the vendor."""
    review = get_review(pk)
    form = InboxResponseForm(request.POST)
    problem = write(form, review=review, actor=request.user)
    return render_review(
        request, pk, response_form=form if problem else None, response_problem=problem
    )


@moderators_only
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the vendor's published response, with a reason."""
    review = get_review(pk)
    response = review.published_response
    if response is None:
        raise Http404
    reason = get_object_or_404(
        ModerationReason.objects.for_responses(), code=request.POST.get("reason", "")[:40]
    )
    note = storable(request.POST.get("note", ""))[:2000]
    remove_response(response=response, actor=request.user, reason=reason, note=note)
    return render_review(request, pk)


def response_of(pk: int) -> Response:
    """Return the published response of a review, or raise Http404."""
    return get_object_or_404(
        Response.objects.published().select_related("review__product__vendor", "review__source"),
        review_id=pk,
    )


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit_translation(request: HttpRequest, pk: int) -> HttpResponse:
    """A response's translation, segment by segment."""
    response = response_of(pk)
    review = response.review
    return translation_editor.edit_translation(request, review, response, FlagAbout.RESPONSE)


@moderators_only
@require_POST
def language(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a response's language, where detection was wrong."""
    return translation_editor.set_language(request, response_of(pk), pk)


def show_former(request: HttpRequest, response: Response, back: str) -> HttpResponse:
    """Show the previous versions of a response, as a page or as part of one."""
    context = {"revisions": response.revisions.order_by("-number"), "back": back}
    template = "_revisions.html" if request.htmx else "revisions.html"
    return render(request, f"responses/{template}", context)


@moderators_only
@require_safe
def former(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the previous versions of a review's response."""
    return show_former(request, response_of(pk), reverse("inbox-review", args=[pk]))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe a reviewer from mails: with one click as in RFC 8058, or on the page.

    The signed link is the permission, so a POST needs no CSRF token; mail programs send none.
    """
    reviewer = mails.by_link(token)
    if reviewer is None:
        raise Http404
    if request.method == "POST":
        mails.stop(reviewer, wants_mail=request.POST.get("again") == "1")
        reviewer.refresh_from_db()
    return render(request, "responses/mail/stop.html", {"reviewer": reviewer})
