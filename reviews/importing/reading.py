"""Reading ahead: a file's rows become rows to store, a chunk at a time, in a separate thread."""

import itertools
import json
import queue
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Sum
from django.utils import translation

from reviews.importing import merge
from reviews.importing.formats import Format
from reviews.importing.records import Record
from reviews.importing.values import RowError
from reviews.language import UNDETERMINED, detect
from reviews.models import FacetCount, Product, RejectedRow
from reviews.models.review import TEXT_FIELDS
from reviews.storable_text import storable

CHUNK = 2000  # rows
# What makes a language usual for a product: a share of its reviews, in texts of some
# length, of those that the file begins with and those that are stored.
USUAL_SHARE = 0.05
LONG_ENOUGH = 60  # characters
SAMPLE = 500  # rows
SWITCH_INTERVAL = 0.0005  # seconds


@dataclass
class ReviewChunk:
    """Rows understood and rows rejected, and how far into the file they end."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    origins: dict[int, tuple[int, object]] = field(default_factory=dict)
    read: int = 0
    progress: float = 0.0


class ProductContext(NamedTuple):
    """What is known of all of a file's reviews: the product's slug, its vendor's name, and
    the languages they usually are in."""

    product: str
    vendor: str
    usual_languages: list[str]


def chunks(format: Format, context: ProductContext, *, skip: int = 0) -> Iterator[ReviewChunk]:
    """Yield a file's rows in chunks; the first `skip` rows are skipped."""
    chunk = ReviewChunk()
    for number, (line, raw) in enumerate(format.rows(), 1):
        if number <= skip:
            continue
        chunk.read += 1
        try:
            record = format.record(raw)
            record.check()
        except RowError as error:
            chunk.rejected.append(rejected_row(line, raw, error))
        else:
            chunk.rows.append(understand(number, record, context))
            chunk.origins[number] = (line, raw)
        if chunk.read == CHUNK:
            chunk.progress = format.dump.progress
            yield chunk
            chunk = ReviewChunk()
    if chunk.read:
        chunk.progress = 1
        yield chunk


def understand(number: int, record: Record, context: ProductContext) -> dict[str, Any]:
    """Return a record as a row to store, with its id and languages."""
    language = detect(prose(record), record.language, context.usual_languages)
    reply_language = ""
    if record.reply:
        usual = [language, *context.usual_languages]
        reply_language = record.reply_language or detect(record.reply, usual=usual)
    return merge.as_row(
        number,
        record,
        external_id=record.external_id or record.content_id(context.product),
        language=language,
        reply_language=reply_language or UNDETERMINED,
        reply_author=record.reply_author or context.vendor,
    )


def prose(record: Record) -> str:
    """Return the words from which a record's language is detected, the longest texts first.

    Titles are short and often in another language than the text.
    """
    texts = [getattr(record, name) for name in TEXT_FIELDS if name != "title"]
    return " ".join(filter(None, texts)) or record.title


def usual_languages(format: Format, product: Product) -> list[str]:
    """Return the languages that a product's reviews usually are in, most usual first.

    Counted over the reviews there are and over the long texts at the file's beginning.
    """
    counts: Counter[str] = Counter()
    for _line, raw in itertools.islice(format.rows(), SAMPLE):
        with suppress(RowError):
            record = format.record(raw)
            text = prose(record)
            if len(text) >= LONG_ENOUGH:
                counts[detect(text, record.language)] += 1
    stored = FacetCount.objects.filter(product_id=product.pk).values_list("language")
    counts.update(dict(stored.annotate(reviews=Sum("n"))))
    del counts[UNDETERMINED]
    least = counts.total() * USUAL_SHARE
    return [language for language, count in counts.most_common() if count > least]


def rejected_row(line: int, raw: object, error: RowError) -> RejectedRow:
    return RejectedRow(
        line=line,
        field=error.field[:100],
        value=storable(error.value)[:2000],
        reason=error.reason,
        raw=json.dumps(storable_row(raw), ensure_ascii=False),
    )


def storable_row(raw: object) -> object:
    """Return a raw row as what JSON and PostgreSQL take."""
    if isinstance(raw, dict):
        return {storable(str(key)): storable_row(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [storable_row(value) for value in raw]
    if raw is None or isinstance(raw, bool | int | float):
        return raw
    return storable(str(raw))


def read_ahead(source: Iterator[ReviewChunk]) -> Iterator[ReviewChunk]:
    """Yield from `source` while a thread of its own prepares the next.

    An error of the source is raised here, in its turn. The thread ends when the
    consumer does.
    """
    ready: queue.Queue[ReviewChunk | BaseException | None] = queue.Queue(maxsize=1)
    ended = threading.Event()
    language = translation.get_language()

    def hand_over(item: ReviewChunk | BaseException | None) -> None:
        while not ended.is_set():
            try:
                ready.put(item, timeout=0.2)
                return
            except queue.Full:
                continue

    def read() -> None:
        # The reasons for rejecting a row are in the language of who runs the import.
        with translation.override(language):
            try:
                for chunk in source:
                    hand_over(chunk)
                    if ended.is_set():
                        return
                hand_over(None)
            except BaseException as error:
                hand_over(error)

    thread = threading.Thread(target=read, name="import reader", daemon=True)
    interval = sys.getswitchinterval()
    # The consumer mostly waits for the database. Each time that answers, the reader would
    # keep it waiting for Python's usual 5 ms more: over a run, half of the time.
    sys.setswitchinterval(SWITCH_INTERVAL)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        ended.set()
        thread.join()
        sys.setswitchinterval(interval)
