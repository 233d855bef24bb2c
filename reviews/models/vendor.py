from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import VendorRole


class Vendor(models.Model):
    """A company that sells products and responds to reviews of them."""

    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Set by leads where the vendor flags low ratings far more often than high ones.
    flag_notice = models.BooleanField(
        _("one-sided flagging notice"),
        default=False,
        help_text=_(
            "Readers see a notice that this vendor flags low ratings far more often than high ones."
        ),
    )

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VendorMembershipQuerySet(models.QuerySet["VendorMembership"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the memberships of `user`; none for an anonymous visitor."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class VendorMembership(models.Model):
    """A user's membership in a vendor's staff."""

    vendor = models.ForeignKey(
        Vendor, models.CASCADE, related_name="memberships", verbose_name=_("vendor")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="vendor_memberships",
        verbose_name=_("user"),
    )
    role = models.CharField(_("role"), max_length=10, choices=VendorRole, default=VendorRole.AGENT)
    # The language of e-mails to the member.
    language = models.CharField(
        _("e-mail language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    # While the member is away, nothing is assigned to them.
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)

    objects = VendorMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("vendor membership")
        verbose_name_plural = _("vendor memberships")
        constraints = [
            models.UniqueConstraint(fields=["vendor", "user"], name="one_membership_each"),
            models.CheckConstraint(
                condition=Q(role__in=VendorRole.values), name="membership_role_known"
            ),
            models.CheckConstraint(
                condition=Q(away_from=None, away_until=None)
                | Q(away_from__lte=models.F("away_until")),
                name="membership_away_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.vendor}"
