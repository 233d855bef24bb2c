from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.choices import BulkAction, JobStatus

UNDO_WINDOW = timedelta(minutes=10)


class UndoableJob(models.Model):
    """One action on many reviews, done in chunks. It can be undone as a whole for `UNDO_WINDOW`."""

    status = models.CharField(
        _("status"), max_length=10, choices=JobStatus, default=JobStatus.QUEUED
    )
    undoing = models.BooleanField(_("being undone"), default=False)
    cancel_requested = models.BooleanField(default=False, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    total = models.PositiveIntegerField(_("reviews"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    undone = models.PositiveIntegerField(_("undone"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_running(self) -> bool:
        return self.status in (JobStatus.QUEUED, JobStatus.RUNNING)

    @property
    def can_be_undone(self) -> bool:
        """Whether the job can still be undone."""
        return bool(
            self.finished_at
            and not self.undoing
            and self.undone_at is None
            and self.done
            and timezone.now() - self.finished_at < UNDO_WINDOW
        )


class BulkJob(UndoableJob):
    """One action on the reviews that were in a view when the job was started."""

    action = models.CharField(_("action"), max_length=10, choices=BulkAction)
    # The action's arguments: to_status, reason and note; or assignee; or tag.
    parameters = models.JSONField(_("parameters"), default=dict)
    query = models.CharField(_("view"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("bulk job")
        verbose_name_plural = _("bulk jobs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=BulkAction.values), name="bulk_action_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="bulk_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.pk}"


class BulkItem(models.Model):
    """One review of a bulk job, and its outcome."""

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="items", verbose_name=_("job"))
    review = models.ForeignKey("reviews.Review", models.CASCADE, verbose_name=_("review"))
    # Empty until the review is processed.
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    skip_reason = models.CharField(_("reason"), max_length=20, blank=True)
    # The former assignee's id, or None; used to undo an assignment.
    former = models.BigIntegerField(null=True, blank=True)
    undone = models.BooleanField(_("undone"), default=False)

    class Meta:
        verbose_name = _("review in a bulk job")
        verbose_name_plural = _("reviews in bulk jobs")
        constraints = [
            models.UniqueConstraint(fields=["job", "review"], name="one_item_per_review")
        ]
        indexes = [models.Index(fields=["job", "outcome", "id"], name="bulk_item_by_outcome")]

    def __str__(self) -> str:
        return f"{self.job_id} · {self.review_id}"
