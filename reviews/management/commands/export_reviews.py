"""Export reviews in the API's shape, a line each, in constant memory."""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from reviews.api.serializers import ResponseSerializer, ReviewSerializer
from reviews.choices import ReviewStatus
from reviews.importing.formats.table import flat, guarded
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


class Command(BaseCommand):
    help = "Export reviews as JSON lines or CSV. The table importer reads both."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--product", metavar="SLUG")
        parser.add_argument("--status", choices=ReviewStatus.values)
        parser.add_argument("--language")
        parser.add_argument("--format", required=True, choices=["jsonl", "csv"])
        parser.add_argument("--output", type=Path, metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        rows = self._rows(options)
        write = self._jsonl if options["format"] == "jsonl" else self._csv
        if options["output"] is None:
            write(rows, sys.stdout)
            return
        try:
            with open(options["output"], "w", encoding="utf-8", newline="") as file:
                write(rows, file)
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written: %(problem)s.")
                % {"file": options["output"], "problem": error.strerror}
            ) from error

    def _rows(self, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
        reviews = Review.objects.with_names().order_by("pk")
        for name, field in (
            ("product", "product__slug"),
            ("status", "status"),
            ("language", "language"),
        ):
            if options[name]:
                reviews = reviews.filter(**{field: options[name]})
        for review in reviews.iterator(chunk_size=CHUNK):
            yield ReviewSerializer(review).data

    def _jsonl(self, rows: Iterator[dict[str, Any]], file: Any) -> None:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _csv(self, rows: Iterator[dict[str, Any]], file: Any) -> None:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            response = row.pop("response") or {}
            cells = flat(row) | {f"response.{name}": cell for name, cell in response.items()}
            writer.writerow({name: guarded(cell_of(cell)) for name, cell in cells.items()})


def cell_of(value: Any) -> Any:
    """Return a value as one cell; the items of a list stand on lines of their own."""
    return "\n".join(value) if isinstance(value, list) else value
