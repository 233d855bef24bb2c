"""Pages that cost the same at any depth: each begins where the one before ended.

A list is a sequence of segments (say, reviews in the reader's language, then the
others), each a queryset with the order it is read in. A cursor names a segment and
the order's values at its edge.
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

# Parts of a list up to which each is asked for only when those before don't fill the page.
UNION_THRESHOLD = 2


class Segment(NamedTuple):
    """Part of a list. `order` is as for `order_by`, its last field unique, none null."""

    queryset: QuerySet[Any]
    order: tuple[str, ...]


class Page[T](NamedTuple):
    """One page of a list and the cursors of its neighbours, None where there is none."""

    items: list[T]
    next: str | None
    previous: str | None


class BadCursor(ValueError):
    """The cursor was not made here, or for another list."""


def page(segments: Sequence[Segment], cursor: str | None, size: int) -> Page[Any]:
    """Return the page of at most `size` items at `cursor`, the first one without.

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
        found = _first(parts, size + 1)
    except (ValueError, TypeError, ValidationError) as error:
        # Values that are none of the fields' own.
        raise BadCursor(cursor) from error
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    items = [item for _index, item in found]
    forward = _encode(False, *_edge(segments, found[-1]))
    back = _encode(True, *_edge(segments, found[0]))
    if backwards:
        return Page(items, forward, back if more else None)
    return Page(items, forward if more else None, back if cursor else None)


def _first(parts: list[tuple[int, QuerySet[Any]]], most: int) -> list[tuple[int, Model]]:
    """Return the first rows of the parts of a list, each with the index of its part."""
    if len(parts) > UNION_THRESHOLD:
        # Many small parts come in one query: few of them fill a page alone.
        places = {index: place for place, (index, _part) in enumerate(parts)}
        asked = [part.annotate(segment=Value(index))[:most] for index, part in parts]
        rows = sorted(asked[0].union(*asked[1:], all=True), key=lambda row: places[row.segment])
        return [(row.segment, row) for row in rows[:most]]
    found: list[tuple[int, Model]] = []
    for index, part in parts:
        found += [(index, item) for item in part[: most - len(found)]]
        if len(found) == most:
            break
    return found


def _opposite(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: tuple[str, ...], values: Sequence[Any]) -> Q:
    """What comes after `values` in `order`, the first field bounded for the index."""
    condition = Q()
    equal: dict[str, Any] = {}
    for position, (name, value) in enumerate(zip(order, values, strict=True)):
        field, way = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        condition |= Q(**equal, **{f"{field}__{way}": value})
        if position == 0:
            bound = Q(**{f"{field}__{way}e": value})
        equal[field] = value
    return bound & condition


def _edge(segments: Sequence[Segment], place: tuple[int, Model]) -> tuple[int, list[Any]]:
    index, item = place
    return index, [getattr(item, name.lstrip("-")) for name in segments[index].order]


def _encode(backwards: bool, index: int, values: list[Any]) -> str:
    plain = [str(v) if isinstance(v, datetime.date | Decimal) else v for v in values]
    packed = json.dumps([int(backwards), index, *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[bool, int, list[Any]]:
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        backwards, index, *values = json.loads(packed)
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadCursor(cursor) from error
    if not isinstance(index, int) or not all(isinstance(v, int | str) for v in values):
        raise BadCursor(cursor)
    return bool(backwards), index, values
