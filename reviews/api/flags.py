"""Partners flag a review or its response as breaking policy, and read the outcome."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from reviews.choices import FlagAbout, FlagOutcome, Scope
from reviews.http import KeyRequest
from reviews.models import Flag, ModerationReason, Review
from reviews.moderation.flags import flag as raise_flag
from reviews.permissions import visible_reviews


class FlagSerializer(serializers.Serializer[Flag]):
    id = serializers.IntegerField()
    about = serializers.ChoiceField(choices=FlagAbout.choices)
    reason = serializers.SlugField(source="reason.code")
    note = serializers.CharField()
    raised_at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=FlagOutcome.choices)
    answer = serializers.CharField()
    settled_at = serializers.DateTimeField(allow_null=True)


class WriteFlagSerializer(serializers.Serializer[Any]):
    about = serializers.ChoiceField(choices=FlagAbout.choices, default=FlagAbout.REVIEW)
    reason = serializers.SlugRelatedField(
        slug_field="code", queryset=ModerationReason.objects.filter(active=True)
    )
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ReviewFlags(APIView):
    """The flags that this key's partner has raised on a review.

    A flag hides nothing; the list has the outcome of each.
    """

    scopes: ClassVar = {"*": Scope.REVIEWS_WRITE}

    @extend_schema(responses=FlagSerializer(many=True), operation_id="flags")
    def get(self, request: KeyRequest, pk: int) -> Response:
        review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        flags = review.flags.filter(partner=request.auth.partner).select_related("reason")
        return Response([FlagSerializer(flag).data for flag in flags])

    @extend_schema(
        request=WriteFlagSerializer, responses={201: FlagSerializer}, operation_id="write_flag"
    )
    def post(self, request: KeyRequest, pk: int) -> Response:
        review: Review = get_object_or_404(visible_reviews(request.auth), pk=pk)
        serializer = WriteFlagSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        raised = raise_flag(
            review=review,
            partner=request.auth.partner,
            vendor=request.auth.vendor,
            **{**data, "about": FlagAbout(data["about"])},
        )
        return Response(FlagSerializer(raised).data, status=status.HTTP_201_CREATED)
