from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One action: who did what, and when. The database refuses to change or delete an entry.

    The entries of a product form a chain: each has its number and the hash of the entry
    before it, both set by a trigger, so a changed or missing entry is detected
    (`reviews/audit/verify.py`). Entries are permanent, so `detail` holds ids, codes and
    texts written by our staff, never a reviewer's data.
    """

    product = models.ForeignKey(
        "reviews.Product", models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    review = models.ForeignKey(
        "reviews.Review",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_entries",
        verbose_name=_("review"),
    )
    action = models.CharField(_("action"), max_length=50)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    # The actor where it is not a user: a partner's key, an import.
    actor_label = models.CharField(_("by (not a user)"), max_length=200, blank=True)
    detail = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("date and time"), auto_now_add=True)
    number = models.BigIntegerField(_("position in the chain"), null=True, editable=False)
    previous_hash = models.BinaryField(max_length=32, null=True, editable=False)
    hash = models.BinaryField(max_length=32, null=True, editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "number"], name="one_entry_per_number", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} · {self.pk}"


class AuditChain(models.Model):
    """The end of a product's chain of audit entries.

    `key` is the product's id, or 0 for the chain of entries without a product.
    """

    key = models.BigIntegerField(_("product"), primary_key=True)
    length = models.BigIntegerField(_("entries"))
    head = models.BinaryField(_("hash of the last entry"), max_length=32)

    class Meta:
        verbose_name = _("audit chain")
        verbose_name_plural = _("audit chains")

    def __str__(self) -> str:
        return f"{self.key} · {self.length}"
