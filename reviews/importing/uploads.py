"""Uploaded dumps, stored while an import may need them, then deleted, since they hold people's
data that may since have been erased."""

from datetime import timedelta

from django.utils import timezone

from reviews.choices import ImportStatus
from reviews.models import Import

RETENTION = timedelta(days=30)
ENDED = (ImportStatus.DONE, ImportStatus.CANCELLED, ImportStatus.FAILED)


def delete_old() -> int:
    """Delete the files of imports that ended, or were left waiting, long ago."""
    before = timezone.now() - RETENTION
    old = Import.objects.exclude(stored_as="").filter(created_at__lt=before)
    deleted = 0
    for import_run in old.filter(status__in=[*ENDED, ImportStatus.UPLOADED]):
        import_run.path.unlink(missing_ok=True)
        import_run.stored_as = ""
        import_run.save(update_fields=["stored_as"])
        deleted += 1
    return deleted
