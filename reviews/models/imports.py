import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import ImportStatus, ReviewStatus

COUNTERS = ("created", "updated", "unchanged", "duplicates", "rejected")


class Import(models.Model):
    """One run over one file. Its counters change in the transaction that stores a chunk.

    `read` is the number of rows read so far; a run that resumes after a kill skips that
    many. `languages` maps a language to its number of reviews; `progress` is 0 to 1.
    """

    file_name = models.CharField(_("file"), max_length=255)
    # An upload's path below MEDIA_ROOT; empty for a file imported by the command.
    stored_as = models.CharField(max_length=255, blank=True, editable=False)
    mapping = models.JSONField(_("mapping"), null=True, blank=True)
    format = models.CharField(_("format"), max_length=20, blank=True)
    product = models.ForeignKey(
        "reviews.Product", models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    review_status = models.CharField(
        _("status of new reviews"),
        max_length=10,
        choices=ReviewStatus,
        default=ReviewStatus.PENDING,
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ImportStatus, default=ImportStatus.UPLOADED
    )
    # The language of the reasons of its rejected rows.
    language = models.CharField(max_length=10, default="en", editable=False)
    cancel_requested = models.BooleanField(default=False, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by")
    )
    claimed_total = models.PositiveIntegerField(
        _("total stated by the source"), null=True, blank=True
    )
    failure = models.TextField(_("reason for failure"), blank=True)

    read = models.PositiveIntegerField(_("read"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    duplicates = models.PositiveIntegerField(_("duplicates"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    responses = models.PositiveIntegerField(_("responses"), default=0)
    languages = models.JSONField(_("languages"), default=dict, blank=True)
    progress = models.FloatField(_("progress"), default=0)

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    # When signals were computed for its reviews and moderation rules applied to them.
    screened_at = models.DateTimeField(_("screened at"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ImportStatus.values), name="import_status_known"
            ),
            models.CheckConstraint(
                condition=Q(review_status__in=[ReviewStatus.PENDING, ReviewStatus.PUBLISHED]),
                name="import_makes_pending_or_published",
            ),
            # Every row that is read is counted.
            models.CheckConstraint(
                condition=Q(
                    read=models.F("created")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("duplicates")
                    + models.F("rejected")
                ),
                name="import_counts_every_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} · {self.pk}"

    @property
    def path(self) -> Path:
        """The absolute path of the uploaded file."""
        return Path(settings.MEDIA_ROOT) / self.stored_as

    @property
    def is_running(self) -> bool:
        return self.status in (ImportStatus.QUEUED, ImportStatus.RUNNING)

    @property
    def seconds(self) -> float | None:
        """How long the run took, in seconds; None until it ends."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class ImportedKey(models.Model):
    """The key of a row that a running import has read, to detect duplicates within the file.

    `key` is a SHA-256. Keys are in the database so that memory stays constant, and are
    deleted when the import ends.
    """

    import_run = models.ForeignKey(Import, models.CASCADE, db_index=False)
    key = models.BinaryField(max_length=32)
    row = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("imported key")
        verbose_name_plural = _("imported keys")
        constraints = [
            models.UniqueConstraint(fields=["import_run", "key"], name="one_row_per_imported_key")
        ]

    def __str__(self) -> str:
        return f"{self.import_run_id} · {self.row}"


class RejectedRow(models.Model):
    """A row that could not be stored: the field and value at fault, the reason, the row itself."""

    import_run = models.ForeignKey(
        Import, models.CASCADE, related_name="rejected_rows", verbose_name=_("import")
    )
    line = models.PositiveIntegerField(_("line"))
    field = models.CharField(_("field"), max_length=100)
    value = models.TextField(_("value"))
    reason = models.TextField(_("reason"))
    # JSON as text, because jsonb would lose the order of a table's columns.
    raw = models.TextField(_("row"))

    class Meta:
        verbose_name = _("rejected row")
        verbose_name_plural = _("rejected rows")
        ordering = ["import_run", "id"]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"

    @property
    def content(self) -> dict[str, Any]:
        """The row as the format read it: column → value."""
        return json.loads(self.raw)
