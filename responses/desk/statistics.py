"""The desk's statistics: a page, and its tables as CSV."""

import csv
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from responses import key_terms, statistics
from responses.desk.vendors import vendor_page
from reviews.choices import ReviewStatus
from reviews.formula_guard import guarded
from reviews.http import HttpRequest
from reviews.languages import language_name
from reviews.models import FacetCount, Product
from reviews.permissions import vendor_staff_only

PERIODS = (3, 12, 36)  # months
EVER = date(1, 1, 1)


def period(request: HttpRequest) -> tuple[str, date, date]:
    """Return the period in the address (months or "all"), its first day and the day after it."""
    months = request.GET.get("months", "12")
    until = timezone.now().date() + timedelta(days=1)
    if months == "all":
        return months, EVER, until
    number = int(months) if months in map(str, PERIODS) else 12
    return str(number), until - timedelta(days=round(30.44 * number)), until


def languages_of(vendor_id: int) -> list[str]:
    """Return the languages of a vendor's reviews, the most frequent first."""
    counts: dict[str, int] = {}
    products = Product.objects.filter(vendor=vendor_id).values("pk")
    rows = FacetCount.objects.filter(product_id__in=products, status=ReviewStatus.PUBLISHED)
    for language, n in rows.values_list("language", "n"):
        counts[language] = counts.get(language, 0) + n
    return sorted((code for code, n in counts.items() if n > 0), key=lambda c: (-counts[c], c))


@vendor_staff_only
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show response rates and times, changed ratings, and key terms."""
    vendor, context = vendor_page(request)
    months, since, until = period(request)
    numbers = statistics.of_vendor(vendor.pk, since, until)
    languages = languages_of(vendor.pk)
    language = request.GET.get("language", "")
    if language not in languages:
        language = languages[0] if languages else "en"
    terms = key_terms.find_terms(vendor.pk, language, since, until)
    tables = tables_of(numbers, terms)
    if (table := request.GET.get("csv")) in tables:
        return as_csv(f"{vendor.slug}-{table}", *tables[table])
    return render(
        request,
        "responses/desk/numbers.html",
        {
            **context,
            "months": months,
            "periods": PERIODS,
            "numbers": numbers,
            "by": labelled(numbers.by),
            "answered_by_month": every_month(numbers)[-36:],
            "language": language,
            "languages": [(code, language_name(code)) for code in languages],
            "terms": terms,
            "praise": with_months(terms.praise, terms.months),
            "complaints": with_months(terms.complaints, terms.months),
        },
    )


def labelled(by: dict[str, list[statistics.Rate]]) -> list[tuple[str, str, str, list[Any]]]:
    """Return the tables of rates: name, question, what a row is, rows with their labels."""
    words = {
        "product": (_("By product"), _("Product")),
        "language": (_("By language"), _("Language")),
        "rating": (_("By rating"), _("Rating")),
        "agent": (_("By agent"), _("Agent")),
    }
    return [
        (name, *words[name], [(label_of(name, rate.choice), rate) for rate in by[name][:50]])
        for name in statistics.DIMENSIONS
    ]


def every_month(numbers: statistics.Numbers) -> list[tuple[str, int]]:
    """Return the percentage with a response for every month from the first to the last."""
    rates = {day: round(100 * rate.answered / rate.reviews) for day, rate in numbers.months}
    if not rates:
        return []
    day, last, filled = min(rates), max(rates), []
    while day <= last:
        filled.append((f"{day:%Y-%m}", rates.get(day, 0)))
        day = (day + timedelta(days=31)).replace(day=1)
    return filled


def label_of(dimension: str, choice: str) -> str:
    if not choice:
        return _("unknown")
    if dimension == "language":
        return language_name(choice)
    return "★" * int(choice) if dimension == "rating" else choice


def with_months(
    terms: list[key_terms.KeyTerm], months: list[date]
) -> list[tuple[key_terms.KeyTerm, Any]]:
    """Return terms, each with its percentages by month for a small chart."""
    return [
        (term, [(f"{m:%Y-%m}", round(100 * term.by_month.get(m, 0))) for m in months[-24:]])
        for term in terms
    ]


def tables_of(
    numbers: statistics.Numbers, terms: key_terms.Terms
) -> dict[str, tuple[list[str], list[Any]]]:
    """Return the page's tables: name → head and rows."""
    head = [_("reviews"), _("with response"), _("median hours to respond")]

    def cells(rate: statistics.Rate) -> list[Any]:
        return [rate.reviews, rate.answered, "" if rate.hours is None else round(rate.hours, 1)]

    tables: dict[str, tuple[list[str], list[Any]]] = {
        name: ([name, *head], [[rate.choice, *cells(rate)] for rate in numbers.by[name]])
        for name in statistics.DIMENSIONS
    }
    tables["month"] = (
        [_("month"), *head],
        [[rate.choice, *cells(rate)] for _day, rate in numbers.months],
    )
    kinds = ((_("praise"), terms.praise), (_("complaint"), terms.complaints))
    tables["terms"] = (
        [_("type"), _("word"), _("month"), _("share of reviews")],
        [
            [kind, term.word, f"{month:%Y-%m}", round(share, 4)]
            for kind, found_terms in kinds
            for term in found_terms
            for month, share in term.by_month.items()
        ],
    )
    changes = numbers.changes
    tables["changes"] = (
        [
            _("with response"),
            _("changed after the response"),
            _("rating raised"),
            _("rating lowered"),
            _("average rating before"),
            _("average rating after"),
        ],
        [
            [
                changes.answered,
                changes.changed,
                changes.raised,
                changes.lowered,
                changes.before,
                changes.after,
            ]
        ],
    )
    return tables


def as_csv(name: str, head: list[str], rows: list[Any]) -> HttpResponse:
    """Return a table as a CSV file; cells that look like formulas are escaped."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return response
