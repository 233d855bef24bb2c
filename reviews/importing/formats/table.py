"""Tables: CSV, TSV and the like, JSON lines, XLSX, by header names or a mapping."""

import csv
import datetime
import itertools
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from reviews.formula_guard import is_guarded
from reviews.importing import vocabulary
from reviews.importing.addresses import by_email
from reviews.importing.files import Dump, UnusableFile, find_delimiter
from reviews.importing.formats.base import Format, RawRow
from reviews.importing.mapping import Mapping, columns_by_header
from reviews.importing.records import COLUMNS, CRITERIA, Column, Record
from reviews.importing.values import RowError, date, instant, listing, number, rating, text

# A workbook's shared strings are held in memory while it is read.
MAX_SHARED_STRINGS = 512 * 1024 * 1024  # bytes
# The columns that a file of rejected rows has beside its own.
REJECT_COLUMNS = ("rejected_line", "rejected_field", "rejected_value", "rejected_reason")
RATINGS = {name: f"ratings.{name}" for name in CRITERIA}
# Name among a review's `source_values` → the field whose source's words it keeps.
OWN_WORDS = {
    "frequency": "usage.frequency",
    "duration": "usage.duration",
    "industry": "reviewer.industry",
    "company_size": "reviewer.company_size",
    "country": "reviewer.country",
    "language": "language",
    "reviewed_on": "reviewed_on",
}
# Our own exports hold these beside what is imported.
EXPORT_ONLY = ("id", "product", "source", "status", "response.id", "response.status")


class Table(Format):
    name = "table"
    source = ("table", "Table")

    def __init__(self, dump: Dump, mapping: Mapping | None = None) -> None:
        super().__init__(dump, mapping)
        self.mapping = mapping or Mapping()
        if self.mapping.source:
            name = self.mapping.source_name or self.mapping.source.replace("_", " ").title()
            self.source = (slugify(self.mapping.source.replace("_", "-")).replace("-", "_"), name)
        self.kind = self._kind()
        self.rejects_as = "jsonl" if self.kind == "jsonl" else "csv"
        self.headers = self._headers()
        self.columns = dict(self.mapping.columns) or columns_by_header(self.headers)
        self._check_columns()
        self.record_columns = [column for column in COLUMNS if column.header in self.columns]
        self.mapped = {*self.columns.values(), *EXPORT_ONLY}

    @classmethod
    def recognises(cls, dump: Dump) -> bool:
        # The last resort: opening it says what is missing.
        return False

    # ── Rows ──────────────────────────────────────────────────────────────────
    def rows(self) -> Iterator[RawRow]:
        return getattr(self, f"_rows_of_{self.kind}")()

    def _kind(self) -> str:
        if self.dump.is_workbook:
            return "xlsx"
        return "jsonl" if self.dump.sample().lstrip()[:1] == "{" else "csv"

    def _headers(self) -> list[str]:
        if self.kind == "jsonl":
            rows = itertools.islice(self._rows_of_jsonl(), 20)
            return list(dict.fromkeys(key for row in rows for key in row.raw))
        if self.kind == "xlsx":
            return next(self._sheet(), [])
        return self._header_of_csv()

    def _rows_of_jsonl(self) -> Iterator[RawRow]:
        for line_number, line in enumerate(self.dump.lines(), 1):
            if not line.strip():
                continue
            try:
                data = json.loads(line)
            except ValueError:
                data = None
            yield RawRow(line_number, flat(data) if isinstance(data, dict) else {"": line})

    def _header_of_csv(self) -> list[str]:
        with self.dump.text() as file:
            self.delimiter = find_delimiter(self.dump.sample())
            reader = csv.reader(_without_nul(file), delimiter=self.delimiter)
            try:
                return [cell.strip() for cell in next(reader, [])]
            except (csv.Error, UnicodeDecodeError) as error:
                raise UnusableFile(
                    _("%(file)s could not be read as a table: %(problem)s.")
                    % {"file": self.dump.name, "problem": error}
                ) from error

    def _rows_of_csv(self) -> Iterator[RawRow]:
        with self.dump.text() as file:
            reader = csv.reader(_without_nul(file), delimiter=self.delimiter)
            next(reader)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield RawRow(line, {"": str(error)})
                    continue
                if cells:
                    yield RawRow(line, self._named(cells))

    def _sheet(self) -> Iterator[list[Any]]:
        try:
            with zipfile.ZipFile(self.dump.path) as archive:
                if any(
                    entry.filename.endswith("sharedStrings.xml")
                    and entry.file_size > MAX_SHARED_STRINGS
                    for entry in archive.infolist()
                ):
                    raise UnusableFile(
                        _(
                            "%(file)s has too much text for an XLSX import. Save it as "
                            "CSV and try again."
                        )
                        % {"file": self.dump.name}
                    )
            with self.dump.binary() as file:
                sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
                # What a workbook says of its own size is often wrong.
                sheet.reset_dimensions()
                for index, cells in enumerate(sheet.iter_rows(values_only=True)):
                    values = ["" if cell is None else cell for cell in cells]
                    yield [text(cell).strip() for cell in values] if index == 0 else values
        except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError) as error:
            raise UnusableFile(
                _("%(file)s is not a readable XLSX file. Save it again as XLSX or CSV.")
                % {"file": self.dump.name}
            ) from error

    def _rows_of_xlsx(self) -> Iterator[RawRow]:
        for line_number, cells in enumerate(itertools.islice(self._sheet(), 1, None), 2):
            if any(cell != "" for cell in cells):
                yield RawRow(line_number, self._named(cells))

    def _named(self, cells: list[Any]) -> dict[str, Any]:
        named = dict(zip(self.headers, cells, strict=False))
        if any(text(cell).strip() for cell in cells[len(self.headers) :]):
            named[""] = [text(cell) for cell in cells[len(self.headers) :]]
        if REJECT_COLUMNS[0] in named:
            # A corrected file of rejected rows: remove its guard against formulas.
            named = {
                name: cell[1:] if is_guarded(cell) else cell
                for name, cell in named.items()
                if name not in REJECT_COLUMNS
            }
        return named

    def _check_columns(self) -> None:
        missing = [column for column in self.columns.values() if column not in self.headers]
        if self.mapping.columns and missing and self.kind != "jsonl":
            raise UnusableFile(
                _("The mapping uses columns that %(file)s doesn't have: %(columns)s.")
                % {"file": self.dump.name, "columns": ", ".join(missing)}
            )
        if not {"title", "overall", "pros", "cons", "ratings.overall"} & set(self.columns):
            raise UnusableFile(
                _(
                    "%(file)s has no recognizable column for review text or rating. "
                    "Name its columns in a mapping file."
                )
                % {"file": self.dump.name}
            )

    # ── A record ──────────────────────────────────────────────────────────────
    def record(self, raw: dict[str, Any]) -> Record:
        if "" in raw:
            surplus = raw[""]
            if isinstance(surplus, list):
                raise RowError("", ", ".join(surplus), _("the row has more cells than the header"))
            raise RowError("", surplus, _("the line could not be read"))
        cells = {name: raw[column] for name, column in self.columns.items() if column in raw}
        values = {name: text(cell).strip() for name, cell in cells.items()}
        for name in self.mapping.values.keys() & values.keys():
            values[name] = self.mapping.translate(name, values[name])
        values = {name: value for name, value in values.items() if value}
        ratings = {
            name: rating(values[header], header, self.mapping.best_rating)
            for name, header in RATINGS.items()
            if header in values
        }
        record = Record(ratings=ratings, source_values=self._source_values(raw, cells))
        for column in self.record_columns:
            name = column.header
            if column.verbatim:
                setattr(record, column.field, text(cells.get(name)))
            elif name in values:
                setattr(record, column.field, self._read(column, cells[name], values[name]))
        # What depends on more than one cell.
        rated = [name for name in record.rated_criteria if name in CRITERIA]
        record.rated_criteria = rated or list(ratings)
        record.reviewer_key = record.reviewer_key or by_email(record.reviewer_email)
        record.verification = vocabulary.verification(record.verification, record.verified)
        return record

    def _read(self, column: Column, cell: Any, value: str) -> Any:
        """Return a field of a record from its cell and from our value of it, a stripped text."""
        if column.read is not None:
            return column.read(value)
        match column.kind:
            case "text[]":
                return listing(cell)
            case "numeric":
                return number(value, column.header)
            case "date":
                return self._date(column.header, cell)
            case "timestamptz":
                return self._instant(column.header, cell)
        return value

    def _source_values(self, raw: dict[str, Any], cells: dict[str, Any]) -> dict[str, Any]:
        """Return the source's own words beside our vocabularies, and columns not ours."""
        words = {name: text(cells.get(field)).strip() for name, field in OWN_WORDS.items()}
        for column, cell in raw.items():
            if column not in self.mapped and not isinstance(cell, list):
                words[text(column)] = text(cell)
        return {name: word for name, word in words.items() if word}

    def _date(self, name: str, cell: Any) -> datetime.date:
        for pattern in self.mapping.dates.get(name, []):
            try:
                return datetime.datetime.strptime(text(cell).strip(), pattern).date()  # noqa: DTZ007
            except ValueError:
                continue
        return date(cell, name, self.mapping.date_order)

    def _instant(self, name: str, cell: Any) -> datetime.datetime:
        for pattern in self.mapping.dates.get(name, []):
            try:
                return instant(datetime.datetime.strptime(text(cell), pattern), name)  # noqa: DTZ007
            except ValueError:
                continue
        return instant(cell, name)


def flat(value: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Return a nested object as dotted names: {"a": {"b": 1}} as {"a.b": 1}."""
    values: dict[str, Any] = {}
    for key, inner in value.items():
        if key == "_rejected":
            continue
        if isinstance(inner, dict):
            values |= flat(inner, f"{before}{key}.")
        else:
            values[f"{before}{key}"] = inner
    return values


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in lines)
