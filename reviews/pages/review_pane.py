"""The pane of the inbox that shows one review to a moderator."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext

from reviews import search
from reviews.choices import AppealOutcome, RedactionKind, SkipReason
from reviews.http import HttpRequest
from reviews.languages import offered
from reviews.models import ModerationReason
from reviews.moderation import redactions
from reviews.moderation.appeals import written_texts
from reviews.moderation.assignment import moderators
from reviews.moderation.notes import see_mentions
from reviews.moderation.transitions import open_to
from reviews.moderation.undoing import can_undo
from reviews.pages.addresses import with_query
from reviews.pages.inbox_views import inbox_views
from reviews.pages.localized_text import LocalizedText
from reviews.pages.review_fetch import get_review, translation_of
from reviews.pages.timeline import timeline
from reviews.translation.alignment import marked_segments


def render_review(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
    """Show a review after an action on it succeeded or failed.

    `more` goes into the template; a `problem` or a `response_problem` makes it a 409.
    """
    problem = more.get("problem") or more.get("response_problem")
    if not request.htmx and not problem:
        return redirect(with_query(request, reverse("inbox-review", args=[pk])))
    context = review_pane(request, get_review(pk), **more)
    if request.htmx:
        # The row in the list and the counts of the views change, too.
        context |= {"acted": not problem, "views": inbox_views(request)}
        return render(request, "reviews/inbox/inbox.html#review", context)
    return render(request, "reviews/inbox/review.html", context, status=409)


def review_pane(
    request: HttpRequest, review: Any, *, query: QueryDict | None = None, **more: Any
) -> dict[str, Any]:
    """Return what the pane shows of a review that `get_review` fetched.

    `query` is the view that the review is shown in, by default the request's.
    """
    target = get_language() or "en"
    review.localized = LocalizedText(review, target, translation_of(review))
    if request.user.pk in review.unseen_mentions:
        see_mentions(review=review, person=request.user)
    query = (query or request.GET).copy()
    query.pop("translate", None)
    texts, response_hit = highlighted_texts(review, query.get("q", ""))
    last = review.decision_list[0] if review.decision_list else None
    reasons = {reason.pk: reason for reason in ModerationReason.objects.all()}
    for flag in review.flag_list:
        flag.reason = reasons[flag.reason_id]
        flag.by = flag.person or flag.partner or gettext("a visitor")
    return {
        "review": review,
        "shown": texts,
        "response_hit": response_hit,
        "expected_version": review.version_token,
        "moves": open_to(request.user, review.status),
        "reports": review.report_list,
        "offered": offered(),
        "reasons": [reason for reason in reasons.values() if reason.active],
        "flags": review.flag_list,
        "assignment": getattr(review, "assignment", None),
        "colleagues": moderators(),
        "timeline": timeline(review, review.note_list, review.revision_list, review.entry_list),
        "suggestions": redactions.suggestions(review),
        "redaction_kinds": RedactionKind.choices,
        "skip_reasons": SkipReason.choices,
        "last": last,
        "appeal": last if last and last.outcome == AppealOutcome.OPEN else None,
        "may_decide_appeal": last is not None and last.actor_id != request.user.pk,
        "can_undo": can_undo(last, request.user),
        "working": "work" in query,
        "query": query.urlencode(),
        **more,
    }


def highlighted_texts(review: Any, words: str) -> tuple[dict[str, str], str]:
    """Return the review's texts by field and its response's text, with the hits of a search.

    Hits in the translation are marked in `review.localized`. Without words, the second is empty.
    """
    texts = written_texts(review)
    if review.localized.is_foreign:
        texts = marked_segments(texts)
    if not words:
        return texts, ""
    response = review.published_response
    translated = review.localized.marked_texts if review.localized.has_translation else {}
    groups = [
        (review.language, texts),
        (review.localized.target, translated),
        (response.language if response else "", {"body": response.body} if response else {}),
    ]
    flat = [(language, text) for language, group in groups for text in group.values()]
    highlighted = iter(search.highlighted(flat, words, whole=True))
    texts, translated, body = (
        {name: next(highlighted) for name in group} for _language, group in groups
    )
    if translated:
        review.localized.found_texts = translated
    return texts, body.get("body", "")
