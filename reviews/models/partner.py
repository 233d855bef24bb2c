from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import Scope


class Partner(models.Model):
    """An organization that reads, imports and responds to reviews by the API."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A partner's API key. Only its digest is stored, so a lost key has to be replaced.

    `vendor`, where set, limits the key to that vendor's reviews.
    """

    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="keys", verbose_name=_("partner")
    )
    vendor = models.ForeignKey(
        "reviews.Vendor", models.CASCADE, null=True, blank=True, verbose_name=_("vendor")
    )
    prefix = models.CharField(_("prefix"), max_length=12)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=20, choices=Scope), verbose_name=_("scopes"), default=list
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values), name="key_scopes_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    # Django REST framework and its throttles treat the key as the request's user.
    is_authenticated = True
