from django.db import models
from django.utils.translation import gettext_lazy as _


class Reviewer(models.Model):
    """A person as one source identifies them. People of different sources are never merged."""

    source = models.ForeignKey(
        "reviews.Source", models.PROTECT, related_name="reviewers", verbose_name=_("source")
    )
    external_id = models.CharField(_("external ID"), max_length=200)
    name = models.CharField(_("name"), max_length=200, blank=True)
    # For statements of reasons and notifications; never shown.
    email = models.EmailField(_("e-mail address"), blank=True)
    # False once the reviewer unsubscribes from notifications of responses.
    wants_mail = models.BooleanField(_("notified of responses"), db_default=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="one_reviewer_per_source_id"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.external_id
