"""What an import would store: a file's first rows as cards, before anything is stored."""

import itertools
from dataclasses import dataclass, field
from types import SimpleNamespace

from reviews.importing.files import Dump, UnusableFile
from reviews.importing.formats import Format, open_format
from reviews.importing.mapping import Mapping
from reviews.importing.reading import prose
from reviews.importing.records import REVIEW_FIELDS, Record
from reviews.importing.values import RowError
from reviews.language import detect
from reviews.models import Import, Product, Review, Source, Vendor
from reviews.models.review import RATING_FIELDS

ROWS = 5


@dataclass
class Preview:
    """A file's first rows. `problem` says why it can't be used, empty if it can."""

    problem: str = ""
    format: Format | None = None
    rows: list[tuple[int, Review | RowError]] = field(default_factory=list)


def open_import(import_run: Import) -> Format:
    """Return the reader of an uploaded file. Raises UnusableFile."""
    dump = Dump(import_run.path, import_run.file_name)
    mapping = Mapping.make(import_run.mapping) if import_run.mapping else None
    return open_format(dump, import_run.format or "auto", mapping)


def preview(import_run: Import) -> Preview:
    """Read a file's first rows without storing anything."""
    result = Preview()
    try:
        format = result.format = open_import(import_run)
        product = import_run.product or Product(
            name=format.about().product or format.dump.stem, vendor=Vendor(name=""), slug="new"
        )
        for line, raw in itertools.islice(format.rows(), ROWS):
            try:
                record = format.record(raw)
                record.check()
            except RowError as error:
                result.rows.append((line, error))
            else:
                result.rows.append((line, unsaved(record, format, product)))
    except UnusableFile as error:
        result.problem = str(error)
    return result


def unsaved(record: Record, format: Format, product: Product) -> Review:
    """Return the review that a record will become."""
    values = {name: getattr(record, name) for name in REVIEW_FIELDS}
    values |= {field: record.ratings.get(name) for name, field in RATING_FIELDS.items()}
    values["language"] = detect(prose(record), record.language)
    source = Source(key=format.source[0], name=format.source[1])
    review = Review(product=product, source=source, **values)
    review.reply_preview = SimpleNamespace(  # type: ignore[attr-defined]
        body=record.reply, author_name=record.reply_author, published_at=record.replied_at
    )
    return review
