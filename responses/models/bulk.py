from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from responses.choices import Outcome
from reviews.choices import JobStatus
from reviews.models.bulk import UNDO_WINDOW


class AnswerJob(models.Model):
    """A template for many reviews: each answer rendered and checked by itself."""

    vendor = models.ForeignKey("reviews.Vendor", models.PROTECT, verbose_name=_("vendor"))
    template = models.ForeignKey(
        "responses.ReplyTemplate", models.PROTECT, verbose_name=_("template")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    status = models.CharField(
        _("status"), max_length=10, choices=JobStatus, default=JobStatus.QUEUED
    )
    undoing = models.BooleanField(_("undoing"), default=False)
    cancel_requested = models.BooleanField(default=False, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    total = models.PositiveIntegerField(_("reviews"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    undone = models.PositiveIntegerField(_("undone"), default=0)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("bulk answer")
        verbose_name_plural = _("bulk answers")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="answer_job_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="answer_job_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.status in (JobStatus.QUEUED, JobStatus.RUNNING)

    @property
    def can_be_undone(self) -> bool:
        """Whether what it did can still be taken back."""
        return bool(
            self.finished_at
            and not self.undoing
            and self.undone_at is None
            and self.done
            and timezone.now() - self.finished_at < UNDO_WINDOW
        )


class AnswerItem(models.Model):
    """One review of a bulk answer, and what became of it."""

    job = models.ForeignKey(AnswerJob, models.CASCADE, related_name="items", verbose_name=_("job"))
    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="+", verbose_name=_("review")
    )
    # Empty until it was its turn.
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    # The sentence that says why it was passed over.
    why = models.TextField(_("why"), blank=True)
    response = models.ForeignKey(
        "responses.Response",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="bulk_items",
        verbose_name=_("response"),
    )
    # The mark of what was made: who edited it since keeps it.
    mark = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("review of a bulk answer")
        verbose_name_plural = _("reviews of bulk answers")
        constraints = [
            models.UniqueConstraint(fields=["job", "review"], name="one_answer_item_per_review")
        ]
        indexes = [models.Index(fields=["job", "outcome", "id"], name="answer_item_by_outcome")]

    def __str__(self) -> str:
        return f"{self.job_id} · {self.review_id}"
