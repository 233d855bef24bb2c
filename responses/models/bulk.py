from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from responses.choices import Outcome
from reviews.choices import JobStatus
from reviews.models.bulk import UndoableJob


class ResponseJob(UndoableJob):
    """A bulk response: one template for many reviews, rendered and checked for each review."""

    vendor = models.ForeignKey("reviews.Vendor", models.PROTECT, verbose_name=_("vendor"))
    template = models.ForeignKey(
        "responses.ReplyTemplate", models.PROTECT, verbose_name=_("template")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    # The language of the skip reasons: that of the user who started the job.
    language = models.CharField(max_length=10, default="en", editable=False)

    class Meta:
        verbose_name = _("bulk response")
        verbose_name_plural = _("bulk responses")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="response_job_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="response_job_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.pk}"


class ResponseJobItem(models.Model):
    """One review of a bulk response, and its outcome."""

    job = models.ForeignKey(
        ResponseJob, models.CASCADE, related_name="items", verbose_name=_("job")
    )
    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="+", verbose_name=_("review")
    )
    # Empty until the review is processed.
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    # A sentence that says why the review was skipped.
    skip_reason = models.TextField(_("skip reason"), blank=True)
    response = models.ForeignKey(
        "responses.Response",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="bulk_items",
        verbose_name=_("response"),
    )
    # The response's version token when the job made it. Undoing leaves edited responses.
    version_token = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("review in a bulk response")
        verbose_name_plural = _("reviews in bulk responses")
        constraints = [
            models.UniqueConstraint(fields=["job", "review"], name="one_response_item_per_review")
        ]
        indexes = [models.Index(fields=["job", "outcome", "id"], name="response_item_by_outcome")]

    def __str__(self) -> str:
        return f"{self.job_id} · {self.review_id}"
