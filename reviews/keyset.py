"""Keyset pagination: each page begins where the previous one ended, at the same cost.

A list is a sequence of segments (for example, reviews in the reader's language, then the
others), each a queryset with its order. A cursor names a segment and the values of the
order's fields at the edge of a page.
"""

import base64
import binascii
import datetime
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet, Value

# A list of more parts than this is read by one UNION query, otherwise part by part until
# the page is full.
UNION_THRESHOLD = 2


class Segment(NamedTuple):
    """Part of a list. `order` is as for `order_by`; the last field is unique, and none is null."""

    queryset: QuerySet[Any]
    order: tuple[str, ...]


class Page[T](NamedTuple):
    """One page of a list, with the cursors of its neighbours or None."""

    items: list[T]
    next: str | None
    previous: str | None


class BadCursor(ValueError):
    """The cursor is malformed or belongs to another list."""


def page(segments: Sequence[Segment], cursor: str | None, size: int) -> Page[Any]:
    """Return the page of at most `size` items at `cursor`; without a cursor, the first page.

    Raises BadCursor.
    """
    backwards, at, values = _decode(cursor) if cursor else (False, 0, None)
    if not 0 <= at < len(segments) or (values and len(values) != len(segments[at].order)):
        raise BadCursor(cursor)
    indexes = range(at, -1, -1) if backwards else range(at, len(segments))
    try:
        parts: list[tuple[int, QuerySet[Any]]] = []
        for index in indexes:
            queryset, order = segments[index]
            if backwards:
                order = tuple(_opposite(name) for name in order)
            if values is not None:
                queryset = queryset.filter(_beyond(order, values))
                values = None
            parts.append((index, queryset.order_by(*order)))
        rows = _first_rows(parts, size + 1)
    except (ValueError, TypeError, ValidationError) as error:
        # The cursor's values do not fit the fields.
        raise BadCursor(cursor) from error
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    items = [item for _index, item in rows]
    forward = _encode(False, *_edge(segments, rows[-1]))
    back = _encode(True, *_edge(segments, rows[0]))
    if backwards:
        return Page(items, forward, back if has_more else None)
    return Page(items, forward if has_more else None, back if cursor else None)


def _first_rows(parts: list[tuple[int, QuerySet[Any]]], limit: int) -> list[tuple[int, Model]]:
    """Return a list's first `limit` rows, each with the index of its part."""
    if len(parts) > UNION_THRESHOLD:
        # One query for many parts, since one of them rarely fills a page.
        places = {index: place for place, (index, _part) in enumerate(parts)}
        limited = [part.annotate(segment=Value(index))[:limit] for index, part in parts]
        union = limited[0].union(*limited[1:], all=True)
        ordered = sorted(union, key=lambda row: places[row.segment])
        return [(row.segment, row) for row in ordered[:limit]]
    rows: list[tuple[int, Model]] = []
    for index, part in parts:
        rows += [(index, item) for item in part[: limit - len(rows)]]
        if len(rows) == limit:
            break
    return rows


def _opposite(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: tuple[str, ...], values: Sequence[Any]) -> Q:
    """Return the condition for rows after `values` in `order`.

    The first field has a bound of its own, which the index can use.
    """
    condition = Q()
    equal: dict[str, Any] = {}
    for position, (name, value) in enumerate(zip(order, values, strict=True)):
        field, lookup = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= Q(**equal, **{f"{field}__{lookup}": value})
        if position == 0:
            bound = Q(**{f"{field}__{lookup}e": value})
        equal[field] = value
    return bound & condition


def _edge(segments: Sequence[Segment], row: tuple[int, Model]) -> tuple[int, list[Any]]:
    index, item = row
    return index, [getattr(item, name.lstrip("-")) for name in segments[index].order]


def _encode(backwards: bool, index: int, values: list[Any]) -> str:
    plain = [str(v) if isinstance(v, datetime.date | Decimal) else v for v in values]
    text = json.dumps([int(backwards), index, *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[bool, int, list[Any]]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        backwards, index, *values = json.loads(text)
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadCursor(cursor) from error
    if not isinstance(index, int) or not all(isinstance(v, int | str) for v in values):
        raise BadCursor(cursor)
    return bool(backwards), index, values
