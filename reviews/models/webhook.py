import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.choices import WebhookEvent


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class WebhookEndpoint(models.Model):
    """A partner's address that receives events.

    `vendor`, where set, limits the events to that vendor's reviews.
    """

    partner = models.ForeignKey(
        "reviews.Partner", models.CASCADE, related_name="webhooks", verbose_name=_("partner")
    )
    vendor = models.ForeignKey(
        "reviews.Vendor", models.CASCADE, null=True, blank=True, verbose_name=_("vendor")
    )
    url = models.URLField(_("URL"), max_length=500)
    # Shared with the partner; messages are signed with it.
    secret = models.CharField(_("secret"), max_length=100, default=new_secret)
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.UniqueConstraint(fields=["partner", "url"], name="one_webhook_per_address"),
            models.CheckConstraint(
                condition=Q(url__regex=r"^https?://"), name="webhook_address_is_http"
            ),
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One message to one endpoint, retried until it is delivered or given up."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("endpoint")
    )
    event = models.CharField(_("event"), max_length=30, choices=WebhookEvent)
    payload = models.JSONField(_("payload"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # None once it is delivered or given up.
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    last_answer = models.CharField(_("last response"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(event__in=WebhookEvent.values), name="webhook_event_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(next_attempt_at__isnull=False),
                name="webhook_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.pk}"
