"""The filters of reviews, which have the same names on all pages and in the API."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from reviews import search
from reviews.choices import CompanySize, ReviewStatus, Sort, UsageDuration, UsageFrequency
from reviews.keyset import Segment
from reviews.models import FacetCount, Product, Review, Source

NEWEST = ("-listed_on", "-id")
# Reviews without a rating come last in both directions (see `in_order`).
ORDERS: dict[str, tuple[str, ...]] = {
    Sort.HIGHEST: ("-overall_rating", *NEWEST),
    Sort.LOWEST: ("overall_rating", *NEWEST),
    Sort.OLDEST: ("listed_on", "id"),
    Sort.NEWEST: NEWEST,
}


# Filter → its column of Review and FacetCount.
COLUMNS = {
    "product": "product_id",
    "status": "status",
    "company_size": "company_size",
    "duration": "usage_duration",
    "rating": "stars",
    "industry": "industry",
    "frequency": "usage_frequency",
    "language": "language",
    "source": "source_id",
    "has_response": "has_response",
}


class AnyOfField(forms.MultipleChoiceField):
    """A choice of any values, where the possible ones are not known in advance."""

    def valid_value(self, value: str) -> bool:
        return "\0" not in value


class AnyOfFilter(django_filters.MultipleChoiceFilter):
    field_class = AnyOfField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # No join of a filter repeats a review, and SELECT DISTINCT would sort all of them.
        super().__init__(*args, distinct=False, **kwargs)


def one_of(choices: Any, field: str, label: Any) -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(
        field_name=field,
        choices=choices,
        label=label,
        widget=forms.CheckboxSelectMultiple,
        distinct=False,
    )


class ReviewFilter(django_filters.FilterSet):
    """Reviews that match any value of each filter that is given."""

    product = AnyOfFilter(field_name="product__slug", label=_("Product"))
    status = one_of(ReviewStatus.choices, "status", _("Status"))
    company_size = one_of(CompanySize.choices, "company_size", _("Company size"))
    duration = one_of(UsageDuration.choices, "usage_duration", _("Length of use"))
    rating = one_of([(str(n), str(n)) for n in range(5, 0, -1)], "stars", _("Rating"))
    industry = AnyOfFilter(field_name="industry", label=_("Industry"))
    frequency = one_of(UsageFrequency.choices, "usage_frequency", _("Frequency of use"))
    language = AnyOfFilter(field_name="language", label=_("Language"))
    source = AnyOfFilter(field_name="source__key", label=_("Source"))
    has_response = django_filters.BooleanFilter(field_name="has_response", label=_("With response"))
    reviewed_after = django_filters.DateFilter(
        field_name="reviewed_on", lookup_expr="gte", label=_("Reviewed on or after")
    )
    reviewed_before = django_filters.DateFilter(
        field_name="reviewed_on", lookup_expr="lte", label=_("Reviewed on or before")
    )
    q = django_filters.CharFilter(method="search", label=_("Keywords"))
    sort = django_filters.ChoiceFilter(
        choices=Sort.choices, method="ignore", label=_("Sort"), empty_label=None
    )

    # Facets that few reviews have, beside those in `COLUMNS`: filter → path to its value.
    SPARSE: ClassVar[dict[str, str]] = {}

    class Meta:
        model = Review
        fields: list[str] = []

    def __init__(self, *args: Any, product_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product_id = product_id

    def search(self, queryset: QuerySet[Review], _name: str, value: str) -> QuerySet[Review]:
        """Filter by words, "phrases" and -exclusions (see `reviews/search.py`)."""
        query = search.query(value)
        if query is None:
            return queryset
        if self.product_id:
            # The index begins with the product, so this limits how much of it is read.
            queryset = queryset.filter(search_document__product_id=self.product_id)
        return queryset.filter(search_document__document=query)

    def ignore(self, queryset: QuerySet[Review], _name: str, _value: str) -> QuerySet[Review]:
        return queryset  # `segments` sorts

    @property
    def chosen(self) -> dict[str, Any]:
        """Filter → its chosen value. Invalid and empty values are left out."""
        self.is_valid()
        cleaned = getattr(self.form, "cleaned_data", {})
        return {
            name: value
            for name, value in cleaned.items()
            if name != "sort" and value not in (None, "", [])
        }

    @property
    def form_names(self) -> list[str]:
        """Return the names of the filters that a list's form sets; links choose the others."""
        linked = {*COLUMNS, *self.SPARSE, "queue", "tag", "sort"}
        return [name for name in self.filters if name not in linked]

    @property
    def order(self) -> str:
        self.is_valid()
        return self.form.cleaned_data.get("sort") or Sort.NEWEST

    def counted(self, chosen: dict[str, Any]) -> list[QuerySet[Any]] | None:
        """Return querysets whose counts add up to the number of matching reviews.

        They are of `FacetCount` (add up `n`) and, in subclasses, of a few rows of `Review`.
        Returns None where the filters require counting the reviews themselves.
        """
        if any(name not in COLUMNS for name in chosen):
            return None
        return [FacetCount.objects.filter(*[condition(n, v) for n, v in chosen.items()])]

    def found(self) -> QuerySet[Review]:
        """Return the reviews that match the valid filters."""
        return self.narrow(self.queryset)

    def narrow(self, queryset: QuerySet[Review], without: str = "") -> QuerySet[Review]:
        """Return a queryset filtered by all chosen filters except `without`."""
        for name, value in self.chosen.items():
            if name != without:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def segments(self, language: str = "") -> list[Segment]:
        """Return the list's segments in order, reviews in `language` first where it is given."""
        queryset = self.found()
        parts = [queryset]
        if language and "language" not in self.chosen:
            parts = [queryset.filter(language=language), queryset.exclude(language=language)]
        return [segment for part in parts for segment in in_order(part, self.order)]


def in_order(queryset: QuerySet[Review], sort: str) -> list[Segment]:
    """Return the segments of a queryset in the order of a `Sort`."""
    order = ORDERS[sort]
    if "overall_rating" not in order[0]:
        return [Segment(queryset, order)]
    return [
        Segment(queryset.filter(overall_rating__isnull=False), order),
        Segment(queryset.filter(overall_rating__isnull=True), NEWEST),
    ]


def condition(name: str, value: Any) -> Q:
    """Return a filter's condition on the columns that Review and FacetCount share."""
    if name == "product":
        ids = Product.objects.filter(slug__in=value).values("pk")
        return Q(product_id__in=ids)
    if name == "source":
        return Q(source_id__in=Source.objects.filter(key__in=value).values("pk"))
    if name == "has_response":
        return Q(has_response=value)
    return Q(**{f"{COLUMNS[name]}__in": value})
