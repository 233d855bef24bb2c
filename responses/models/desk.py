"""A vendor's settings for its desk, the cases of its reviews, and assignment rules."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from responses.choices import Approval

# Weekday (Monday is 0) → opening and closing time in the vendor's time zone.
OFFICE_HOURS = {str(day): ["09:00", "18:00"] for day in range(5)}


def office_hours() -> dict[str, list[str]]:
    return dict(OFFICE_HOURS)


class VendorDesk(models.Model):
    """A vendor's settings for responses: approval, links, service level, calendar, e-mails.

    A vendor without a row has the defaults, and no cases are opened for its reviews.
    """

    vendor = models.OneToOneField(
        "reviews.Vendor", models.CASCADE, related_name="desk", verbose_name=_("vendor")
    )
    approval = models.CharField(
        _("approval"), max_length=10, choices=Approval, default=Approval.NEVER
    )
    # With Approval.RULE, these need approval: responses to reviews with at most this many
    # stars, and this many first responses of each agent.
    approval_stars = models.PositiveSmallIntegerField(_("approval up to (stars)"), default=2)
    approval_responses = models.PositiveSmallIntegerField(
        _("approval of an agent's first responses"), default=10
    )
    # Domains that responses may link to, including their subdomains.
    link_domains = ArrayField(
        models.CharField(max_length=253),
        verbose_name=_("allowed link domains"),
        default=list,
        blank=True,
    )
    # Stars ("0": no rating) → business hours within which the review needs a response.
    # Ratings that are missing have no limit.
    hours_to_respond = models.JSONField(_("response times in hours"), default=dict, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    # Weekday → opening and closing time; empty: around the clock.
    office_hours = models.JSONField(_("office hours"), default=office_hours, blank=True)
    holidays = ArrayField(models.DateField(), verbose_name=_("holidays"), default=list, blank=True)
    # Hours before the due date at which the agent is reminded; 0: never.
    remind_before = models.PositiveSmallIntegerField(_("reminder (hours before)"), default=2)
    weekly_mail = models.BooleanField(_("weekly e-mail"), default=False)
    weekly_sent_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("vendor desk")
        verbose_name_plural = _("vendor desks")
        constraints = [
            models.CheckConstraint(
                condition=Q(approval__in=Approval.values), name="desk_approval_known"
            ),
            models.CheckConstraint(
                condition=Q(approval_stars__gte=1, approval_stars__lte=5),
                name="desk_approval_stars_in_range",
            ),
        ]

    def __str__(self) -> str:
        return str(self.vendor)


class Case(models.Model):
    """A review's state at its vendor's desk: due date, assignee, whether the response is outdated.

    A trigger opens it when a review of a vendor with a desk is published, and when a
    reviewer changes a review that has a response; `responses/cases.py` schedules it.
    """

    review = models.OneToOneField(
        "reviews.Review",
        models.CASCADE,
        primary_key=True,
        related_name="case",
        verbose_name=_("review"),
    )
    vendor = models.ForeignKey(
        "reviews.Vendor", models.CASCADE, related_name="cases", verbose_name=_("vendor")
    )
    opened_at = models.DateTimeField(_("opened"))
    # Whether the review still needs a response; maintained by triggers.
    awaits_response = models.BooleanField(_("awaiting response"), default=True)
    # Whether the due date is set, the assignment made and the reply rules applied.
    is_scheduled = models.BooleanField(_("processed"), default=False)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminder sent"), null=True, blank=True)
    # When the reviewer changed the review after the response was published.
    outdated_since = models.DateTimeField(_("response outdated since"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    # The vendor's own tags. Vendors do not see moderators' tags.
    tags = ArrayField(
        models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(
                fields=["vendor", "due_at"],
                name="case_due",
                condition=Q(awaits_response=True, due_at__isnull=False),
            ),
            models.Index(fields=["review"], name="case_unplanned", condition=Q(is_scheduled=False)),
            models.Index(
                fields=["vendor", "outdated_since"],
                name="case_outdated",
                condition=Q(outdated_since__isnull=False),
            ),
            models.Index(
                fields=["assignee"], name="case_assigned", condition=Q(assignee__isnull=False)
            ),
            GinIndex(fields=["tags"], name="case_by_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.assignee or '–'}"


class AssignmentRule(models.Model):
    """Assigns new reviews to a member: the first matching rule whose member is not away applies."""

    vendor = models.ForeignKey(
        "reviews.Vendor", models.CASCADE, related_name="assignment_rules", verbose_name=_("vendor")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # A query string of the desk's filters: product, language, rating.
    query = models.CharField(_("conditions"), max_length=2000, blank=True)
    member = models.ForeignKey(
        "reviews.VendorMembership", models.CASCADE, related_name="+", verbose_name=_("member")
    )

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.query or '*'} → {self.member}"
