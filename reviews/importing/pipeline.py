"""One run over one file: read, understood, stored in chunks, each its own transaction.

Reading and understanding go on in a thread of their own while the database stores the
chunk before. What a chunk stores and how far the run has come are one transaction, so
a run that was killed goes on where the last chunk ended.
"""

import itertools
import json
import queue
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from reviews.choices import ImportStatus
from reviews.importing import formats, merge
from reviews.importing.files import UnusableFile
from reviews.importing.formats import Format
from reviews.importing.records import UNSTORABLE, Record, RowError
from reviews.language import UNDETERMINED, detect
from reviews.models import FacetCount, Import, ImportedKey, Product, RejectedRow, Source, Vendor
from reviews.models.review import TEXT_FIELDS

CHUNK = 2000  # rows
# What makes a language usual for a product: a share of its reviews, in texts of some
# length, of those that the file begins with and those that are stored.
USUAL_SHARE = 0.05
LONG_ENOUGH = 60  # characters
SAMPLE = 500  # rows
SWITCH_INTERVAL = 0.0005  # seconds


@dataclass
class Chunk:
    """Rows understood and rows rejected, and how far into the file they end."""

    rows: list[tuple] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    origins: dict[int, tuple[int, object]] = field(default_factory=dict)
    read: int = 0
    progress: float = 0.0


class Known(NamedTuple):
    """What is known of all of a file's reviews: the product's slug, its vendor's name, and
    the languages they usually are in."""

    product: str
    vendor: str
    usual_languages: list[str]


class Cancelled(Exception):
    """Somebody asked for the run to end."""


def product_for(format: Format, *, slug: str = "", vendor: str = "") -> Product:
    """Return the product a file's reviews are about, made if it does not exist.

    What isn't named is taken from the file, else from the file's name.
    """
    said = about(format)
    slug = slug or slugify(said.product) or "product"
    product = Product.objects.filter(slug=slug).first()
    if product:
        return product
    name = said.product
    if slugify(name) != slug:
        name = slug.replace("-", " ").replace("_", " ").capitalize()
    vendor = vendor or said.vendor or name
    owner, _made = Vendor.objects.get_or_create(name=vendor, defaults={"slug": free_slug(vendor)})
    return Product.objects.get_or_create(slug=slug, defaults={"name": name, "vendor": owner})[0]


def about(format: Format) -> formats.About:
    """Return what a file says of itself, its product's name from the file's where it doesn't."""
    said = format.about()
    if said.product:
        return said
    name = format.dump.stem.removeprefix(format.source[0]).replace("_", " ").strip()
    return replace(said, product=(name or format.dump.stem).capitalize())


def free_slug(name: str) -> str:
    """Return a slug for a vendor's name that no other vendor has."""
    slug = slugify(name)[:90] or "vendor"
    taken = set(Vendor.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(s for n in range(1, len(taken) + 2) if (s := f"{slug}-{n}" if n > 1 else slug)
                not in taken)  # fmt: skip


def run(*, import_run: Import, format: Format) -> None:
    """Store what a file holds, from where the run stands.

    Ends with the status done, cancelled or failed. Safe to call again after a kill. A run
    that another process is at is left to it.
    """
    with run_lock(import_run) as free:
        import_run.refresh_from_db()
        if free and import_run.finished_at is None:
            _run(import_run, format)


@contextmanager
def run_lock(import_run: Import) -> Iterator[bool]:
    """Hold the lock of a run, or tell that another process does.

    The lock is the database session's: a process that is killed lets go of it.
    """
    key: list[Any] = ["import run", import_run.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", key)
        free = cursor.fetchone()[0]
    try:
        yield free
    finally:
        if free:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", key)


def is_at_work(import_run: Import) -> bool:
    """Tell whether some process is running an import."""
    with run_lock(import_run) as free:
        return not free


def refuse(import_run: Import, why: str) -> None:
    """End an import whose file can't be used. `why` is one sentence."""
    _finish(import_run, ImportStatus.FAILED, failure=why)


def abandon(import_run: Import) -> None:
    """End a run that was killed and that nobody can go on with here."""
    _finish(import_run, ImportStatus.CANCELLED)


def _run(import_run: Import, format: Format) -> None:
    source, _made = Source.objects.get_or_create(
        key=format.source[0], defaults={"name": format.source[1]}
    )
    product = import_run.product
    assert product is not None, "an import runs once its product is chosen"
    import_run.status = ImportStatus.RUNNING
    import_run.format = format.name
    import_run.claimed_total = format.about().claimed_total
    import_run.started_at = import_run.started_at or timezone.now()
    import_run.save()
    try:
        known = Known(product.slug, product.vendor.name, usual_languages(format, product))
        for chunk in read_ahead(chunks(format, known, skip=import_run.read)):
            _store(chunk, import_run=import_run, product=product, source=source)
        _finish(import_run, ImportStatus.DONE)
    except Cancelled:
        _finish(import_run, ImportStatus.CANCELLED)
    except UnusableFile as error:
        refuse(import_run, str(error))


@transaction.atomic
def _finish(import_run: Import, status: ImportStatus, failure: str = "") -> None:
    ImportedKey.objects.filter(import_run=import_run).delete()
    import_run.status = status
    import_run.failure = failure
    import_run.finished_at = timezone.now()
    if status == ImportStatus.DONE:
        import_run.progress = 1
    import_run.save()


@transaction.atomic
def _store(chunk: Chunk, *, import_run: Import, product: Product, source: Source) -> None:
    if Import.objects.select_for_update().get(pk=import_run.pk).cancel_requested:
        raise Cancelled
    stored = merge.store(rows=chunk.rows, import_run=import_run, product=product, source=source)
    for number, external_id in stored.foreign:
        line, raw = chunk.origins[number]
        reason = _("this review is already here under another product")
        chunk.rejected.append(rejected_row(line, raw, RowError("external_id", external_id, reason)))
    for row in chunk.rejected:
        row.import_run = import_run
    RejectedRow.objects.bulk_create(chunk.rejected)
    import_run.read += chunk.read
    import_run.created += stored.created
    import_run.updated += stored.updated
    import_run.unchanged += stored.unchanged
    import_run.duplicates += stored.duplicates
    import_run.rejected += len(chunk.rejected)
    import_run.responses += stored.responses
    for language, count in stored.languages.items():
        import_run.languages[language] = import_run.languages.get(language, 0) + count
    import_run.progress = chunk.progress
    import_run.save()


# ── Reading ───────────────────────────────────────────────────────────────────
def chunks(format: Format, known: Known, *, skip: int = 0) -> Iterator[Chunk]:
    """Yield a file's rows, understood, in chunks; the first `skip` rows are passed over."""
    chunk = Chunk()
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
            chunk.rows.append(understood(number, record, known))
            chunk.origins[number] = (line, raw)
        if chunk.read == CHUNK:
            chunk.progress = format.dump.progress
            yield chunk
            chunk = Chunk()
    if chunk.read:
        chunk.progress = 1
        yield chunk


def understood(number: int, record: Record, known: Known) -> tuple:
    """Return a record as a row to store: its id made, its languages found."""
    language = detect(prose(record), record.language, known.usual_languages)
    reply_language = ""
    if record.reply:
        usual = [language, *known.usual_languages]
        reply_language = record.reply_language or detect(record.reply, usual=usual)
    return merge.as_row(
        number,
        record,
        external_id=record.external_id or record.content_id(known.product),
        language=language,
        reply_language=reply_language or UNDETERMINED,
        reply_author=record.reply_author or known.vendor,
    )


def prose(record: Record) -> str:
    """Return the words that tell a record's language, the longest texts first.

    Titles are short and often in another language than the text.
    """
    texts = [getattr(record, name) for name in TEXT_FIELDS if name != "title"]
    return " ".join(filter(None, texts)) or record.title


def usual_languages(format: Format, product: Product) -> list[str]:
    """Return the languages that a product's reviews usually are in, most usual first.

    Counted over the reviews there are and over the long texts at the file's beginning:
    the same file gives the same answer, wherever a run goes on.
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
        value=UNSTORABLE.sub("", error.value)[:2000],
        reason=error.reason,
        raw=json.dumps(storable(raw), ensure_ascii=False),
    )


def storable(raw: object) -> object:
    """Return a raw row as what JSON and PostgreSQL take."""
    if isinstance(raw, dict):
        return {UNSTORABLE.sub("", str(key)): storable(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [storable(value) for value in raw]
    if raw is None or isinstance(raw, bool | int | float):
        return raw
    return UNSTORABLE.sub("", str(raw))


def read_ahead(source: Iterator[Chunk]) -> Iterator[Chunk]:
    """Yield from `source` while a thread of its own prepares the next.

    An error of the source is raised here, in its turn. The thread ends when the
    consumer does.
    """
    ready: queue.Queue[Chunk | BaseException | None] = queue.Queue(maxsize=1)
    ended = threading.Event()
    language = translation.get_language()

    def hand_over(item: Chunk | BaseException | None) -> None:
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
