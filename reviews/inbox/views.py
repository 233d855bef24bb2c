"""The moderator's workspace: find a review, and what its pane shows."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from reviews import search
from reviews.choices import AppealOutcome, FlagOutcome, RedactionKind, SkipReason
from reviews.http import HttpRequest
from reviews.inbox.history import timeline
from reviews.inbox.listing import listing
from reviews.inbox.saved_views import default_query, kept, views
from reviews.models import (
    Flag,
    ModerationReason,
    Redaction,
    Review,
    ReviewTag,
    Signal,
)
from reviews.moderation import decisions, redactions
from reviews.moderation.appeals import written_texts
from reviews.moderation.filters import InboxFilter, in_list
from reviews.moderation.handing import moderators
from reviews.moderation.notes import see_mentions
from reviews.moderation.transitions import open_to
from reviews.public import reading
from reviews.roles import is_lead, moderators_only

FACETS = (
    "status",
    "rating",
    "signal",
    "tag",
    "assigned",
    "product",
    "language",
    "has_response",
    "company_size",
    "duration",
    "frequency",
    "industry",
    "source",
)
HISTORY = 100  # moments shown


@moderators_only
@require_safe
@reading.varies
def inbox(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The three panes: views, list, and the review at `pk`."""
    if pk is None and not request.GET:
        # The address always holds the view.
        return redirect(f"{reverse('inbox')}?{default_query(request)}")
    review = get_review(pk) if pk else None
    if review is not None and request.htmx and request.htmx.target == "section#review":
        return render(request, "reviews/inbox/inbox.html#review", pane(request, review))
    context = list_pane(request)
    if review is not None:
        context |= pane(request, review)
    return render(request, "reviews/inbox/inbox.html", context)


def list_pane(request: HttpRequest) -> dict[str, Any]:
    """What the left and the middle pane show."""
    filterset = InboxFilter(request.GET, queryset=in_list(), request=request)
    context = listing(request, filterset=filterset, within=Q(), names=FACETS, path=reverse("inbox"))
    context["views"] = views(request)
    context["is_lead"] = is_lead(request.user)
    context["view_query"] = kept(request.GET).urlencode()
    return context


def objects_of(rows: QuerySet[Any], **fields: str) -> ArraySubquery:
    """Return rows that belong to a review as objects, fetched with it."""
    pairs = {name: F(path) for name, path in fields.items()}
    return ArraySubquery(rows.filter(review=OuterRef("pk")).values(found=JSONObject(**pairs)))


def get_review(pk: int | None) -> Review:
    """Return a review with what its pane shows of it, in two queries."""
    found = (
        Review.objects.with_names()
        .select_related("reviewer", "imported_by", "handling__assignee", "handling__reserved_by",
                        "handling__held_by", "original", "cluster_place__cluster")
        .annotate(
            signal_list=objects_of(
                Signal.objects.order_by("-score"), kind="kind", score="score", evidence="evidence"
            ),
            tag_list=objects_of(ReviewTag.objects.order_by("tag__name"), name="tag__name"),
            redaction_list=objects_of(
                Redaction.objects.order_by("pk"), pk="pk", passage="passage", kind="kind"
            ),
        )
    )  # fmt: skip
    return get_object_or_404(found, pk=pk)


def pane(request: HttpRequest, review: Review, **more: Any) -> dict[str, Any]:
    """What the right pane shows of a review."""
    target = get_language() or "en"
    review.reading = reading.Reading(  # type: ignore[attr-defined]
        review, target, review.translations.filter(target_language=target).first()
    )
    see_mentions(review=review, person=request.user)
    query = request.GET.copy()
    query.pop("translate", None)
    entries = list(review.audit_entries.select_related("actor")[:HISTORY])
    revisions = list(review.revisions.order_by("-number")[:20])
    notes = list(review.notes.select_related("author"))
    said = query.get("q", "")
    shown = written_texts(review)
    if said and shown:
        marked = search.highlighted(
            [(review.language, text) for text in shown.values()], said, whole=True
        )
        shown = dict(zip(shown, marked, strict=True))
    last = review.decisions.select_related("actor", "statement__appeal", "bulk_job").first()
    statement = getattr(last, "statement", None)
    appeal = getattr(statement, "appeal", None)
    return {
        "review": review,
        "shown": shown,
        "seen": f"{entries[0].pk if entries else 0}.{len(revisions)}",
        "moves": open_to(request.user, review.status),
        "reasons": ModerationReason.objects.filter(active=True),
        "flags": Flag.objects.filter(review=review, outcome=FlagOutcome.OPEN).select_related(
            "reason", "raised_by", "partner"
        ),
        "handling": getattr(review, "handling", None),
        "colleagues": moderators(),
        "timeline": timeline(review, notes, revisions, entries),
        "suggestions": redactions.suggestions(review),
        "redaction_kinds": RedactionKind.choices,
        "skip_reasons": SkipReason.choices,
        "statement": statement,
        "appeal": appeal if appeal and appeal.outcome == AppealOutcome.OPEN else None,
        "may_decide_appeal": last is not None and last.actor_id != request.user.pk,
        "can_undo": decisions.can_undo(last, request.user),
        "working": "work" in request.GET,
        "query": query.urlencode(),
        **more,
    }
