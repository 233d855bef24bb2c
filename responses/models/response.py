import zlib
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from responses.choices import ResponseOrigin, ResponseStatus
from reviews.choices import TranslationOrigin, TranslationStatus
from reviews.models import TranslationBase

UNFINISHED = (ResponseStatus.DRAFT, ResponseStatus.IN_APPROVAL)


class ResponseQuerySet(models.QuerySet["Response"]):
    def published(self) -> Self:
        return self.filter(status=ResponseStatus.PUBLISHED)

    def unfinished(self) -> Self:
        """Return drafts and responses in approval, including edits of published responses."""
        return self.filter(status__in=UNFINISHED)


class Response(models.Model):
    """A vendor's public response to a review.

    A review has at most one published response and at most one unfinished one, which may
    be an edit of the published one.
    """

    review = models.ForeignKey(
        "reviews.Review", models.PROTECT, related_name="responses", verbose_name=_("review")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=ResponseStatus, default=ResponseStatus.DRAFT
    )
    author_name = models.CharField(_("author"), max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    language = models.CharField(_("language"), max_length=35, default="und")
    body = models.TextField(_("text"))
    # The text as written, where the body has redacted passages; otherwise empty.
    original_body = models.TextField(blank=True, editable=False)
    origin = models.CharField(_("origin"), max_length=10, choices=ResponseOrigin)
    # The template and rule that it was made from, if any.
    template = models.ForeignKey(
        "responses.ReplyTemplate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("template"),
    )
    rule = models.ForeignKey(
        "responses.ReplyRule",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("rule"),
    )
    # The manager who approved it. A manager's own response needs no approval.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    # The manager's comment on sending it back.
    note = models.TextField(_("note"), blank=True, db_default="")
    # Id of the editor that saved it last, whose next save is never a conflict.
    editor = models.CharField(max_length=32, blank=True, db_default="", editable=False)
    # When a scheduled response is published automatically.
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    # None where an imported response has no date.
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), null=True, blank=True)

    objects = ResponseQuerySet.as_manager()
    # Engines that distinguish formality translate responses formally.
    is_formal = True
    # The fields that, with the language, make a translation stale when they change.
    CONTENT = ("body",)
    VENDOR_PATH = "review__product__vendor"

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(status=ResponseStatus.PUBLISHED),
                name="one_published_response_per_review",
            ),
            # The vendor's staff share one unfinished response.
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(status__in=UNFINISHED),
                name="one_unfinished_response_per_review",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ResponseStatus.values), name="response_status_known"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=ResponseOrigin.values), name="response_origin_known"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="response_has_text"),
        ]
        indexes = [
            models.Index(
                fields=["publish_at"],
                name="response_scheduled",
                condition=Q(publish_at__isnull=False),
            ),
            models.Index(
                fields=["published_at"],
                name="response_by_date",
                condition=Q(status=ResponseStatus.PUBLISHED),
            ),
            models.Index(
                fields=["author", "published_at"],
                name="response_by_author",
                condition=Q(author__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.author_name}"

    @property
    def version_token(self) -> str:
        """Identifies this state of the response; it changes with the author's name or the text."""
        content = f"{self.author_name}\n{self.original_body or self.body}"
        return f"{self.pk}.{zlib.crc32(content.encode()):08x}"

    @property
    def vendor_id(self) -> int:
        return self.review.product.vendor_id

    def texts(self) -> dict[str, str]:
        """Return the texts to translate: field → text."""
        return {"body": self.body}

    def content(self) -> list[str]:
        return [self.body]

    def protected_names(self) -> list[str]:
        """Return the names that no translation may change."""
        return [*names_in_responses(self.review), self.author_name]


def names_in_responses(review: Any) -> list[str]:
    """Return the names that occur in responses to a review: product, vendor, reviewer."""
    reviewer_names = [review.reviewer_name, review.reviewer_name.split(" ")[0]]
    # A user name in lower case may be an ordinary word of many sentences.
    return [*review.protected_names(), *(name for name in reviewer_names if name[:1].isupper())]


class ResponseRevision(models.Model):
    """A response's author, language and text before an edit."""

    response = models.ForeignKey(
        Response, models.PROTECT, related_name="revisions", verbose_name=_("response")
    )
    number = models.PositiveIntegerField(_("number"))
    author_name = models.CharField(_("author"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=35)
    body = models.TextField(_("text"))
    replaced_at = models.DateTimeField(_("replaced"), auto_now_add=True)

    class Meta:
        verbose_name = _("response revision")
        verbose_name_plural = _("response revisions")
        ordering = ["response", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "number"], name="one_response_revision_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.response_id} · {self.number}"


class ResponseTranslation(TranslationBase):
    """A response's translation into another language."""

    subject_field = "response"
    response = models.ForeignKey(
        Response, models.CASCADE, related_name="translations", verbose_name=_("response")
    )

    class Meta:
        verbose_name = _("response translation")
        verbose_name_plural = _("response translations")
        constraints = [
            models.UniqueConstraint(
                fields=["response", "target_language"],
                name="one_response_translation_per_language",
            ),
            models.CheckConstraint(
                condition=Q(status__in=TranslationStatus.values),
                name="response_translation_status_known",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=TranslationOrigin.values),
                name="response_translation_origin_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["response"],
                name="response_translation_stale",
                condition=Q(stale_since__isnull=False),
            ),
            models.Index(
                fields=["requested_at"],
                name="response_transl_pending",
                condition=Q(status=TranslationStatus.PENDING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id} → {self.target_language}"


class ResponseDecision(models.Model):
    """A moderator's removal of a response. The database refuses to change or delete it."""

    response = models.ForeignKey(
        Response, models.PROTECT, related_name="decisions", verbose_name=_("response")
    )
    from_status = models.CharField(_("from"), max_length=12, choices=ResponseStatus)
    to_status = models.CharField(_("to"), max_length=12, choices=ResponseStatus)
    reason = models.ForeignKey("reviews.ModerationReason", models.PROTECT, verbose_name=_("reason"))
    note = models.TextField(_("note"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)

    class Meta:
        verbose_name = _("response decision")
        verbose_name_plural = _("response decisions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=ResponseStatus.values)
                & Q(to_status__in=ResponseStatus.values)
                & ~Q(from_status=models.F("to_status")),
                name="response_decision_moves_between_statuses",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"
