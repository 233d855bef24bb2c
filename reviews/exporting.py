"""Export reviews in the API's shape, one at a time, in constant memory."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from reviews.api.serializers import ResponseSerializer, ReviewSerializer
from reviews.formula_guard import guarded
from reviews.importing.formats.table import flat
from reviews.models import Review

CHUNK = 2000


def column_names(serializer: Any, prefix: str = "") -> list[str]:
    """Return the dotted names of a serializer's fields."""
    names: list[str] = []
    for name, field in serializer.fields.items():
        inner = ResponseSerializer() if name == "response" else field
        is_nested = hasattr(inner, "fields")
        names += column_names(inner, f"{name}.") if is_nested else [prefix + name]
    return names


COLUMNS = column_names(ReviewSerializer())


class Echo:
    """A file whose `write` returns the text, so that a csv.writer returns its lines."""

    def write(self, text: str) -> str:
        return text


def rows(reviews: QuerySet[Review]) -> Iterator[dict[str, Any]]:
    """Return reviews as the API shows them. `reviews` must be fetched `with_names`."""
    for review in reviews.order_by("pk").iterator(chunk_size=CHUNK):
        yield dict(ReviewSerializer(review).data)


def jsonl(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Return one line of JSON for each row."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def csv_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Return the lines of a CSV table, header first. No spreadsheet takes a cell for a formula."""
    writer: Any = csv.DictWriter(Echo(), COLUMNS)
    yield writer.writeheader()
    for row in rows:
        response = row.pop("response") or {}
        values = flat(row) | {f"response.{name}": value for name, value in response.items()}
        yield writer.writerow({name: guarded(as_cell(value)) for name, value in values.items()})


def as_cell(value: Any) -> Any:
    """Return a value as one cell, with a list's items on separate lines."""
    return "\n".join(value) if isinstance(value, list) else value


FORMATS = {"jsonl": jsonl, "csv": csv_lines}
CONTENT_TYPES = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
