from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import AppealOutcome, Ground


class Statement(models.Model):
    """A statement of reasons: why a review was rejected or removed, for its author.

    Its contents follow Regulation (EU) 2022/2065 (Digital Services Act), article 17(3):
    facts, ground, whether automated, redress. The text is stored as it is sent.
    """

    decision = models.OneToOneField(
        "reviews.ModerationDecision",
        models.PROTECT,
        related_name="statement",
        verbose_name=_("decision"),
    )
    review = models.ForeignKey(
        "reviews.Review", models.PROTECT, related_name="statements", verbose_name=_("review")
    )
    language = models.CharField(_("language"), max_length=10)
    ground = models.CharField(_("based on"), max_length=10, choices=Ground)
    facts = models.TextField(_("facts"))
    text = models.TextField(_("text"))
    policy = models.TextField(_("policy"))
    automated = models.BooleanField(_("automated"), default=False)
    # Whether the author may edit the passage, or the whole review where it is empty.
    author_may_edit = models.BooleanField(_("author may edit"), default=False)
    passage = models.TextField(_("passage"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # When to send it: once the decision can no longer be undone. None where no address is
    # known, and once it is sent or has failed for good.
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)

    class Meta:
        verbose_name = _("statement of reasons")
        verbose_name_plural = _("statements of reasons")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["send_at"], name="statement_due", condition=Q(send_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.created_at:%Y-%m-%d}"


class Appeal(models.Model):
    """An author's appeal against a decision.

    Someone other than the original decision-maker decides it; `answer` is their reply.
    """

    statement = models.OneToOneField(
        Statement, models.PROTECT, related_name="appeal", verbose_name=_("statement of reasons")
    )
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=AppealOutcome, default=AppealOutcome.OPEN
    )
    answer = models.TextField(_("answer"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=AppealOutcome.values), name="appeal_outcome_known"
            )
        ]
        indexes = [
            models.Index(fields=["created_at"], name="appeal_open", condition=Q(outcome="open"))
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} · {self.get_outcome_display()}"
