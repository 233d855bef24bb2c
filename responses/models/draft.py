from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import TranslationStatus


class TranslatedDraft(models.Model):
    """A draft in its author's language, with its translation into the review's language.

    The response itself is an unfinished `Response`, which all of the vendor's staff share.
    """

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="drafts", verbose_name=_("review")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("by")
    )
    language = models.CharField(_("language"), max_length=35)
    body = models.TextField(_("text"))
    # In the review's language, by an engine or edited by the author.
    translation = models.TextField(_("translation"), blank=True)
    is_edited = models.BooleanField(_("edited"), default=False)
    engine = models.CharField(_("engine"), max_length=100, blank=True)
    via = models.CharField(_("via"), max_length=35, blank=True)
    # The translation translated back into the author's language, to check it.
    back = models.TextField(_("back-translation"), blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=TranslationStatus, default=TranslationStatus.PENDING
    )
    failure = models.CharField(_("failure"), max_length=50, blank=True)
    asked_at = models.DateTimeField(_("requested"))

    class Meta:
        verbose_name = _("translated draft")
        verbose_name_plural = _("translated drafts")
        constraints = [
            models.UniqueConstraint(fields=["review", "author"], name="one_draft_each"),
            models.CheckConstraint(
                condition=Q(status__in=TranslationStatus.values), name="draft_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.author}"
