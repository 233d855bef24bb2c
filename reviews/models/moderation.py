from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reviews.choices import AppliesTo, Basis, Ground, ReviewStatus


class ModerationReasonQuerySet(models.QuerySet["ModerationReason"]):
    def for_reviews(self) -> "ModerationReasonQuerySet":
        return self.filter(active=True).exclude(applies_to=AppliesTo.RESPONSES)

    def for_responses(self) -> "ModerationReasonQuerySet":
        return self.filter(active=True).exclude(applies_to=AppliesTo.REVIEWS)


class ModerationReason(models.Model):
    """A reason to reject or remove a review or response. Leads edit its label and policy."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_en = models.CharField(_("label in English"), max_length=100)
    label_es = models.CharField(_("label in Spanish"), max_length=100)
    policy_en = models.TextField(_("policy in English"), blank=True)
    policy_es = models.TextField(_("policy in Spanish"), blank=True)
    applies_to = models.CharField(
        _("applies to"), max_length=10, choices=AppliesTo, default=AppliesTo.BOTH
    )
    ground = models.CharField(_("based on"), max_length=10, choices=Ground, default=Ground.TERMS)
    author_may_edit = models.BooleanField(
        _("author may edit"),
        default=False,
        help_text=_("The author may edit the passage. The review then goes back to moderation."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    objects = ModerationReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("moderation reason")
        verbose_name_plural = _("moderation reasons")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applies_to__in=AppliesTo.values), name="reason_applies_to_known"
            ),
            models.CheckConstraint(
                condition=Q(ground__in=Ground.values), name="reason_ground_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label_es if (get_language() or "").startswith("es") else self.label_en

    @property
    def policy(self) -> str:
        return self.policy_es if (get_language() or "").startswith("es") else self.policy_en


class ModerationDecision(models.Model):
    """A review's move from one status to another. The database refuses to change or delete it.

    Storing a decision moves the review, by trigger; no other statement can. The allowed
    moves are in `reviews/moderation/transitions.py`. `undoes` is the decision that this
    one undoes; `waited` is the time since the review arrived, for pending reviews only.
    """

    review = models.ForeignKey(
        "reviews.Review", models.PROTECT, related_name="decisions", verbose_name=_("review")
    )
    from_status = models.CharField(_("from"), max_length=10, choices=ReviewStatus)
    to_status = models.CharField(_("to"), max_length=10, choices=ReviewStatus)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis, default=Basis.MANUAL)
    reason = models.ForeignKey(
        ModerationReason, models.PROTECT, null=True, blank=True, verbose_name=_("reason")
    )
    note = models.TextField(_("note"), blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    rule = models.ForeignKey(
        "reviews.Rule", models.PROTECT, null=True, blank=True, verbose_name=_("rule")
    )
    bulk_job = models.ForeignKey(
        "reviews.BulkJob",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("bulk job"),
    )
    undoes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )
    # Copied from the review at the time of the decision, so that statistics need no join.
    product = models.ForeignKey(
        "reviews.Product", models.PROTECT, related_name="+", verbose_name=_("product")
    )
    stars = models.SmallIntegerField(_("stars"), null=True, blank=True)
    waited = models.DurationField(_("waiting time"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)

    class Meta:
        verbose_name = _("moderation decision")
        verbose_name_plural = _("moderation decisions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=ReviewStatus.values)
                & Q(to_status__in=ReviewStatus.values)
                & ~Q(from_status=F("to_status")),
                name="decision_moves_between_statuses",
            ),
            models.CheckConstraint(
                condition=Q(reason__isnull=False)
                | Q(basis=Basis.UNDO)
                | ~Q(to_status__in=[ReviewStatus.REJECTED, ReviewStatus.REMOVED]),
                name="decision_against_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=[Basis.MANUAL, Basis.APPEAL, Basis.UNDO], actor__isnull=False)
                | Q(basis=Basis.RULE, rule__isnull=False)
                | Q(basis=Basis.AUTHOR_EDIT),
                name="decision_has_an_origin",
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.UNDO, undoes__isnull=False)
                | (~Q(basis=Basis.UNDO) & Q(undoes__isnull=True)),
                name="decision_undone_is_named",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "decided_at"], name="decision_by_product"),
            models.Index(fields=["decided_at"], name="decision_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"

    @property
    def by(self) -> str:
        """The name of the user or rule that made it, otherwise its basis."""
        return str(self.actor or self.rule or self.get_basis_display())


class BlindReview(models.Model):
    """A decision sampled for a blind re-review.

    Another moderator decides again without seeing the first decision; `verdict` is the
    status that they chose.
    """

    decision = models.OneToOneField(
        ModerationDecision, models.PROTECT, related_name="blind_review", verbose_name=_("decision")
    )
    drawn_at = models.DateTimeField(_("selected"), auto_now_add=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("re-reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("re-reviewed"), null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=10, choices=ReviewStatus, blank=True)
    reason = models.ForeignKey(
        ModerationReason, models.PROTECT, null=True, blank=True, verbose_name=_("reason")
    )

    class Meta:
        verbose_name = _("blind re-review")
        verbose_name_plural = _("blind re-reviews")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"], name="blind_review_open", condition=Q(reviewed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} · {self.verdict}"
