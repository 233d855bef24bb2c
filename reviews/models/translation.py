from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import TranslationStatus

if TYPE_CHECKING:
    from reviews.models.review import Review


class MemorySegment(models.Model):
    """A piece of text translated once, to be used wherever it stands again."""

    source_language = models.CharField(_("from"), max_length=35)
    target_language = models.CharField(_("to"), max_length=35)
    # SHA-256 of the source text: an index on texts of any length.
    digest = models.BinaryField(max_length=32)
    source_text = models.TextField(_("original"))
    target_text = models.TextField(_("translation"))
    engine = models.CharField(_("engine"), max_length=50)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("memory segment")
        verbose_name_plural = _("translation memory")
        constraints = [
            models.UniqueConstraint(
                fields=["source_language", "target_language", "digest"],
                name="one_translation_per_segment",
            )
        ]

    def __str__(self) -> str:
        return self.source_text[:80]


class TranslationBase(models.Model):
    """A text in another language: what a review's and a response's have in common."""

    target_language = models.CharField(_("language"), max_length=35)
    status = models.CharField(
        _("status"), max_length=10, choices=TranslationStatus, default=TranslationStatus.PENDING
    )
    # Field → translated text.
    texts = models.JSONField(_("texts"), default=dict, blank=True)
    # What was translated; another digest means that the original has changed since.
    digest = models.BinaryField(max_length=32, editable=False, default=bytes)
    engine = models.CharField(_("engine"), max_length=50, blank=True)
    failure = models.CharField(_("failure"), max_length=50, blank=True)
    requested_at = models.DateTimeField(_("requested"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        abstract = True


class ReviewTranslation(TranslationBase):
    """A review in another language."""

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="translations", verbose_name=_("review")
    )

    class Meta:
        verbose_name = _("review translation")
        verbose_name_plural = _("review translations")
        constraints = [
            models.UniqueConstraint(
                fields=["review", "target_language"], name="one_review_translation_per_language"
            ),
            models.CheckConstraint(
                condition=Q(status__in=TranslationStatus.values),
                name="review_translation_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} → {self.target_language}"

    @property
    def subject(self) -> "Review":
        return self.review
