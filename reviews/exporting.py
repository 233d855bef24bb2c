"""Reviews in the API's shape, one after the other, in constant memory."""

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


def columns(serializer: Any, before: str = "") -> list[str]:
    """Return the dotted names of a serializer's fields."""
    found: list[str] = []
    for name, field in serializer.fields.items():
        inner = ResponseSerializer() if name == "response" else field
        found += columns(inner, f"{name}.") if hasattr(inner, "fields") else [before + name]
    return found


COLUMNS = columns(ReviewSerializer())


class Echo:
    """A file that hands back what is written to it."""

    def write(self, said: str) -> str:
        return said


def rows(reviews: QuerySet[Review]) -> Iterator[dict[str, Any]]:
    """Return reviews as the API has them. `reviews` are fetched `with_names`."""
    for review in reviews.order_by("pk").iterator(chunk_size=CHUNK):
        yield dict(ReviewSerializer(review).data)


def jsonl(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Return JSON, a line each."""
    for row in found:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def csv_lines(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Return a table's lines, its head first. No cell is taken for a formula."""
    writer: Any = csv.DictWriter(Echo(), COLUMNS)
    yield writer.writeheader()
    for row in found:
        response = row.pop("response") or {}
        cells = flat(row) | {f"response.{name}": cell for name, cell in response.items()}
        yield writer.writerow({name: guarded(cell_of(cell)) for name, cell in cells.items()})


def cell_of(value: Any) -> Any:
    """Return a value as one cell; the items of a list stand on lines of their own."""
    return "\n".join(value) if isinstance(value, list) else value


FORMATS = {"jsonl": jsonl, "csv": csv_lines}
CONTENT_TYPES = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
