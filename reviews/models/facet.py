from django.db import models
from django.utils.translation import gettext_lazy as _

# What reviews are counted by. Each is a column of Review and of FacetCount.
DIMENSIONS = (
    "product_id",
    "source_id",
    "status",
    "language",
    "stars",
    "company_size",
    "usage_frequency",
    "usage_duration",
    "industry",
    "has_response",
)
# Sums that the averages are computed from: name → SQL expression over a review.
MEASURES = {
    "n": "1",
    "overall_n": "(overall_rating IS NOT NULL)::int",
    "overall_sum": "COALESCE(overall_rating, 0)",
    "value_for_money_n": "(value_for_money_rating IS NOT NULL)::int",
    "value_for_money_sum": "COALESCE(value_for_money_rating, 0)",
    "ease_of_use_n": "(ease_of_use_rating IS NOT NULL)::int",
    "ease_of_use_sum": "COALESCE(ease_of_use_rating, 0)",
    "customer_support_n": "(customer_support_rating IS NOT NULL)::int",
    "customer_support_sum": "COALESCE(customer_support_rating, 0)",
    "functionality_n": "(functionality_rating IS NOT NULL)::int",
    "functionality_sum": "COALESCE(functionality_rating, 0)",
    "recommendation_n": "(recommendation IS NOT NULL)::int",
    "recommendation_sum": "COALESCE(recommendation, 0)",
    # Net Promoter Score: promoters answer 9 or 10, detractors 0 to 6 (Reichheld,
    # "The One Number You Need to Grow", Harvard Business Review, December 2003).
    "promoters": "COALESCE(recommendation >= 9, false)::int",
    "detractors": "COALESCE(recommendation < 7, false)::int",
}


class FacetCount(models.Model):
    """The number of reviews with one combination of facets, counted in advance.

    A statement-level trigger adds a row of differences for each change of reviews, so a
    combination's count is the sum of its rows and always exact. The task
    `compact_facet_counts` merges them into one row. Writers only add rows, so they never
    wait for each other.
    """

    product_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    status = models.CharField(max_length=10)
    language = models.CharField(max_length=35)
    stars = models.SmallIntegerField(null=True)
    company_size = models.CharField(max_length=15)
    usage_frequency = models.CharField(max_length=10)
    usage_duration = models.CharField(max_length=15)
    industry = models.CharField(max_length=120)
    has_response = models.BooleanField()

    n = models.IntegerField()
    overall_n = models.IntegerField()
    overall_sum = models.DecimalField(max_digits=12, decimal_places=1)
    value_for_money_n = models.IntegerField()
    value_for_money_sum = models.DecimalField(max_digits=12, decimal_places=1)
    ease_of_use_n = models.IntegerField()
    ease_of_use_sum = models.DecimalField(max_digits=12, decimal_places=1)
    customer_support_n = models.IntegerField()
    customer_support_sum = models.DecimalField(max_digits=12, decimal_places=1)
    functionality_n = models.IntegerField()
    functionality_sum = models.DecimalField(max_digits=12, decimal_places=1)
    recommendation_n = models.IntegerField()
    recommendation_sum = models.DecimalField(max_digits=12, decimal_places=1)
    promoters = models.IntegerField()
    detractors = models.IntegerField()

    class Meta:
        verbose_name = _("facet count")
        verbose_name_plural = _("facet counts")
        indexes = [
            models.Index(fields=["product_id", "status"], name="facet_by_product"),
            models.Index(fields=["status"], name="facet_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} · {self.status} · {self.n}"
