from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from responses.choices import Outcome


class ReplyRule(models.Model):
    """A reply rule: new reviews that match its conditions get a response from a template.

    The templates are used in rotation; `turn` counts the uses.
    """

    vendor = models.ForeignKey(
        "reviews.Vendor", models.CASCADE, related_name="reply_rules", verbose_name=_("vendor")
    )
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # A query string of the desk's filters.
    query = models.CharField(_("conditions"), max_length=2000, blank=True)
    # Limits on the number of characters of the review's texts.
    longer_than = models.PositiveIntegerField(_("longer than"), null=True, blank=True)
    shorter_than = models.PositiveIntegerField(_("shorter than"), null=True, blank=True)
    templates = models.ManyToManyField(
        "responses.ReplyTemplate", related_name="rules", verbose_name=_("templates in rotation")
    )
    turn = models.PositiveIntegerField(default=0, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.DRAFT)
    # None while the rule is off. It applies to reviews received since then.
    active_since = models.DateTimeField(_("active since"), null=True, blank=True)
    # When the rule was last tested on past reviews, and the results. Both are reset when
    # the rule changes.
    tested_at = models.DateTimeField(_("tried"), null=True, blank=True)
    trial = models.JSONField(_("trial"), default=dict, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("reply rule")
        verbose_name_plural = _("reply rules")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "name"], name="one_reply_rule_per_name"),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="reply_rule_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(active_since=None) | Q(tested_at__isnull=False),
                name="reply_rule_on_was_tried",
            ),
        ]

    def __str__(self) -> str:
        return self.name
