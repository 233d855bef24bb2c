"""The filters of the desk, and the columns and order of its list."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from responses.choices import ResponseStatus
from responses.models import Case, Response
from responses.permissions import visible_at_desk
from reviews.choices import FlagAbout, FlagOutcome
from reviews.filters import AnyOfFilter
from reviews.keyset import Segment
from reviews.models import Flag, Review
from reviews.moderation.filters import ME, NOBODY
from reviews.workspace_filter import WorkspaceFilter

CASES = Case.objects.filter(review=OuterRef("pk"))
UNFINISHED = Response.objects.unfinished().filter(review=OuterRef("pk"))


class DeskFilter(WorkspaceFilter):
    """The filters of the desk, its saved views, its rules and bulk responses.

    It only ever finds published reviews of the vendors in `vendors`.
    """

    owed = django_filters.BooleanFilter(method="with_owed", label=_("Needs a response"))
    overdue = django_filters.BooleanFilter(method="with_overdue", label=_("Overdue"))
    outdated = django_filters.BooleanFilter(
        method="with_outdated", label=_("Changed since the response")
    )
    approval = django_filters.BooleanFilter(method="with_approval", label=_("Waiting for approval"))
    drafts = django_filters.BooleanFilter(method="with_drafts", label=_("With a draft"))
    scheduled = django_filters.BooleanFilter(method="with_schedule", label=_("Scheduled"))
    flagged = django_filters.BooleanFilter(method="with_flags", label=_("Flagged by us"))
    assigned = AnyOfFilter(method="with_assignee", label=_("Assigned to"))
    tag = AnyOfFilter(method="with_tags", label=_("Tag"))

    SPARSE: ClassVar[dict[str, str]] = {"assigned": "case__assignee__username"}

    def __init__(self, data: QueryDict, *, vendors: list[int], person: int = 0, **more: Any):
        more.setdefault("queryset", Review.objects.all())
        super().__init__(data, **more)
        self.vendors = vendors
        self.person = person

    @property
    def within(self) -> Q:
        """The condition for what the vendors may see, for `Review` and `FacetCount`."""
        return visible_at_desk(self.vendors)

    def narrow(self, queryset: QuerySet[Review], without: str = "") -> QuerySet[Review]:
        return super().narrow(queryset, without).filter(self.within)

    def counted(self, chosen: dict[str, Any]) -> list[QuerySet[Any]] | None:
        querysets = super().counted(chosen)
        return None if querysets is None else [rows.filter(self.within) for rows in querysets]

    def _case(self, value: bool, *conditions: Q, **more: Any) -> Q:
        """Return a condition on a review's case. With the vendors in it, the indexes apply."""
        condition = Q(Exists(CASES.filter(*conditions, vendor__in=self.vendors, **more)))
        return condition if value else ~condition

    def with_owed(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        owed = Q(has_response=False) | self._case(True, outdated_since__isnull=False)
        return rows.filter(owed if value else ~owed)

    def with_overdue(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        return rows.filter(self._case(value, awaits_response=True, due_at__lt=timezone.now()))

    def with_outdated(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        return rows.filter(self._case(value, outdated_since__isnull=False))

    def _unfinished(self, value: bool, **conditions: Any) -> Q:
        condition = Q(Exists(UNFINISHED.filter(**conditions)))
        return condition if value else ~condition

    def with_approval(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        return rows.filter(self._unfinished(value, status=ResponseStatus.IN_APPROVAL))

    def with_drafts(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        return rows.filter(
            self._unfinished(value, status=ResponseStatus.DRAFT, publish_at__isnull=True)
        )

    def with_schedule(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        return rows.filter(self._unfinished(value, publish_at__isnull=False))

    def with_flags(self, rows: QuerySet[Review], _name: str, value: bool) -> QuerySet[Review]:
        own = Flag.objects.filter(
            review=OuterRef("pk"),
            vendor__in=self.vendors,
            about=FlagAbout.REVIEW,
            outcome=FlagOutcome.OPEN,
        )
        return rows.filter(Exists(own) if value else ~Exists(own))

    def with_assignee(
        self, rows: QuerySet[Review], _name: str, value: list[str]
    ) -> QuerySet[Review]:
        names = [name for name in value if name not in (ME, NOBODY)]
        assignees = Q(assignee__username__in=names)
        if ME in value:
            assignees |= Q(assignee_id=self.person)
        wanted = self._case(True, assignees)
        if NOBODY in value:
            wanted |= self._case(False, assignee__isnull=False)
        return rows.filter(wanted)

    def with_tags(self, rows: QuerySet[Review], _name: str, value: list[str]) -> QuerySet[Review]:
        return rows.filter(self._case(True, tags__overlap=value))

    def segments(self, language: str = "") -> list[Segment]:
        """Return the list in its order; with the filter `overdue`, the longest overdue first."""
        if self.chosen.get("overdue"):
            rows = self.found().annotate(due_since=F("case__due_at"))
            return [Segment(rows, ("due_since", "id"))]
        return super().segments(language)


def in_list() -> QuerySet[Review]:
    """Return reviews with the columns that a row of the desk's list shows."""
    unfinished = UNFINISHED.values
    return (
        Review.objects.select_related("product")
        .annotate(
            due_at=F("case__due_at"),
            awaits_response=F("case__awaits_response"),
            outdated_since=F("case__outdated_since"),
            tag_names=F("case__tags"),
            assignee_name=F("case__assignee__username"),
            response_status=Subquery(unfinished("status")[:1]),
            publish_at=Subquery(unfinished("publish_at")[:1]),
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
            "status",
            "has_response",
            "product__name",
            "product__slug",
        )
    )
