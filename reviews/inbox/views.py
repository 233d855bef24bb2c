"""The moderator's workspace: find a review, and what its pane shows."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from reviews import search
from reviews.choices import AppealOutcome, FlagOutcome, RedactionKind, SkipReason, TranslationState
from reviews.http import HttpRequest
from reviews.inbox.saved_views import default_query, views
from reviews.inbox.timeline import timeline
from reviews.languages import offered
from reviews.models import (
    AuditEntry,
    Flag,
    FlagEvidence,
    Mention,
    ModerationDecision,
    ModerationReason,
    Note,
    Redaction,
    Review,
    ReviewRevision,
    ReviewTag,
    ReviewTranslation,
    Signal,
    TranslationReport,
)
from reviews.moderation import redactions
from reviews.moderation.appeals import written_texts
from reviews.moderation.assignment import moderators
from reviews.moderation.filters import InboxFilter, in_list
from reviews.moderation.notes import see_mentions
from reviews.moderation.transitions import open_to
from reviews.moderation.undoing import can_undo
from reviews.pages import localized_text
from reviews.pages.addresses import view_query
from reviews.pages.listing import listing
from reviews.permissions import is_lead, moderators_only
from reviews.translation.alignment import marked_segments

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
EVIDENCE = FlagEvidence.objects.filter(flag=OuterRef("pk")).values(
    found=JSONObject(pk="pk", name="name")
)


@moderators_only
@require_safe
@localized_text.varies
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
    context["translation_states"] = TranslationState.choices
    context["is_lead"] = is_lead(request.user)
    context["view_query"] = view_query(request.GET).urlencode()
    return context


def objects_of(rows: QuerySet[Any], most: int = 1000, **fields: str) -> ArraySubquery:
    """Return rows that belong to a review as objects, fetched with it."""
    pairs = {name: F(path) for name, path in fields.items()}
    own = rows.filter(review=OuterRef("pk"))[:most]
    return ArraySubquery(own.values(found=JSONObject(**pairs)))


def as_objects(rows: list[dict[str, Any]], *instants: str) -> list[Any]:
    """Return fetched objects with attributes, the named ones as instants."""
    found = []
    for row in rows:
        times = {name: row[name] and datetime.fromisoformat(row[name]) for name in instants}
        found.append(SimpleNamespace(**(row | times)))
    return found


def get_review(pk: int | None) -> Review:
    """Return a review with what its pane shows of it, in two queries."""
    found = (
        Review.objects.with_names()
        .select_related(
            "reviewer",
            "imported_by",
            "handling__assignee",
            "handling__reserved_by",
            "handling__held_by",
            "original",
            "cluster_place__cluster",
        )
        .annotate(
            signal_list=objects_of(
                Signal.objects.order_by("-score"), kind="kind", score="score", evidence="evidence"
            ),
            tag_list=objects_of(ReviewTag.objects.order_by("tag__name"), name="tag__name"),
            redaction_list=objects_of(
                Redaction.objects.order_by("pk"), pk="pk", passage="passage", kind="kind"
            ),
            flag_list=objects_of(
                Flag.objects.filter(outcome=FlagOutcome.OPEN)
                .annotate(files=ArraySubquery(EVIDENCE))
                .order_by("about", "raised_at"),
                files="files",
                about="about",
                reason_id="reason",
                note="note",
                raised_at="raised_at",
                person="raised_by__username",
                partner="partner__name",
            ),
            note_list=objects_of(
                Note.objects.order_by("pk"),
                author="author__username",
                body="body",
                written_at="written_at",
            ),
            mention_list=ArraySubquery(
                Mention.objects.filter(note__review=OuterRef("pk"), seen_at=None).values("person")
            ),
            entry_list=objects_of(
                AuditEntry.objects.order_by("-pk"),
                HISTORY,
                pk="pk",
                action="action",
                actor="actor__username",
                actor_label="actor_label",
                detail="detail",
                created_at="created_at",
            ),
            translation_list=objects_of(
                ReviewTranslation.objects.filter(target_language=get_language() or "en"),
                status="status",
                texts="texts",
                segments="segments",
                engine="engine",
                via="via",
                origin="origin",
                by="author__username",
                failed="failed",
                failure="failure",
                stale_since="stale_since",
                requested_at="requested_at",
                finished_at="finished_at",
            ),
            report_list=objects_of(
                TranslationReport.objects.filter(settled_at=None).order_by("pk"),
                about="about",
                target_language="target_language",
                note="note",
                made_at="made_at",
            ),
            revision_list=objects_of(
                ReviewRevision.objects.order_by("-number"),
                number="number",
                former="former",
                replaced_at="replaced_at",
            ),
            decision_list=objects_of(
                # The last alone: its statement, its appeal, whether it can be undone.
                ModerationDecision.objects.order_by("-pk"),
                1,
                pk="pk",
                actor_id="actor",
                basis="basis",
                decided_at="decided_at",
                statement="statement",
                sent_at="statement__sent_at",
                send_at="statement__send_at",
                appeal="statement__appeal",
                appeal_text="statement__appeal__text",
                appealed_at="statement__appeal__made_at",
                outcome="statement__appeal__outcome",
            ),
        )
    )
    return get_object_or_404(found, pk=pk)


def marked(said: str, *groups: tuple[str, dict[str, str]]) -> list[dict[str, str]]:
    """Return texts by field, in groups of one language each, with the hits of a search."""
    flat = [(language, text) for language, texts in groups for text in texts.values()]
    found = iter(search.highlighted(flat, said, whole=True))
    return [{name: next(found) for name in texts} for _language, texts in groups]


def translation_of(review: Any, target: str) -> ReviewTranslation | None:
    """Return the translation that was fetched with a review, with who wrote it as `by`."""
    instants = ("stale_since", "requested_at", "finished_at")
    for row in as_objects(review.translation_list, *instants):
        by = vars(row).pop("by")
        found = ReviewTranslation(review=review, target_language=target, **vars(row))
        found.by = by
        return found
    return None


def pane(
    request: HttpRequest, review: Any, *, query: QueryDict | None = None, **more: Any
) -> dict[str, Any]:
    """What the right pane shows of a review that `get_review` fetched.

    `query` is the view that it is shown in, the request's own if not given.
    """
    target = get_language() or "en"
    review.localized = localized_text.LocalizedText(review, target, translation_of(review, target))
    if request.user.pk in review.mention_list:
        see_mentions(review=review, person=request.user)
    query = (query or request.GET).copy()
    query.pop("translate", None)
    entries = as_objects(review.entry_list, "created_at")
    revisions = as_objects(review.revision_list, "replaced_at")
    notes = as_objects(review.note_list, "written_at")
    said = query.get("q", "")
    shown = written_texts(review)
    if review.localized.is_foreign:
        shown = marked_segments(shown)
    answer = review.published_response
    if said:
        shown, translated_texts, answers = marked(
            said,
            (review.language, shown),
            (target, review.localized.marked_texts if review.localized.has_translation else {}),
            (answer.language if answer else "", {"body": answer.body} if answer else {}),
        )
        if translated_texts:
            review.localized.found_texts = translated_texts
        more.setdefault("answer_hit", answers.get("body", ""))
    decided = as_objects(review.decision_list, "decided_at", "sent_at", "send_at", "appealed_at")
    last = decided[0] if decided else None
    reasons = {reason.pk: reason for reason in ModerationReason.objects.all()}
    flags = as_objects(review.flag_list, "raised_at")
    for raised in flags:
        raised.reason = reasons[raised.reason_id]
        raised.by = raised.person or raised.partner or gettext("a visitor")
    return {
        "review": review,
        "shown": shown,
        "expected_version": f"{entries[0].pk if entries else 0}.{len(revisions)}",
        "moves": open_to(request.user, review.status),
        "reports": as_objects(review.report_list, "made_at"),
        "offered": offered(),
        "reasons": [reason for reason in reasons.values() if reason.active],
        "flags": flags,
        "handling": getattr(review, "handling", None),
        "colleagues": moderators(),
        "timeline": timeline(review, notes, revisions, entries),
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
