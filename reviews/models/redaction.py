from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import RedactionKind


class Redaction(models.Model):
    """A passage of a review that is hidden from readers.

    A trigger replaces the passage wherever it occurs in the review and its responses, also
    when the text is imported again. Translations, search and exports follow from these
    texts. `ReviewOriginal` has what the author wrote.
    """

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="redactions", verbose_name=_("review")
    )
    passage = models.TextField(_("passage"))
    kind = models.CharField(_("type"), max_length=10, choices=RedactionKind)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RedactionKind.values), name="redaction_kind_known"
            ),
            models.CheckConstraint(condition=~Q(passage=""), name="redaction_has_passage"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.get_kind_display()}"


class ReviewOriginal(models.Model):
    """What the author wrote in a review with redactions: field → text."""

    review = models.OneToOneField(
        "reviews.Review", models.CASCADE, related_name="original", verbose_name=_("review")
    )
    texts = models.JSONField(_("texts"), default=dict)

    class Meta:
        verbose_name = _("original text")
        verbose_name_plural = _("original texts")

    def __str__(self) -> str:
        return str(self.review_id)
