from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reviews.choices import ReviewStatus


class ModerationReason(models.Model):
    """Why a review may be rejected or removed, in words that leads can edit."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_en = models.CharField(_("label in English"), max_length=100)
    label_es = models.CharField(_("label in Spanish"), max_length=100)
    policy_en = models.TextField(_("policy in English"), blank=True)
    policy_es = models.TextField(_("policy in Spanish"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("moderation reason")
        verbose_name_plural = _("moderation reasons")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label_es if (get_language() or "").startswith("es") else self.label_en

    @property
    def policy(self) -> str:
        return self.policy_es if (get_language() or "").startswith("es") else self.policy_en


class ModerationDecision(models.Model):
    """A review's move from one status to another. The database lets no one change it."""

    review = models.ForeignKey(
        "reviews.Review", models.PROTECT, related_name="decisions", verbose_name=_("review")
    )
    from_status = models.CharField(_("from"), max_length=10, choices=ReviewStatus)
    to_status = models.CharField(_("to"), max_length=10, choices=ReviewStatus)
    reason = models.ForeignKey(
        ModerationReason, models.PROTECT, null=True, blank=True, verbose_name=_("reason")
    )
    note = models.TextField(_("note"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)

    class Meta:
        verbose_name = _("moderation decision")
        verbose_name_plural = _("moderation decisions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=ReviewStatus.values)
                & Q(to_status__in=ReviewStatus.values)
                & ~Q(from_status=models.F("to_status")),
                name="decision_moves_between_statuses",
            ),
            models.CheckConstraint(
                condition=Q(reason__isnull=False)
                | ~Q(to_status__in=[ReviewStatus.REJECTED, ReviewStatus.REMOVED]),
                name="decision_against_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"
