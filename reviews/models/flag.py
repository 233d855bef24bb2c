from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import FlagOutcome


class Flag(models.Model):
    """Somebody's word that a review breaks policy. It hides nothing by itself."""

    review = models.ForeignKey(
        "reviews.Review", models.PROTECT, related_name="flags", verbose_name=_("review")
    )
    reason = models.ForeignKey("reviews.ModerationReason", models.PROTECT, verbose_name=_("reason"))
    note = models.TextField(_("note"), blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("raised by")
    )
    raised_at = models.DateTimeField(_("raised"), auto_now_add=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=FlagOutcome, default=FlagOutcome.OPEN
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=FlagOutcome.values), name="flag_outcome_known"
            ),
            models.UniqueConstraint(
                fields=["review", "raised_by"],
                condition=Q(outcome=FlagOutcome.OPEN),
                name="one_open_flag_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.reason}"
