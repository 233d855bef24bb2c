"""What moderators add to a review (assignment, skips, notes, tags), and their saved views."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.choices import DefaultFor, SkipReason


def person(label: Any, **options: Any) -> models.ForeignKey:
    options.setdefault("related_name", "+")
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=label,
        **options,
    )


class ReviewAssignment(models.Model):
    """Who works on a review: its assignee, its reservation, and the rule that holds it.

    `reserved_by` has the review open by "Review next" until `reserved_until`. Only reviews
    that were ever assigned, reserved or held have a row.
    """

    review = models.OneToOneField(
        "reviews.Review", models.CASCADE, related_name="assignment", verbose_name=_("review")
    )
    assignee = person(_("assigned to"), null=True, blank=True)
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True)
    held_by = models.ForeignKey(
        "reviews.Rule", models.PROTECT, null=True, blank=True, verbose_name=_("held by")
    )
    reserved_by = person(_("reserved for"), null=True, blank=True)
    reserved_until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(
                fields=["assignee"], name="assignment_assignee", condition=Q(assignee__isnull=False)
            ),
            models.Index(
                fields=["held_by"], name="assignment_held", condition=Q(held_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.assignee or '–'}"


class Skip(models.Model):
    """A review that a moderator reserved and skipped, with the reason."""

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="skips", verbose_name=_("review")
    )
    person = person(_("by"))
    reason = models.CharField(_("reason"), max_length=10, choices=SkipReason)
    skipped_at = models.DateTimeField(_("skipped"), auto_now_add=True)

    class Meta:
        verbose_name = _("skip")
        verbose_name_plural = _("skips")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=SkipReason.values), name="skip_reason_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.person}"


class Note(models.Model):
    """A moderator's note on a review. Only moderators read it."""

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="notes", verbose_name=_("review")
    )
    author = person(_("by"))
    body = models.TextField(_("text"))
    written_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.body[:60]


class Mention(models.Model):
    """A moderator mentioned with @ in a note; `seen_at` is when they saw it."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="mentions", verbose_name=_("note"))
    person = person(_("person"), related_name="mentions")
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="one_mention_per_note")
        ]

    def __str__(self) -> str:
        return f"@{self.person}"


class Tag(models.Model):
    """A word that moderators sort reviews by."""

    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ReviewTag(models.Model):
    """A tag on a review, added by a moderator or a rule."""

    review = models.ForeignKey(
        "reviews.Review", models.CASCADE, related_name="tagged", verbose_name=_("review")
    )
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="tagged", verbose_name=_("tag"))
    added_by = person(_("by"), null=True, blank=True)
    rule = models.ForeignKey(
        "reviews.Rule", models.PROTECT, null=True, blank=True, verbose_name=_("rule")
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("review tag")
        verbose_name_plural = _("review tags")
        constraints = [models.UniqueConstraint(fields=["review", "tag"], name="one_tag_per_review")]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.tag}"


class SavedView(models.Model):
    """A named search: the query string of the inbox or of a vendor's desk.

    `vendor` is None for the inbox. A shared view belongs to all moderators, or to all of
    the vendor's staff; `default_for` makes it the first view of a role.
    """

    owner = person(_("owner"), related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("query"), max_length=2000, blank=True)
    vendor = models.ForeignKey(
        "reviews.Vendor",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vendor"),
    )
    shared = models.BooleanField(_("shared with the team"), default=False)
    default_for = models.CharField(
        _("default view for"), max_length=10, choices=DefaultFor, blank=True
    )

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "vendor", "name"], name="one_view_per_name", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["default_for"],
                condition=~Q(default_for=""),
                name="one_default_view_per_role",
            ),
            models.CheckConstraint(
                condition=Q(default_for="") | Q(shared=True), name="default_view_is_shared"
            ),
        ]

    def __str__(self) -> str:
        return self.name
