"""Fetch a review with everything that its pane shows, in two queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language

from reviews.choices import FlagOutcome
from reviews.models import (
    AuditEntry,
    Flag,
    FlagEvidence,
    Mention,
    ModerationDecision,
    Note,
    Redaction,
    Review,
    ReviewRevision,
    ReviewTag,
    ReviewTranslation,
    Signal,
    TranslationReport,
)
from reviews.moderation.decisions import VERSION_TOKEN

MAX_ROWS = 1000
MAX_ENTRIES = 100  # of the audit trail


@dataclass(frozen=True)
class Related:
    """Rows that belong to a review, fetched with it as JSON.

    `fields`: attribute → path of its column. `instants`: the attributes that are date-times.
    """

    rows: QuerySet[Any]
    fields: Mapping[str, str]
    instants: tuple[str, ...] = ()
    max_rows: int = MAX_ROWS

    def subquery(self) -> ArraySubquery:
        """Return the rows of the outer query's review."""
        pairs = {name: F(path) for name, path in self.fields.items()}
        own = self.rows.filter(review=OuterRef("pk"))[: self.max_rows]
        return ArraySubquery(own.values(row=JSONObject(**pairs)))

    def parse(self, rows: list[dict[str, Any]]) -> list[SimpleNamespace]:
        """Return fetched rows as objects with the attributes of `fields`."""
        return [
            SimpleNamespace(
                **row
                | {name: row[name] and datetime.fromisoformat(row[name]) for name in self.instants}
            )
            for row in rows
        ]


def columns(*names: str, **paths: str) -> dict[str, str]:
    """Return `fields`: attributes named as their columns, and `paths` for the others."""
    return {name: name for name in names} | paths


EVIDENCE_FILES = FlagEvidence.objects.filter(flag=OuterRef("pk")).values(
    row=JSONObject(pk="pk", name="name")
)
RELATED = {
    "signal_list": Related(Signal.objects.order_by("-score"), columns("kind", "score", "evidence")),
    "tag_list": Related(ReviewTag.objects.order_by("tag__name"), {"name": "tag__name"}),
    "redaction_list": Related(Redaction.objects.order_by("pk"), columns("pk", "passage", "kind")),
    "flag_list": Related(
        Flag.objects.filter(outcome=FlagOutcome.OPEN)
        .annotate(files=ArraySubquery(EVIDENCE_FILES))
        .order_by("about", "raised_at"),
        columns(
            "files", "about", "note", "raised_at",
            reason_id="reason", person="raised_by__username", partner="partner__name",
        ),
        instants=("raised_at",),
    ),
    "note_list": Related(
        Note.objects.order_by("pk"),
        columns("body", "written_at", author="author__username"),
        instants=("written_at",),
    ),
    "entry_list": Related(
        AuditEntry.objects.order_by("-pk"),
        columns("pk", "action", "actor_label", "detail", "created_at", actor="actor__username"),
        instants=("created_at",),
        max_rows=MAX_ENTRIES,
    ),
    "report_list": Related(
        TranslationReport.objects.filter(settled_at=None).order_by("pk"),
        columns("about", "target_language", "note", "created_at"),
        instants=("created_at",),
    ),
    "revision_list": Related(
        ReviewRevision.objects.order_by("-number"),
        columns("number", "former", "replaced_at"),
        instants=("replaced_at",),
    ),
    # The last decision: its statement, its appeal, whether it can be undone.
    "decision_list": Related(
        ModerationDecision.objects.order_by("-pk"),
        columns(
            "pk", "basis", "decided_at", "statement",
            actor_id="actor", sent_at="statement__sent_at", send_at="statement__send_at",
            appeal="statement__appeal", appeal_text="statement__appeal__text",
            appealed_at="statement__appeal__created_at", outcome="statement__appeal__outcome",
        ),
        instants=("decided_at", "sent_at", "send_at", "appealed_at"),
        max_rows=1,
    ),
    "translation_list": Related(
        ReviewTranslation.objects.all(),
        columns(
            "target_language", "status", "texts", "segments", "engine", "via", "origin", "failed",
            "failure", "stale_since", "requested_at", "finished_at", by="author__username",
        ),
        instants=("stale_since", "requested_at", "finished_at"),
    ),
}  # fmt: skip


def get_review(pk: int) -> Review:
    """Return a review with each list of `RELATED`, or raise Http404.

    `translation_list` has only the translation into the language of the page.
    `unseen_mentions` has the ids of the people who have not yet seen that a note mentions them.
    """
    mentions = Mention.objects.filter(note__review=OuterRef("pk"), seen_at=None)
    reviews = Review.objects.with_names().select_related(
        "reviewer",
        "imported_by",
        "assignment__assignee",
        "assignment__reserved_by",
        "assignment__held_by",
        "original",
        "cluster_place__cluster",
    )
    reviews = reviews.annotate(
        version_token=VERSION_TOKEN,
        unseen_mentions=ArraySubquery(mentions.values("person")),
        **{name: related.subquery() for name, related in _related().items()},
    )
    review = get_object_or_404(reviews, pk=pk)
    for name, related in RELATED.items():
        setattr(review, name, related.parse(getattr(review, name)))
    return review


def _related() -> dict[str, Related]:
    """Return `RELATED` with only the translations into the language of the page."""
    into_page_language = ReviewTranslation.objects.filter(target_language=get_language() or "en")
    translations = RELATED["translation_list"]
    return RELATED | {
        "translation_list": Related(into_page_language, translations.fields, translations.instants),
    }


def translation_of(review: Any) -> ReviewTranslation | None:
    """Return the translation that `get_review` fetched, with its author's name as `by`."""
    for row in review.translation_list:
        values = vars(row).copy()
        by = values.pop("by")
        translation = ReviewTranslation(review=review, **values)
        translation.by = by
        return translation
    return None
