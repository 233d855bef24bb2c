"""Responding to a review through the API."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from responses.choices import ResponseOrigin
from responses.forms import LONGEST
from responses.lifecycle import NotAllowed, ResponseContent, publish_response, withdraw_response
from responses.transitions import ActorRole
from reviews.api.serializers import ResponseSerializer
from reviews.choices import ReviewStatus, Scope
from reviews.http import KeyRequest
from reviews.language import base_language
from reviews.models import Review
from reviews.permissions import visible_reviews

# A response to a pending review is shown once the review is published.
OPEN_TO_RESPONSES = (ReviewStatus.PENDING, ReviewStatus.PUBLISHED)


class WriteResponseSerializer(serializers.Serializer[Any]):
    author_name = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=LONGEST)
    language = serializers.CharField(
        max_length=35, required=False, help_text="BCP 47; found from the text if not given"
    )

    def validate_language(self, value: str) -> str:
        if not base_language(value):
            raise serializers.ValidationError(
                _("Not a valid language code. Use a code such as “es”.")
            )
        return value


class ReviewResponse(APIView):
    """Publish, edit or withdraw the vendor's response to a review."""

    scopes: ClassVar = {"*": Scope.RESPONSES_WRITE}

    @extend_schema(
        request=WriteResponseSerializer,
        responses={200: ResponseSerializer, 201: ResponseSerializer},
        operation_id="write_response",
    )
    def put(self, request: KeyRequest, pk: int) -> Response:
        review = self._review(request, pk)
        content = WriteResponseSerializer(data=request.data)
        content.is_valid(raise_exception=True)
        is_new = review.published_response is None
        response = publish_response(
            review=review,
            content=ResponseContent(**content.validated_data),
            origin=ResponseOrigin.API,
            role=ActorRole.SYSTEM,
            actor_label=f"{request.auth.partner} ({request.auth})",
        )
        return Response(
            ResponseSerializer(response).data,
            status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK,
        )

    @extend_schema(responses={204: None}, operation_id="withdraw_response")
    def delete(self, request: KeyRequest, pk: int) -> Response:
        response = self._review(request, pk).published_response
        label = f"{request.auth.partner} ({request.auth})"
        try:
            if response is None:
                raise NotAllowed
            withdraw_response(response=response, role=ActorRole.SYSTEM, actor_label=label)
        except NotAllowed as refused:
            raise NotFound(_("This review has no published response.")) from refused
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _review(self, request: KeyRequest, pk: int) -> Review:
        return get_object_or_404(
            visible_reviews(request.auth).filter(status__in=OPEN_TO_RESPONSES), pk=pk
        )
