"""One run over one file: read, understood, stored in chunks, each its own transaction.

Reading and understanding (`reading.py`) go on in a thread of their own while the database
stores the chunk before (`merge.py`). What a chunk stores and how far the run has come are
one transaction, so a run that was killed goes on where the last chunk ended.
"""

from contextlib import AbstractContextManager

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.choices import ImportStatus
from reviews.importing import merge
from reviews.importing.files import UnusableFile
from reviews.importing.formats import Format
from reviews.importing.reading import (
    ProductContext,
    ReviewChunk,
    chunks,
    read_ahead,
    rejected_row,
    usual_languages,
)
from reviews.importing.values import RowError
from reviews.locks import session_lock
from reviews.models import AuditEntry, Import, ImportedKey, Product, RejectedRow, Source
from reviews.models.imports import COUNTERS


class Cancelled(Exception):
    """A user asked for the run to end."""


def run(*, import_run: Import, format: Format) -> None:
    """Store what a file holds, from where the run stands.

    Ends with the status done, cancelled or failed. Safe to call again after a kill. A run
    that another process holds is left to it.
    """
    with run_lock(import_run) as free:
        import_run.refresh_from_db()
        if free and import_run.finished_at is None:
            _run(import_run, format)


def run_lock(import_run: Import) -> AbstractContextManager[bool]:
    """Hold the lock of a run; the value is whether it was free."""
    return session_lock("import run", import_run.pk)


def is_at_work(import_run: Import) -> bool:
    """Return whether a process is running an import."""
    with run_lock(import_run) as free:
        return not free


def refuse(import_run: Import, why: str) -> None:
    """End an import whose file can't be used. `why` is one sentence."""
    _finish(import_run, ImportStatus.FAILED, failure=why)


def abandon(import_run: Import) -> None:
    """End a run that was killed and that cannot be continued here."""
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
        context = ProductContext(
            product.slug, product.vendor.name, usual_languages(format, product)
        )
        for chunk in read_ahead(chunks(format, context, skip=import_run.read)):
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
    AuditEntry.objects.create(
        product=import_run.product,
        action="import_finished",
        actor=import_run.started_by,
        actor_label="" if import_run.started_by else "command",
        detail={
            "import": import_run.pk,
            "status": status,
            **{name: getattr(import_run, name) for name in COUNTERS},
        },
    )


@transaction.atomic
def _store(chunk: ReviewChunk, *, import_run: Import, product: Product, source: Source) -> None:
    if Import.objects.select_for_update().get(pk=import_run.pk).cancel_requested:
        raise Cancelled
    stored = merge.store(rows=chunk.rows, import_run=import_run, product=product, source=source)
    for number, external_id in stored.foreign:
        line, raw = chunk.origins[number]
        reason = _("this review already exists under another product")
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
