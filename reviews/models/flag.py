from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import FlagAbout, FlagOutcome


class Flag(models.Model):
    """A report that a review or its response breaks policy. A flag hides nothing.

    It is raised by a vendor's staff, by a partner or by a visitor, who may leave an e-mail
    address to be notified at. `answer` is the message to the person or partner who raised it.
    """

    review = models.ForeignKey(
        "reviews.Review", models.PROTECT, related_name="flags", verbose_name=_("review")
    )
    about = models.CharField(
        _("reported item"), max_length=10, choices=FlagAbout, default=FlagAbout.REVIEW
    )
    reason = models.ForeignKey("reviews.ModerationReason", models.PROTECT, verbose_name=_("reason"))
    note = models.TextField(_("note"), blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("flagged by"),
    )
    # Set where a vendor's staff or a vendor's API key raised it.
    vendor = models.ForeignKey(
        "reviews.Vendor",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="flags",
        verbose_name=_("vendor"),
    )
    partner = models.ForeignKey(
        "reviews.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="flags",
        verbose_name=_("partner"),
    )
    email = models.EmailField(_("address to notify of the outcome"), blank=True)
    language = models.CharField(max_length=10, default="en", editable=False)
    raised_at = models.DateTimeField(_("flagged at"), auto_now_add=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=FlagOutcome, default=FlagOutcome.OPEN
    )
    answer = models.TextField(_("answer"), blank=True)
    decision = models.ForeignKey(
        "reviews.ModerationDecision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="flags",
        verbose_name=_("decision"),
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resolved by"),
    )
    settled_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    # When to send the answer: once the decision can no longer be undone. None once sent.
    answer_at = models.DateTimeField(_("answer scheduled for"), null=True, blank=True)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=FlagOutcome.values), name="flag_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(about__in=FlagAbout.values), name="flag_about_known"
            ),
            models.UniqueConstraint(
                fields=["review", "about", "raised_by"],
                condition=Q(outcome=FlagOutcome.OPEN),
                name="one_open_flag_per_person",
            ),
            models.UniqueConstraint(
                fields=["review", "about", "partner"],
                condition=Q(outcome=FlagOutcome.OPEN),
                name="one_open_flag_per_partner",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review", "raised_at"], name="flag_open", condition=Q(outcome="open")
            ),
            models.Index(
                fields=["answer_at"], name="flag_answer_due", condition=Q(answer_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.reason}"

    @property
    def by(self) -> str:
        """The name of the user or partner who raised it, or "a visitor"."""
        return str(self.raised_by or self.partner or _("a visitor"))


class FlagEvidence(models.Model):
    """A picture or PDF that supports a flag. Only moderators see it."""

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="evidence", verbose_name=_("flag"))
    file = models.FileField(_("file"), upload_to="evidence/%Y/%m/", max_length=200)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=40)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("flag evidence file")
        verbose_name_plural = _("flag evidence files")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
