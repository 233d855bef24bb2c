from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import FlagAbout, TranslationOrigin, TranslationStatus


class MemorySegment(models.Model):
    """A segment of the translation memory: a text translated once and reused wherever it recurs."""

    source_language = models.CharField(_("from"), max_length=35)
    target_language = models.CharField(_("to"), max_length=35)
    # SHA-256 of the source text, since an index cannot hold texts of any length.
    digest = models.BinaryField(max_length=32)
    # Hash of the glossary terms that apply to the segment; empty where none does.
    glossary_version = models.BinaryField(max_length=8, default=bytes)
    # Each protected passage is one character of Unicode's private use area.
    source_text = models.TextField(_("original"))
    target_text = models.TextField(_("translation"))
    engine = models.CharField(_("engine"), max_length=100, blank=True)
    via = models.CharField(_("via"), max_length=35, blank=True)
    origin = models.CharField(
        _("by"), max_length=10, choices=TranslationOrigin, default=TranslationOrigin.MACHINE
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    # The checks that the translation fails.
    failed = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("memory segment")
        verbose_name_plural = _("translation memory")
        constraints = [
            # The digest comes first, because erasure looks up a text in all languages.
            models.UniqueConstraint(
                fields=["digest", "target_language", "source_language", "glossary_version"],
                name="one_translation_per_segment",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=[TranslationOrigin.MACHINE, TranslationOrigin.HUMAN]),
                name="memory_origin_known",
            ),
        ]
        indexes = [
            GinIndex(fields=["source_text"], name="memory_by_likeness", opclasses=["gin_trgm_ops"])
        ]

    def __str__(self) -> str:
        return self.source_text[:80]


class TranslationBase(models.Model):
    """What translations of reviews and of responses have in common."""

    target_language = models.CharField(_("language"), max_length=35)
    status = models.CharField(
        _("status"), max_length=10, choices=TranslationStatus, default=TranslationStatus.PENDING
    )
    # Field → translated text.
    texts = models.JSONField(_("texts"), default=dict, blank=True)
    # Field → for each segment: its text, whether a person wrote it, the checks it fails.
    segments = models.JSONField(_("segments"), default=dict, blank=True)
    origin = models.CharField(
        _("by"), max_length=10, choices=TranslationOrigin, default=TranslationOrigin.MACHINE
    )
    # The person who wrote or corrected it. No engine overwrites such a translation.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    via = models.CharField(_("via"), max_length=35, blank=True)
    # The checks that any of its segments fails.
    failed = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # When the original or the glossary changed after the translation was made.
    stale_since = models.DateTimeField(_("outdated since"), null=True, blank=True)
    # Digest of the original that was translated; if it differs, the original has changed.
    digest = models.BinaryField(max_length=32, editable=False, default=bytes)
    engine = models.CharField(_("engine"), max_length=100, blank=True)
    failure = models.CharField(_("failure"), max_length=50, blank=True)
    requested_at = models.DateTimeField(_("requested"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        abstract = True

    # The subclass's field for the translated object.
    subject_field: ClassVar[str]
    # The author's name, where it was fetched with the translation.
    by: str | None = None

    @classmethod
    def kinds(cls) -> list[type["TranslationBase"]]:
        """Return the models of translations of all apps."""
        return cls.__subclasses__()

    @property
    def subject(self) -> Any:
        return getattr(self, self.subject_field)

    @property
    def is_kept_by_a_person(self) -> bool:
        """Whether a person wrote or corrected it, so that no engine overwrites it."""
        return self.origin != TranslationOrigin.MACHINE and self.author_id is not None


class ReviewTranslation(TranslationBase):
    """A review's translation into another language."""

    subject_field = "review"
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
            models.CheckConstraint(
                condition=Q(origin__in=TranslationOrigin.values),
                name="review_translation_origin_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review"],
                name="review_translation_stale",
                condition=Q(stale_since__isnull=False),
            ),
            models.Index(
                fields=["requested_at"],
                name="review_translation_pending",
                condition=Q(status=TranslationStatus.PENDING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} → {self.target_language}"


class TranslationReport(models.Model):
    """A reader's report of a bad translation of a review or its response."""

    review = models.ForeignKey(
        "reviews.Review",
        models.CASCADE,
        related_name="translation_reports",
        verbose_name=_("review"),
    )
    about = models.CharField(
        _("reported item"), max_length=10, choices=FlagAbout, default=FlagAbout.REVIEW
    )
    target_language = models.CharField(_("language"), max_length=35)
    note = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    settled_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resolved by"),
    )

    class Meta:
        verbose_name = _("translation report")
        verbose_name_plural = _("translation reports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(about__in=FlagAbout.values), name="translation_report_about_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["review"],
                name="translation_report_open",
                condition=Q(settled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.review_id} → {self.target_language}"
