from django.db import models
from django.utils.translation import gettext_lazy as _


class TranslationBudget(models.Model):
    """The monthly limit of characters that an engine may translate, or of a vendor."""

    # "engine:KEY" or "vendor:ID", e.g. "engine:deepl".
    scope = models.CharField(_("engine or vendor"), max_length=60, unique=True)
    characters = models.PositiveBigIntegerField(_("monthly character limit"))

    class Meta:
        verbose_name = _("translation budget")
        verbose_name_plural = _("translation budgets")
        ordering = ["scope"]

    def __str__(self) -> str:
        return self.scope


class TranslationSpending(models.Model):
    """The characters translated in a month by an engine, or for a vendor.

    `month` is the first day of the month.
    """

    month = models.DateField(_("month"))
    scope = models.CharField(_("engine or vendor"), max_length=60)
    characters = models.PositiveBigIntegerField(_("characters"), default=0)

    class Meta:
        verbose_name = _("translation spending")
        verbose_name_plural = _("translation spending")
        ordering = ["-month", "scope"]
        constraints = [
            models.UniqueConstraint(fields=["month", "scope"], name="one_spending_per_month")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.scope}"


class EngineDay(models.Model):
    """An engine's calls, volume and failures on one day."""

    day = models.DateField(_("day"))
    engine = models.CharField(_("engine"), max_length=40)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    segments = models.PositiveBigIntegerField(_("segments"), default=0)
    characters = models.PositiveBigIntegerField(_("characters"), default=0)
    milliseconds = models.PositiveBigIntegerField(_("milliseconds"), default=0)
    slowest = models.PositiveIntegerField(_("slowest call (ms)"), default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    last_failure = models.CharField(_("last failure"), max_length=20, blank=True)
    last_detail = models.CharField(_("last failure details"), max_length=300, blank=True)
    last_failed_at = models.DateTimeField(_("last failed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("daily engine record")
        verbose_name_plural = _("daily engine records")
        ordering = ["-day", "engine"]
        constraints = [
            models.UniqueConstraint(fields=["day", "engine"], name="one_row_per_engine_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.engine}"
