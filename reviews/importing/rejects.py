"""Rejected rows as a file that can be corrected and imported again."""

import csv
import io
import json
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reviews.formula_guard import guarded
from reviews.importing.formats.getapp_page import REJECT_MARK
from reviews.importing.formats.table import REJECT_COLUMNS
from reviews.models import Import, RejectedRow

SUFFIX = {"csv": ".csv", "jsonl": ".jsonl", "page": ".txt"}


def lines(rows: QuerySet[RejectedRow], *, kind: str, heading: str = "") -> Iterator[str]:
    """Yield the text of a file of rejected rows in their own shape, a piece at a time.

    `kind` is a format's `rejects_as`; `heading` the product's name, for a page.
    """
    makers = {"csv": _csv, "jsonl": _jsonl}
    if kind == "page":
        yield from _page(rows, heading)
    else:
        yield from makers[kind](rows)


def _csv(rows: QuerySet[RejectedRow]) -> Iterator[str]:
    first = rows.first()
    headers = [name for name in first.content if name] if first else []
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([*headers, *REJECT_COLUMNS])
    for row in rows.iterator(chunk_size=1000):
        content = row.content
        cells = [content.get(name, "") for name in headers]
        surplus = content.get("", [])
        # Surplus cells come after the reasons, where the person correcting the row sees them.
        extra = surplus if isinstance(surplus, list) else [surplus]
        reasons = (row.line, row.field, row.value, row.reason)
        writer.writerow([guarded(cell) for cell in (*cells, *reasons, *extra)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _jsonl(rows: QuerySet[RejectedRow]) -> Iterator[str]:
    for row in rows.iterator(chunk_size=1000):
        why = {"line": row.line, "field": row.field, "value": row.value, "reason": row.reason}
        yield json.dumps({**row.content, "_rejected": why}, ensure_ascii=False) + "\n"


def _page(rows: QuerySet[RejectedRow], heading: str) -> Iterator[str]:
    yield f"{heading}\n"
    for row in rows.iterator(chunk_size=1000):
        message = _("line %(line)s · %(field)s · %(value)s · %(reason)s") % {
            "line": row.line,
            "field": row.field,
            "value": row.value,
            "reason": row.reason,
        }
        yield f"{REJECT_MARK}{message}\n{row.content['text']}\n\n"


def file_name(import_run: Import, kind: str) -> str:
    stem = import_run.file_name.rsplit(".", 1)[0]
    return f"{stem}.rejected{SUFFIX[kind]}"
