from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import RuleAction, WordKind


class WordList(models.Model):
    """A named list of words that moderation rules look for. Leads edit it."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ListedWord(models.Model):
    """A word, phrase or pattern of a word list.

    Words and phrases also match in disguise ("fr33", "f.r.e.e"); a pattern is a regular
    expression.
    """

    word_list = models.ForeignKey(
        WordList, models.CASCADE, related_name="words", verbose_name=_("word list")
    )
    kind = models.CharField(_("type"), max_length=10, choices=WordKind, default=WordKind.WORD)
    text = models.CharField(_("text"), max_length=200)

    class Meta:
        verbose_name = _("word list entry")
        verbose_name_plural = _("word list entries")
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(fields=["word_list", "kind", "text"], name="one_word_per_list"),
            models.CheckConstraint(
                condition=Q(kind__in=WordKind.values), name="listed_word_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Rule(models.Model):
    """A moderation rule: an action on new reviews that match conditions.

    No rule rejects or removes a review.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("on"), default=False)
    # A query string of the inbox's filters.
    query = models.CharField(_("conditions"), max_length=2000, blank=True)
    word_list = models.ForeignKey(
        WordList, models.PROTECT, null=True, blank=True, verbose_name=_("word list")
    )
    action = models.CharField(_("action"), max_length=10, choices=RuleAction)
    tag = models.ForeignKey(
        "reviews.Tag", models.PROTECT, null=True, blank=True, verbose_name=_("tag")
    )
    # None: the moderators take turns.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assign to"),
    )
    language = models.CharField(_("translate into"), max_length=35, blank=True)
    # Percentage of the rule's decisions that go to a blind re-review.
    blind_review_percent = models.PositiveSmallIntegerField(
        _("blind re-review, percent of decisions"), default=10
    )
    # When the rule was last tested on the last month's reviews, and the results. Both are
    # reset when the rule changes.
    tested_at = models.DateTimeField(_("last tested"), null=True, blank=True)
    trial = models.JSONField(_("test results"), default=dict, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        verbose_name = _("moderation rule")
        verbose_name_plural = _("moderation rules")
        ordering = ["position", "pk"]
        constraints = [
            # There is no action that rejects or removes.
            models.CheckConstraint(
                condition=Q(action__in=RuleAction.values), name="rule_action_known"
            ),
            models.CheckConstraint(
                condition=Q(blind_review_percent__lte=100), name="rule_share_is_percent"
            ),
            models.CheckConstraint(
                condition=Q(active=False) | Q(tested_at__isnull=False), name="rule_on_was_tried"
            ),
            models.CheckConstraint(
                condition=~Q(action=RuleAction.TAG) | Q(tag__isnull=False), name="rule_has_tag"
            ),
            models.CheckConstraint(
                condition=~Q(action=RuleAction.TRANSLATE) | ~Q(language=""),
                name="rule_has_language",
            ),
        ]

    def __str__(self) -> str:
        return self.name
