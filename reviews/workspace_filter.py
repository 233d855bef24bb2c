"""The filters that the inbox and the desk add to the public ones."""

import re
from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reviews.choices import TranslationOrigin, TranslationState, TranslationStatus
from reviews.filters import ReviewFilter
from reviews.language import UNDETERMINED
from reviews.models import Review, ReviewTranslation, TranslationReport


class WorkspaceFilter(ReviewFilter):
    """The filters that the inbox and the desk share."""

    translation = django_filters.MultipleChoiceFilter(
        method="with_translation", choices=TranslationState.choices, label=_("Translation")
    )
    not_language = django_filters.CharFilter(
        method="without_languages", label=_("Excluded languages")
    )
    older_than = django_filters.NumberFilter(
        method="with_age", label=_("Older than (days)"), min_value=0, max_value=36500
    )
    reviewer = django_filters.CharFilter(method="with_reviewer", label=_("Reviewer"))
    external_id = django_filters.CharFilter(method="with_external_id", label=_("External ID"))

    def with_translation(
        self, rows: QuerySet[Review], _name: str, value: list[str]
    ) -> QuerySet[Review]:
        """Return reviews whose translation into the page's language is in one of the states."""
        target = get_language() or "en"
        done = ReviewTranslation.objects.filter(
            review=OuterRef("pk"), target_language=target, status=TranslationStatus.DONE
        )
        reports = TranslationReport.objects.filter(review=OuterRef("pk"), settled_at=None)
        states = {
            TranslationState.NONE: ~Q(language__in=[target, UNDETERMINED]) & ~Q(Exists(done)),
            TranslationState.MACHINE: Q(Exists(done.filter(origin=TranslationOrigin.MACHINE))),
            TranslationState.PERSON: Q(Exists(done.exclude(origin=TranslationOrigin.MACHINE))),
            TranslationState.DOUBTFUL: Q(Exists(done.exclude(failed=[]))),
            TranslationState.STALE: Q(Exists(done.filter(stale_since__isnull=False))),
            TranslationState.REPORTED: Q(Exists(reports)),
        }
        wanted = Q()
        for state in value:
            wanted |= states[TranslationState(state)]
        return rows.filter(wanted)

    def without_languages(self, rows: QuerySet[Review], _name: str, value: str) -> QuerySet[Review]:
        codes = re.findall(r"[a-z]{2,3}", value.lower())
        return rows.exclude(language__in=codes)

    def with_age(self, rows: QuerySet[Review], _name: str, value: Any) -> QuerySet[Review]:
        return rows.filter(reviewed_on__lt=timezone.now().date() - timedelta(days=int(value)))

    def with_reviewer(self, rows: QuerySet[Review], _name: str, value: str) -> QuerySet[Review]:
        return rows.filter(reviewer_name__istartswith=value.replace("\0", "").strip())

    def with_external_id(self, rows: QuerySet[Review], _name: str, value: str) -> QuerySet[Review]:
        return rows.filter(external_id=value.replace("\0", "").strip())

    def _person(self) -> int:
        """Return the id of the user who searches, 0 without a request."""
        return self.request.user.pk if self.request is not None else 0
