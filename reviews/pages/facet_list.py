"""The column of filters: each facet's choices, with counts and the address that toggles each."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Value
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reviews.choices import (
    CompanySize,
    ReviewStatus,
    SignalKind,
    TranslationState,
    UsageDuration,
    UsageFrequency,
)
from reviews.filters import ReviewFilter
from reviews.industries import industry_label
from reviews.languages import language_name
from reviews.models import Product, Source
from reviews.pages.addresses import PAGE_STATE, joined

ORDERED = {
    "company_size": CompanySize,
    "duration": UsageDuration,
    "frequency": UsageFrequency,
    "status": ReviewStatus,
    "signal": SignalKind,
    "translation": TranslationState,
}
MAX_CHOICES = 12  # shown before "more"
MAX_PRODUCTS = 60


@dataclass(frozen=True)
class Choice:
    """One choice of a facet. `url` is the page with the choice toggled."""

    value: str
    label: str
    count: int
    chosen: bool
    url: str


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    choices: list[Choice]

    @property
    def first(self) -> list[Choice]:
        return self.choices[:MAX_CHOICES]

    @property
    def more(self) -> list[Choice]:
        return self.choices[MAX_CHOICES:]


@dataclass(frozen=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    url: str


class FacetList:
    """The facets of one list, in the order of `counts`, and the chips of its active filters."""

    def __init__(
        self,
        filterset: ReviewFilter,
        counts: dict[str, Counter[str]],
        query: QueryDict,
        path: str,
    ) -> None:
        self.filterset = filterset
        self.counts = counts
        self.query = query
        self.path = path
        # Sources: id → key and name. Products: slug → id and name.
        self.sources: dict[str, tuple[str, str]] = {}
        self.products: dict[str, tuple[int, str]] = {}
        self._fetch_names()

    @property
    def facets(self) -> list[Facet]:
        facets = [self._facet(name) for name in self.counts]
        return [facet for facet in facets if facet.choices]

    @property
    def chips(self) -> list[Chip]:
        chips = []
        for name, value in self.filterset.chosen.items():
            label = str(self.filterset.filters[name].label)
            if isinstance(value, list):
                chips += [Chip(self.label(name, v), self._address(name, v)) for v in value]
            elif name == "has_response":
                chips.append(
                    Chip(
                        _("With response") if value else _("No response"), self._address(name, None)
                    )
                )
            elif isinstance(value, bool):
                text = label if value else f"{label}: {_('no')}"
                chips.append(Chip(text, self._address(name, None)))
            elif isinstance(value, Decimal):
                chips.append(Chip(f"{label}: {value:f}", self._address(name, None)))
            else:
                text = value if isinstance(value, str) else date_format(value, "SHORT_DATE_FORMAT")
                chips.append(Chip(f"{label}: {text}", self._address(name, None)))
        return chips

    @property
    def clear_url(self) -> str:
        query = self._list_query()
        for name in self.filterset.filters:
            if name != "sort":
                query.pop(name, None)
        return self._join(query)

    def _facet(self, name: str) -> Facet:
        counts = self.counts[name]
        chosen = self._chosen(name)
        choices = []
        for raw, count in counts.items():
            value = self._value(name, raw)
            if value:
                choices.append(
                    Choice(
                        value,
                        self.label(name, value),
                        count,
                        value in chosen,
                        self._address(name, value),
                    )
                )
        listed = {choice.value for choice in choices}
        for value in chosen:
            if value not in listed:
                label = self.label(name, value)
                choices.append(Choice(value, label, 0, True, self._address(name, value)))
        return Facet(name, str(self.filterset.filters[name].label), self._sorted(name, choices))

    def _sorted(self, name: str, choices: list[Choice]) -> list[Choice]:
        if name in ORDERED:
            order = list(ORDERED[name].values)
            return sorted(choices, key=lambda c: order.index(c.value))
        if name == "rating":
            return sorted(choices, key=lambda c: c.value, reverse=True)
        return sorted(choices, key=lambda c: (not c.chosen, -c.count, c.label))

    def _value(self, name: str, raw: str) -> str:
        """Return a column's value as addresses spell it; empty if unknown."""
        if name == "source":
            return self.sources[raw][0] if raw in self.sources else ""
        if name == "product":
            return next((slug for slug, (pk, _n) in self.products.items() if str(pk) == raw), "")
        if name == "assigned":
            return raw or "nobody"
        return raw

    def _fetch_names(self) -> None:
        """Fetch the names of the sources and of the products with the most reviews."""
        most = [
            int(pk) for pk, _n in self.counts.get("product", Counter()).most_common(MAX_PRODUCTS)
        ]
        shown = Q(pk__in=most) | Q(slug__in=self.filterset.chosen.get("product", []))
        sources = Source.objects.order_by().annotate(kind=Value("source"))
        products = Product.objects.order_by().filter(shown).annotate(kind=Value("product"))
        rows = sources.values_list("kind", "pk", "key", "name").union(
            products.values_list("kind", "pk", "slug", "name"), all=True
        )
        for kind, pk, key, name in rows:
            if kind == "source":
                self.sources[str(pk)] = (key, name)
            else:
                self.products[key] = (pk, name)

    def _chosen(self, name: str) -> list[str]:
        value = self.filterset.chosen.get(name)
        if isinstance(value, bool):
            return [str(value).lower()]
        return list(value or [])

    def label(self, name: str, value: str) -> str:
        if name in ORDERED:
            return str(ORDERED[name](value).label)
        if name == "source":
            return next((n for key, n in self.sources.values() if key == value), value)
        if name == "has_response":
            return _("With response") if value == "true" else _("No response")
        if name == "rating":
            return "★" * int(value)
        if name == "product":
            return self.products[value][1] if value in self.products else value
        if name == "assigned":
            return {"nobody": _("Unassigned"), "me": _("Me")}.get(value, value)
        labels = {"industry": industry_label, "language": language_name}
        return labels[name](value) if name in labels else value

    def _address(self, name: str, value: str | None) -> str:
        """Return the address with a value toggled, or without the filter where `value` is None."""
        query = self._list_query()
        values = query.getlist(name)
        if value is None or name == "has_response":
            on = value is not None and value not in values
            query.setlist(name, [value] if on and value else [])
        elif value in values:
            query.setlist(name, [v for v in values if v != value])
        else:
            query.appendlist(name, value)
        return self._join(query)

    def _list_query(self) -> QueryDict:
        """Return the query without what only changes how the page looks."""
        query = self.query.copy()
        for name in PAGE_STATE:
            query.pop(name, None)
        return query

    def _join(self, query: QueryDict) -> str:
        return joined(self.path, query)
