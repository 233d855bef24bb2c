from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ResponseMail(models.Model):
    """An e-mail to a reviewer about a response, sent once the response can no longer be undone.

    `send_at` is None once it is sent or has failed for good.
    """

    response = models.ForeignKey(
        "responses.Response", models.CASCADE, related_name="mails", verbose_name=_("response")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("response e-mail")
        verbose_name_plural = _("response e-mails")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response"],
                condition=Q(send_at__isnull=False),
                name="one_mail_at_a_time",
            )
        ]
        indexes = [
            models.Index(
                fields=["send_at"], name="response_mail_due", condition=Q(send_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.response_id} · {self.created_at:%Y-%m-%d}"
