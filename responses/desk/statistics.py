"""The desk's numbers: a page, and its tables as CSV."""

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
from reviews.formula_guard import guarded
from reviews.http import HttpRequest
from reviews.languages import language_name
from reviews.models import FacetCount, Product
from reviews.permissions import vendor_staff_only

PERIODS = (3, 12, 36)  # months
EVER = date(1, 1, 1)


def period(request: HttpRequest) -> tuple[str, date, date]:
    """Return the months that the address names, or all, and from when until when that is."""
    said = request.GET.get("months", "12")
    until = timezone.now().date() + timedelta(days=1)
    if said == "all":
        return said, EVER, until
    months = int(said) if said in map(str, PERIODS) else 12
    return str(months), until - timedelta(days=round(30.44 * months)), until


def languages_of(vendor_id: int) -> list[str]:
    """Return the languages of a vendor's reviews, the most written first."""
    counts: dict[str, int] = {}
    products = Product.objects.filter(vendor=vendor_id).values("pk")
    rows = FacetCount.objects.filter(product_id__in=products, status="published")
    for language, n in rows.values_list("language", "n"):
        counts[language] = counts.get(language, 0) + n
    return sorted((code for code, n in counts.items() if n > 0), key=lambda c: (-counts[c], c))


@vendor_staff_only
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """How much is answered, how fast, whether it helps, and what people say."""
    vendor, context = vendor_page(request)
    months, since, until = period(request)
    found = statistics.of_vendor(vendor.pk, since, until)
    languages = languages_of(vendor.pk)
    language = request.GET.get("language", "")
    if language not in languages:
        language = languages[0] if languages else "en"
    said = key_terms.find_terms(vendor.pk, language, since, until)
    tables = tables_of(found, said)
    if (wanted := request.GET.get("csv")) in tables:
        return as_csv(f"{vendor.slug}-{wanted}", *tables[wanted])
    return render(
        request,
        "responses/desk/numbers.html",
        {
            **context,
            "months": months,
            "periods": PERIODS,
            "numbers": found,
            "by": labelled(found.by),
            "answered_by_month": every_month(found)[-36:],
            "language": language,
            "languages": [(code, language_name(code)) for code in languages],
            "terms": said,
            "praise": with_months(said.praise, said.months),
            "complaints": with_months(said.complaints, said.months),
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


def every_month(found: statistics.Numbers) -> list[tuple[str, int]]:
    """Return the percentage answered for each month from the first to the last, none left out."""
    rates = {day: round(100 * rate.answered / rate.reviews) for day, rate in found.months}
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
    found: list[key_terms.Term], months: list[date]
) -> list[tuple[key_terms.Term, Any]]:
    """Return terms, each with its percentages by month for a small chart."""
    return [
        (term, [(f"{m:%Y-%m}", round(100 * term.by_month.get(m, 0))) for m in months[-24:]])
        for term in found
    ]


def tables_of(
    found: statistics.Numbers, said: key_terms.Terms
) -> dict[str, tuple[list[str], list[Any]]]:
    """Return what the page shows as tables: name → head and rows."""
    head = [_("reviews"), _("with response"), _("median hours to respond")]

    def cells(rate: statistics.Rate) -> list[Any]:
        return [rate.reviews, rate.answered, "" if rate.hours is None else round(rate.hours, 1)]

    tables: dict[str, tuple[list[str], list[Any]]] = {
        name: ([name, *head], [[rate.choice, *cells(rate)] for rate in found.by[name]])
        for name in statistics.DIMENSIONS
    }
    tables["month"] = (
        [_("month"), *head],
        [[rate.choice, *cells(rate)] for _day, rate in found.months],
    )
    kinds = ((_("praise"), said.praise), (_("complaint"), said.complaints))
    tables["terms"] = (
        [_("type"), _("word"), _("month"), _("share of reviews")],
        [
            [kind, term.word, f"{month:%Y-%m}", round(share, 4)]
            for kind, found_terms in kinds
            for term in found_terms
            for month, share in term.by_month.items()
        ],
    )
    changes = found.changes
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
    """Return a table as a file; no cell is taken for a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return response
