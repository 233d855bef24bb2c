"""The filters that only moderators have, and the order of their queue."""

from typing import Any, ClassVar

import django_filters
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext_lazy as _

from reviews.choices import (
    AppealOutcome,
    FlagOutcome,
    ReviewStatus,
    SignalKind,
)
from reviews.filters import AnyOfFilter, condition
from reviews.keyset import Segment
from reviews.models import (
    Appeal,
    Flag,
    Mention,
    Review,
    ReviewAssignment,
    Reviewer,
    ReviewTag,
    Signal,
)
from reviews.workspace_filter import WorkspaceFilter

ME, NOBODY = "me", "nobody"
LOW = 2  # stars
OPEN_FLAGS = Flag.objects.filter(review=OuterRef("pk"), outcome=FlagOutcome.OPEN)
SIGNALS = Signal.objects.filter(review=OuterRef("pk"))
HELD = ReviewAssignment.objects.filter(review=OuterRef("pk"), held_by__isnull=False)
# What needs attention apart from flags, in the columns of the facet counts.
NEEDS_BY_FACTS = Q(status=ReviewStatus.PENDING) | Q(
    status=ReviewStatus.PUBLISHED, has_response=False, stars__lte=LOW
)
# The same, false rather than unknown where there are no stars.
KNOWN_NEEDS = Q(status=ReviewStatus.PENDING) | Q(
    status=ReviewStatus.PUBLISHED, has_response=False, stars__isnull=False, stars__lte=LOW
)
OPEN_APPEALS = Appeal.objects.filter(statement__review=OuterRef("pk"), outcome=AppealOutcome.OPEN)


class InboxFilter(WorkspaceFilter):
    """The filters of the inbox, of saved views, of rules and of bulk jobs."""

    queue = django_filters.BooleanFilter(method="with_queue", label=_("Needs attention"))
    flagged = django_filters.BooleanFilter(method="with_flags", label=_("Flagged"))
    appealed = django_filters.BooleanFilter(method="with_appeals", label=_("Appealed"))
    held = django_filters.BooleanFilter(method="with_hold", label=_("Held by a rule"))
    mentioned = django_filters.BooleanFilter(method="with_mentions", label=_("Mentions me"))
    signal = django_filters.MultipleChoiceFilter(
        method="with_signals", choices=SignalKind.choices, label=_("Signal")
    )
    tag = AnyOfFilter(method="with_tags", label=_("Tag"))
    assigned = AnyOfFilter(method="with_assignee", label=_("Assigned to"))
    imported_by = django_filters.NumberFilter(
        method="with_import", label=_("Import"), min_value=1, max_value=2**62
    )

    SPARSE: ClassVar[dict[str, str]] = {
        "signal": "signals__kind",
        "tag": "tagged__tag__name",
        "assigned": "assignment__assignee__username",
    }

    def with_queue(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        needs = NEEDS_BY_FACTS | Exists(OPEN_FLAGS)
        return rows.filter(needs if value else ~needs)

    def counted(self, chosen: dict[str, Any]) -> list[QuerySet[Any]] | None:
        """Return the rows to count, as `WorkspaceFilter` does. For the queue, these are the facet
        counts of what needs attention, and the flagged reviews that those do not include.
        """
        others = {name: value for name, value in chosen.items() if name != "queue"}
        found = super().counted(others)
        if found is None or chosen.get("queue") is not True:
            return super().counted(chosen)
        (facts,) = found
        conditions = [condition(name, value) for name, value in others.items()]
        flagged = Review.objects.filter(Exists(OPEN_FLAGS), ~KNOWN_NEEDS, *conditions)
        return [facts.filter(NEEDS_BY_FACTS), flagged]

    def with_flags(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        return rows.filter(_exists(OPEN_FLAGS, value))

    def with_appeals(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        return rows.filter(_exists(OPEN_APPEALS, value))

    def with_hold(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        return rows.filter(_exists(HELD, value))

    def with_mentions(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        unseen = Mention.objects.filter(
            note__review=OuterRef("pk"), person=self._person(), seen_at=None
        )
        return rows.filter(_exists(unseen, value))

    def with_signals(
        self, rows: QuerySet[Review], _name: str, value: list[str]
    ) -> QuerySet[Review]:
        return rows.filter(Exists(SIGNALS.filter(kind__in=value)))

    def with_tags(self, rows: QuerySet[Review], _name: str, value: list[str]) -> QuerySet[Review]:
        tagged = ReviewTag.objects.filter(review=OuterRef("pk"), tag__name__in=value)
        return rows.filter(Exists(tagged))

    def with_assignee(
        self, rows: QuerySet[Review], _name: str, value: list[str]
    ) -> QuerySet[Review]:
        names = [name for name in value if name not in (ME, NOBODY)]
        of_whom = Q(assignee__username__in=names)
        if ME in value:
            of_whom |= Q(assignee_id=self._person())
        handled = ReviewAssignment.objects.filter(review=OuterRef("pk"))
        wanted = Q(Exists(handled.filter(of_whom)))
        if NOBODY in value:
            wanted |= ~Q(Exists(handled.filter(assignee__isnull=False)))
        return rows.filter(wanted)

    def with_reviewer(self, rows: QuerySet[Review], _name: str, value: str) -> QuerySet[Review]:
        name = value.replace("\0", "").strip()
        if not hasattr(self, "_known_reviewers"):
            # A query of its own, so that each of both conditions can use an index.
            known = Reviewer.objects.filter(external_id=name).values_list("pk", flat=True)
            self._known_reviewers = list(known[:100])
        return rows.filter(
            Q(reviewer_name__istartswith=name) | Q(reviewer_id__in=self._known_reviewers)
        )

    def with_import(self, rows: QuerySet[Review], _name: str, value: Any) -> QuerySet[Review]:
        return rows.filter(imported_by_id=int(value))

    def segments(self, language: str = "") -> list[Segment]:
        """Return the list in its order, or in the queue's if `queue` is chosen."""
        if self.chosen.get("queue"):
            return queue(self.found())
        return super().segments(language)


def _exists(rows: QuerySet[Any], value: bool) -> Q:
    exists = Q(Exists(rows))
    return exists if value else ~exists


def queue(rows: QuerySet[Review]) -> list[Segment]:
    """Return the queue, the most urgent first: each part in its order, its name as `place`.

    Flagged reviews, the oldest flag first; low ratings without a response; suspicious or held
    reviews; then the other pending ones, the oldest arrival first.
    """
    pending = rows.filter(~Exists(OPEN_FLAGS), status=ReviewStatus.PENDING)
    suspicious = Q(Exists(SIGNALS)) | Q(Exists(HELD))
    unanswered = rows.filter(
        ~Exists(OPEN_FLAGS), status=ReviewStatus.PUBLISHED, has_response=False, stars__lte=LOW
    )
    return [
        Segment(
            rows.filter(Exists(OPEN_FLAGS)).annotate(place=Value("flagged")),
            ("flagged_since", "id"),
        ),
        Segment(unanswered.annotate(place=Value("unanswered")), ("-listed_on", "-id")),
        Segment(
            pending.filter(suspicious).annotate(place=Value("suspicious")), ("created_at", "id")
        ),
        Segment(pending.exclude(suspicious).annotate(place=Value("pending")), ("created_at", "id")),
    ]


def in_list() -> QuerySet[Review]:
    """Return reviews with what a row of the inbox's list shows."""
    return (
        Review.objects.select_related("product")
        .annotate(
            flagged_since=Subquery(OPEN_FLAGS.order_by("raised_at").values("raised_at")[:1]),
            signal_kinds=ArraySubquery(SIGNALS.order_by("-score").values("kind")),
            tag_names=ArraySubquery(
                ReviewTag.objects.filter(review=OuterRef("pk"))
                .order_by("tag__name")
                .values("tag__name")
            ),
            assignee_name=F("assignment__assignee__username"),
            held_by_rule=F("assignment__held_by__name"),
        )
        .only(
            "title",
            "overall",
            "pros",
            "cons",
            "overall_rating",
            "rated_criteria",
            "language",
            "reviewed_on",
            "listed_on",
            "created_at",
            "status",
            "has_response",
            "product__name",
            "product__slug",
        )
    )
