from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from responses.choices import TemplateKind


class ReplyTemplate(models.Model):
    """A vendor's template for responses, with variables (see `responses/rendering.py`).

    A template that was used is archived, not deleted, so that its responses still name it.
    """

    vendor = models.ForeignKey(
        "reviews.Vendor", models.CASCADE, related_name="reply_templates", verbose_name=_("vendor")
    )
    kind = models.CharField(
        _("type"), max_length=10, choices=TemplateKind, default=TemplateKind.RESPONSE
    )
    name = models.CharField(_("name"), max_length=80)
    # Empty: for all languages.
    language = models.CharField(_("language"), max_length=35, blank=True)
    # The ratings that the template is for. A review without a rating takes 1 to 5 only.
    stars_from = models.PositiveSmallIntegerField(_("lowest rating (stars)"), default=1)
    stars_to = models.PositiveSmallIntegerField(_("highest rating (stars)"), default=5)
    body = models.TextField(_("text"))
    archived = models.BooleanField(_("archived"), default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("reply template")
        verbose_name_plural = _("reply templates")
        ordering = ["kind", "name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "kind", "name", "language"],
                condition=Q(archived=False),
                name="one_template_per_name_and_language",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TemplateKind.values), name="template_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(stars_from__gte=1, stars_to__lte=5, stars_from__lte=F("stars_to")),
                name="template_stars_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})" if self.language else self.name
