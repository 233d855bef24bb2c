"""Charts drawn as SVG on the server; their numbers are shown beside or behind them."""

import datetime
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reviews.templatetags.reviews import share

register = template.Library()


@register.filter
def points(share_: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    text = number_format(round(100 * share_, 1), 1)
    return f"+{text}" if share_ > 0 else text


@register.simple_tag
def bar(part: int, whole: int, kind: str) -> SafeString:
    """Return a bar for a share of a whole, for tables that show the number beside it."""
    width = number_format(share(part, whole), 1, use_l10n=False)
    return format_html(
        '<svg class="share-bar {}" viewBox="0 0 100 8" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect width="{}" height="8"/></svg>',
        kind,
        width,
    )


@register.simple_tag
def spark(pairs: list[tuple[str, int]]) -> SafeString:
    """Return a small column chart for a table cell; screen readers read out its numbers."""
    largest = max((n for _label, n in pairs), default=0) or 1
    description = ", ".join(f"{label}: {n}" for label, n in pairs if n)
    rects = [
        format_html(
            '<rect x="{}" y="{}" width="4" height="{}"/>',
            5 * index,
            24 - round(24 * n / largest),
            round(24 * n / largest),
        )
        for index, (_label, n) in enumerate(pairs)
    ]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} 24" role="img" aria-label="{}">{}</svg>',
        5 * len(pairs),
        description,
        mark_safe("".join(rects)),  # noqa: S308  built above from numbers
    )


@register.inclusion_tag("reviews/_columns.html")
def columns(pairs: list[tuple[Any, int]], summary: str) -> dict[str, Any]:
    """Show a column chart of (label or day, number) pairs, with its numbers in a table."""
    largest = max((n for _label, n in pairs), default=0) or 1
    labels = [
        date_format(label, "SHORT_DATE_FORMAT") if isinstance(label, datetime.date) else label
        for label, _n in pairs
    ]
    return {
        "columns": [
            {
                "label": label,
                "n": n,
                "x": 10 * index + 1,
                "width": 8,
                "height": round(115 * n / largest),
                "y": 119 - round(115 * n / largest),
            }
            for index, (label, (_label_or_day, n)) in enumerate(zip(labels, pairs, strict=True))
        ],
        "width": 10 * len(pairs),
        "summary": summary,
        "first": labels[0] if labels else "",
        "last": labels[-1] if labels else "",
    }
