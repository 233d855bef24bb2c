import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Floor, Upper
from django.utils.translation import gettext_lazy as _

from reviews.choices import (
    CompanySize,
    Criterion,
    ReviewStatus,
    UsageDuration,
    UsageFrequency,
    Verification,
)

# The texts of a review, in the order of the page.
TEXT_FIELDS = (
    "title",
    "overall",
    "pros",
    "cons",
    "reasons_for_choosing",
    "reasons_for_switching",
)
RATING_FIELDS = {
    "overall": "overall_rating",
    "value_for_money": "value_for_money_rating",
    "ease_of_use": "ease_of_use_rating",
    "customer_support": "customer_support_rating",
    "functionality": "functionality_rating",
}


class ReviewQuerySet(models.QuerySet["Review"]):
    def published(self) -> Self:
        return self.filter(status=ReviewStatus.PUBLISHED)

    def of_vendors(self, vendor_ids: list[int]) -> Self:
        return self.filter(product__vendor_id__in=vendor_ids)

    def with_names(self) -> Self:
        """Fetch the product, vendor, source and responses, which each card and API object shows."""
        return self.select_related("product__vendor", "source").prefetch_related("responses")


def rating_field(label: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=2, decimal_places=1, null=True, blank=True)


def is_rating(field: str) -> Q:
    """Return the condition that a field is 1.0 to 5.0 in steps of 0.5, or unknown."""
    halves = [Value(n / 2) for n in range(2, 11)]
    return Q(**{f"{field}__in": halves}) | Q(**{f"{field}__isnull": True})


class Review(models.Model):
    """One reviewer's text on one product, from one source.

    The texts are stored as the source gave them; when one changes, a `ReviewRevision` keeps
    the former values. What is unknown is empty, never guessed. `external_id` is the
    source's id. `rated_criteria` lists the criteria that the reviewer rated, also where the
    source does not give the rating. `source_values` holds the source's own values and
    unmapped columns. `fingerprint` is a hash of the content, to detect changes on import.
    """

    product = models.ForeignKey(
        "reviews.Product", models.PROTECT, related_name="reviews", verbose_name=_("product")
    )
    source = models.ForeignKey(
        "reviews.Source", models.PROTECT, related_name="reviews", verbose_name=_("source")
    )
    external_id = models.CharField(_("external ID"), max_length=200)
    reviewer = models.ForeignKey(
        "reviews.Reviewer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("reviewer"),
    )
    imported_by = models.ForeignKey(
        "reviews.Import",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("import"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ReviewStatus, default=ReviewStatus.PENDING
    )
    language = models.CharField(_("language"), max_length=35, default="und")
    reviewed_on = models.DateField(_("review date"), null=True, blank=True)

    title = models.TextField(_("title"), blank=True)
    overall = models.TextField(_("overall comments"), blank=True)
    pros = models.TextField(_("pros"), blank=True)
    cons = models.TextField(_("cons"), blank=True)
    alternatives = ArrayField(
        models.TextField(), verbose_name=_("alternatives considered"), default=list, blank=True
    )
    reasons_for_choosing = models.TextField(_("reasons for choosing"), blank=True)
    previous_software = ArrayField(
        models.TextField(), verbose_name=_("previous software"), default=list, blank=True
    )
    reasons_for_switching = models.TextField(_("reasons for switching"), blank=True)

    overall_rating = rating_field(_("overall rating"))
    value_for_money_rating = rating_field(_("value for money"))
    ease_of_use_rating = rating_field(_("ease of use"))
    customer_support_rating = rating_field(_("customer support"))
    functionality_rating = rating_field(_("functionality"))
    rated_criteria = ArrayField(
        models.CharField(max_length=20, choices=Criterion),
        verbose_name=_("rated criteria"),
        default=list,
        blank=True,
    )
    recommendation = models.DecimalField(
        _("likelihood to recommend"), max_digits=3, decimal_places=1, null=True, blank=True
    )

    # The reviewer's circumstances at the time of writing belong to the review.
    reviewer_name = models.CharField(_("reviewer name"), max_length=200, blank=True)
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    company_size = models.CharField(
        _("company size"), max_length=15, choices=CompanySize, blank=True
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    usage_frequency = models.CharField(
        _("frequency of use"), max_length=10, choices=UsageFrequency, blank=True
    )
    usage_duration = models.CharField(
        _("length of use"), max_length=15, choices=UsageDuration, blank=True
    )
    # How the review came about; None where the source does not say.
    invited = models.BooleanField(_("invited"), null=True, blank=True)
    rewarded = models.BooleanField(_("incentivized"), null=True, blank=True)
    verified = models.BooleanField(_("verified"), null=True, blank=True)
    verification = models.CharField(
        _("verification method"), max_length=10, choices=Verification, blank=True
    )
    source_values = models.JSONField(_("original source values"), default=dict, blank=True)

    has_response = models.BooleanField(_("responded"), default=False, editable=False)
    # When the reviewer's data was erased; imports never restore it.
    erased_at = models.DateTimeField(_("data erased at"), null=True, blank=True, editable=False)
    fingerprint = models.BinaryField(max_length=16, editable=False, default=bytes)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    # Computed by the database.
    stars = models.GeneratedField(
        expression=Floor("overall_rating"),
        output_field=models.SmallIntegerField(null=True),
        db_persist=True,
        verbose_name=_("stars"),
    )
    # Keyset pagination needs an order without NULLs: unknown dates come last.
    listed_on = models.GeneratedField(
        expression=Coalesce("reviewed_on", Value(datetime.date.min)),
        output_field=models.DateField(),
        db_persist=True,
    )
    objects = ReviewQuerySet.as_manager()
    # Engines that distinguish formality translate reviews informally.
    is_formal = False
    # The fields that, with the language, make a translation stale when they change.
    CONTENT = TEXT_FIELDS
    VENDOR_PATH = "product__vendor"

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="one_review_per_source_id"
            ),
            models.CheckConstraint(condition=~Q(external_id=""), name="review_external_id_given"),
            models.CheckConstraint(
                condition=Q(status__in=ReviewStatus.values), name="review_status_known"
            ),
            models.CheckConstraint(
                condition=Q(company_size__in=["", *CompanySize.values]),
                name="review_company_size_known",
            ),
            models.CheckConstraint(
                condition=Q(usage_frequency__in=["", *UsageFrequency.values]),
                name="review_frequency_known",
            ),
            models.CheckConstraint(
                condition=Q(usage_duration__in=["", *UsageDuration.values]),
                name="review_duration_known",
            ),
            models.CheckConstraint(
                condition=Q(recommendation__isnull=True)
                | Q(recommendation__gte=0, recommendation__lte=10),
                name="review_recommendation_in_range",
            ),
            models.CheckConstraint(
                condition=Q(rated_criteria__contained_by=Criterion.values),
                name="review_criteria_known",
            ),
            *[
                models.CheckConstraint(condition=is_rating(field), name=f"review_{field}_by_halves")
                for field in RATING_FIELDS.values()
            ],
        ]
        indexes = [
            models.Index(
                fields=["product", "status", "-listed_on", "-id"], name="review_by_product_date"
            ),
            models.Index(
                fields=["product", "status", "language", "-listed_on", "-id"],
                name="review_by_product_language",
            ),
            models.Index(
                fields=["product", "status", "overall_rating", "-listed_on", "-id"],
                name="review_by_product_lowest",
            ),
            models.Index(
                fields=["product", "status", "-overall_rating", "-listed_on", "-id"],
                name="review_by_product_highest",
            ),
            models.Index(fields=["status", "-listed_on", "-id"], name="review_by_status_date"),
            models.Index(fields=["-listed_on", "-id"], name="review_by_date"),
            # The segments of the queue: few of ten million reviews are in it.
            models.Index(
                fields=["-listed_on", "-id"],
                name="review_no_response",
                condition=Q(status=ReviewStatus.PUBLISHED, has_response=False, stars__lte=2),
            ),
            models.Index(
                fields=["created_at", "id"],
                name="review_waiting",
                condition=Q(status=ReviewStatus.PENDING),
            ),
            models.Index(
                OpClass(Upper("reviewer_name"), name="text_pattern_ops"),
                name="review_by_reviewer_name",
            ),
            models.Index(fields=["reviewer"], name="review_by_reviewer"),
            models.Index(fields=["external_id"], name="review_by_external_id"),
            models.Index(fields=["created_at"], name="review_by_arrival"),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id

    @property
    def ratings(self) -> dict[str, float | None]:
        """The ratings by criterion, 1.0 to 5.0; None where unknown."""
        values = {name: getattr(self, field) for name, field in RATING_FIELDS.items()}
        return {n: None if value is None else float(value) for n, value in values.items()}

    @property
    def shown_criteria(self) -> list[tuple[str, float | None]]:
        """The rated criteria other than the overall one, each with its value or None."""
        return [
            (name, value)
            for name, value in self.ratings.items()
            if name != Criterion.OVERALL and (value is not None or name in self.rated_criteria)
        ]

    @property
    def vendor_id(self) -> int:
        return self.product.vendor_id

    def texts(self) -> dict[str, str]:
        """Return the texts to translate: field → text, without empty ones."""
        return {name: text for name in TEXT_FIELDS if (text := getattr(self, name)).strip()}

    def content(self) -> list[str]:
        return [getattr(self, name) for name in TEXT_FIELDS]

    def protected_names(self) -> list[str]:
        """Return the names that no translation may change."""
        return [self.product.name, self.product.vendor.name]

    @property
    def published_response(self) -> Any:
        """The vendor's published response, or None."""
        return next((r for r in self.responses.all() if r.status == ReviewStatus.PUBLISHED), None)


class ReviewRevision(models.Model):
    """The former values of a changed review: field → value before the change."""

    review = models.ForeignKey(
        Review, models.PROTECT, related_name="revisions", verbose_name=_("review")
    )
    number = models.PositiveIntegerField(_("number"))
    former = models.JSONField(_("previous values"))
    replaced_by_import = models.ForeignKey(
        "reviews.Import", models.PROTECT, null=True, blank=True, verbose_name=_("import")
    )
    replaced_at = models.DateTimeField(_("replaced at"), auto_now_add=True)

    class Meta:
        verbose_name = _("review revision")
        verbose_name_plural = _("review revisions")
        ordering = ["review", "number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="one_revision_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.review_id} · {self.number}"
