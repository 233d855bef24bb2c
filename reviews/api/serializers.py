"""The public form of a review, shared by the API and exports."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reviews.choices import (
    CompanySize,
    Criterion,
    ReviewStatus,
    UsageDuration,
    UsageFrequency,
)
from reviews.models import Product, Review


class KnownOrNull(serializers.CharField):
    """A text field in which empty means unknown; unknown is null in the output."""

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]
        return value or None


class RatingField(serializers.FloatField):
    """1.0 to 5.0 in steps of 0.5, or null."""


class RatingsSerializer(serializers.Serializer[Review]):
    overall = RatingField(source="overall_rating", allow_null=True)
    value_for_money = RatingField(source="value_for_money_rating", allow_null=True)
    ease_of_use = RatingField(source="ease_of_use_rating", allow_null=True)
    customer_support = RatingField(source="customer_support_rating", allow_null=True)
    functionality = RatingField(source="functionality_rating", allow_null=True)


class UsageSerializer(serializers.Serializer[Review]):
    frequency = KnownOrNull(
        source="usage_frequency", help_text=", ".join(UsageFrequency.values), allow_null=True
    )
    duration = KnownOrNull(
        source="usage_duration", help_text=", ".join(UsageDuration.values), allow_null=True
    )


class ReviewerSerializer(serializers.Serializer[Review]):
    name = serializers.CharField(source="reviewer_name")
    industry = KnownOrNull(allow_null=True)
    company_size = KnownOrNull(help_text=", ".join(CompanySize.values), allow_null=True)
    country = KnownOrNull(help_text="ISO 3166-1 alpha-2", allow_null=True)


class ResponseSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    status = serializers.CharField()
    author_name = serializers.CharField()
    language = serializers.CharField(help_text="BCP 47")
    body = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)


class ReviewSerializer(serializers.Serializer[Review]):
    id = serializers.IntegerField()
    product = serializers.SlugField(source="product.slug")
    source = serializers.SlugField(source="source.key")  # type: ignore[assignment]
    external_id = serializers.CharField()
    status = serializers.ChoiceField(choices=ReviewStatus.choices)
    language = serializers.CharField(help_text="BCP 47")
    reviewed_on = serializers.DateField(allow_null=True)
    title = serializers.CharField()
    overall = serializers.CharField()
    pros = serializers.CharField()
    cons = serializers.CharField()
    alternatives = serializers.ListField(child=serializers.CharField())
    previous_software = serializers.ListField(child=serializers.CharField())
    reasons_for_choosing = serializers.CharField()
    reasons_for_switching = serializers.CharField()
    ratings = RatingsSerializer(source="*")
    rated_criteria = serializers.ListField(
        child=serializers.ChoiceField(choices=Criterion.choices),
        help_text="Rated, even where the value is not known.",
    )
    recommendation = serializers.FloatField(allow_null=True, help_text="0.0 to 10.0")
    usage = UsageSerializer(source="*")
    reviewer = ReviewerSerializer(source="*")
    response = serializers.SerializerMethodField()

    @extend_schema_field(ResponseSerializer(allow_null=True))
    def get_response(self, review: Review) -> dict[str, Any] | None:
        response = review.published_response
        return ResponseSerializer(response).data if response else None


class ProductSerializer(serializers.ModelSerializer[Product]):
    vendor = serializers.SlugField(source="vendor.slug")

    class Meta:
        model = Product
        fields = ["id", "slug", "name", "vendor", "category"]
