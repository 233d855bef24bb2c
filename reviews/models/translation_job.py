from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import TranslationJobStatus


class TranslationJob(models.Model):
    """A job that translates many reviews into one language.

    The reviews are selected and the cost estimated first; once started, the job runs in
    chunks.
    """

    # The query string of the inbox's view that the reviews were selected from.
    query = models.CharField(_("view"), max_length=2000, blank=True)
    rule = models.ForeignKey(
        "reviews.Rule", models.SET_NULL, null=True, blank=True, verbose_name=_("rule")
    )
    target_language = models.CharField(_("target language"), max_length=35)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=TranslationJobStatus,
        default=TranslationJobStatus.ESTIMATED,
    )
    # None where a moderation rule started it.
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    total = models.PositiveIntegerField(_("reviews"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    # Characters of all texts, and the estimate of those to be sent to engines, with the cost.
    characters = models.PositiveBigIntegerField(_("characters"), default=0)
    expected_characters = models.PositiveBigIntegerField(_("estimated characters"), default=0)
    expected_cost = models.DecimalField(
        _("estimated cost"), max_digits=12, decimal_places=2, default=0
    )
    segments = models.PositiveBigIntegerField(_("segments"), default=0)
    remembered = models.PositiveBigIntegerField(_("from memory"), default=0)
    calls = models.PositiveIntegerField(_("engine calls"), default=0)
    sent_characters = models.PositiveBigIntegerField(_("characters sent to engines"), default=0)
    engine_milliseconds = models.PositiveBigIntegerField(_("engine time (ms)"), default=0)
    milliseconds = models.PositiveBigIntegerField(_("total time (ms)"), default=0)
    # Why it waits or has failed, when it resumes, and how many times in a row it has waited.
    problem = models.CharField(_("problem"), max_length=20, blank=True)
    resume_at = models.DateTimeField(null=True, blank=True)
    waits = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("translation job")
        verbose_name_plural = _("translation jobs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=TranslationJobStatus.values),
                name="translation_job_status_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target_language} · {self.pk}"

    @property
    def is_at_work(self) -> bool:
        return self.status in (TranslationJobStatus.QUEUED, TranslationJobStatus.RUNNING)

    @property
    def is_open(self) -> bool:
        """Whether the job has not ended: it is at work, waiting or paused."""
        return self.is_at_work or self.status in (
            TranslationJobStatus.WAITING,
            TranslationJobStatus.PAUSED,
        )

    @property
    def gone_through(self) -> int:
        return self.done + self.skipped + self.failed


class TranslationItem(models.Model):
    """One review of a translation job, and its outcome."""

    job = models.ForeignKey(
        TranslationJob, models.CASCADE, related_name="items", verbose_name=_("job")
    )
    review = models.ForeignKey("reviews.Review", models.CASCADE, verbose_name=_("review"))
    # Empty until the review is processed.
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    skip_reason = models.CharField(_("reason"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("review in a translation job")
        verbose_name_plural = _("reviews in translation jobs")
        constraints = [
            models.UniqueConstraint(fields=["job", "review"], name="one_item_per_job_and_review")
        ]
        indexes = [
            models.Index(
                fields=["job", "id"], name="translation_item_waiting", condition=Q(outcome="")
            ),
            models.Index(
                fields=["job", "outcome", "skip_reason"], name="translation_item_by_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} · {self.review_id}"
